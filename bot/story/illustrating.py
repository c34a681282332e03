"""Adds charts to what was told: words go first, and their picture comes as an edit."""

from collections.abc import Sequence

import structlog
from msgspec.structs import replace

from bot.clock import Clock
from bot.delivery.bell import Bell
from bot.errors import StoreError
from bot.flush.flush import Flush, Stage
from bot.pictures.chart import Picture
from bot.ports import Charts, Outbox, Pictures
from bot.rules import Alert
from bot.story.batch import Batch
from bot.story.page import Post
from bot.story.places import Place, place_of
from bot.story.scribe import Scribe

PACE_S = 60.0
"""A flush, and a window of alerts, has no more than one chart in such a time."""

BUSY = 10
"""When more notifications wait than this, words are more urgent than pictures: each chart is one
more call in its chat, and goes before what came after its words."""

BUSY_S = 5.0
MOST_ALERTS = 1_000
"""Of one window that wait for one chart."""

PLAIN = ("order", "largest")
"""Metrics of single orders: there is no course of them to be drawn."""

log = structlog.get_logger()

Window = tuple[str | None, str | None, int]
"""Coin, exchange, span."""


class Illustrator:
    """``tell`` and ``fired`` note what may have a chart; ``run``, until cancelled, has them drawn.

    A chart is added to the newest words of a page, never to older ones.
    """

    def __init__(
        self,
        charts: Charts,
        pictures: Pictures,
        outbox: Outbox,
        scribe: Scribe,
        real: Clock,
        pace_s: float = PACE_S,
    ) -> None:
        self._charts = charts
        self._pictures = pictures
        self._outbox = outbox
        self._scribe = scribe
        self._real = real
        self._pace_s = pace_s
        self._bell = Bell(real)
        self._flushes: dict[int, Flush] = {}
        self._pages: dict[int, dict[Place, Post]] = {}
        self._digests: dict[int, str] = {}
        self._wanted: dict[int | Window, None] = {}
        self._alerts: dict[Window, list[Alert]] = {}
        self._drawn_s: dict[int | Window, float] = {}

    def picture(self, flush: int) -> str:
        """The digest of a flush's latest chart, "" where there is none."""
        return self._digests.get(flush, "")

    def tell(self, batch: Batch) -> None:
        """What is about to be stored of a story."""
        for post in batch.posts:
            number = post.payload.flush
            self._pages.setdefault(number, {})[place_of(post.destination)] = post
            self._wanted[number] = None
        for flush in batch.flushes:
            if flush.id in self._pages:
                self._flushes[flush.id] = flush
                self._end(flush.id)
        if batch.posts:
            self._bell.ring()

    def fired(self, alerts: Sequence[Alert]) -> None:
        """Alerts that were stored."""
        for alert in alerts:
            if alert.rule.metric in PLAIN:
                continue
            reading = alert.reading
            window = reading.coin, reading.exchange, reading.span_ms
            waiting = self._alerts.setdefault(window, [])
            if len(waiting) < MOST_ALERTS:
                waiting.append(alert)
            self._wanted[window] = None
        if self._alerts:
            self._bell.ring()

    async def run(self) -> None:
        while True:
            await self._bell.wait(self._pause_s())
            await self.look()

    async def look(self) -> None:
        """Draw what is due."""
        now_s = self._real.monotonic()
        due = [each for each in self._wanted if self._due_s(each) <= now_s]
        if not due:
            return
        try:
            if await self._busy():
                self._put_off()
                return
            for each in due:
                await self._draw(each)
        except StoreError as error:
            log.warning("charts wait for storage", reason=str(error))

    async def _busy(self) -> bool:
        return (await self._outbox.accounts()).open > BUSY

    def _pause_s(self) -> float:
        now_s = self._real.monotonic()
        waits = [max(0.1, self._due_s(each) - now_s) for each in self._wanted]
        return min(waits, default=self._pace_s)

    def _due_s(self, each: int | Window) -> float:
        return self._drawn_s.get(each, float("-inf")) + self._pace_s

    def _put_off(self) -> None:
        """Pages are asked for again; alerts go out without charts, which would come too late."""
        for window in self._alerts:
            self._wanted.pop(window, None)
        self._alerts.clear()
        for each in self._wanted:
            self._ask_again(each)

    def _ask_again(self, each: int | Window) -> None:
        self._drawn_s[each] = self._real.monotonic() - self._pace_s + BUSY_S

    async def _draw(self, each: int | Window) -> None:
        self._wanted.pop(each, None)
        self._drawn_s[each] = self._real.monotonic()
        if isinstance(each, int):
            await self._draw_flush(each)
            self._end(each)
        else:
            await self._draw_window(each)
        self._forget()

    def _end(self, number: int) -> None:
        """Forget a flush that is closed, once its last page has its chart."""
        flush = self._flushes.get(number)
        if flush is not None and flush.stage is Stage.CLOSED and number not in self._wanted:
            for known in (self._flushes, self._pages, self._digests):
                known.pop(number, None)

    async def _draw_flush(self, number: int) -> None:
        flush = self._flushes.get(number)
        picture = await self._charts.of_flush(flush) if flush is not None else None
        if flush is None or picture is None:
            return
        await self._keep(picture)
        if await self._busy():  # while it was drawn
            self._wanted[number] = None
            self._ask_again(number)
            return
        pages = self._pages.get(number, {})
        self._digests[number] = picture.digest
        for place, post in pages.items():
            pages[place] = replace(post, payload=replace(post.payload, picture=picture.digest))
        posts = tuple(pages.values())
        await self._scribe.write(Batch(posts=posts))

    async def _draw_window(self, window: Window) -> None:
        alerts = self._alerts.pop(window, [])
        picture = await self._charts.of_reading(alerts[-1].reading) if alerts else None
        if picture is None or await self._busy():
            return
        await self._keep(picture)
        drawn = [replace(alert, picture=picture.digest) for alert in alerts]
        await self._outbox.store(drawn, [], self._real.now_ms())

    async def _keep(self, picture: Picture) -> None:
        await self._pictures.keep(picture, self._real.now_ms())

    def _forget(self) -> None:
        """What was drawn long ago may be drawn at once."""
        now_s = self._real.monotonic()
        for each in [each for each in self._drawn_s if self._due_s(each) <= now_s]:
            del self._drawn_s[each]
