"""Commands that bring stored things in or out: ``liqwatch import``, ``backup``, ``restore``."""

from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from bot.clock import SystemClock, as_datetime
from bot.log import configure
from bot.settings import load_settings
from bot.wording.numbers import count

if TYPE_CHECKING:
    from bot.past.importing import Wish
    from storage.copying import Contents


async def take_in(wish: "Wish") -> None:
    """A file that is not sound, or a key that is missing, ends it before storage is opened."""
    from bot.past.importing import prepare
    from storage import open_storage

    settings = load_settings()
    configure("error", settings.secrets)
    bring = prepare(wish, settings, SystemClock(), Console(highlight=False))
    async with open_storage(settings.database, settings.data_dir) as storage:
        await bring(storage.past)


async def save_backup(file: Path) -> None:
    """Also beside a running bot."""
    from storage import back_up

    settings = load_settings()
    configure("error", settings.secrets)
    contents = await back_up(settings.database, settings.data_dir, file)
    _say(f"Saved: {file} holds {_told(contents)}.")


async def bring_back(file: Path) -> None:
    """Never under a running bot."""
    from storage import restore

    settings = load_settings()
    configure("error", settings.secrets)
    moment = as_datetime(SystemClock().now_ms()).strftime("%Y%m%d-%H%M%S")
    restored = await restore(settings.database, settings.data_dir, file, moment)
    _say(
        f"Restored {_told(restored.contents)}: those may have been sent since the backup, and are "
        "sent again at the next start."
        if restored.contents.open
        else f"Restored {_told(restored.contents)}."
    )
    if restored.kept is not None:
        _say(f"What was there before is kept as {restored.kept}.")


def _told(contents: "Contents") -> str:
    return (
        f"{_many(contents.rules, 'rule')}, {_many(contents.chats, 'chat')} and "
        f"{_many(contents.notifications, 'notification')}, {count(contents.open)} of them open"
    )


def _many(number: int, noun: str) -> str:
    return f"{count(number)} {noun}{'' if number == 1 else 's'}"


def _say(line: str) -> None:
    Console(highlight=False).print(line, markup=False, soft_wrap=True)
