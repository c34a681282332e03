"""``liqwatch demo``: one hour of a flush through the whole bot, in this terminal."""

from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from bot.clock import HOUR_MS, SystemClock
from bot.log import configure
from bot.settings import Settings


async def demonstrate(console: Console, speed: float) -> bool:
    """Play the demo's tape through the whole bot; True when its hour is exact."""
    from bot.app import build
    from bot.demo.exchanges import LoopbackExchanges
    from bot.demo.player import Player, TapeClock
    from bot.demo.tape import add_up, make_tape
    from handlers.console.platform import ConsolePlatform
    from handlers.console.show import Show

    configure("error")
    real = SystemClock()
    start_ms = real.now_ms() // HOUR_MS * HOUR_MS
    market, orders = TapeClock(start_ms), make_tape(start_ms)
    async with LoopbackExchanges(start_ms) as exchanges:
        player = Player(orders, exchanges, market, real, speed)
        with TemporaryDirectory(prefix="liqwatch-demo-") as folder:
            names = ",".join(exchanges.names)
            settings = Settings(
                data_dir=Path(folder), exchanges=names, urls=exchanges.urls(), coins="off"
            )
            chat = ConsolePlatform(console, real)
            async with build(settings, lambda *_: [chat], real, market, player.handled) as bot:
                accounts, tape = bot.storage.outbox.accounts, add_up(orders)
                show = Show(console, chat, bot.house, accounts, player, tape, real)
                await bot.run(until=show.play())
                return await show.verdict()
