"""No second wave in the hours of the watch, where all was heard; else it is no all-clear."""

from bot.clock import HOUR_MS
from bot.flush.flush import Stage
from bot.sentences.case import Case
from bot.sentences.ended import certain
from bot.sentences.inputs import UncheckedError, away, flush_of
from bot.sentences.rule import Rule, said, unsaid
from bot.sentences.sentence import Place, Verdict
from bot.wording.numbers import duration
from bot.wording.text import Moment

WATCH_MS = 8 * HOUR_MS
"""METRICS 4.16: later ones are events of their own."""


def weigh(case: Case) -> Verdict:
    flush = flush_of(case)
    if flush.stage is not Stage.CLOSED:
        return unsaid((f"stage {flush.stage.word}",))
    end_ms = flush.last.end_ms
    if end_ms is None:
        raise UncheckedError("its end is not known")
    watched = (f"{duration(case.at_ms - end_ms)} since ", Moment(end_ms))
    needed = (f"said after {duration(WATCH_MS)} heard throughout",)
    if case.at_ms - end_ms < WATCH_MS:
        return unsaid(watched, needed)
    for gap in (*flush.deaf, *case.reading.hearing.deaf):
        if gap.to_ms is None or gap.to_ms > end_ms:
            raise UncheckedError(away(gap))
    certain(flush)
    wave = "second" if len(flush.waves) == 1 else "further"
    line = (f"No {wave} wave in {duration(WATCH_MS)}",)
    heard = (f"{len(flush.heard)} exchanges heard throughout",)
    return said("all clear", line, watched, needed, heard, place=Place.HEAD)


SENTENCE = Rule("all_clear", 2, "the hours after", weigh)
