"""Tends one platform's line: probes it while it is down, and tells the operator."""

import asyncio
from collections.abc import Awaitable, Callable

from bot.clock import Clock
from bot.delivery.bell import Bell
from bot.delivery.line import Change, Line, News, State
from bot.delivery.listening import Listening
from bot.delivery.outcomes import Outcome
from bot.errors import StoreError
from bot.ports import Outbox
from bot.wording import platform as wording


async def untold(sentence: str) -> None:
    """Nobody wants to be told."""


class Lineman:
    """``probe`` never raises; ``troubled`` is told a sentence; ``changed`` that calls may begin.

    That nothing is heard is told only while no greater trouble is.
    """

    def __init__(
        self,
        platform: str,
        line: Line,
        listening: Listening,
        probe: Callable[[], Awaitable[Outcome | None]],
        outbox: Outbox,
        real: Clock,
        troubled: Callable[[str], Awaitable[None]],
        changed: Callable[[], None],
    ) -> None:
        self._platform = platform
        self._line = line
        self._listening = listening
        self._probe = probe
        self._outbox = outbox
        self._real = real
        self._troubled = troubled
        self._changed = changed
        self._bell = Bell(real)
        self._telling = asyncio.Lock()
        self._lost = False

    def heed(self, call: int, outcome: Outcome) -> None:
        """A call has ended so."""
        was = self._line.state
        self._line.ended(call, outcome, self._real.monotonic())
        if self._line.state is not was:
            self._bell.ring()

    async def refused(self) -> None:
        """The token is refused; when this returns the operator knows, whoever found it out."""
        self._line.lock(self._real.monotonic())
        await self._tell_news()
        self._changed()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            was = self._line.state
            self._line.look(self._real.monotonic())
            if self._line.probe_due(self._real.monotonic()):
                outcome = await self._probe()
                self._line.probed(outcome, self._real.monotonic())
            elif self._listening.due(self._real.monotonic()) and self._line.state is State.UP:
                await self._doubt()
            if self._line.state is not was:
                self._changed()
            await self._tell_news()
            await self._bell.wait(self._line.next_change(self._real.monotonic()))

    async def _doubt(self) -> None:
        """Nothing is heard: is that all, or can the platform not be used at all?"""
        since, outcome = self._listening.since, await self._probe()
        now = self._real.monotonic()
        if since is None or not self._listening.due(now):  # it was heard meanwhile
            return
        self._line.doubted(outcome, since, now)
        self._line.look(now)
        if self._line.state is not State.UP:
            return
        self._listening.told()
        since_ms = self._real.now_ms() - round((now - since) * 1000)
        await self._troubled(wording.unheard(self._platform, since_ms, self._listening.reason))

    async def _tell_news(self) -> None:
        """One at a time: who comes second leaves when the first has told."""
        async with self._telling:
            for news in self._line.take_news():
                self._lost = news.change in (Change.LOST, Change.REFUSED)
                await self._troubled(self._sentence(news, await self._waiting()))
            if self._lost:
                self._listening.covered(self._real.monotonic())
            elif (ended_s := self._listening.take_end()) is not None:
                await self._troubled(wording.heard(self._platform, round(ended_s * 1000)))

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
