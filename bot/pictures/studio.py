"""Has charts drawn, each content once, in a process of its own that ends with the picture.

So the event loop never loads matplotlib nor waits for a line to be drawn, an idle bot keeps no
memory for pictures, and whatever goes wrong in there costs a picture and nothing else.
"""

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections import OrderedDict
from hashlib import sha256

import msgspec
import structlog

from bot.clock import Clock
from bot.pictures.alt import alt_text
from bot.pictures.chart import Chart, Picture

DRAW_S = 20.0
"""Loading and drawing take about a second; on a machine that is busy, more."""

KEPT = 32
"""Pictures of 40 kB or so that are kept for whoever asks for the same again."""

WAITING = 16
"""So many charts may wait to be drawn; one more is not drawn: its words go out without it."""

EASEL = (sys.executable, "-m", "bot.pictures")
"""What draws: a chart as JSON goes in, a PNG comes out."""

SIGNATURE = b"\x89PNG\r\n\x1a\n"

log = structlog.get_logger()


class Studio:
    """``picture`` never raises: there is one, or there is none."""

    def __init__(self, real: Clock, command: tuple[str, ...] | None = None) -> None:
        self._real = real
        self._command = command or EASEL
        self._easel = asyncio.Lock()
        self._kept: OrderedDict[str, Picture] = OrderedDict()
        self._drawn: dict[str, asyncio.Task[Picture | None]] = {}

    async def picture(self, chart: Chart) -> Picture | None:
        """The chart drawn; None when it could not be. Who asks for the same waits for the same."""
        content = msgspec.json.encode(chart)
        digest = sha256(content).hexdigest()
        if digest in self._kept:
            self._kept.move_to_end(digest)
            return self._kept[digest]
        task = self._drawn.get(digest)
        if task is None:
            if len(self._drawn) >= WAITING:
                log.warning("a chart is not drawn", reason="too many are waiting")
                return None
            task = asyncio.create_task(self._draw(chart, content, digest), name="draw")
            self._drawn[digest] = task
        return await asyncio.shield(task)

    async def close(self) -> None:
        """End what is being drawn."""
        tasks = list(self._drawn.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _draw(self, chart: Chart, content: bytes, digest: str) -> Picture | None:
        try:
            async with self._easel:
                png = await self._drawn_by_another(content)
        finally:
            del self._drawn[digest]
        if png is None:
            return None
        picture = self._kept[digest] = Picture(png, digest, alt_text(chart))
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return picture

    async def _drawn_by_another(self, content: bytes) -> bytes | None:
        """A session of its own: Ctrl-C in the terminal is the bot's, and ends this with it."""
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, start_new_session=True
            )
        except OSError as error:
            log.warning("a chart is not drawn", reason=str(error))
            return None
        try:
            async with self._real.timeout(DRAW_S):
                png, _ = await process.communicate(content)
        except TimeoutError:
            log.warning("a chart is not drawn", reason=f"not done in {DRAW_S:g} s")
            return None
        finally:
            if process.returncode is None:
                process.kill()
                await asyncio.shield(process.wait())
        if process.returncode or not png.startswith(SIGNATURE):
            log.warning("a chart is not drawn", reason=f"exit code {process.returncode}")
            return None
        return png
