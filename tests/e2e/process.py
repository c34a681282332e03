"""The program as a process of its own: its environment, its ends, what it said."""

import asyncio
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

PATIENCE_S = 30.0
"""A busy machine starts Python slowly; no test waits so long when all is well."""


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str


@asynccontextmanager
async def started(
    folder: Path, environment: Mapping[str, str], *arguments: str
) -> AsyncIterator[Process]:
    """``python -m bot ...`` without a terminal, in ``folder``; killed if it outlives the block.

    Nothing of the tests' own environment is passed on.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *arguments,
        stdin=DEVNULL, stdout=PIPE, stderr=PIPE, cwd=folder, env={"COLUMNS": "300", **environment},
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def ended(process: Process) -> Ended:
    """Wait for its end."""
    async with asyncio.timeout(PATIENCE_S):
        out, err = await process.communicate()
    assert process.returncode is not None
    return Ended(process.returncode, out.decode(), err.decode())


async def terminated(process: Process) -> Ended:
    """Ask it to stop, as a service manager does."""
    process.send_signal(signal.SIGTERM)
    return await ended(process)


async def ran(folder: Path, environment: Mapping[str, str], *arguments: str) -> Ended:
    """From start to end."""
    async with started(folder, environment, *arguments) as process:
        return await ended(process)
