"""Commands that change what is stored while no bot runs: ``liqwatch import``."""

from typing import TYPE_CHECKING

from rich.console import Console

from bot.cli.serving import secrets_of
from bot.clock import SystemClock
from bot.log import configure
from bot.settings import load_settings

if TYPE_CHECKING:
    from bot.past.importing import Wish


async def take_in(wish: "Wish") -> None:
    """A file that is not sound, or a key that is missing, ends it before storage is opened."""
    from bot.past.importing import prepare
    from storage import open_storage

    settings = load_settings()
    configure("error", secrets_of(settings))
    bring = prepare(wish, settings, SystemClock(), Console(highlight=False))
    async with open_storage(settings.database, settings.data_dir) as storage:
        await bring(storage.past)
