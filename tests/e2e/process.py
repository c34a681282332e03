"""The program as a process of its own: its environment, its ends, what it said."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PATIENCE_S = 30.0
"""A busy machine starts Python slowly; no test waits so long when all is well."""

NURSERY = Path(__file__).with_name("nursery.py")


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str


class Process:
    """One that was started by the nursery, with what asyncio's own processes offer."""

    def __init__(self, out: asyncio.StreamReader, err: asyncio.StreamReader, number: int) -> None:
        self._out = out
        self._err = err
        self._number = number
        self._end: asyncio.Task[int] | None = None

    @classmethod
    async def born(cls, wish: Mapping[str, object]) -> "Process":
        readers = []
        writing = []
        for _ in range(3):
            ours, its = os.pipe()
            writing.append(its)
            readers.append(await _reader(ours))
        socket.send_fds(_nursery(), [json.dumps(wish).encode()], writing)
        for handle in writing:
            os.close(handle)
        out, err, told = readers
        born = cls(out, err, int(await told.readline()))
        born._end = asyncio.create_task(_code(told))
        return born

    @property
    def returncode(self) -> int | None:
        return self._end.result() if self._end and self._end.done() else None

    def send_signal(self, number: int) -> None:
        os.kill(self._number, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    async def wait(self) -> int:
        assert self._end is not None
        return await asyncio.shield(self._end)

    async def communicate(self) -> tuple[bytes, bytes]:
        out, err, _ = await asyncio.gather(self._out.read(), self._err.read(), self.wait())
        return out, err


@cache
def _nursery() -> socket.socket:
    """One for all tests of this process; it ends when its socket is closed."""
    ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with its:
        subprocess.Popen(  # noqa: S603
            [sys.executable, NURSERY, str(its.fileno())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=[its.fileno()],
            env={},
        )
    return ours


async def _reader(handle: int) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, os.fdopen(handle, "rb"))
    return reader


async def _code(told: asyncio.StreamReader) -> int:
    return int(await told.readline())


@asynccontextmanager
async def started(
    folder: Path, environment: Mapping[str, str], *arguments: str
) -> AsyncIterator[Process]:
    """``python -m bot ...`` without a terminal, in ``folder``; killed if it outlives the block.

    Nothing of the tests' own environment is passed on.
    """
    process = await Process.born(
        {
            "folder": str(folder),
            "environment": {"COLUMNS": "300", **environment},
            "arguments": arguments,
        }
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def ended(process: Process, patience_s: float = PATIENCE_S) -> Ended:
    """Wait for its end."""
    async with asyncio.timeout(patience_s):
        out, err = await process.communicate()
    assert process.returncode is not None
    return Ended(process.returncode, out.decode(), err.decode())


async def terminated(process: Process) -> Ended:
    """Ask it to stop, as a service manager does."""
    process.send_signal(signal.SIGTERM)
    return await ended(process)


async def ran(
    folder: Path, environment: Mapping[str, str], *arguments: str, patience_s: float = PATIENCE_S
) -> Ended:
    """From start to end."""
    async with started(folder, environment, *arguments) as process:
        return await ended(process, patience_s)
