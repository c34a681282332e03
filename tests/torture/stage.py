"""What outlasts every life of the bot: the doubles, the gates before them, the books, the plan."""

import asyncio
import random
import signal
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.demo.exchanges import LoopbackExchanges
from bot.demo.wire import Frame
from bot.rules import Destination
from storage import open_storage
from tests.doubles.discord import DiscordDouble
from tests.doubles.discord_objects import Channel, Guild
from tests.e2e.rig import GUILD, REAL, WatchedTelegram, World, readable
from tests.torture.gate import Gate
from tests.torture.ledger import Ledger
from tests.torture.lives import Life, born
from tests.torture.patience import LOOK_S, until
from tests.torture.plan import LOWEST, RULES, Plan, Read, Step, Tally, tally
from tests.torture.worker import Doom

SEED = 4
AGAIN_S = 5.0
"""So long after a step that caused nothing, its liquidation is sent once more: it may have been
heard by a process that died before it was written down."""


class Exchanges(LoopbackExchanges):
    """Those of the demo; they also tell whether anybody listens."""

    def heard(self) -> bool:
        return bool(self._open(Frame("bybit", "allLiquidation.BTCUSDT", "", 0, 0)))


@dataclass
class Stage:
    """The scene of one check."""

    world: World
    exchanges: Exchanges
    telegram: Gate
    discord: Gate
    folder: Path
    plan: Plan
    dice: random.Random
    platforms: tuple[str, ...]
    taken: list[Step] = field(default_factory=list)
    lives: list[Life] = field(default_factory=list)
    moved: dict[int, int] = field(default_factory=dict)
    """By their new ids, chats that got one: what arrives there counts as theirs."""
    more: dict[str, str] = field(default_factory=dict)
    """Settings of the bot besides the usual."""

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.world.data_dir / "liqwatch.db")

    @property
    def log(self) -> Path:
        return self.folder / "bot.log"

    def life(self, doom: Doom | None = None) -> Life:
        """The bot starts; one that still lives must have ended before."""
        environment = {
            **self.world.environment(*self.platforms),
            "TELEGRAM_API_URL": self.telegram.url,
            "DISCORD_API_URL": f"{self.discord.url}/api",
            **self.more,
        }
        life = born(self.folder, environment, self.log, doom)
        self.lives.append(life)
        return life

    async def heard(self, life: Life, within_s: float = 30.0) -> bool:
        """Wait until its exchange is listened to; False when it died before."""
        assert await until(lambda: life.over or self.exchanges.heard(), within_s)
        return not life.over

    @property
    def left(self) -> int:
        """How many steps are left."""
        return len(self.plan.steps) - len(self.taken)

    async def step(self, life: Life, again_s: float = AGAIN_S) -> None:
        """Take the next step unless it was taken, and wait until its alerts are on disk or the
        process is dead: then the same step is taken again in the next life."""
        following = self.plan.steps[len(self.taken)]
        wanted = len(self.plan.caused_by([*self.taken, following]))
        while not life.over and self.ledger.created() < wanted:
            usd = 1_000_000 if following.millions > LOWEST else LOWEST * 1_000_000 + 500_000
            push = asyncio.create_task(self.world.liquidate(following.coin, usd))
            await until(lambda: life.over or self.ledger.created() >= wanted, again_s)
            push.cancel()
        if self.ledger.created() >= wanted:
            self.taken.append(following)

    def crashed(self) -> int:
        """Lives that ended by themselves and by no kill, such as by an error."""
        return sum(life.process.exitcode not in (None, 0, -signal.SIGKILL) for life in self.lives)

    async def load(self, life: Life, open_at_most: int, steps: int) -> None:
        """Keep so much waiting until ``steps`` are taken or the process ends."""
        while not life.over and len(self.taken) < steps:
            if self.ledger.open() < open_at_most:
                await self.step(life)
            await asyncio.sleep(LOOK_S)

    async def drained(self, within_s: float) -> int:
        """Wait until nothing is open; how much still is when patience ends."""
        await until(lambda: not self.ledger.open(), within_s)
        return self.ledger.open()

    def read(self) -> Iterable[Read]:
        """All that the chats have got, in order; by Telegram first."""
        for sent in self.world.telegram.sent:
            yield Read("telegram", self.moved.get(sent.chat, sent.chat), sent.text)
        for channel, body in self.world.discord.posts:
            yield Read("discord", channel, readable(body))

    def tally(self) -> Tally:
        return tally(self.read(), self.plan.caused_by(self.taken))


def chats_of(telegram: int, discord: int) -> list[Destination]:
    """So many people on Telegram and channels on Discord, in turn."""
    people = [Destination("telegram", 10_000 + i, direct=True) for i in range(telegram)]
    channels = [Destination("discord", 60_000 + i) for i in range(discord)]
    longer, shorter = sorted((people, channels), key=len, reverse=True)
    mixed = list(longer)
    for place, chat in enumerate(shorter):
        mixed.insert(2 * place + 1, chat)
    return mixed


@asynccontextmanager
async def a_stage(
    folder: Path, chats: list[Destination], rules: int = RULES, **more: str
) -> AsyncIterator[Stage]:
    """Doubles, gates and an empty database with the chats' rules; no life outlasts the block.

    The bot has the platforms of its ``chats``; without any, Telegram.
    """
    folder.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240 -- before anything runs
    channels = [Channel(c.chat, f"c{c.chat}") for c in chats if c.platform == "discord"]
    async with AsyncExitStack() as held:
        telegram = await held.enter_async_context(WatchedTelegram())
        discord = await held.enter_async_context(DiscordDouble([Guild(GUILD, channels)]))
        exchanges = Exchanges(REAL.now_ms())
        await held.enter_async_context(exchanges)
        for chat in chats:
            if chat.platform == "telegram":
                telegram.meet(chat.chat)
        world = World(telegram, discord, exchanges, folder / "data")
        stage = Stage(
            world,
            exchanges,
            await held.enter_async_context(Gate(telegram.url)),
            await held.enter_async_context(Gate(discord.api_url.removesuffix("/api"))),
            folder,
            Plan(chats, rules),
            random.Random(SEED),
            tuple(sorted({chat.platform for chat in chats})) or ("telegram",),
            more=more,
        )
        async with open_storage(None, world.data_dir) as storage:
            await stage.plan.write(storage)
        try:
            yield stage
        finally:
            for life in stage.lives:
                if not life.over:
                    await life.killed()
