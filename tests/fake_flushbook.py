"""Flushes, followers and tellings in dictionaries."""

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from bot.clock import HOUR_MS
from bot.errors import UserError
from bot.figures import Hearing, Reading
from bot.flush.flush import Flush
from bot.pictures.chart import Picture
from bot.ports import FlushRoom
from bot.rules import Destination
from bot.sentences.case import Case
from bot.story.batch import Batch, Telling
from bot.story.follow import Follow
from bot.story.page import Post, Reader
from bot.wording.text import File

Remembered = tuple[
    dict[tuple[Destination, str | None], Follow], dict[tuple[int, Destination], Reader]
]


class FakeFlushbook:
    """Fulfils ``bot.ports.Flushbook``; ``posts`` are all that were stored, in order."""

    def __init__(self) -> None:
        self.posts: list[Post] = []
        self.kept: dict[int, Flush] = {}
        self.told: dict[str, Telling] = {}
        self.whys: dict[int, str] = {}
        """By the number of a notification."""
        self.machine: bytes | None = None
        self._follows: dict[tuple[Destination, str | None], Follow] = {}
        self._readers: dict[tuple[int, Destination], Reader] = {}

    async def store(self, batch: Batch, now_ms: int) -> None:
        self.posts += batch.posts
        self.kept |= {flush.id: flush for flush in batch.flushes}
        self.told |= {telling.key: telling for telling in batch.tellings}
        self.machine = batch.state or self.machine
        for reader in batch.readers:
            known = self._readers.get((reader.flush, reader.destination))
            muted = reader.muted or (known is not None and known.muted)
            self._readers[reader.flush, reader.destination] = replace(reader, muted=muted)

    async def state(self) -> bytes | None:
        return self.machine

    async def next_id(self) -> int:
        return max(self.kept, default=0) + 1

    async def get(self, flush: int) -> Flush | None:
        return self.kept.get(flush)

    async def latest(self, limit: int, coin: str | None = None) -> list[Flush]:
        found = [
            flush
            for flush in self.kept.values()
            if (flush.within is None if coin == "" else flush.coin == coin)
        ]
        return sorted(found, key=lambda flush: (-flush.start_ms, -flush.id))[:limit]

    async def telling(self, key: str) -> Telling | None:
        return self.told.get(key)

    async def tellings(self, flush: int) -> list[Telling]:
        mine = [telling for telling in self.told.values() if telling.flush == flush]
        return sorted(mine, key=lambda telling: (telling.at_ms, telling.key))

    async def telling_of(self, number: int) -> str | None:
        return self.whys.get(number)

    async def follows(self) -> list[Follow]:
        return list(self._follows.values())

    async def following(self, destination: Destination) -> list[Follow]:
        mine = [follow for (at, _), follow in self._follows.items() if at == destination]
        return sorted(mine, key=lambda follow: follow.coin or "")

    async def readers(self, flushes: Sequence[int]) -> list[Reader]:
        return [reader for reader in self._readers.values() if reader.flush in flushes]

    async def thin(self, now_ms: int) -> None: ...

    async def follow(self, follow: Follow, limit: int) -> Follow:
        others = [
            one for one in await self.following(follow.destination) if one.coin != follow.coin
        ]
        if len(others) >= limit:
            raise UserError(f"{limit} coins are followed here, the most I can.")
        self._follows[follow.destination, follow.coin] = follow
        return follow

    async def unfollow(self, destination: Destination, coin: str | None) -> Follow | None:
        return self._follows.pop((destination, coin), None)

    async def hush(self, destination: Destination, flush: int) -> None:
        known = self._readers.get((flush, destination), Reader(flush, destination))
        self._readers[flush, destination] = replace(known, muted=True)

    def begin_with(self, follows: Iterable[Follow]) -> None:
        """Somebody follows already."""
        self._follows |= {(follow.destination, follow.coin): follow for follow in follows}

    def remembered(self) -> Remembered:
        """What a transaction may change."""
        return dict(self._follows), dict(self._readers)

    def forget_since(self, remembered: Remembered) -> None:
        self._follows, self._readers = remembered


class FakePictures:
    """Fulfils ``bot.ports.Pictures``."""

    def __init__(self) -> None:
        self.kept: dict[str, Picture] = {}

    async def keep(self, picture: Picture, now_ms: int) -> None:
        self.kept[picture.digest] = picture

    async def find(self, digest: str) -> Picture | None:
        return self.kept.get(digest)


class Calm:
    def running(self) -> Sequence[Flush]:
        return ()


class PlainCases:
    def of_flush(self, flush: Flush) -> Case:
        return self.of_reading(A_CALM_HOUR, flush)

    def of_reading(self, reading: Reading, flush: Flush | None = None) -> Case:
        return Case(reading.at_ms, reading.coin, reading, flush=flush)


class NoCharts:
    async def of_flush(self, flush: Flush) -> Picture | None:
        return None

    async def of_reading(self, reading: Reading) -> Picture | None:
        return None


class NoFiles:
    async def of_flush(self, flush: Flush) -> tuple[File, ...]:
        return ()


A_CALM_HOUR = Reading(
    None, None, HOUR_MS, 1_700_000_000_000, 0, 0, 0, None, (), (), Hearing((), (), (), 0), True
)


def a_calm_room(book: FakeFlushbook) -> FlushRoom:
    """Nothing goes on, nothing is drawn, and of a flush only its figures are known."""
    return FlushRoom(book, Calm(), PlainCases(), NoCharts(), NoFiles())
