"""Sums of the tape equal those of a list, whenever it is thinned and however late events come."""

import asyncio
import shutil
import tempfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clock import DAY_MS, HOUR_MS, MINUTE_MS
from bot.market import Liquidation, Side
from storage import Storage, open_storage
from tests.storage.conftest import Home
from tests.storage.samples import NOW, a_liquidation
from tests.torture import times

START = NOW // HOUR_MS * HOUR_MS
HOURS = 4
EXCHANGES = ("bybit", "okx")

hours = st.integers(0, HOURS)
# What is heard soon and what an exchange's history tells, all of the same few hours.
told = st.fixed_dictionaries(
    {
        "time_ms": st.integers(START, START + HOURS * HOUR_MS - 1),
        "usd": st.none() | st.sampled_from(["0.00000001", "49999999999.99999999", "1250.5"]),
        "coin": st.sampled_from(["BTC", "ETH", "PEPE"]),
        "exchange": st.sampled_from(EXCHANGES),
        "side": st.sampled_from(Side),
    }
)
steps = st.one_of(
    st.tuples(st.just("hear"), st.lists(told, min_size=1, max_size=12)),
    st.tuples(st.just("pass"), st.sampled_from([MINUTE_MS, HOUR_MS, 2 * DAY_MS])),
    st.tuples(st.just("age"), st.integers(-1, HOURS * 60)),
    st.tuples(st.just("thin")),
)


class Ledger:
    """Plays steps against a storage and keeps every event in a list."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        self.now = START
        self.events: list[Liquidation] = []

    async def play(self, step: tuple[object, ...]) -> None:
        name, *arguments = step
        await getattr(self, f"_{name}")(*arguments)

    async def check(self, first: int, last: int) -> None:
        from_ms, to_ms = START + first * HOUR_MS, START + last * HOUR_MS
        for exchange in EXCHANGES:
            found = await self.storage.tape.sums(exchange, from_ms, to_ms)
            assert found == self.naive(exchange, from_ms, to_ms)

    def naive(self, exchange: str, from_ms: int, to_ms: int) -> dict[str, tuple[int, int]]:
        sums: dict[str, list[Decimal]] = {}
        for event in self.events:
            inside = event.exchange == exchange and from_ms <= event.time_ms < to_ms
            if inside and event.notional is not None:
                sums.setdefault(event.coin, [Decimal(0), Decimal(0)])[event.side] += event.notional
        whole = 10**8
        return {
            coin: (int(long * whole), int(short * whole)) for coin, (long, short) in sums.items()
        }

    async def _hear(self, tellings: list[dict[str, object]]) -> None:
        number = len(self.events)
        events = [
            a_liquidation(number + n, received_ms=self.now, **told)  # type: ignore[arg-type]
            for n, told in enumerate(tellings)
        ]
        self.events += events
        await self.storage.outbox.store([], [], self.now, events)

    async def _pass(self, span_ms: int) -> None:
        self.now += span_ms

    async def _age(self, minutes: int) -> None:
        """Until some of the hours are older than what is kept by the minute."""
        self.now = max(self.now, START + 90 * DAY_MS + minutes * MINUTE_MS)

    async def _thin(self) -> None:
        await self.storage.tape.thin(self.now)


async def play(
    home: Home,
    script: list[tuple[object, ...]],
    ranges: list[tuple[int, int]],
    judge: Callable[[Storage], Ledger] = Ledger,
) -> None:
    async with open_storage(home.url, home.data_dir) as storage:
        ledger = judge(storage)
        for step in script:
            await ledger.play(step)
            for first, last in ((0, HOURS), *ranges):
                await ledger.check(first, last)


@settings(max_examples=times(4), deadline=None)
@given(
    script=st.lists(steps, min_size=4, max_size=16),
    ranges=st.lists(st.tuples(hours, hours), max_size=3),
)
def test_sums_over_whole_hours_are_those_of_a_list(
    sqlite_template: Path, script: list[tuple[object, ...]], ranges: list[tuple[int, int]]
) -> None:
    with tempfile.TemporaryDirectory() as place:
        shutil.copy(sqlite_template, Path(place) / "liqwatch.db")
        asyncio.run(play(Home(None, Path(place)), script, ranges))


def months() -> list[tuple[object, ...]]:
    """Amounts large and small, one of unknown worth, late ones, and ages at which all is folded."""

    def told(minute: int, usd: str | None, exchange: str, side: Side) -> dict[str, object]:
        time_ms = START + minute * MINUTE_MS
        return {"time_ms": time_ms, "usd": usd, "coin": "BTC", "exchange": exchange, "side": side}

    first = [told(minute, "1250.5", "okx", Side(minute % 2)) for minute in range(0, 240, 7)]
    large = [told(minute, "49999999999.99999999", "bybit", Side.LONG) for minute in range(50, 70)]
    return [
        ("hear", first),
        ("hear", [*large, told(3, None, "bybit", Side.SHORT)]),
        ("pass", 2 * DAY_MS),
        ("thin",),
        ("age", 61),
        ("thin",),
        ("hear", first[:3]),
        ("age", 125),
        ("thin",),
        ("hear", large[:2]),
        ("age", 240),
        ("thin",),
    ]


def test_both_databases_keep_the_same_sums(home: Home) -> None:
    asyncio.run(play(home, months(), [(0, 1), (1, 3), (2, 2), (3, 1)]))
