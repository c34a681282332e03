"""What the bot knows of the time before this start, and notes down for the time after it."""

from collections.abc import Callable, Collection, Mapping, Sequence

import msgspec
import structlog

from bot.clock import DAY_MS, SECOND_MS
from bot.engine.engine import Engine
from bot.errors import StoreError
from bot.feed.feed import Feed
from bot.feed.silence import PROCESS
from bot.market import Gap, Liquidation
from bot.ports import Notebook, Tape

WATCHED = "watched"
"""Where the notebook keeps for each exchange since when and until when it was watched."""

STOPPED = "Liqwatch was not running"
NEW = "not watched before"
NOTE_MS = 2 * SECOND_MS

log = structlog.get_logger()


class Span(msgspec.Struct, frozen=True):
    """An exchange was watched in this time, but for its gaps; the market's milliseconds."""

    since_ms: int
    until_ms: int


class Memory(msgspec.Struct, frozen=True):
    """Figures reach back to ``since_ms``. ``gaps`` are those of the last day; ``fresh`` the ones
    of them that nobody has stored yet: the time in which no process ran."""

    since_ms: int
    spans: Mapping[str, Span]
    gaps: list[Gap]
    fresh: list[Gap]


async def recollect(
    tape: Tape, notebook: Notebook, exchanges: Collection[str], now_ms: int
) -> Memory:
    """What is known of these exchanges. Raises ``StoreError``."""
    spans = spans_noted(await notebook.read(WATCHED))
    known = {name: spans[name] for name in exchanges if name in spans}
    since_ms = _earliest(known, now_ms - DAY_MS, now_ms)
    stored = [gap for gap in await tape.gaps(since_ms) if gap.exchange in exchanges]
    ended = [_ended(gap, known, now_ms) for gap in stored]
    fresh = [new for old, new in zip(stored, ended, strict=True) if new is not old]
    away = [_away(name, known.get(name), since_ms, now_ms) for name in exchanges]
    missed = [gap for gap in away if gap.start_ms < now_ms]
    whole = [_whole(gap, known) for gap in away]
    fresh += [gap for gap in whole if gap.start_ms < now_ms]
    return Memory(since_ms, known, [*ended, *missed], fresh)


async def restore(
    tape: Tape,
    memory: Memory,
    engine: Engine,
    feeds: Collection[Feed],
    exchanges: Collection[str],
    recall: Callable[[Sequence[Liquidation]], None] = lambda batch: None,
) -> int:
    """Rebuild the windows, before any rule is loaded; how many liquidations are remembered.

    ``recall`` hears them too.

    The tape tells in the order in which things were heard, so the windows become what they were.
    """
    many = 0
    async for told in tape.read(memory.since_ms - 1):
        batch = [event for event in told if event.exchange in exchanges]
        many += len(batch)
        engine.remember(batch)
        recall(batch)
        for feed in feeds:
            feed.remember((event for event in batch if event.exchange == feed.name), ())
    for gap in memory.gaps:
        engine.ears.note(gap)
    for feed in feeds:
        feed.remember((), (gap for gap in memory.gaps if gap.exchange == feed.name))
    return many


class Diary:
    """Notes, every two seconds of the market's time, up to when everything heard is on disk."""

    def __init__(
        self, notebook: Notebook, memory: Memory, exchanges: Collection[str], start_ms: int
    ) -> None:
        self._notebook = notebook
        self._since = {
            name: memory.spans[name].since_ms if name in memory.spans else start_ms
            for name in exchanges
        }
        self._noted_ms = 0

    async def kept(self, until_ms: int) -> None:
        if abs(until_ms - self._noted_ms) >= NOTE_MS:
            await self.note(until_ms)

    async def note(self, until_ms: int) -> None:
        """Also at the start, so that a process killed at once is known, and at a clean end."""
        spans = {name: Span(since_ms, until_ms) for name, since_ms in self._since.items()}
        try:
            await self._notebook.write(WATCHED, msgspec.json.encode(spans).decode())
        except StoreError as error:  # noted at a later look; until then the last note holds
            log.warning("not written down what was heard", reason=str(error))
        else:
            self._noted_ms = until_ms


def _earliest(known: Mapping[str, Span], oldest_ms: int, now_ms: int) -> int:
    """After a day without any process nothing of before is in any window: a new start."""
    recent = (span.since_ms for span in known.values() if span.until_ms > oldest_ms)
    return min(now_ms, max(oldest_ms, min(recent, default=now_ms)))


def _ended(gap: Gap, known: Mapping[str, Span], now_ms: int) -> Gap:
    """One that was open when the process ended goes on as a gap of no process at all."""
    if gap.end_ms is not None:
        return gap
    until_ms = known[gap.exchange].until_ms if gap.exchange in known else now_ms
    return msgspec.structs.replace(gap, end_ms=max(gap.start_ms, min(until_ms, now_ms)))


def _away(name: str, span: Span | None, since_ms: int, now_ms: int) -> Gap:
    if span is None:
        return Gap(name, PROCESS, since_ms, now_ms, NEW, "unwatched")
    return Gap(name, PROCESS, max(since_ms, span.until_ms), now_ms, STOPPED, "stopped")


def _whole(gap: Gap, known: Mapping[str, Span]) -> Gap:
    """The time without a process as history must know it: also what is older than any window."""
    span = known.get(gap.exchange)
    return msgspec.structs.replace(gap, start_ms=span.until_ms) if span else gap


def spans_noted(note: str | None) -> dict[str, Span]:
    """What the notebook keeps under ``WATCHED``; nothing where that cannot be read."""
    try:
        return msgspec.json.decode(note or "{}", type=dict[str, Span])
    except msgspec.MsgspecError as error:
        log.error("what was watched before is unreadable", reason=str(error))
        return {}
