"""The whole bot between doubles: chat platforms on one side, exchanges on the other."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from bot.allowed import Allowed
from bot.app import Bot, Platform, build
from bot.cli.serving import chat_platforms
from bot.clock import SystemClock
from bot.demo.exchanges import LoopbackExchanges
from bot.demo.listed import CONTRACTS
from bot.demo.tape import TapeOrder
from bot.demo.wire import frames
from bot.market import Side
from bot.settings import Settings
from storage import Storage
from tests.doubles.discord import TOKEN as DISCORD_TOKEN
from tests.doubles.discord import DiscordDouble
from tests.doubles.discord_objects import Channel, Guild, Json
from tests.doubles.telegram import TOKEN as TELEGRAM_TOKEN
from tests.doubles.telegram import Sent, TelegramDouble
from tests.doubles.telegram_wire import Params

PATIENCE_S = 20.0
"""A busy machine starts a process slowly; no test waits so long when all is well."""

PRICE = Decimal(100)
GUILD, CHANNEL = 500, 601
REAL = SystemClock()


class WatchedTelegram(TelegramDouble):
    """Also keeps when each chat was written to, refused calls included; ``slow`` by chat."""

    def __init__(self) -> None:
        super().__init__()
        self.slow: dict[int, float] = {}
        self.asked_at: dict[int, list[float]] = defaultdict(list)

    async def _answer(self, token: str, method: str, params: Params) -> Any:
        if method in ("sendMessage", "sendPhoto"):
            self.asked_at[params["chat_id"]].append(REAL.monotonic())
        return await super()._answer(token, method, params)

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S), self._changed:
            await self._changed.wait_for(condition)

    async def _linger(self, chat: int) -> None:
        await asyncio.sleep(self.slow.get(chat, 0.0))

    async def told(self, chat: int, words: str, times: int = 1) -> Sent:
        """The latest message there with these words, once there are ``times`` of them."""
        try:
            await self.until(lambda: len(self.said(chat, words)) >= times)
        except TimeoutError:
            said = [sent.text for sent in self.said(chat)]
            raise AssertionError(f"{words!r} was not said {times} times: {said}") from None
        return self.said(chat, words)[-1]

    def said(self, chat: int, words: str = "") -> list[Sent]:
        return [sent for sent in self.sent if sent.chat == chat and words in sent.text]

    async def ask(self, text: str, user: int, words: str, chat: int | None = None) -> Sent:
        """Somebody types, and is answered with these words."""
        where = user if chat is None else chat
        before = len(self.said(where, words))
        await self.say(text, user, chat)
        return await self.told(where, words, before + 1)


@dataclass
class World:
    """What the bot lives between; it outlasts any one bot.

    Its market's time is the machine's, ``ahead_ms`` on.
    """

    telegram: WatchedTelegram
    discord: DiscordDouble
    exchanges: LoopbackExchanges
    data_dir: Path
    last_ms: int = 0
    people: int = 1_000
    ahead_ms: int = 0

    def now_ms(self) -> int:
        """The market's time."""
        return REAL.now_ms() + self.ahead_ms

    def settings(self, *platforms: str, **more: Any) -> Settings:
        """One exchange, and the platforms that are named."""
        known: dict[str, Any] = {
            "data_dir": self.data_dir,
            "exchanges": "bybit",
            "coins": "off",
            "urls": self.exchanges.urls(),
            "telegram_api_url": self.telegram.url,
            "discord_api_url": self.discord.api_url,
            "discord_gateway_url": self.discord.gateway_url,
        }
        tokens = {"telegram": TELEGRAM_TOKEN, "discord": DISCORD_TOKEN}
        known |= {f"{name}_token": tokens[name] for name in platforms}
        return Settings(**{**known, **more})

    def environment(self, *platforms: str) -> dict[str, str]:
        """The same settings for a process of its own."""
        settings = self.settings(*platforms)
        tokens = {"telegram": settings.telegram_token, "discord": settings.discord_token}
        shown = {f"{name}_TOKEN".upper(): t.get_secret_value() for name, t in tokens.items() if t}
        return {
            **settings.urls,
            **shown,
            "DATA_DIR": str(self.data_dir),
            "EXCHANGES": settings.exchanges,
            "COINS": "off",
            "TELEGRAM_API_URL": settings.telegram_api_url,
            "DISCORD_API_URL": settings.discord_api_url,
            "DISCORD_GATEWAY_URL": settings.discord_gateway_url,
        }

    @asynccontextmanager
    async def bot(self, *platforms: str, around: Any = None, **more: Any) -> AsyncIterator[Bot]:
        """Built as the program builds it, running, its exchange heard; stopped with the block.

        ``around`` stands in the place of history and structure.
        """
        settings = self.settings(*platforms, **more)
        stop = asyncio.Event()

        def served(storage: Storage, allowed: Allowed) -> Sequence[Platform]:
            return chat_platforms(settings, storage, REAL, allowed)

        async with (
            build(settings, served, REAL, self, companions_ms=0) as bot,
            asyncio.TaskGroup() as group,
        ):
            bot.around = around or bot.around
            group.create_task(bot.run(until=stop.wait()), name="bot")
            try:
                await eventually(lambda: all(feed.status().state == "live" for feed in bot.feeds))
                yield bot
            finally:
                stop.set()

    async def liquidate(
        self, coin: str, usd: int, side: Side = Side.LONG, exchange: str = "bybit"
    ) -> None:
        """One forced order of this size, now, as the exchange publishes it."""
        listed = (c for c in CONTRACTS if c.exchange == exchange and c.coin == coin and c.linear)
        contract = next(listed)
        self.last_ms = max(self.last_ms + 1, self.now_ms())
        quantity = usd / (contract.size * PRICE)
        for frame in frames([TapeOrder(self.last_ms, contract, side, PRICE, quantity)]):
            await self.exchanges.send(frame)


@asynccontextmanager
async def a_world(data_dir: Path) -> AsyncIterator[World]:
    guild = Guild(GUILD, [Channel(CHANNEL, "liquidations")])
    async with (
        WatchedTelegram() as telegram,
        DiscordDouble([guild]) as discord,
        LoopbackExchanges(REAL.now_ms()) as exchanges,
    ):
        yield World(telegram, discord, exchanges, data_dir)


async def eventually(
    condition: Callable[[], bool | Awaitable[bool]], patience_s: float = PATIENCE_S
) -> None:
    """Wait for something that nobody announces."""
    async with asyncio.timeout(patience_s):
        while True:
            holds = condition()
            if holds if isinstance(holds, bool) else await holds:
                return
            await asyncio.sleep(0.02)


async def balanced(bot: Bot, **expected: int) -> bool:
    """created = sent + merged + dead + open, and each named part is as expected."""
    accounts = await bot.storage.outbox.accounts()
    parts = accounts.sent + accounts.merged + accounts.dead + accounts.open
    assert accounts.created == parts
    return all(getattr(accounts, name) == value for name, value in expected.items())


def readable(body: Json) -> str:
    """Everything a reader of a Discord message sees, in one text."""
    embeds: list[Json] = body.get("embeds") or []
    parts = [body.get("content") or ""]
    for embed in embeds:
        fields = embed.get("fields", [])
        parts += [embed.get("title", ""), embed.get("description", "")]
        parts += [f"{field['name']} {field['value']}" for field in fields]
        parts.append(embed.get("footer", {}).get("text", ""))
    return "\n".join(parts)
