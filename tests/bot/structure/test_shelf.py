"""The shelf: what it was told comes back, thinned by age and bounded."""

from collections.abc import Sequence

from msgspec.structs import replace

from bot.clock import DAY_MS, HOUR_MS, MINUTE_MS
from bot.structure import look
from bot.structure.columns import SLACK
from bot.structure.facts import ALL, Candle, Fact, Measure
from bot.structure.shelf import HOURS_MS, MINUTES_MS, Shelf
from bot.structure.source import Told
from bot.structure.views import view
from tests.bot.structure.keeping import NOW, REGISTRY, PlainShelf, a_fact, hours, minutes
from tests.bot.structure.test_views import a_shelf


def shelf_of(facts: Sequence[Fact] = (), candles: Sequence[Candle] = ()) -> Shelf:
    shelf = Shelf()
    shelf.put(Told(tuple(facts), tuple(candles)))
    return shelf


def test_the_latest_of_each_source_is_known_however_old() -> None:
    old = a_fact(Measure.OI, 1.0, "okx", ago_ms=3 * DAY_MS)
    new = a_fact(Measure.OI, 2.0, "bybit")
    shelf = shelf_of([new, old, a_fact(Measure.OI, 9.0, "bybit", ago_ms=5_000)])
    assert shelf.latest(Measure.OI, "BTC") == {"bybit": new, "okx": old}
    assert shelf.latest(Measure.OI, "ETH") == {}
    assert shelf.latest(Measure.MARK, "BTC") == {}


def test_at_a_moment_the_nearest_before_it_counts_within_the_tolerance() -> None:
    facts = [a_fact(Measure.OI, n, ago_ms=n * MINUTE_MS) for n in (1, 3, 10)]
    shelf: look.Shelf = shelf_of(facts)
    assert shelf.at(Measure.OI, "BTC", NOW - 3 * MINUTE_MS, 0) == {"binance": facts[1]}
    assert shelf.at(Measure.OI, "BTC", NOW - 2 * MINUTE_MS, MINUTE_MS) == {"binance": facts[1]}
    assert shelf.at(Measure.OI, "BTC", NOW - 9 * MINUTE_MS, 59_999) == {}
    assert shelf.at(Measure.OI, "BTC", NOW - 11 * MINUTE_MS, DAY_MS) == {}


def test_a_fact_told_again_replaces() -> None:
    shelf = shelf_of([a_fact(Measure.OI, 1.0), a_fact(Measure.OI, 2.0)])
    assert shelf.facts(Measure.OI, "BTC", 0, NOW + 1) == [a_fact(Measure.OI, 2.0)]


def test_coins_are_those_of_which_anything_is_known() -> None:
    shelf = shelf_of(
        [a_fact(Measure.OI_USD, 1.0, coin=ALL), a_fact(Measure.OI, 1.0, coin="ETH")], minutes(1)
    )
    shelf.latest(Measure.OI, "SOL")
    assert shelf.coins() == {"ETH", "BTC"}


def test_candles_come_by_source_and_a_running_one_is_replaced() -> None:
    shelf = shelf_of(candles=[*minutes(3), *minutes(2, "okx"), *minutes(5, spot=True), *hours(1)])
    closed = replace(minutes(1)[0], close=50.0)
    shelf.put(Told(candles=(closed,)))
    found = shelf.candles("BTC", False, MINUTE_MS, 0, NOW)
    assert found == {"binance": [*minutes(3)[:2], closed], "okx": minutes(2, "okx")}
    assert shelf.candles("BTC", False, MINUTE_MS, NOW, NOW + DAY_MS) == {}
    assert len(shelf.candles("BTC", True, MINUTE_MS, 0, NOW)["binance"]) == 5
    assert len(shelf.candles("BTC", False, HOUR_MS, 0, NOW)["binance"]) == 24


