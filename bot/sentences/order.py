"""The largest single order, where it is a part worth naming (METRICS 4.18)."""

from bot.sentences.case import Case
from bot.sentences.inputs import UncheckedError
from bot.sentences.rule import Rule, said, unsaid
from bot.sentences.sentence import Place, Verdict
from bot.wording.lines import largest_line
from bot.wording.numbers import named, share
from bot.wording.prices import tenths
from bot.wording.text import Moment

LEAST_PERCENT = 1
"""Of the total."""


def weigh(case: Case) -> Verdict:
    order, total = case.reading.largest, case.reading.total
    if order is None or total <= 0:
        raise UncheckedError("no order of known size")
    where = f"{order.coin} {order.side.word}, {named(order.exchange)}, "
    evidence = (f"{tenths(order.usd)}, {where}", Moment(order.time_ms))
    part = (f"{share(order.usd, total)} of {tenths(total)}; said from {LEAST_PERCENT}%",)
    if 100 * order.usd < LEAST_PERCENT * total:
        return unsaid(evidence, part)
    return said("largest order", largest_line(order), evidence, part, place=Place.HEAD)


SENTENCE = Rule("order", 1, "the largest order", weigh)
