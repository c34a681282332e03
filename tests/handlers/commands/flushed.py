"""A house that follows flushes: the event of the standard of tone, at home in Anna's chat."""

from collections.abc import Sequence

from msgspec.structs import replace

from bot.errors import StoreError
from bot.figures import Reading
from bot.flush.flush import Flush, Stage
from bot.pictures.chart import Picture
from bot.ports import FlushRoom
from bot.sentences.case import Case
from bot.sentences.record import record
from bot.story.batch import Batch, Telling
from bot.wording.text import File
from tests.bot.sentences.golden import CASE, FLUSH
from tests.bot.sentences.later import CLOSED
from tests.fakes import NOW_MS, Furnished

PICTURE = Picture(b"png", "d1935", "Liquidations, and the price of BTC")
assert CLOSED.flush is not None
OVER = replace(CLOSED.flush, id=300, stage=Stage.CLOSED)
GOING_ON = replace(FLUSH, id=311)
OF_SOL = replace(GOING_ON, id=312, coin="SOL")


class PlainStories:
    """Says what it was told to say."""

    def __init__(self, *flushes: Flush) -> None:
        self.flushes = flushes

    def running(self) -> Sequence[Flush]:
        return self.flushes


class PlainCases:
    """The same case of everything."""

    def of_flush(self, flush: Flush) -> Case:
        return replace(CASE, flush=flush)

    def of_reading(self, reading: Reading, flush: Flush | None = None) -> Case:
        return replace(CASE, reading=reading, flush=flush)


class PlainCharts:
    """One picture for everything, or none; ``slow``: it is never ready."""

    def __init__(self, here: Furnished) -> None:
        self.picture: Picture | None = PICTURE
        self.slow = False
        self._clock = here.clock

    async def of_flush(self, flush: Flush) -> Picture | None:
        return await self._drawn()

    async def of_reading(self, reading: Reading) -> Picture | None:
        return await self._drawn()

    async def _drawn(self) -> Picture | None:
        if self.slow:
            await self._clock.sleep(3_600)
        return self.picture


class PlainFiles:
    """Three files, while the disk lets it."""

    broken = False

    async def of_flush(self, flush: Flush) -> tuple[File, ...]:
        if self.broken:
            raise StoreError("disk I/O error (OperationalError)")
        names = (f"{flush.short_id}.{ending}" for ending in ("png", "csv", "json"))
        return tuple(File(name, b"x") for name in names)


class Flushing(Furnished):
    """A house with ``stories``, ``charts`` and ``files`` as above."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.stories = PlainStories()
        self.charts = PlainCharts(self)
        self.files = PlainFiles()
        self.house.flushes = FlushRoom(
            self.flushbook, self.stories, PlainCases(), self.charts, self.files
        )


def told(key: str, case: Case, flush: int = 311) -> Telling:
    return Telling(key, flush, "start", case.at_ms, record(case))


async def flushing(*kept: Flush, running: Sequence[Flush] = ()) -> Flushing:
    """A house in which these flushes were stored, and those go on."""
    here = Flushing()
    here.stories.flushes = tuple(running)
    await here.flushbook.store(Batch(flushes=kept), NOW_MS)
    return here
