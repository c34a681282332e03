"""One-sidedness that is usual in busy windows is called common: the size is the news."""

from bot.sentences.case import Case
from bot.sentences.inputs import UncheckedError
from bot.sentences.rule import Rule, said, unsaid
from bot.sentences.sentence import Place, Verdict
from bot.wording.history import noun
from bot.wording.lines import amount_of, heavier
from bot.wording.numbers import share

ONE_SIDED_PERCENT = 80
USUAL = 0.5
"""From here on most busy windows are like that."""


def weigh(case: Case) -> Verdict:
    reading, usual = case.reading, case.one_sided_share
    if usual is None:
        raise UncheckedError("7 days of record are needed")
    amount = amount_of(reading, heavier(reading))
    evidence = (
        f"{usual:.0%} of busy windows in history had {ONE_SIDED_PERCENT}% of one side or more; "
        f"{share(amount, reading.total)} here",
    )
    if 100 * amount < ONE_SIDED_PERCENT * reading.total or usual < USUAL:
        return unsaid(evidence)
    if reading.total <= 0:
        return unsaid(evidence)
    often = f"{min(10, round(usual * 10))} of 10 busy {noun(reading.span_ms)}s are this one-sided"
    return said("common", (f"Common: {often}",), evidence, place=Place.WHY)


SENTENCE = Rule("common", 1, "how one-sided busy windows are", weigh)
