"""Sums by time equal those of a list of events, exactly, however old they are; imports as given."""

import asyncio
import shutil
import tempfile
from collections.abc import Collection
from itertools import cycle
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clock import DAY_MS, HOUR_MS, MINUTE_MS
from bot.market import USD, Side
from bot.ports import Archive, PastSum, Series
from storage import Storage
from tests.storage.conftest import Home
from tests.storage.samples import a_liquidation
from tests.storage.test_sums_against_naive import (
    EXCHANGES,
    HOURS,
    START,
    Ledger,
    months,
    play,
    steps,
)
from tests.torture import times

SCOPES: list[tuple[str | None, Collection[str]]] = [
    (None, EXCHANGES), ("BTC", EXCHANGES), ("PEPE", ("okx",)), (None, ("bybit",)), (None, ()),
]  # fmt: skip


class Historian(Ledger):
    """Asks for series and adds up the list by span."""

    def __init__(self, storage: Storage) -> None:
        super().__init__(storage)
        self.edges = cycle((0, 1, -1))

    async def check(self, first: int, last: int) -> None:
        """Hours at any time; minutes only while all of them are there.

        Each time at one of the edges: over the checks, every scope is asked at all of them.
        """
        for (coin, exchanges), edge_ms in zip(SCOPES, self.edges, strict=False):
            around = (START + first * HOUR_MS + edge_ms, START + last * HOUR_MS + edge_ms)
            told = await self.storage.archive.hours(coin, exchanges, *around)
            assert told == self.listed(HOUR_MS, coin, exchanges, *around)
            if self.now < START + 90 * DAY_MS:
                told = await self.storage.archive.minutes(coin, exchanges, *around)
                assert told == self.listed(MINUTE_MS, coin, exchanges, *around)

    def listed(
        self, span_ms: int, coin: str | None, exchanges: Collection[str], from_ms: int, to_ms: int
    ) -> Series:
        found: dict[int, list[int]] = {}
        for event in self.events:
            start_ms = event.time_ms // span_ms * span_ms
            wanted = event.exchange in exchanges and coin in (None, event.coin)
            inside = from_ms <= start_ms and start_ms + span_ms <= to_ms
            if wanted and inside and event.notional is not None:
                sums = found.setdefault(start_ms, [0, 0])
                sums[event.side] += int(event.notional * USD)
        starts = sorted(found)
        longs, shorts = ([found[start][side] for start in starts] for side in Side)
        return Series(span_ms, starts, longs, shorts)


@settings(max_examples=times(3), deadline=None)
@given(
    script=st.lists(steps, min_size=4, max_size=12),
    ranges=st.lists(st.tuples(st.integers(0, HOURS), st.integers(0, HOURS)), max_size=1),
)
def test_series_are_those_of_a_list(
    sqlite_template: Path, script: list[tuple[object, ...]], ranges: list[tuple[int, int]]
) -> None:
    with tempfile.TemporaryDirectory() as place:
        shutil.copy(sqlite_template, Path(place) / "liqwatch.db")
        asyncio.run(play(Home(None, Path(place)), script, ranges, Historian))


def test_both_databases_tell_the_same_series(home: Home) -> None:
    asyncio.run(play(home, months(), [(0, 1), (1, 3), (2, 2), (3, 1)], Historian))


async def test_what_had_no_known_worth_is_no_span(storage: Storage) -> None:
    archive: Archive = storage.archive
    events = [a_liquidation(1, usd=None, time_ms=START), a_liquidation(2, time_ms=START + HOUR_MS)]
    await storage.outbox.store([], [], START, events)
    wanted = (None, ("bybit",), START, START + 2 * HOUR_MS)
    one = ([START + HOUR_MS], [125_050_000_000], [0])
    assert await archive.minutes(*wanted) == Series(MINUTE_MS, *one)
    assert await archive.hours(*wanted) == Series(HOUR_MS, *one)


async def test_imported_sums_come_back_as_they_were_imported(storage: Storage) -> None:
    def one(number: int, long: int, coin: str = "BTC", exchange: str = "") -> PastSum:
        return PastSum(coin, exchange, START + number * DAY_MS, DAY_MS, long, 2)

    sums = [one(9, 2**62), one(0, 0), one(1, 7, "", "okx"), one(2, 5)]
    await storage.past.add("file", [*sums, PastSum("BTC", "", START, HOUR_MS, 1, 1)])
    await storage.past.add("other", [one(3, 1)])
    days = [START + number * DAY_MS for number in (0, 2, 9)]
    archive: Archive = storage.archive
    told = await archive.past("file", "BTC", "", DAY_MS)
    assert told == Series(DAY_MS, days, [0, 5, 2**62], [2, 2, 2])
    assert await archive.past("file", "", "okx", DAY_MS) == Series(
        DAY_MS, [days[0] + DAY_MS], [7], [2]
    )
    assert await archive.past("file", "ETH", "", DAY_MS) == Series(DAY_MS, [], [], [])
