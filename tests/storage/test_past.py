"""Imported history: by source, replaced where it is told again, and quick."""

from bot.clock import HOUR_MS
from bot.market import USD
from bot.ports import Past, PastSum
from storage import Storage
from storage.past import PIECE, PastSource
from tests.storage.conftest import Home
from tests.storage.samples import NOW
from tests.storage.steps import ask


def past_sum(number: int, coin: str = "BTC", long: int = 5 * USD) -> PastSum:
    return PastSum(coin, "binance", NOW + number * HOUR_MS, HOUR_MS, long, 3 * USD)


async def test_the_latest_sum_of_each_series_is_where_an_import_goes_on(storage: Storage) -> None:
    past: Past = storage.past
    assert await past.latest("coinglass", "BTC", "binance", HOUR_MS) is None
    await past.add("coinglass", [past_sum(2), past_sum(0), past_sum(9, "ETH")])
    assert await past.latest("coinglass", "BTC", "binance", HOUR_MS) == NOW + 2 * HOUR_MS
    assert await past.latest("coinglass", "ETH", "binance", HOUR_MS) == NOW + 9 * HOUR_MS
    for other in (
        ("file", "BTC", "binance", HOUR_MS),
        ("coinglass", "SOL", "binance", HOUR_MS),
        ("coinglass", "BTC", "okx", HOUR_MS),
        ("coinglass", "BTC", "binance", HOUR_MS // 2),
    ):
        assert await past.latest(*other) is None


async def test_an_import_told_again_replaces_and_adds_nothing(storage: Storage, home: Home) -> None:
    await storage.past.add("file", [past_sum(0), past_sum(1)])
    await storage.past.add("file", [past_sum(1, long=7 * USD), past_sum(2)])
    await storage.past.add("file", [])
    assert await ask(home, "SELECT start_ms, long, short FROM past ORDER BY start_ms") == [
        (NOW, 5 * USD, 3 * USD),
        (NOW + HOUR_MS, 7 * USD, 3 * USD),
        (NOW + 2 * HOUR_MS, 5 * USD, 3 * USD),
    ]


async def test_of_two_sums_of_one_hour_in_one_file_the_last_counts(
    storage: Storage, home: Home
) -> None:
    await storage.past.add("file", [past_sum(0, long=1), past_sum(0, long=2)])
    assert await ask(home, "SELECT long FROM past") == [(2,)]


async def test_sources_are_listed_with_what_they_cover(storage: Storage) -> None:
    assert await storage.past.sources() == []
    await storage.past.add("file", [past_sum(5)])
    await storage.past.add("coinglass", [past_sum(n) for n in range(2 * PIECE + 1)])
    assert await storage.past.sources() == [
        PastSource("coinglass", 2 * PIECE + 1, NOW, NOW + (2 * PIECE + 1) * HOUR_MS),
        PastSource("file", 1, NOW + 5 * HOUR_MS, NOW + 6 * HOUR_MS),
    ]


async def test_imported_sums_are_kept_apart_from_what_was_heard(storage: Storage) -> None:
    await storage.past.add("file", [past_sum(0)])
    assert await storage.tape.sums("binance", NOW - HOUR_MS, NOW + 2 * HOUR_MS) == {}
