"""How unusual it is: the rank among the peaks of the days watched (METRICS 4.7)."""

from bot.history.claim import claim
from bot.history.known import LEAST_DAYS
from bot.history.standing import Standing
from bot.sentences.case import Case
from bot.sentences.inputs import UncheckedError, heard
from bot.sentences.rule import Rule, said, unsaid
from bot.sentences.sentence import Place, Verdict
from bot.wording.history import claim_line, noun
from bot.wording.numbers import named
from bot.wording.prices import ordinal, tenths
from bot.wording.text import Line, Moment


def weigh(case: Case) -> Verdict:
    standing = case.standing
    if standing is None:
        raise UncheckedError("no history yet")
    if standing.span_ms != case.reading.span_ms:
        raise UncheckedError(f"no history of {noun(case.reading.span_ms)} windows")
    if standing.days < LEAST_DAYS:
        raise UncheckedError(f"watched for {int(standing.days)} days, {LEAST_DAYS} needed")
    found = claim(standing)
    if found is None:
        return unsaid(*_evidence(standing))
    if standing.rank > 1:  # more may have been missed of this one than of the others
        heard(case, case.reading.at_ms - case.reading.span_ms)
    label = f"{_place(standing.rank)} in {found.days} d"
    return said(label, (claim_line(found),), *_evidence(standing), place=Place.LEAD)


def _evidence(standing: Standing) -> tuple[Line, ...]:
    """``1st of 61 flushes since 22 Aug; same 16 exchanges; 97% of the time heard; 2nd: ...``"""
    flushes = "flush" if standing.of == 1 else "flushes"
    parts: list[Line] = [
        (
            f"{ordinal(standing.rank)} of {standing.of} {flushes} since ",
            Moment(standing.since_ms, "d"),
        )
    ]
    if standing.source:
        parts.append((f"as {named(standing.source)} counts",))
    elif standing.exchanges:
        same = len(standing.exchanges)
        parts.append(
            (f"same {same} exchanges" if same > 1 else f"{named(standing.exchanges[0])} alone",)
        )
    parts.append((f"{int(standing.coverage * 100)}% of the time heard",))
    if standing.second is not None:
        other = "2nd" if standing.rank == 1 else "largest other"
        told = f"{other}: {tenths(standing.second.total)}, "
        parts.append((told, Moment(standing.second.at_ms, "d")))
    return tuple(parts)


def _place(rank: int) -> str:
    return "largest" if rank == 1 else f"{ordinal(rank)} largest"


SENTENCE = Rule("rank", 1, "rank in history", weigh)
