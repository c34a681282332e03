"""Tends one platform's line: probes it while it is down, and tells the operator."""

from collections.abc import Awaitable, Callable

import structlog

from bot.clock import Clock
from bot.delivery.bell import Bell
from bot.delivery.line import Change, Line, News
from bot.delivery.outcomes import Outcome
from bot.errors import StoreError
from bot.ports import Outbox
from bot.wording import platform as wording

log = structlog.get_logger()


async def untold(sentence: str) -> None:
    """Nobody wants to be told."""


class Lineman:
    """``probe`` never raises; ``troubled`` is told a sentence; ``changed`` that calls may begin."""

    def __init__(
        self,
        platform: str,
        line: Line,
        probe: Callable[[], Awaitable[Outcome | None]],
        outbox: Outbox,
        real: Clock,
        troubled: Callable[[str], Awaitable[None]],
        changed: Callable[[], None],
    ) -> None:
        self._platform = platform
        self._line = line
        self._probe = probe
        self._outbox = outbox
        self._real = real
        self._troubled = troubled
        self._changed = changed
        self._bell = Bell(real)

    def heed(self, call: int, outcome: Outcome) -> None:
        """A call has ended so."""
        was = self._line.state
        self._line.ended(call, outcome, self._real.monotonic())
        if self._line.state is not was:
            self._bell.ring()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            was = self._line.state
            self._line.look(self._real.monotonic())
            if self._line.probe_due(self._real.monotonic()):
                outcome = await self._probe()
                self._line.probed(outcome, self._real.monotonic())
            if self._line.state is not was:
                self._changed()
            for news in self._line.take_news():
                await self._tell(news)
            await self._bell.wait(self._line.next_change(self._real.monotonic()))

    async def _tell(self, news: News) -> None:
        sentence = self._sentence(news, await self._waiting())
        log.warning("platform", platform=self._platform, change=news.change.value, said=sentence)
        await self._troubled(sentence)

    def _sentence(self, news: News, waiting: int | None) -> str:
        now_ms, for_ms = self._real.now_ms(), round(news.for_s * 1000)
        match news.change:
            case Change.REFUSED:
                return wording.refused(self._platform, now_ms, waiting)
            case Change.ACCEPTED:
                return wording.accepted(self._platform, for_ms, waiting)
            case Change.LOST:
                return wording.lost(self._platform, now_ms - for_ms, news.reason, waiting)
            case Change.BACK:
                return wording.back(self._platform, for_ms, waiting)

    async def _waiting(self) -> int | None:
        try:
            return (await self._outbox.accounts()).open
        except StoreError:
            return None
