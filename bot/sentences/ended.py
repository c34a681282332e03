"""What it was, once it is over: from when to when, how much, of which side."""

from bot.flush.flush import Flush
from bot.sentences.case import Case
from bot.sentences.inputs import UncheckedError, away, flush_of, is_over
from bot.sentences.rule import Rule, said, unsaid
from bot.sentences.sentence import Place, Verdict
from bot.wording.numbers import duration, money, share
from bot.wording.prices import tenths
from bot.wording.text import Line, Moment

NAMED = 3
"""Outages that are told one by one."""


def weigh(case: Case) -> Verdict:
    flush = flush_of(case)
    if not is_over(case):
        return unsaid((f"stage {flush.stage.word}",))
    end_ms = flush.last.end_ms
    if end_ms is None or flush.total <= 0:
        raise UncheckedError("its end is not known")
    certain(flush)
    of = share(_of_its_side(flush), flush.total)
    line: Line = (
        "The flush of ",
        Moment(flush.start_ms),
        "–",
        Moment(end_ms),
        f": {money(flush.total)}{floor(flush)}, {of} {flush.side.word}s",
    )
    waves = "one wave" if len(flush.waves) == 1 else f"{len(flush.waves)} waves"
    evidence: tuple[Line, ...] = (
        (f"{tenths(_of_its_side(flush))} of {tenths(flush.total)} {flush.side.word}s",),
        (f"{waves}, {duration(end_ms - flush.start_ms)}",),
        (f"{len(flush.heard)} exchanges heard",),
    )
    return said("the flush", line, *evidence, place=Place.LEAD)


def floor(flush: Flush) -> str:
    """``+`` where its figures are a floor: an exchange publishes samples, or one was deaf."""
    return "+" if flush.sampled or flush.deaf else ""


def certain(flush: Flush) -> None:
    """Raises where its calm may be deafness: who made up much of it was not heard since."""
    if not flush.uncertain:
        return
    since_ms = flush.last.end_ms or flush.start_ms
    gaps = [away(gap) for gap in flush.deaf if gap.to_ms is None or gap.to_ms > since_ms]
    raise UncheckedError(", ".join([*gaps[:NAMED], "it may go on unheard"]))


def _of_its_side(flush: Flush) -> int:
    longs = sum(wave.long for wave in flush.waves)
    return longs if flush.side.word == "long" else flush.total - longs


SENTENCE = Rule("ended", 2, "the flush's end", weigh)
