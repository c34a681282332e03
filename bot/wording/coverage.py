"""What figures are worth: who was heard, who publishes samples, since when."""

from collections import defaultdict
from itertools import pairwise
from typing import Literal

from bot.clock import HOUR_MS, MINUTE_MS, SECOND_MS
from bot.figures import Deaf, Hearing, Reading
from bot.rules import WINDOWS
from bot.wording.lines import joined
from bot.wording.numbers import count, duration, in_words, named, together, window_name
from bot.wording.text import Block, Line, Moment, Note, Paragraph, Span

SAME_DAY_MS = 20 * HOUR_MS
"""Times further back are said with their date."""

CONNECTING_MS = MINUTE_MS
"""So long may the first connection take without being an outage: "since" is said in minutes."""

HOW = {
    "unwatched": "not watched",
    "off": "off",
    "mute": "oddly silent",
    "garbled": "unreadable in part",
}

_NAMED_GAPS = 3
_NAMED_SAMPLES = 4


def plus(reading: Reading) -> str:
    """``+`` where a total is a floor.

    That is: a sampled exchange is in it, an exchange was deaf, an order has no known size, or the
    window has not run its whole span since the start.
    """
    hearing = reading.hearing
    floor = hearing.deaf or hearing.unpriced or not reading.complete or _sampled(reading)
    return "+" if floor else ""


def is_young(reading: Reading) -> bool:
    """Whether the window has not run its whole span since the start of listening."""
    return reading.hearing.since_ms > reading.at_ms - reading.span_ms


def coverage_note(reading: Reading, totals: bool = True) -> Note:
    """``At least: Binance and OKX publish samples. All 3 exchanges heard.``

    ``totals`` false: the message tells single orders, which are not "at least" anything.
    """
    hearing = reading.hearing
    line: list[Span] = []
    if is_young(reading) and reading.span_ms in WINDOWS.values():
        line += [*listening(reading), " "]
    line += _samples(reading, totals)
    least = totals and bool(reading.total) and not _sampled(reading)
    if away := _away(reading):
        line += ["At least: " if least else "", *away, ". "]
    line += _heard(reading, least=least and not away)
    if hearing.unpriced:
        orders = "1 order" if hearing.unpriced == 1 else f"{count(hearing.unpriced)} orders"
        line.append(f" {orders} of unknown contract size not in it.")
    return Note(joined(line))


def brief_coverage(reading: Reading) -> Line:
    """``15 of 16 exchanges heard, four of them sampled``; who was not stands elsewhere."""
    hearing = reading.hearing
    if not hearing.asked:
        return ("No exchange heard",)
    whole = set(hearing.heard) - {gap.exchange for gap in _outages(reading)}
    exchanges = "exchange" if hearing.asked == 1 else "exchanges"
    of = f"{len(whole)} of {hearing.asked} {exchanges} heard"
    line: list[Span] = [of]
    if sampled := len(whole.intersection(_sampled(reading))):
        line.append(f", {in_words(sampled)} of them sampled" if len(whole) > 1 else ", sampled")
    if away := _away(reading):
        line += ["; ", *away]
    return joined(line)


def listening(reading: Reading, so_far: str = "") -> Line:
    """``Listening for 4 min: $1.2M so far. The full hour is there at 15:02.``"""
    since_ms = reading.hearing.since_ms
    name = window_name(reading.span_ms)
    whole = "hour is" if name == "1h" else f"{duration(reading.span_ms)} are"
    told = f": {so_far} so far" if so_far else ""
    return (
        f"Listening for {duration(reading.at_ms - since_ms)}{told}. The full {whole} there at ",
        Moment(since_ms + reading.span_ms, "t" if reading.span_ms < SAME_DAY_MS else "f"),
        ".",
    )


def deafness(reading: Reading) -> Line | None:
    """``⚠️ I cannot tell: Binance and OKX off since 14:02.`` when nobody is heard, else None."""
    hearing = reading.hearing
    off = _still_off(hearing)
    if set(hearing.heard) - set(off):
        return None
    if not off:
        return ("⚠️ I cannot tell yet: no exchange is connected.",)
    since = Moment(max(off.values()), _style(reading, max(off.values())))
    names = together([named(exchange) for exchange in off])
    return (f"⚠️ I cannot tell: {names} off since ", since, ".")


def silence(reading: Reading, of: str, over: str) -> tuple[Block, ...] | None:
    """What to say in place of a zero; None where there is something to tell.

    ``of`` names what was not liquidated (``SOL``, or nothing), ``over`` the span.
    """
    if reading.count:
        return None
    deaf = deafness(reading)
    if deaf is not None:
        return (Paragraph((deaf,)),)
    samples = joined(_samples(reading, totals=False))
    note = (Note(samples),) if samples else ()
    return (Paragraph((_nothing(reading, of, over),)), *note)


def _nothing(reading: Reading, of: str, over: str) -> Line:
    none = f"No {of} liquidation".replace("  ", " ")
    if is_young(reading):
        gaps = _gaps(reading)
        return joined([*listening(reading, "nothing"), *([" ", *gaps, "."] if gaps else [])])
    if reading.hearing.deaf:
        doubt = [f"{none} heard in {over}, but I cannot be sure: ", *_away(reading)]
        gaps = _gaps(reading)
        return joined([*doubt, ", " if gaps and len(doubt) > 1 else "", *gaps, "."])
    return (f"{none} in {over} on {_heard_on(reading.hearing)}.",)


