"""The disk that what was heard takes: bytes of each kind of row, and the bound that follows."""

import asyncio
import random
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from decimal import Decimal
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import msgspec

from bot.clock import DAY_MS
from bot.market import EXACT, Liquidation
from storage import open_storage
from storage.tape import EVENTS_MS, SUMS_MS
from tests.bench.population import START_MS, market
from tests.bench.stopwatch import MIB, expect
from tests.bench.table import Row

_ALONE = 4_000
_EVENTS = 200_000
_A_WRITE = 1_000
_A_DAY = (100_000, 1_000_000)
"""Rates for which the bound is told."""

_PAIRS = 13 * 500
"""Coins on exchanges: an hour of each has one row at most."""

_LOG_BYTES = 16 * MIB
"""SQLite's write-ahead log beside the file: it folds it at 4 MiB, a large write is on top."""


class Bytes(msgspec.Struct, frozen=True):
    """Of one event on the tape, written alone and with others, and of one row of sums."""

    alone: float
    together: float
    minute: float
    hour: float

    def bound(self, a_day: int) -> tuple[float, float]:
        """What a steady rate takes at most, and what its hour sums add in a year.

        As if every event came alone and had a minute of its own.
        """
        tape = a_day * EVENTS_MS / DAY_MS * self.alone
        minutes = a_day * SUMS_MS / DAY_MS * self.minute
        hours = 365 * min(a_day, 24 * _PAIRS) * self.hour
        return tape + minutes + _LOG_BYTES, hours


class File:
    """A database of the bot's, looked at from outside while it is closed."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    async def write(self, events: Iterable[Liquidation], a_write: int) -> None:
        waiting = iter(events)
        async with open_storage(None, self._directory) as storage:
            while heard := list(islice(waiting, a_write)):
                await storage.outbox.store([], [], START_MS, heard)

    async def thin(self, now_ms: int) -> int:
        """How many bytes that set free."""
        before = self.used()
        async with open_storage(None, self._directory) as storage:
            await storage.tape.thin(now_ms)
        return before - self.used()

    def used(self) -> int:
        """Bytes of the pages that hold something: the others are written again."""
        pages, free, size = map(
            self.ask, ("PRAGMA page_count", "PRAGMA freelist_count", "PRAGMA page_size")
        )
        return (pages - free) * size

    def ask(self, statement: str) -> int:
        with closing(sqlite3.connect(self._directory / "liqwatch.db")) as file:
            found: int = file.execute(statement).fetchone()[0]
            return found


def _wordy(events: int) -> Iterator[Liquidation]:
    """A day of a market in which every order has many digits and the longest of ids."""
    rng = random.Random(3)
    for event in market(events, DAY_MS // events):
        price = Decimal(rng.randrange(1, 10**7)).scaleb(-3)
        quantity = Decimal(rng.randrange(1, 10**6)).scaleb(-4)
        yield msgspec.structs.replace(
            event,
            price=price,
            quantity=quantity,
            notional=EXACT.multiply(price, quantity),
            id=str(UUID(int=rng.getrandbits(128))),
        )


async def _measure() -> Bytes:
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        short = File(Path(one))
        await short.write(_wordy(_ALONE), 1)
        alone = await short.thin(START_MS + DAY_MS + EVENTS_MS) / _ALONE
        file = File(Path(other))
        await file.write([], 1)
        empty = file.used()
        await file.write(_wordy(_EVENTS), _A_WRITE)
        together = await file.thin(START_MS + DAY_MS + EVENTS_MS) / _EVENTS
        minute = (file.used() - empty) / file.ask("SELECT count(*) FROM minute")
        await file.thin(START_MS + 2 * DAY_MS + SUMS_MS)
        hour = (file.used() - empty) / file.ask("SELECT count(*) FROM hour")
        priced = file.ask("SELECT sum(longs + shorts) FROM hour")
        expect(priced == _EVENTS, "every event is in an hour")
        return Bytes(alone, together, minute, hour)


def run() -> list[Row]:
    """Raises ``AssertionError`` where what was measured does not hold all events."""
    found = asyncio.run(_measure())
    rows = [
        _of("an event alone on the tape", found.alone, 200),
        _of(f"one of {_A_WRITE:,} events of a write", found.together, 100),
        _of("a minute of a coin on an exchange", found.minute, 80),
        _of("an hour of a coin on an exchange", found.hour, 80),
    ]
    for a_day in _A_DAY:
        kept, a_year = found.bound(a_day)
        least = f"{kept / MIB:,.0f} MiB and {a_year / MIB:,.0f} MiB a year"
        rows.append(Row(f"disk: {a_day:,} events a day, at most", least, "-", "-", "-", True))
    return rows


def _of(what: str, size: float, most: int) -> Row:
    return Row(f"disk: {what}", f"{size:.0f} B", "-", "-", f"{most} B", size <= most)


if __name__ == "__main__":
    for row in run():
        print(row)
