"""One life of the bot after another: processes that are forked, killed, frozen and waited for."""

import asyncio
import os
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from tests.torture.worker import Doom, live

PATIENCE_S = 30.0

_PRELOADED = [
    "tests.torture.worker",
    "handlers.discord.platform",
    "handlers.telegram.platform",
]
"""Loaded once: a hundred lives would spend two minutes on imports alone."""


@dataclass
class Life:
    """One process. It is waited for, or killed, before its stage is taken down."""

    process: ForkServerProcess
    log: Path
    doom: Doom | None

    @property
    def pid(self) -> int:
        assert self.process.pid is not None
        return self.process.pid

    @property
    def over(self) -> bool:
        return self.process.exitcode is not None

    def send(self, number: signal.Signals) -> None:
        """A signal, unless it is gone already."""
        if not self.over:
            try:
                os.kill(self.pid, number)
            except ProcessLookupError:
                return

    async def ended(self, within_s: float = PATIENCE_S) -> int:
        """Wait for its end; how it ended, -9 for a kill. Raises ``TimeoutError``."""
        loop, gone = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self.process.sentinel, gone.set)
        try:
            async with asyncio.timeout(within_s):
                await gone.wait()
        finally:
            loop.remove_reader(self.process.sentinel)
        self.process.join()
        assert self.process.exitcode is not None
        return self.process.exitcode

    async def killed(self) -> None:
        self.send(signal.SIGKILL)
        await self.ended()

    async def terminated(self, within_s: float) -> tuple[int, float]:
        """As a service manager stops it: how it ended (-9: it had to be killed), after seconds."""
        began = time.monotonic()
        self.send(signal.SIGTERM)
        try:
            code = await self.ended(within_s)
        except TimeoutError:
            await self.killed()
            code = -signal.SIGKILL
        return code, time.monotonic() - began


def born(folder: Path, environment: Mapping[str, str], log: Path, doom: Doom | None) -> Life:
    """A process of its own, with nothing of the tests' environment."""
    context = get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    process = context.Process(target=live, args=(folder, dict(environment), log, doom))
    process.start()
    return Life(process, log, doom)
