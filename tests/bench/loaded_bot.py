"""The bot under load, in a process of its own; each line on its stdin is answered by its figures.

Where stdin ends it stops cleanly and prints how late each moment's events were handled.
"""

import asyncio
import resource
import sys
from itertools import count
from pathlib import Path

import msgspec

from bot.app import Bot, build
from bot.clock import SystemClock
from bot.delivery.listening import Listening
from bot.delivery.outcomes import Delivered
from bot.delivery.turnstile import Turnstile
from bot.events import Event, Heard, Tick
from bot.log import configure
from bot.rules import Destination
from bot.setting_names import all_urls
from bot.settings import Settings
from bot.wording.text import Message
from handlers.talk import House
from handlers.telegram.platform import LIMITS
from tests.bench.population import market
from tests.bench.stopwatch import peak_bytes

REAL = SystemClock()
_BEAT_S = 0.005
_REMEMBERED = 200_000


class Figures(msgspec.Struct):
    """``held`` liquidations are in the windows; processor seconds and bytes since the start.

    ``blocked_s``: the longest time since the last line in which nothing else could run.
    """

    held: int
    processor_s: float
    peak_bytes: int
    blocked_s: float


class Willing:
    """Telegram as far as the core knows it, with its pace; it takes everything."""

    name = platform = "telegram"
    harmless_s = 0.0

    def __init__(self) -> None:
        self.turnstile = Turnstile(LIMITS, REAL)
        self.listening = Listening()
        self._numbers = count(1)

    @property
    def notifier(self) -> "Willing":
        return self

    async def deliver(
        self,
        destination: Destination,
        message: Message,
        nonce: str,
        edits: int | None = None,
        quotes: int | None = None,
    ) -> Delivered:
        return Delivered(edits or next(self._numbers))

    async def probe(self) -> None:
        """It can always be used."""

    async def run(self, house: House) -> None:
        await asyncio.Event().wait()

    async def check(self) -> tuple[bool, str]:
        return True, ""

    async def close(self) -> None:
        pass


class Watcher:
    """``late_ms``: by the market's time, how late the oldest event of that moment was handled.

    The watch calls ``handled`` when all that an event caused is on disk.
    """

    def __init__(self) -> None:
        self.late_ms: dict[int, int] = {}
        self.blocked_s = 0.0
        self._market_ms = 0

    def handled(self, event: Event) -> None:
        if isinstance(event, Tick):
            self._market_ms = max(self._market_ms, event.now_ms)
        if not isinstance(event, Heard):
            return
        self._market_ms = at_ms = max(self._market_ms, event.received_ms)
        late_ms = REAL.now_ms() - min(one.time_ms for one in event.events)
        self.late_ms[at_ms] = max(late_ms, self.late_ms.get(at_ms, 0))

    async def beat(self) -> None:
        while True:
            began = REAL.monotonic()
            await asyncio.sleep(_BEAT_S)
            self.blocked_s = max(self.blocked_s, REAL.monotonic() - began - _BEAT_S)

    def figures(self, held: int) -> Figures:
        used = resource.getrusage(resource.RUSAGE_SELF)
        blocked_s, self.blocked_s = self.blocked_s, 0.0
        return Figures(held, used.ru_utime + used.ru_stime, peak_bytes(), blocked_s)


async def main(directory: Path, exchanges: str, urls: dict[str, str]) -> None:
    configure("error")
    settings = Settings(
        data_dir=directory, exchanges=exchanges, urls={**all_urls(), **urls}, coins="off"
    )
    watcher, stop = Watcher(), asyncio.Event()
    async with (
        build(settings, lambda *_: [Willing()], REAL, REAL, watcher.handled) as bot,
        asyncio.TaskGroup() as group,
    ):
        _age(bot)
        running = group.create_task(bot.run(until=stop.wait()))
        beating = group.create_task(watcher.beat())
        while await asyncio.to_thread(sys.stdin.readline):
            _say(watcher.figures(len(bot.engine.windows)))
        stop.set()
        await running
        beating.cancel()
    _say(watcher.late_ms)


def _age(bot: Bot) -> None:
    """As if it had listened for weeks: what its feeds keep to know repetitions by is full."""
    for feed in bot.feeds:
        past = market(_REMEMBERED, 1, seed=3)
        feed.remember((msgspec.structs.replace(one, exchange=feed.name) for one in past), ())


def _say(what: object) -> None:
    print(msgspec.json.encode(what).decode(), flush=True)


if __name__ == "__main__":
    folder, names, addresses = sys.argv[1:]
    asyncio.run(main(Path(folder), names, msgspec.json.decode(addresses)))
