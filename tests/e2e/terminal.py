"""The program in a terminal of its own, with somebody at the keys."""

import asyncio
import os
import pty
import re
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

PATIENCE_S = 30.0
CTRL_C = "\x03"

_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    """What is on the screen so far, and the keys."""

    def __init__(self, handle: int, process: Process) -> None:
        self._handle = handle
        self._process = process
        self._shown = ""
        self._changed = asyncio.Event()
        asyncio.get_running_loop().add_reader(handle, self._read)

    @property
    def shown(self) -> str:
        """Everything that was written, without colours and movements."""
        return _ESCAPES.sub("", self._shown)

    def type(self, keys: str) -> None:
        os.write(self._handle, keys.encode())

    async def shows(self, words: str) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while words not in self.shown:
                self._changed.clear()
                await self._changed.wait()

    async def left_by(self, keys: str) -> int:
        """The exit code."""
        self.type(keys)
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await self._process.wait()
        except TimeoutError:
            raise AssertionError(f"it goes on after {keys!r}: {self.shown[-2_000:]}") from None

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._handle)
        os.close(self._handle)

    def _read(self) -> None:
        try:
            self._shown += os.read(self._handle, 1 << 16).decode(errors="replace")
        except OSError:  # the other end is closed
            asyncio.get_running_loop().remove_reader(self._handle)
        self._changed.set()


@asynccontextmanager
async def opened(
    folder: Path, environment: Mapping[str, str], *arguments: str
) -> AsyncIterator[Terminal]:
    """``python -m bot ...`` in a terminal; killed if it outlives the block."""
    ours, its = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *arguments,
        stdin=its, stdout=its, stderr=its, cwd=folder, start_new_session=True,
        env={"TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1", **environment},
    )  # fmt: skip
    os.close(its)
    terminal = Terminal(ours, process)
    try:
        yield terminal
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        terminal.close()
