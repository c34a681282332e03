"""The demo's invented past: the same again, exact, and smaller than the hour that follows."""

from pathlib import Path

import pytest

from bot.clock import DAY_MS, HOUR_MS, SystemClock
from bot.demo.past import DAYS, UNEASY, orders, remember
from bot.demo.player import TapeClock
from bot.demo.tape import SEED, TOTAL, WEIGHTS
from bot.history.chronicle import Chronicle
from bot.market import USD, Liquidation
from storage import open_storage

START_MS = 1_795_309_200_000


@pytest.fixture(scope="module")
def past() -> list[Liquidation]:
    return list(orders(START_MS, SEED))


def test_all_of_it_lies_before_the_start_in_order(past: list[Liquidation]) -> None:
    times = [order.time_ms for order in past]
    assert times == sorted(times)
    assert START_MS - DAYS * DAY_MS <= times[0] < times[-1] < START_MS


def test_the_same_seed_gives_the_same_past(past: list[Liquidation]) -> None:
    again = orders(START_MS, SEED)
    assert all(next(again) == order for order in past[:500])
    assert next(orders(START_MS, SEED + 1)) != past[0]


def test_the_last_hour_is_uneasy_and_no_more(past: list[Liquidation]) -> None:
    last = [order.notional or 0 for order in past if order.time_ms >= START_MS - HOUR_MS]
    assert float(sum(last)) == pytest.approx(UNEASY, rel=0.02)


async def test_what_is_remembered_ranks_the_hour(tmp_path: Path) -> None:
    async with open_storage(None, tmp_path) as storage:
        await remember(storage.outbox, storage.notebook, START_MS, SEED)
        history = Chronicle(
            storage.archive, storage.tape, storage.notebook, tuple(WEIGHTS), SystemClock(),
            TapeClock(START_MS), lambda: (),
        )  # fmt: skip
        await history.prepare(None)
        standing = history.rank_of_hour(None, TOTAL * USD, START_MS)
    assert standing is not None
    assert (standing.rank, standing.days, standing.coverage) == (1, float(DAYS), 1.0)
    assert standing.normal is not None
    assert 40 * standing.normal < TOTAL * USD < 90 * standing.normal
