"""``liqwatch run``: the live exchanges, and the platforms that have a token."""

import asyncio
import signal
from collections.abc import Sequence
from typing import TYPE_CHECKING

import structlog
from rich.console import Console

from bot.allowed import Allowed
from bot.clock import Clock, SystemClock
from bot.log import configure
from bot.settings import Settings, load_settings

if TYPE_CHECKING:  # heavy: loaded by the command that needs them
    from bot.app import Platform
    from storage import Storage

log = structlog.get_logger()


async def serve(console: Console) -> None:
    """Run until SIGINT or SIGTERM; without any token the terminal is the chat."""
    from bot.app import build

    settings = load_settings()
    configure(settings.log_level, settings.secrets)
    real = SystemClock()

    def platforms(storage: "Storage", allowed: Allowed) -> "Sequence[Platform]":
        served = chat_platforms(settings, storage, real, allowed)
        return served or [terminal(console, real)]

    async with build(settings, platforms, real, real) as bot:
        names = ", ".join(platform.name for platform in bot.platforms)
        log.info("started", exchanges=settings.exchanges, platforms=names)
        await bot.run(until=stop_signal())


def terminal(console: Console, real: Clock) -> "Platform":
    """The chat of a bot without tokens."""
    from handlers.console.platform import ConsolePlatform

    console.print("No token is set: this terminal is the chat. Type /help; Ctrl-D ends.")
    return ConsolePlatform(console, real)


def chat_platforms(
    settings: Settings, storage: "Storage", real: Clock, allowed: Allowed
) -> "list[Platform]":
    """The platforms that have a token; their libraries are heavy and loaded only then."""
    served: list[Platform] = []
    proxy = settings.https_proxy or None
    if settings.telegram_token:
        from handlers.telegram.platform import TelegramPlatform

        token = settings.telegram_token.get_secret_value()
        url = settings.telegram_api_url
        served.append(
            TelegramPlatform(
                token,
                url,
                real,
                storage.notebook,
                storage.keyboards,
                proxy,
                allowed=allowed,
            )
        )
    if settings.discord_token:
        from handlers.discord.platform import DiscordPlatform

        token = settings.discord_token.get_secret_value()
        url, gateway = settings.discord_api_url, settings.discord_gateway_url
        served.append(
            DiscordPlatform(
                token,
                url,
                gateway,
                real,
                storage.notebook,
                storage.chats,
                storage.keyboards,
                proxy,
                allowed=allowed,
            )
        )
    return served


async def stop_signal() -> None:
    """Wait for SIGINT or SIGTERM."""
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await stopped.wait()
