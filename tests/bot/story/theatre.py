"""A story told to fakes: what was heard is on a tape, what was told in a book that survives."""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable, Sequence

import msgspec

from bot.clock import DAY_MS, MINUTE_MS
from bot.errors import StoreError
from bot.events import Event, Heard, Recalled, Tick
from bot.figures import Reading
from bot.flush.flush import Flush
from bot.flush.telling import Known
from bot.market import Gap, Liquidation
from bot.ports.record import Series
from bot.rules import Destination, Page
from bot.sentences.case import Case
from bot.sentences.judging import Judged
from bot.story.batch import Batch
from bot.story.follow import Follow, Step
from bot.story.narration import Narration
from bot.story.page import Post
from bot.story.places import Place, place_of
from bot.story.restoring import Library
from bot.story.scribe import Scribe
from bot.wording.text import Message
from tests.bot.flush.tapes import EXCHANGES, MIDNIGHT, moment
from tests.clocks import ManualClock
from tests.fake_flushbook import FakeFlushbook
from tests.fakes import a_reading

PERSON = Destination("telegram", 7, direct=True)
GROUP = Destination("telegram", -100)


def say(
    case: Case,
    judged: Sequence[Judged],
    step: Step,
    after_ms: int = 0,
    direct: bool = True,
    *,
    why: str = "",
) -> Message:
    """The step, the flush and its amount; sentences are tested elsewhere."""
    assert case.flush is not None
    inside = f" within F{case.flush.within}" if case.flush.within else ""
    where = "" if direct else " here"
    return Message(head=(f"{case.flush.short_id} {step.value}{inside}{where}",))


class FakeCases:
    """Cases with nothing but their reading and flush."""

    def __init__(self) -> None:
        self.asked = 0
        self.broken = False

    def of_flush(self, flush: Flush) -> Case:
        return self._case(a_reading(flush.coin), flush)

    def of_reading(self, reading: Reading, flush: Flush | None = None) -> Case:
        return self._case(reading, flush)

    def _case(self, reading: Reading, flush: Flush | None) -> Case:
        self.asked += 1
        if self.broken:
            raise RuntimeError("no case")
        return Case(reading.at_ms, reading.coin, reading, flush=flush)


class FakeTape:
    """Everything that was heard, as the engine stored it."""

    def __init__(self) -> None:
        self.orders: list[Liquidation] = []
        self.noted: dict[tuple[str, str, int], Gap] = {}

    def hear(self, event: Event) -> None:
        if isinstance(event, Heard | Recalled):
            self.orders += event.events
        elif isinstance(event, Gap):
            self.noted[event.exchange, event.stream, event.start_ms] = event

    async def read(self, after_ms: int) -> AsyncIterator[list[Liquidation]]:
        await asyncio.sleep(0)
        yield [order for order in self.orders if order.received_ms > after_ms]

    async def gaps(self, after_ms: int) -> list[Gap]:
        return [gap for gap in self.noted.values() if gap.end_ms is None or gap.end_ms > after_ms]

    async def sums(self, exchange: str, from_ms: int, to_ms: int) -> dict[str, tuple[int, int]]:
        return {}

    async def thin(self, now_ms: int) -> None: ...


class QuietArchive:
    """A week in which nothing was heard."""

    async def minutes(
        self, coin: str | None, exchanges: Collection[str], from_ms: int, to_ms: int
    ) -> Series:
        return Series(MINUTE_MS, [], [], [])

    async def minutes_by_coin(
        self, exchanges: Collection[str], from_ms: int, to_ms: int
    ) -> dict[str, Series]:
        return {}


class Shelf(FakeFlushbook):
    """Also what was told, by place and key: a page that is told again is changed, and rings no
    more. ``full``: so many times storage cannot write."""

    def __init__(self) -> None:
        super().__init__()
        self.pages: dict[tuple[Place, str], Page] = {}
        self.log: dict[Place, list[str]] = {}
        self.full = 0

    async def store(self, batch: Batch, now_ms: int) -> None:
        if self.full:
            self.full -= 1
            raise StoreError("the disk is full")
        for post in batch.posts:
            self._post(post)
        await super().store(batch, now_ms)

    def _post(self, post: Post) -> None:
        where = place_of(post.destination), post.key
        words = "".join(map(str, post.payload.message.head))
        lines = self.log.setdefault(where[0], [])
        if where in self.pages:
            lines.append(f"edit {post.key}: {words}")
        else:
            loud = "ring" if post.payload.message.loud else "silent"
            answers = f" -> {post.payload.quotes}" if post.payload.quotes else ""
            lines.append(f"{loud} {post.key}{answers}: {words}")
        self.pages[where] = post.payload

    def story(self, destination: Destination = PERSON, edits: bool = True) -> list[str]:
        """In lines; of edits in a row that say the same only the first."""
        lines = self.log.get(place_of(destination), [])
        kept = [line for line in lines if edits or not line.startswith("edit")]
        return [line for n, line in enumerate(kept) if not n or kept[n - 1] != line]


class Market:
    """The market's time, as the events tell it."""

    def __init__(self) -> None:
        self.at_ms = MIDNIGHT

    def now_ms(self) -> int:
        return self.at_ms


class Theatre:
    """A narration over fakes that outlive it; ``begin`` starts it (anew), ``kill`` ends it."""

    def __init__(self, *follows: Follow) -> None:
        self.book = Shelf()
        self.book.begin_with(follows)
        self.tape = FakeTape()
        self.cases = FakeCases()
        self.market = Market()
        self.real = ManualClock(MIDNIGHT)
        self.batches: list[Batch] = []
        self.woken = 0
        self._task: asyncio.Task[None] | None = None
        self.library = Library(
            self.book,
            self.tape,
            QuietArchive(),
            EXCHANGES,
            Known(),
            MIDNIGHT - 7 * DAY_MS,  # type: ignore[arg-type]
        )
        self.narration = self._narration()

    def begin(self) -> None:
        self.narration = self._narration()
        self._task = asyncio.create_task(self.narration.run())

    async def kill(self) -> None:
        """At once: nothing that waits is told."""
        assert self._task is not None
        self._task.cancel()
        await asyncio.wait([self._task])

    def hear(self, event: Event) -> None:
        """As the engine does it: on the tape first, then passed on."""
        if not isinstance(event, Gap) and not hasattr(event, "destination"):
            self.market.at_ms = max(self.market.at_ms, moment(event))
        self.tape.hear(event)
        self.narration.pass_on(event)

    async def play(self, events: Iterable[Event]) -> None:
        for event in events:
            self.hear(event)
            if not isinstance(event, Tick):
                await settle(4)
        await settle(40)

    def _narration(self) -> Narration:
        scribe = Scribe(self.book, self.real, self._wake)
        return Narration(
            self.library, self.cases, say, scribe, self.real, self.market, self.batches.append
        )

    def _wake(self) -> None:
        self.woken += 1


async def settle(turns: int) -> None:
    """Let others have so many turns."""
    for _ in range(turns):
        await asyncio.sleep(0)


async def told(events: Iterable[Event], *follows: Follow) -> Theatre:
    """A whole tape."""
    theatre = Theatre(*follows)
    theatre.begin()
    await settle(20)
    await theatre.play(events)
    await theatre.kill()
    return theatre


def same(saved: bytes | None) -> object:
    return msgspec.json.decode(saved) if saved else None
