"""Tells the operator about the bot itself: what is wrong with exchanges, and restarts."""

from collections import deque
from collections.abc import Callable

import structlog

from bot.clock import Clock, Now
from bot.errors import StoreError
from bot.lookout import Lookout
from bot.ports import Desk, Notebook, Outbox
from bot.rules import Destination, Notice
from bot.wording.notice import restarted

LOOK_S = 5.0

ALIVE = "alive_ms"
"""Where the notebook keeps when this bot was last alive."""

MOST_UNTOLD = 100
"""Notices that wait for storage; when more do, the oldest is forgotten."""

log = structlog.get_logger()


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
