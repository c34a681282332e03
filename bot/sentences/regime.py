"""Price and open interest together: who came and who went (METRICS 4.12)."""

from bot.sentences.case import Case
from bot.sentences.inputs import alike, before, now, subject
from bot.sentences.rule import Rule, said, unsaid
from bot.sentences.sentence import Place, Verdict
from bot.structure.regime import Regime, quadrant
from bot.wording.prices import percent
from bot.wording.text import Line

LEAST_PRICE = 0.005
LEAST_INTEREST = 0.005

_WORDS = {
    Regime.NEW_LONGS: "Price and open interest rose: new longs came in",
    Regime.SHORT_COVERING: "Price rose, open interest fell: shorts were covered",
    Regime.NEW_SHORTS: "Price fell, open interest rose: new shorts came in",
    Regime.LONG_FLUSH: "Price and open interest fell: longs were flushed out",
}


def weigh(case: Case) -> Verdict:
    then, current = before(case, "oi"), now(case, "oi")
    alike(then, current)
    price = now(case, "price").value / before(case, "price").value - 1
    interest = current.value / then.value - 1
    evidence: Line = (
        f"{subject(case)} {percent(price)}, open interest {percent(interest)} in coins; "
        f"said from {LEAST_PRICE:.1%} and {LEAST_INTEREST:.1%}",
    )
    regime = quadrant(price, interest)
    if regime is None or abs(price) < LEAST_PRICE or abs(interest) < LEAST_INTEREST:
        return unsaid(evidence)
    # What fell is told by its own sentences; that somebody came in is news.
    place = Place.DETAIL if interest > 0 else Place.WHY
    return said("who moved", (_WORDS[regime],), evidence, place=place)


SENTENCE = Rule("regime", 1, "price and open interest before and now", weigh)
