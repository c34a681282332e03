"""The story as a task of its own: it hears all events after the engine did, and delays nobody."""

import asyncio
from collections.abc import Callable, Iterator, Sequence

import structlog

from bot.clock import Clock, Now
from bot.events import Event, Heard, Recalled, Tick
from bot.flush.flush import Flush
from bot.ports import Cases
from bot.story.activity import Activity
from bot.story.audience import Audience
from bot.story.batch import Batch
from bot.story.composing import Say
from bot.story.followers import Followers
from bot.story.listener import OVERLAP_MS, Known
from bot.story.queue import Queue
from bot.story.readers import Readers, Rings
from bot.story.restoring import Library, reopened, replay
from bot.story.scribe import Scribe
from bot.story.storyteller import Storyteller, undrawn

BATCH = 200
"""Events taken at once; then others have their turn."""

LONG = 500
"""A frame of more liquidations than this is heard in pieces, with others in between."""

SETTLED_S = 1.0
"""So long after an overflow all that was heard until then is on the tape, if storage can write."""

log = structlog.get_logger()


class Narration:
    """Fulfils ``bot.ports.Stories``. ``activity`` and ``rings`` are told by others what they need.

    ``told`` is handed each batch right before it goes to the scribe. What overflows the queue is
    heard from the tape again, and so is everything after a fault (``run`` is supervised).
    """

    def __init__(
        self,
        library: Library,
        cases: Cases,
        say: Say,
        scribe: Scribe,
        real: Clock,
        market: Now,
        told: Callable[[Batch], None] = lambda batch: None,
        picture: Callable[[int], str] = undrawn,
    ) -> None:
        self.activity = Activity()
        self.rings = Rings()
        self._library = library
        self._cases = cases
        self._say = say
        self._scribe = scribe
        self._real = real
        self._market = market
        self._told = told
        self._picture = picture
        self._queue = Queue()
        self._repeated = Known()
        self._repeated_until_ms = 0
        self._teller: Storyteller | None = None

    @property
    def audience(self) -> Audience | None:
        """None until the story of before is known."""
        return self._teller.audience if self._teller else None

    def pass_on(self, event: Event) -> None:
        """An event that the engine has handled; at once, whatever the story does with it."""
        for piece in pieces(event):
            self._queue.put(piece)

    def price(self, coin: str, at_ms: int, price: float) -> None:
        """A price from elsewhere, in US dollars."""
        if self._teller is not None:
            self._teller.price(coin, at_ms, price)

    def running(self) -> Sequence[Flush]:
        return self._teller.running() if self._teller else ()

    def latest(self) -> Sequence[Flush]:
        """The same as they were told of last, at once and in no order."""
        return self._teller.latest() if self._teller else ()

    async def run(self) -> None:
        """Until cancelled. Raises ``StoreError`` where the story of before cannot be read."""
        if self._teller is not None:  # a fault, or an overflow, lies between
            await self._begin_anew()
        while True:
            self._teller = await self._restored()
            await self._listen(self._teller)
            log.warning("the story is told again from the tape", reason="too much came at once")
            await self._begin_anew()

    async def finish(self) -> None:
        """Tell what waits; for a clean stop, when nothing more comes in."""
        await self._scribe.write()
        teller = self._teller
        if teller is None or self._queue.lost:
            return
        while events := self._queue.take(BATCH):
            for event in events:
                self._take(teller, event)
        await self._tell(teller)

    async def _begin_anew(self) -> None:
        self._queue.begin()
        await self._real.sleep(SETTLED_S)

    async def _restored(self) -> Storyteller:
        now_ms = self._market.now_ms()
        library = self._library
        listener, heard = await reopened(library, now_ms)
        numbers = [flush.id for flush in listener.running()]
        teller = Storyteller(
            listener,
            Followers(await library.book.follows()),
            Readers(await library.book.readers(numbers)),
            self._cases,
            self._say,
            self.activity,
            self.rings,
            self._picture,
        )
        self._repeated = await replay(library, listener, heard, teller.take, now_ms)
        self._repeated_until_ms = self._market.now_ms() + OVERLAP_MS
        return teller

    async def _listen(self, teller: Storyteller) -> None:
        """Until something is lost."""
        await self._tell(teller)
        while True:
            await self._queue.wait()
            if self._queue.lost:
                return
            events = self._queue.take(BATCH)
            for event in events:
                self._take(teller, event)
                if isinstance(event, Heard | Recalled) and len(event.events) >= LONG:
                    await asyncio.sleep(0)
            if teller.eager or any(isinstance(event, Tick) for event in events):
                await self._tell(teller)
            await asyncio.sleep(0)

    def _take(self, teller: Storyteller, event: Event) -> None:
        if self._repeated and isinstance(event, Heard | Recalled):
            fresh = self._repeated.fresh(event.events)
            event = type(event)(event.exchange, fresh, event.received_ms)
            if event.received_ms > self._repeated_until_ms:
                self._repeated = Known()
        teller.take(event)

    async def _tell(self, teller: Storyteller) -> None:
        batch = teller.tell(self._real.now_ms())
        if batch:
            self._told(batch)
            await self._scribe.write(batch)


def pieces(event: Event) -> Iterator[Event]:
    """A long frame in parts, each of the same moment."""
    if not isinstance(event, Heard | Recalled) or len(event.events) <= LONG:
        yield event
        return
    for start in range(0, len(event.events), LONG):
        part = event.events[start : start + LONG]
        yield type(event)(event.exchange, part, event.received_ms)
