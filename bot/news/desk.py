"""Reads all feeds every few minutes, and says what they told near an event."""

import asyncio
from collections.abc import Sequence

import aiohttp
import structlog

from bot.clock import DAY_MS, HOUR_MS, MINUTE_MS, Clock, Now
from bot.news.asking import Answer, Mark, ask
from bot.news.coinglass import Articles, Calendar
from bot.news.feed import Feed, Syndicated
from bot.sentences.case import Headline, News

POLL_S = 180.0
READ_MS = 15 * MINUTE_MS
"""A feed that could not be read for so long has not been read."""

KEPT_MS = 2 * DAY_MS
NEAR_MS = HOUR_MS
MOST_HEADLINES = 20
"""Of one event, the newest."""

log = structlog.get_logger()


class NewsDesk:
    """``run`` until cancelled; ``news`` answers at once from memory.

    ``market`` is the clock that cases go by, ``clock`` the real one. ``session`` belongs to the
    caller. Without feeds ``run`` returns at once and ``news`` is None: nothing was checked.
    """

    def __init__(
        self,
        feeds: Sequence[Feed],
        session: aiohttp.ClientSession,
        clock: Clock,
        market: Now,
        proxy: str | None = None,
    ) -> None:
        self._shelves = [_Shelf(feed) for feed in feeds]
        self._session = session
        self._clock = clock
        self._market = market
        self._proxy = proxy

    async def run(self) -> None:
        while self._shelves:
            await self.poll()
            await self._clock.sleep(POLL_S)

    async def poll(self) -> None:
        """Read every feed once, side by side."""
        async with asyncio.TaskGroup() as group:
            for shelf in self._shelves:
                group.create_task(self._read(shelf), name=f"news {shelf.feed.name}")

    def news(self, before_ms: int) -> News | None:
        """What is known near an event that began at ``before_ms``; None: no feed is set."""
        if not self._shelves:
            return None
        now_ms = self._market.now_ms()
        read = [shelf for shelf in self._shelves if shelf.is_read(now_ms)]
        told = _newest_first(read, now_ms)
        near = [each for each in told if each.at_ms >= before_ms - NEAR_MS]
        return News(
            read=tuple(shelf.feed.name for shelf in read),
            read_ms=min((shelf.read_ms for shelf in read), default=0),
            failed=tuple(
                (shelf.feed.name, shelf.failure or "not read yet")
                for shelf in self._shelves
                if shelf not in read
            ),
            headlines=tuple(near[:MOST_HEADLINES]),
            newest=told[0] if told else None,
        )

    async def _read(self, shelf: "_Shelf") -> None:
        now_ms = self._market.now_ms()
        answer = await ask(self._session, shelf.feed, shelf.mark, now_ms, self._clock, self._proxy)
        if isinstance(answer, str):
            if answer != shelf.failure:
                log.warning("a news feed cannot be read", feed=shelf.feed.name, reason=answer)
            shelf.failure = answer
            return
        shelf.take(answer, now_ms)


class _Shelf:
    """One feed with what it told last."""

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self.mark = Mark()
        self.headlines: tuple[Headline, ...] = ()
        self.read_ms = 0
        self.failure = ""

    def is_read(self, now_ms: int) -> bool:
        return bool(self.read_ms) and now_ms - self.read_ms <= READ_MS

    def take(self, answer: Answer, now_ms: int) -> None:
        """Headlines that have left the feed are still known until they are old."""
        self.mark, self.read_ms, self.failure = answer.mark, now_ms, ""
        fresh = dict.fromkeys((*(answer.headlines or ()), *self.headlines))
        kept = (each for each in fresh if now_ms - KEPT_MS <= each.at_ms)
        self.headlines = tuple(sorted(kept, key=lambda each: -each.at_ms)[:200])


def _newest_first(shelves: Sequence[_Shelf], now_ms: int) -> list[Headline]:
    """Of all feeds, none from the future, a title that several papers print once."""
    told = [each for shelf in shelves for each in shelf.headlines if each.at_ms <= now_ms]
    titles: dict[str, Headline] = {}
    for each in sorted(told, key=lambda one: one.at_ms):
        titles.setdefault(each.title, each)
    return sorted(titles.values(), key=lambda one: -one.at_ms)


def feeds_of(
    addresses: Sequence[str], coinglass_url: str = "", coinglass_key: str | None = None
) -> tuple[Feed, ...]:
    """The feeds that the settings name; CoinGlass's only beside a key of its own."""
    feeds: list[Feed] = [Syndicated(address) for address in addresses]
    if coinglass_key:
        url = coinglass_url.rstrip("/")
        feeds += [Articles(url, coinglass_key), Calendar(url, coinglass_key)]
    return tuple(feeds)
