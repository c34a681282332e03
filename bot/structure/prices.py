"""A coin's price and its change over a day, by one source."""

from msgspec.structs import replace

from bot.clock import DAY_MS, HOUR_MS, MINUTE_MS
from bot.structure.facts import Measure
from bot.structure.look import PRICE_LIMIT_MS, Look
from bot.structure.view import Figure

BEFORE_LIMIT_MS = 15 * MINUTE_MS
"""So far from 24 hours ago may the price then be."""


def price(look: Look) -> tuple[Figure | None, float | None]:
    """The mark, or else the last close, of the first source with a fresh one; and its change over
    24 hours as a share, None where the same source did not tell the price then."""
    marks = look.fresh(Measure.MARK)
    for source, title in look.sources.items():
        if source in marks:
            now = Figure(marks[source].value, marks[source].at_ms, (title,))
        elif (closed := _close(look, source)) is not None:
            now = closed
        else:
            continue
        before = _day_before(look, source)
        return now, now.value / before - 1 if before else None
    return None, None


def _close(look: Look, source: str) -> Figure | None:
    """Of the newest minute that has ended."""
    told = _only(look, source).candles(MINUTE_MS, 1, PRICE_LIMIT_MS).get(source)
    return Figure(told[-1].close, told[-1].end_ms, (look.sources[source],)) if told else None


def _day_before(look: Look, source: str) -> float | None:
    """The mark then, or the close of the hour that ended nearest to it."""
    then = look.ago(DAY_MS, BEFORE_LIMIT_MS)
    if (mark := then.fresh(Measure.MARK).get(source)) is not None:
        return mark.value
    near = replace(_only(then, source), at_ms=then.at_ms + HOUR_MS // 2)
    told = near.candles(HOUR_MS, 1, HOUR_MS).get(source)
    return told[-1].close if told else None


def _only(look: Look, source: str) -> Look:
    return replace(look, sources={source: look.sources[source]})
