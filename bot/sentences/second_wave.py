"""A second wave: how long after the one before it began, and how large it is (METRICS 4.16)."""

from bot.flush.flush import Stage
from bot.sentences.case import Case
from bot.sentences.inputs import UncheckedError, flush_of
from bot.sentences.rule import Rule, said, unsaid
from bot.sentences.sentence import Place, Verdict
from bot.wording.numbers import duration, share
from bot.wording.prices import ordinal, tenths
from bot.wording.text import Line, Moment

_ORDINALS = {1: "first", 2: "second", 3: "third"}


def weigh(case: Case) -> Verdict:
    flush = flush_of(case)
    if flush.stage is not Stage.SECOND_WAVE or len(flush.waves) < 2:
        return unsaid((f"{len(flush.waves)} wave so far, stage {flush.stage.word}",))
    wave, earlier = flush.waves[-1], flush.waves[-2]
    if earlier.end_ms is None or flush.first.total <= 0:
        raise UncheckedError("the end of the wave before it is not known")
    number = len(flush.waves) - 1
    size = "its" if number == 1 else "the first's"
    so_far = " so far" if wave.end_ms is None else ""
    grown = f"{share(wave.total, flush.first.total)} of {size} size{so_far}"
    if wave.total > flush.first.total:
        grown = "larger than the first"
    apart = f"Began {duration(wave.start_ms - earlier.end_ms)}"
    line = f"{apart} after the {_ORDINALS.get(number, ordinal(number))} ended; {grown}"
    evidence: tuple[Line, ...] = (
        ("from ", Moment(wave.start_ms), "; the one before ended ", Moment(earlier.end_ms)),
        (f"{tenths(wave.total)}{so_far}, the first {tenths(flush.first.total)}",),
    )
    return said(f"{ordinal(number + 1)} wave", (line,), *evidence, place=Place.LEAD)


SENTENCE = Rule("second_wave", 1, "the waves", weigh)
