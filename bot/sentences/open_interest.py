"""How much open interest was flushed, in coins, and how much of it liquidations explain."""

from bot.market import USD
from bot.sentences.case import Case
from bot.sentences.inputs import UncheckedError, alike, before, now, start_ms, subject
from bot.sentences.rule import Rule, said, unsaid
from bot.sentences.sentence import Verdict
from bot.wording.numbers import money, together
from bot.wording.prices import coins, percent
from bot.wording.text import Line, Moment

LEAST_DROP = 0.02
"""METRICS 4.11; in coins, because in dollars it falls with the price alone."""


def weigh(case: Case) -> Verdict:
    then, current = before(case, "oi"), now(case, "oi")
    alike(then, current)
    change = current.value / then.value - 1
    explained = _explained(case, then.value - current.value)
    told = f"{coins(then.value)} → {coins(current.value)} {subject(case)}{explained}"
    evidence: tuple[Line, ...] = (
        (told,),
        (f"{percent(change)} in coins, said from {percent(-LEAST_DROP, 0)}",),
        (f"{together(current.sources)} at ", Moment(then.at_ms), " and ", Moment(current.at_ms)),
    )
    if change > -LEAST_DROP:
        return unsaid(*evidence)
    line = f"{subject(case)} open interest {percent(change)} in coins since "
    return said("open interest", (line, Moment(start_ms(case))), *evidence)


def _explained(case: Case, gone: float) -> str:
    """``. 19.7k BTC = $1.80B; liquidations heard explain $205M (11%) of it``, at the price before.

    METRICS 4.11, flush efficiency: above 1 others left of their own will too; below 1 others came
    in. Empty where the price before is not known or nothing is gone.
    """
    try:
        price = before(case, "price").value
    except UncheckedError:
        return ""
    liquidated, dollars = _liquidated(case), round(gone * price * USD)
    if dollars <= 0:
        return ""
    told = f". {coins(gone)} {subject(case)} = {money(dollars)}; liquidations heard "
    if liquidated > dollars:
        return f"{told}were more, {money(liquidated)}: others came in"
    return f"{told}explain {money(liquidated)} ({liquidated / dollars:.0%}) of it"


def _liquidated(case: Case) -> int:
    """Of the coin since the start, as far as it was heard."""
    coin = subject(case)
    if case.flush is None:
        parts = case.reading.coins
        return case.reading.total if case.coin else sum(p.total for p in parts if p.name == coin)
    if case.flush.coin == coin:
        return case.flush.total
    return sum(p.total for wave in case.flush.waves for p in wave.coins if p.name == coin)


SENTENCE = Rule("open_interest", 1, "open interest before and now", weigh)