def test_a_quarter_of_a_year_of_facts_stays_small() -> None:
    shelf = Shelf()
    step_ms, count = 15_000, 4 * 60 * 24 * 4
    for n in range(count):
        shelf.put(Told((a_fact(Measure.OI, n, ago_ms=(count - n) * step_ms),)))
    for day in range(91, 4, -1):
        past = tuple(a_fact(Measure.OI, 1.0, ago_ms=day * DAY_MS - m * 60_000) for m in range(1440))
        shelf.put(Told(past[::5]))
    kept = shelf.facts(Measure.OI, "BTC", 0, NOW)
    assert len(kept) <= 1.25 * (48 * 60 + 91 * 24)
    assert len({fact.at_ms // HOUR_MS for fact in kept}) >= 90 * 24


def test_candles_are_forgotten_by_age() -> None:
    shelf = Shelf()
    bars = minutes(5 * 24 * 60)
    for bar in bars:
        shelf.put(Told(candles=(bar,)))
    kept = shelf.candles("BTC", False, MINUTE_MS, 0, NOW)["binance"]
    assert bars[-MINUTES_MS // MINUTE_MS :] == kept[-MINUTES_MS // MINUTE_MS :]
    assert len(kept) <= MINUTES_MS // MINUTE_MS + SLACK + 1
    shelf.put(Told(candles=tuple(hours(60))))
    assert len(shelf.candles("BTC", False, HOUR_MS, 0, NOW)["binance"]) <= HOURS_MS // HOUR_MS + 1


class Kept:
    """Storage that tells what it has, and notes what it was asked for."""

    def __init__(self, facts: Sequence[Fact], candles: Sequence[Candle]) -> None:
        self.plain = PlainShelf(facts, candles)
        self.spans: set[int] = set()

    async def facts(
        self, measure: Measure, coin: str, from_ms: int, to_ms: int, every_ms: int = 0
    ) -> list[Fact]:
        self.spans.add(every_ms)
        found: dict[tuple[str, int], Fact] = {}
        for fact in self.plain.facts(measure, coin, from_ms, to_ms):
            found.setdefault((fact.source, fact.at_ms // every_ms), fact)
        return list(found.values())

    async def candles(
        self, coin: str, spot: bool, span_ms: int, from_ms: int, to_ms: int
    ) -> list[Candle]:
        by_source = self.plain.candles(coin, spot, span_ms, from_ms, to_ms)
        return [candle for candles in by_source.values() for candle in candles]


async def test_at_the_start_storage_tells_what_was_known_before() -> None:
    facts = [
        a_fact(Measure.OI, 1.0, ago_ms=80 * DAY_MS),
        a_fact(Measure.OI, 2.0, ago_ms=HOUR_MS),
        a_fact(Measure.OI_USD, 3.0, coin=ALL),
        a_fact(Measure.OI, 4.0, ago_ms=-HOUR_MS),  # as a clock that was wrong left it
        a_fact(Measure.OI, 5.0, ago_ms=99 * DAY_MS),
    ]
    bars = [*minutes(30), *minutes(30, spot=True), *hours(40)]
    shelf = Shelf()
    kept = Kept([*facts, a_fact(Measure.OI, 1.0, coin="DOGE")], bars)
    await shelf.load(kept, ("BTC", "ETH"), NOW)
    assert shelf.facts(Measure.OI, "BTC", 0, 2 * NOW) == facts[:2]
    assert shelf.latest(Measure.OI_USD, ALL) == {"binance": facts[2]}
    assert shelf.coins() == {"BTC"}
    assert kept.spans == {MINUTE_MS, HOUR_MS}
    assert shelf.candles("BTC", True, MINUTE_MS, 0, NOW) == {"binance": minutes(30, spot=True)}
    assert len(shelf.candles("BTC", False, HOUR_MS, 0, NOW)["binance"]) == HOURS_MS // HOUR_MS - 1


def test_a_view_over_the_shelf_is_one_over_all_that_was_told() -> None:
    plain = a_shelf("binance", "okx")
    shelf = shelf_of(plain.told, plain.bars)
    for ago_ms in (0, 5 * MINUTE_MS, HOUR_MS, 26 * HOUR_MS):
        wanted = view(plain, "BTC", NOW - ago_ms, (), REGISTRY)
        assert view(shelf, "BTC", NOW - ago_ms, (), REGISTRY) == wanted
    assert wanted.oi is not None
