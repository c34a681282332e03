"""Tells the operator about the bot itself: exchanges, the disk, platforms, restarts."""

from collections import deque
from collections.abc import Callable
from hashlib import sha256
from typing import NamedTuple

import structlog

from bot.clock import Clock, Now
from bot.disk import Disk
from bot.errors import StoreError
from bot.lookout import Lookout
from bot.ports import Desk, Found, Notebook, Outbox
from bot.restraint import Restraint
from bot.rules import Destination, Notice
from bot.wording.notice import restarted, unaccounted

LOOK_S = 5.0

SUMMARY_S = 600.0
"""So long after a start its summary waits for alerts that have not ended."""

ALIVE = "alive_ms"
"""Where the notebook keeps when this bot was last alive."""

MOST_UNTOLD = 100
"""Notices that wait for storage; when more do, the oldest is forgotten."""

log = structlog.get_logger()


class _Restart(NamedTuple):
    """What a start found, how long the bot was away, and until when its summary may wait."""

    found: Found
    away_ms: int | None
    until_s: float


class Operator:
    """The one who runs the bot, at ``destination``; nobody when that is None: then the log alone.

    ``clean`` takes secrets out of a text; ``disk`` None: no data are kept on this machine.
    """

    def __init__(
        self,
        destination: Destination | None,
        outbox: Outbox,
        notebook: Notebook,
        desk: Desk,
        real: Clock,
        market: Now,
        clean: Callable[[str], str],
        disk: Disk | None,
    ) -> None:
        self._destination = destination
        self._outbox = outbox
        self._notebook = notebook
        self._desk = desk
        self._real = real
        self._market = market
        self._clean = clean
        self._disk = disk
        self._lookout = Lookout()
        self._restraint = Restraint()
        self._untold: deque[Notice] = deque(maxlen=MOST_UNTOLD)
        self._restart: _Restart | None = None

    async def run(self, wake: Callable[[], None]) -> None:
        """Look around until cancelled; ``wake`` is called when there is something to send."""
        while True:
            news = await self._news()
            for text in news:
                await self.tell(text)
            held_back = self._restraint.rest(self._real.monotonic())
            self._queue(held_back)
            await self._store()
            if news or held_back:
                wake()
            await self._note_alive()
            await self._real.sleep(LOOK_S)

    async def tell_of_restart(self, found: Found) -> None:
        """After a start, before anything is sent: what it found is told once that has ended."""
        accounts = await self._outbox.accounts()
        if not accounts.whole:
            log.error("the outbox does not add up", accounts=accounts)
            await self.tell(unaccounted(accounts))
        if found.open:
            alive = await self._notebook.read(ALIVE)
            away_ms = self._real.now_ms() - int(alive) if alive else None
            self._restart = _Restart(found, away_ms, self._real.monotonic() + SUMMARY_S)

    async def tell(self, text: str) -> None:
        """Into the log, and into the outbox; when storage cannot now, at a later look.

        What is too much is only in the log: the next that is told says how many these were.
        """
        # A platform's reason may hold what no database can.
        text = self._clean(text).encode(errors="replace").decode()
        log.warning("notice", text=text)
        self._queue(self._restraint.passed(text, self._real.monotonic()))
        await self._store()

    async def _news(self) -> list[str]:
        news = self._lookout.news(self._desk.sources(), self._market.now_ms())
        news += self._disk.news() if self._disk is not None else []
        return [*news, *await self._after_restart()]

    async def _after_restart(self) -> list[str]:
        start = self._restart
        if start is None:
            return []
        try:
            fates = await self._outbox.fates(start.found)
        except StoreError as error:
            log.warning("what became of the alerts is told later", reason=str(error))
            return []
        if fates.open and self._real.monotonic() < start.until_s:
            return []
        self._restart = None
        return [restarted(start.away_ms, start.found, fates)]

    def _queue(self, text: str | None) -> None:
        if text and self._destination is not None:
            self._untold.append(Notice(text, self._real.now_ms()))

    async def _store(self) -> None:
        while self._destination is not None and self._untold:
            notice = self._untold[0]
            key = f"operator:{notice.at_ms}:{sha256(notice.text.encode()).hexdigest()}"
            try:
                await self._outbox.put(self._destination, notice, key, notice.at_ms)
            except StoreError as error:
                log.error("the operator is told later", reason=str(error))
                return
            if self._untold and self._untold[0] is notice:  # another may have stored it meanwhile
                self._untold.popleft()

    async def _note_alive(self) -> None:
        try:
            await self._notebook.write(ALIVE, str(self._real.now_ms()))
        except StoreError as error:
            log.warning("not written down that the bot is alive", reason=str(error))
