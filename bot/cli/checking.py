"""``liqwatch check``: one line for each exchange, the storage and each platform."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from rich.console import Console

from bot.allowed import Allowed
from bot.cli.serving import chat_platforms
from bot.clock import SystemClock
from bot.errors import ConfigError, InUseError
from bot.log import configure
from bot.settings import Settings, load_settings

if TYPE_CHECKING:
    from bot.feed.checkup import Finding


async def check_everything(console: Console) -> bool:
    """Print one line for each exchange, the storage and each platform; True when all is well."""
    from bot.check import check_exchanges, show

    settings = load_settings()
    configure("error", settings.secrets)
    findings = [
        *await check_exchanges(settings),
        await check_storage(settings),
        *await check_platforms(settings),
    ]
    return show(findings, console)


async def check_storage(settings: Settings) -> "Finding":
    """Open the database as the bot would, and let it go again."""
    from bot.feed.checkup import Finding
    from storage import open_storage

    try:
        async with open_storage(settings.database, settings.data_dir):
            return Finding("storage", True, "Storage: can be written")
    except InUseError:
        return Finding("storage", True, "Storage: in use by the Liqwatch that is running")
    except ConfigError as error:
        return Finding("storage", False, f"Storage: {error}")


async def check_platforms(settings: Settings) -> "list[Finding]":
    """Log in to each platform that has a token; none is a finding too, but no fault."""
    from bot.feed.checkup import Finding
    from storage import open_storage

    findings: list[Finding] = []
    with TemporaryDirectory() as folder:
        async with open_storage(None, Path(folder)) as scratch:
            for platform in chat_platforms(settings, scratch, SystemClock(), Allowed()):
                ok, sentence = await platform.check()
                findings.append(Finding(platform.name, ok, sentence))
                await platform.close()
    if not findings:
        return [Finding("platforms", True, "No token is set: `liqwatch run` serves this terminal.")]
    return findings
