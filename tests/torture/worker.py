"""The bot as ``liqwatch run`` builds it, in a process that can kill itself at a named landmark.

``python -m tests.torture.worker "alert claimed" 12`` dies as by ``kill -9`` when that place is
passed for the twelfth time; without arguments it lives like the program.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from bot.app import build
from bot.cli.serving import chat_platforms, stop_signal
from bot.clock import SystemClock
from bot.landmarks import PLACES, Passing, unseen
from bot.log import configure
from bot.settings import load_settings


class Doom(NamedTuple):
    """The ``nth`` passing of ``place``, counted from 1, is the last thing that a process does."""

    place: str
    nth: int


def doomed(doom: Doom) -> Passing:
    """A ``passing`` that ends this process, with nothing cleaned up."""
    if doom.place not in PLACES:
        raise ValueError(f"{doom.place!r} is none of {PLACES}")
    passed = 0

    def passing(place: str) -> None:
        nonlocal passed
        if place == doom.place:
            passed += 1
            if passed == doom.nth:
                os.kill(os.getpid(), signal.SIGKILL)

    return passing


async def serve(passing: Passing) -> None:
    """Until SIGTERM, or until ``passing`` ends it."""
    settings = load_settings()
    configure(settings.log_level, settings.secrets)
    real = SystemClock()
    async with build(
        settings,
        lambda storage, allowed: chat_platforms(settings, storage, real, allowed),
        real,
        real,
        passing=passing,
        companions_ms=0,
    ) as bot:
        await bot.run(until=stop_signal())


def live(folder: Path, environment: Mapping[str, str], log: Path, doom: Doom | None) -> None:
    """One life in a process that was forked for it; what it says is added to ``log``."""
    with log.open("ab", buffering=0) as said:
        for number in (1, 2):
            os.dup2(said.fileno(), number)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    asyncio.run(serve(doomed(doom) if doom else unseen))


if __name__ == "__main__":
    asyncio.run(serve(doomed(Doom(sys.argv[1], int(sys.argv[2]))) if sys.argv[1:] else unseen))