def _heard_on(hearing: Hearing) -> str:
    if hearing.asked == 1:
        return named(hearing.heard[0])
    return f"the {hearing.asked} exchanges heard"


def _sampled(reading: Reading) -> list[str]:
    """Sampled exchanges that are in the figures: heard now, or before they fell silent."""
    told = {part.name for part in reading.exchanges if part.total} | set(reading.hearing.heard)
    return [exchange for exchange in reading.hearing.sampled if exchange in told]


def _samples(reading: Reading, totals: bool) -> list[Span]:
    sampled, hearing = _sampled(reading), reading.hearing
    least = "At least: " if totals and reading.total else ""
    if not sampled:
        return []
    if len(sampled) > _NAMED_SAMPLES:
        return [f"{least}{len(sampled)} of {hearing.asked} exchanges publish samples. "]
    verb = "publishes" if len(sampled) == 1 else "publish"
    return [f"{least}{together([named(name) for name in sampled])} {verb} samples. "]


def _heard(reading: Reading, least: bool) -> list[Span]:
    """How many were heard and who was not; ``least`` where nothing before said "at least"."""
    hearing = reading.hearing
    outages = _outages(reading)
    if not outages:
        if hearing.asked == 1:
            return [f"{named(hearing.heard[0])} heard throughout."]
        return [f"All {hearing.asked} exchanges heard." if hearing.asked else "No exchange heard."]
    if hearing.asked == 1:
        return ["At least: " if least else "", *_gaps(reading), "."]
    whole = set(hearing.heard) - {gap.exchange for gap in outages}
    throughout = "" if _still_off(hearing) else " throughout"
    told = f"{len(whole)} of {hearing.asked} exchanges heard{throughout}"
    if least:
        return ["At least: ", *_gaps(reading), f". {told}."]
    return [f"{told}; ", *_gaps(reading), "."]


def _gaps(reading: Reading) -> list[Span]:
    """Each exchange that was deaf, with since when, or how long it was."""
    gaps: dict[str, list[Deaf]] = defaultdict(list)
    for gap in _outages(reading):
        gaps[gap.exchange].append(gap)
    said: list[Span] = []
    for exchange in list(gaps)[:_NAMED_GAPS]:
        said += [", " if said else "", *_gap(reading, exchange, gaps[exchange])]
    unnamed = len(gaps) - _NAMED_GAPS
    return [*said, f" and {unnamed} more"] if unnamed > 0 else said


def _outages(reading: Reading) -> list[Deaf]:
    """Gaps, without the moments of connecting at the start."""
    latest_ms = reading.hearing.since_ms + CONNECTING_MS
    return [
        gap
        for gap in _theirs(reading)
        if gap.from_ms > reading.hearing.since_ms or gap.to_ms is None or gap.to_ms >= latest_ms
    ]


def _theirs(reading: Reading) -> list[Deaf]:
    """Gaps that are an exchange's, not ours."""
    return [gap for gap in reading.hearing.deaf if gap.kind != "stopped"]


def _away(reading: Reading) -> list[Span]:
    """``I was not running 14:02–14:05``: said once, and not of every exchange."""
    ours = [gap for gap in reading.hearing.deaf if gap.kind == "stopped"]
    spans = sorted({(gap.from_ms, gap.to_ms or reading.at_ms) for gap in ours})
    if not spans:
        return []
    start = Moment(spans[0][0], _style(reading, spans[0][0]))
    end_ms = max(end for _, end in spans)
    apart = [later for before, later in pairwise(spans) if later[0] > before[1]]
    if apart:
        return [f"I was not running {len(apart) + 1} times since ", start]
    if end_ms - spans[0][0] < MINUTE_MS:
        return [f"I was not running for {duration(end_ms - spans[0][0])} at ", start]
    return ["I was not running ", start, "–", Moment(end_ms, _style(reading, end_ms))]


def _gap(reading: Reading, exchange: str, gaps: list[Deaf]) -> list[Span]:
    how = HOW[min((gap.kind for gap in gaps), key=list(HOW).index)]
    start = min(gap.from_ms for gap in gaps if _unfinished(gaps) is None or gap.to_ms is None)
    begin = Moment(start, _style(reading, start))
    if _unfinished(gaps) is not None:
        return [f"{named(exchange)} {how} since ", begin]
    if len(gaps) > 1:
        return [f"{named(exchange)} {how} {len(gaps)} times since ", begin]
    end = gaps[0].to_ms or start
    if end - start < MINUTE_MS:
        lasted = duration(max(end - start, SECOND_MS))
        return [f"{named(exchange)} {how} {lasted} at ", begin]
    return [f"{named(exchange)} {how} ", begin, "–", Moment(end, _style(reading, end))]


def _unfinished(gaps: list[Deaf]) -> Deaf | None:
    return next((gap for gap in gaps if gap.to_ms is None), None)


def _still_off(hearing: Hearing) -> dict[str, int]:
    """Exchanges that are not heard now, with since when."""
    return {gap.exchange: gap.from_ms for gap in hearing.deaf if gap.to_ms is None}


def _style(reading: Reading, at_ms: int) -> Literal["t", "f"]:
    return "t" if reading.at_ms - at_ms < SAME_DAY_MS else "f"
