"""Which side was hit hardest: one-sided, and far more than is usual (METRICS 4.1)."""

from bot.sentences.case import Case
from bot.sentences.inputs import UncheckedError
from bot.sentences.rule import Rule, said, unsaid
from bot.sentences.sentence import Place, Verdict
from bot.wording.history import noun
from bot.wording.lines import amount_of, heavier, sided
from bot.wording.numbers import share
from bot.wording.prices import tenths

ONE_SIDED_PERCENT = 65
TIMES_NORMAL = 5


def weigh(case: Case) -> Verdict:
    reading = case.reading
    if not case.normal or case.normal < 0:
        raise UncheckedError("7 days of record are needed")
    hit = heavier(reading)
    amount = amount_of(reading, hit)
    evidence = (f"{tenths(amount)} of {tenths(reading.total)}",)
    normal = f"a normal {noun(reading.span_ms)} ({tenths(case.normal)})"
    asked = (f"said when one side > {ONE_SIDED_PERCENT}% and total > {TIMES_NORMAL}x {normal}",)
    one_sided = 100 * amount > ONE_SIDED_PERCENT * reading.total
    if not one_sided or reading.total <= TIMES_NORMAL * case.normal:
        return unsaid(evidence, asked)
    line = f"{hit.word.capitalize()}s hit hardest: {share(amount, reading.total)} of it"
    return said(sided(reading, hit), (line,), evidence, asked, place=Place.HEAD)


SENTENCE = Rule("side", 1, "a normal window", weigh)
