"""One exchange as ``/sources`` tells it: its state, its last day, how it publishes, its doubts."""

from collections.abc import Iterator, Sequence
from typing import Literal

from bot.clock import MINUTE_MS, SECOND_MS
from bot.figures import Deaf, Reading
from bot.ports import SourceStatus
from bot.rules import SHARE
from bot.wording.coverage import SAME_DAY_MS, is_young, listening, plus
from bot.wording.numbers import clock, count, duration, money, named, share
from bot.wording.text import Block, Button, Details, Line, Message, Moment, Note, Paragraph

VERB = "sources"
BACK = Button("All exchanges", VERB)

MOST_GAPS = 8

_STATE = {"degraded": "unreadable in part", "mute": "oddly silent", "deaf": "off", "blocked": "off"}
_GAP = {"stopped": "I was not running", "unwatched": "not watched", "mute": "oddly silent"}
_INVERTED = "prices say that its sides are read the wrong way round: its longs may be shorts"


def exchange_message(source: SourceStatus, reading: Reading) -> Message:
    """``reading`` is the exchange's last 24 h. Buttons: ``sources`` and ``sources|<exchange>``."""
    at_ms = reading.at_ms
    blocks: list[Block] = [
        Paragraph(_state(source, at_ms)),
        Paragraph(_day(source, reading), "24 h"),
    ]
    if source.gaps:
        blocks.append(Details(_gaps(source.gaps, at_ms)))
    blocks.append(Paragraph(_publishing(source), "How it publishes"))
    if source.doubts:
        doubts = [("In doubt:",), *((f"• {doubt}",) for doubt in source.doubts)]
        blocks.append(Paragraph(tuple(doubts), "Doubts"))
    blocks.append(Note((_counts(source),)))
    again = Button(f"↻ {clock(at_ms)}", f"{VERB}|{source.exchange}")
    word = _STATE.get(source.state, source.state)
    head = (f"Sources · {named(source.exchange)} · {word}",)
    return Message(head, tuple(blocks), ((BACK, again),))


def unwatched_message(exchange: str) -> Message:
    """An exchange that could be heard, and that this installation leaves out."""
    text = f"I can hear {named(exchange)}, but here it is left out (EXCHANGES)."
    head = (f"Sources · {named(exchange)} · not watched",)
    return Message(head, (Paragraph(((text,),)),), ((BACK,),))


def warnings(source: SourceStatus, at_ms: int) -> Iterator[Line]:
    """``⚠️ Kraken off since 21:44: futures.kraken.com refuses the connection``; none if well."""
    name = named(source.exchange)
    if source.state != "live":
        state = _STATE.get(source.state, source.state)
        reason = f": {source.reason}" if source.reason else ""
        yield (f"⚠️ {name} {state} since ", _moment(source.unwell_ms, at_ms), reason)
    if source.inverted:
        yield (f"⚠️ {name}: {_INVERTED}",)
    elif source.ahead_ms and source.state == "live":  # the least: such orders count all the same
        ahead = duration(source.ahead_ms)
        yield (f"⚠️ {name}: its times are {ahead} ahead; such orders count when they come",)


def covered(heard: float) -> str:
    """A share in percent; never all of it when it is not all, however little is missing."""
    part = int(heard * SHARE)
    return share(max(part, 1) if heard > 0 else 0, SHARE)


def _state(source: SourceStatus, at_ms: int) -> tuple[Line, ...]:
    live: Line = ("Live since ", _moment(source.since_ms, at_ms))
    last: Line = ("No liquidation since I was started",)
    if source.last_event_ms is not None:
        last = ("Last liquidation ", Moment(source.last_event_ms, "R"))
    sign: Line = (" · no other sign of life",)
    if source.last_data_ms is not None:
        sign = (" · last sign of life ", Moment(source.last_data_ms, "R"))
    head = (live,) if source.state == "live" else ()
    return (*head, *warnings(source, at_ms), (*last, *sign))


def _day(source: SourceStatus, reading: Reading) -> tuple[Line, ...]:
    lines: list[Line] = [listening(reading)] if is_young(reading) else []
    lines.append((_sums(source, reading),))
    lines.append((f"Heard {covered(source.hour)} of the last hour, {covered(source.day)} of 24 h",))
    if source.ratio is not None:
        lines.append((f"My sum of the last whole hour is {source.ratio:.2f} of its own",))
    several = f"{len(source.gaps)} gaps, latest first:" if len(source.gaps) > 1 else "1 gap:"
    lines.append((several if source.gaps else "No gaps",))
    return tuple(lines)


def _sums(source: SourceStatus, reading: Reading) -> str:
    orders = "1 order" if source.events == 1 else f"{count(source.events)} orders"
    unpriced = f"{count(source.unpriced)} without a known value" if source.unpriced else ""
    if source.known:
        told = f"24 h: {money(source.usd)}{plus(reading)} in {orders}"
        return f"{told}, and {unpriced}" if unpriced else told
    return f"24 h: {unpriced or 'nothing heard, but a part was missed: unknown'}"


def _gaps(gaps: Sequence[Deaf], at_ms: int) -> tuple[Line, ...]:
    """The latest first."""
    told = [_gap(gap, at_ms) for gap in reversed(gaps[-MOST_GAPS:])]
    if len(gaps) > MOST_GAPS:
        told.append((f"and {len(gaps) - MOST_GAPS} before",))
    return tuple(told)


def _gap(gap: Deaf, at_ms: int) -> Line:
    """``02:41–03:10 it refuses the connection``, ``12 s at 02:41 ...``, ``since 02:41 ...``"""
    what = f" {_GAP.get(gap.kind) or gap.reason or 'off'}"
    start = _moment(gap.from_ms, at_ms)
    if gap.to_ms is None:
        return ("since ", start, what)
    if gap.to_ms - gap.from_ms < MINUTE_MS:
        lasted = duration(max(gap.to_ms - gap.from_ms, SECOND_MS))
        return (f"{lasted} at ", start, what)
    return (start, "–", _moment(gap.to_ms, at_ms), what)


def _publishing(source: SourceStatus) -> tuple[Line, ...]:
    how = f": {source.publication.how}" if source.publication.how else ""
    told = {
        "complete": "Counted as publishing every liquidation",
        "sampled": f"Publishes samples{how}. Its sums are at least that",
        "derived": f"Publishes what liquidations follow from{how}",
    }[source.publication.kind]
    history = (
        "Has a history: what was missed is asked for afterwards"
        if source.history
        else "Has no history: what was missed stays unknown"
    )
    return ((told,), (history,))


def _counts(source: SourceStatus) -> str:
    return (
        f"Contracts listed: {count(source.instruments)}. Since I was started: "
        f"unreadable frames {count(source.bad)}, late orders {count(source.late)}, "
        f"reconnects {count(source.reconnects)}."
    )


def _moment(then_ms: int, at_ms: int) -> Moment:
    style: Literal["t", "f"] = "t" if at_ms - then_ms < SAME_DAY_MS else "f"
    return Moment(then_ms, style)
