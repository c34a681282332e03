"""``liqwatch demo``: a flush from its first minute to its all-clear, in this terminal."""

from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from bot.clock import HOUR_MS, SystemClock
from bot.log import configure
from bot.settings import Settings

ASKED, MOST_ASKED = 2.0, 120.0
"""Times the hour's speed, and at most as often as real ones: sources of market structure are asked
in the leaps between looks as well."""

READ = 7.5
"""Times as often as else history is read anew and charts are drawn, which takes its time: less
often where the market goes faster than at ``USUAL``."""
USUAL = 60.0


async def demonstrate(console: Console, speed: float, second_wave: bool = False) -> bool:
    """Play the demo's tape through the whole bot; True when its hour is exact."""
    from bot.app import build
    from bot.demo.exchanges import LoopbackExchanges
    from bot.demo.markets import routes
    from bot.demo.past import remember
    from bot.demo.player import Hurried, Player, TapeClock
    from bot.demo.tape import SEED, make_story
    from bot.demo.world import World
    from bot.story.dressing import COMPANIONS_MS
    from handlers.console.platform import ConsolePlatform
    from handlers.console.retelling import Retelling
    from handlers.console.show import Show
    from storage import open_storage

    configure("error")
    real = SystemClock()
    start_ms = real.now_ms() // HOUR_MS * HOUR_MS
    market, story = TapeClock(start_ms), make_story(start_ms, second_wave=second_wave)
    beside = routes(World(story.course, start_ms, SEED), market)
    async with LoopbackExchanges(start_ms, beside) as exchanges:
        player = Player(exchanges, market, real)
        with TemporaryDirectory(prefix="liqwatch-data-") as folder:
            names = ",".join(exchanges.names)
            settings = Settings(data_dir=Path(folder), exchanges=names, urls=exchanges.urls())
            async with open_storage(None, settings.data_dir) as storage:
                await remember(storage.outbox, storage.notebook, start_ms, SEED)
            chat = ConsolePlatform(console, real)
            chat.notifier = messages = Retelling(chat.screen, real)
            async with build(
                settings, lambda *_: [chat], real, market, player.handled,
                companions_ms=round(COMPANIONS_MS / speed),
                asking=Hurried(real, min(speed * ASKED, MOST_ASKED)),
                reading=Hurried(real, max(1.0, READ * min(1.0, USUAL / speed))),
            ) as bot:  # fmt: skip
                accounts = bot.storage.outbox.accounts
                show = Show(
                    console, chat, messages, bot.house, accounts, player, story, speed, real
                )
                await bot.run(until=show.play())
                return await show.verdict()
