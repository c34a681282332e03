"""Tells the operator about the bot itself: exchanges lost and heard again, and restarts."""

from collections import deque
from collections.abc import Callable, Iterable

import structlog

from bot.clock import MINUTE_MS, Clock, Now
from bot.errors import StoreError
from bot.ports import Desk, Notebook, Outbox, SourceStatus
from bot.rules import Destination, Notice
from bot.wording.notice import hearing_again, not_hearing, restarted

PATIENCE_MS = MINUTE_MS
"""A reconnect is no news; a silence of a minute is."""

LOOK_S = 5.0

ALIVE = "alive_ms"
"""Where the notebook keeps when this bot was last alive."""

MOST_UNTOLD = 100
"""Notices that wait for storage; when more do, the oldest is forgotten."""

log = structlog.get_logger()


class Lookout:
    """Which silences are worth a notice: each is told once, and its end if it was told."""

    def __init__(self) -> None:
        self._lost: dict[str, int] = {}
        self._told: set[str] = set()

    def news(self, sources: Iterable[SourceStatus], now_ms: int) -> list[str]:
        """What to tell now; asked again and again."""
        return [text for source in sources for text in self._of(source, now_ms)]

    def _of(self, source: SourceStatus, now_ms: int) -> list[str]:
        name = source.exchange
        if source.state == "live":
            since_ms = self._lost.pop(name, now_ms)
            if name not in self._told:
                return []
            self._told.discard(name)
            return [hearing_again(name, since_ms, now_ms)]
        since_ms = self._lost.setdefault(name, source.since_ms)
        if name in self._told or now_ms - since_ms < PATIENCE_MS:
            return []
        self._told.add(name)
        return [not_hearing(name, since_ms, source.reason)]


class Operator:
    """The one who runs the bot, at ``destination``; nobody when that is None."""

    def __init__(
        self,
        destination: Destination | None,
        outbox: Outbox,
        notebook: Notebook,
        desk: Desk,
        real: Clock,
        market: Now,
    ) -> None:
        self._destination = destination
        self._outbox = outbox
        self._notebook = notebook
        self._desk = desk
        self._real = real
        self._market = market
        self._lookout = Lookout()
        self._untold: deque[Notice] = deque(maxlen=MOST_UNTOLD)

    async def run(self, wake: Callable[[], None]) -> None:
        """Look around until cancelled; ``wake`` is called when there is something to send."""
        while True:
            for text in self._lookout.news(self._desk.sources(), self._market.now_ms()):
                await self.tell(text)
                wake()
            await self._store()
            await self._note_alive()
            await self._real.sleep(LOOK_S)

    async def tell_of_restart(self, waiting: int) -> None:
        """After a start that found alerts on their way."""
        alive = await self._notebook.read(ALIVE)
        if waiting and alive:
            await self.tell(restarted(self._real.now_ms() - int(alive), waiting))

    async def tell(self, text: str) -> None:
        """Into the outbox; when storage cannot now, at a later look."""
        if self._destination is not None:
            self._untold.append(Notice(text, self._real.now_ms()))
            await self._store()

    async def _store(self) -> None:
        while self._destination is not None and self._untold:
            notice = self._untold[0]
            key = f"operator:{notice.at_ms}:{notice.text}"
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
