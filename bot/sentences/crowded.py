"""Whether the side that was hit had been crowded going in."""

from bot.market import Side
from bot.sentences.case import Case
from bot.sentences.inputs import UncheckedError, before, side
from bot.sentences.rule import Rule, said, unsaid
from bot.sentences.sentence import Verdict
from bot.wording.prices import per_8h
from bot.wording.text import Line

TOP = 0.90
"""Percentile of the last 90 days, of funding and of open interest both."""

ACCOUNTS = 0.70
"""Share of the accounts on one side."""


def weigh(case: Case) -> Verdict:
    longs = side(case) is Side.LONG
    crowd = "Longs" if longs else "Shorts"
    funding, interest = before(case, "funding"), before(case, "oi")
    view = case.before
    if view is None or view.funding_percentile is None or view.oi_percentile is None:
        raise UncheckedError("not watched for long enough")
    paid = view.funding_percentile if longs else 1 - view.funding_percentile
    evidence: list[Line] = [
        (f"funding {per_8h(funding.value)} per 8 h, percentile {view.funding_percentile:.0%}",),
        (f"open interest at percentile {view.oi_percentile:.0%} of 90 days",),
        (f"{TOP:.0%} of both needed, or {ACCOUNTS:.0%} of accounts",),
    ]
    accounts = _accounts(case, longs)
    if accounts is not None:
        evidence.append((f"{accounts:.0%} of accounts were {crowd.lower()[:-1]}",))
    if paid >= TOP and view.oi_percentile >= TOP and interest.value > 0:
        where = "funding and open interest in their top 10%"
        if not longs:
            where = "funding in its lowest 10%, open interest in its top 10%"
        return said("crowded", (f"{crowd} crowded before: {where}",), *evidence)
    if accounts is not None and accounts >= ACCOUNTS:
        line = f"{crowd} crowded before: {accounts:.0%} of accounts were {crowd.lower()[:-1]}"
        return said("crowded", (line,), *evidence)
    return unsaid(*evidence)


def _accounts(case: Case, longs: bool) -> float | None:
    """The share of accounts on the side that was hit, where a source tells it."""
    try:
        share = before(case, "long_accounts").value
    except UncheckedError:
        return None
    return share if longs else 1 - share


SENTENCE = Rule("crowded", 1, "funding and open interest of 90 days", weigh)
