"""Facts and candles: kept as they were told, replaced where they are told again, thinned by age."""

from msgspec.structs import replace

from bot.clock import DAY_MS, HOUR_MS, MINUTE_MS
from bot.ports import Facts
from bot.structure.facts import ALL, Candle, Fact, Measure
from storage import Storage
from storage.facts import BATCH, PIECE
from tests.storage.conftest import Home
from tests.storage.steps import ask

NOW = 1_795_312_800_000
"""Sunday, 22 Nov 2026, 02:00 UTC."""


def a_fact(
    at_ms: int = NOW, value: float = 1.5, source: str = "okx", measure: Measure = Measure.OI
) -> Fact:
    return Fact(source, "BTC", measure, at_ms, value)


def a_candle(
    start_ms: int = NOW, close: float = 100.5, source: str = "okx", span_ms: int = MINUTE_MS
) -> Candle:
    return Candle(source, "BTC", False, span_ms, start_ms, 100.0, 101.0, 99.0, close, 5e6, 2e6)


async def times(storage: Storage, measure: Measure = Measure.OI) -> list[int]:
    return [fact.at_ms for fact in await storage.facts.facts(measure, "BTC", 0, 2 * NOW)]


async def test_facts_are_told_oldest_first_and_without_the_end(storage: Storage) -> None:
    facts: Facts = storage.facts
    told = [a_fact(NOW + 5), a_fact(NOW), a_fact(NOW + 5, source="bybit"), a_fact(NOW + 9)]
    others = [
        a_fact(measure=Measure.MARK),
        replace(a_fact(), coin="ETH"),
        replace(a_fact(), coin=ALL),
    ]
    await facts.keep([*told, *others], [])
    found = await facts.facts(Measure.OI, "BTC", NOW, NOW + 9)
    assert found == [a_fact(NOW), a_fact(NOW + 5, source="bybit"), a_fact(NOW + 5)]
    assert await facts.facts(Measure.OI, ALL, NOW, NOW + 9) == [others[-1]]
    assert await facts.facts(Measure.OI, "BTC", NOW + 6, NOW + 9) == []


async def test_the_last_telling_counts_also_within_one_batch(storage: Storage) -> None:
    await storage.facts.keep([a_fact(value=1), a_fact(value=2)], [a_candle(close=1), a_candle()])
    assert [fact.value for fact in await storage.facts.facts(Measure.OI, "BTC", 0, 2 * NOW)] == [2]
    unknown = replace(a_candle(close=99.5), volume=None, taker_buys=None)
    await storage.facts.keep([a_fact(value=1 / 3)], [unknown])
    assert await storage.facts.facts(Measure.OI, "BTC", 0, 2 * NOW) == [a_fact(value=1 / 3)]
    assert await storage.facts.candles("BTC", False, MINUTE_MS, 0, 2 * NOW) == [unknown]


async def test_candles_are_of_one_market_and_span_by_start_and_source(storage: Storage) -> None:
    later, both = a_candle(NOW + MINUTE_MS), [a_candle(), a_candle(source="bybit")]
    spot, hour = replace(a_candle(), spot=True), a_candle(span_ms=HOUR_MS)
    await storage.facts.keep([], [later, *both, spot, hour, replace(a_candle(), coin="ETH")])
    facts = storage.facts
    found = await facts.candles("BTC", False, MINUTE_MS, NOW, NOW + MINUTE_MS)
    assert found == [both[1], both[0]]
    assert await facts.candles("BTC", False, MINUTE_MS, 0, 2 * NOW) == [both[1], both[0], later]
    assert await facts.candles("BTC", True, MINUTE_MS, 0, 2 * NOW) == [spot]
    assert await facts.candles("BTC", False, HOUR_MS, 0, 2 * NOW) == [hour]


async def test_the_first_of_each_span_is_each_sources_own(storage: Storage) -> None:
    told = [a_fact(NOW + n * MINUTE_MS, source=s) for n in range(7, 130) for s in ("okx", "bybit")]
    await storage.facts.keep(told, [])
    found = await storage.facts.facts(Measure.OI, "BTC", 0, 2 * NOW, HOUR_MS)
    minutes = [(fact.source, (fact.at_ms - NOW) // MINUTE_MS) for fact in found]
    assert minutes == [(s, n) for n in (7, 60, 120) for s in ("bybit", "okx")]
    # Of a range, what lies before it does not count.
    inside = await storage.facts.facts(Measure.OI, "BTC", NOW + 9 * MINUTE_MS, 2 * NOW, HOUR_MS)
    assert (inside[0].at_ms - NOW) // MINUTE_MS == 9


async def test_more_than_a_piece_is_kept_and_read_whole(storage: Storage) -> None:
    many = max(2 * PIECE, BATCH) + 1
    await storage.facts.keep([a_fact(NOW + n) for n in range(many)], [])
    assert await times(storage) == [NOW + n for n in range(many)]


async def test_two_days_are_kept_whole_and_a_month_by_the_quarter(storage: Storage) -> None:
    edge = NOW - 2 * DAY_MS
    young = [edge, edge + 1, edge + MINUTE_MS]
    old = [edge - 30 * MINUTE_MS, edge - 16 * MINUTE_MS, edge - 15 * MINUTE_MS, edge - 1]
    await storage.facts.keep([a_fact(at) for at in (*young, *old)], [])
    await storage.facts.thin(NOW)
    assert await times(storage) == [old[0], old[2], *young]


async def test_after_a_month_the_first_of_each_hour_is_left_and_after_400_days_nothing(
    storage: Storage,
) -> None:
    edge, end = NOW - 30 * DAY_MS, NOW - 400 * DAY_MS
    quarters = [edge - HOUR_MS + n * 15 * MINUTE_MS for n in range(8)]
    await storage.facts.keep([a_fact(at) for at in (end - 1, end, *quarters)], [])
    await storage.facts.thin(NOW)
    assert await times(storage) == [end, quarters[0], *quarters[4:]]


async def test_what_has_grown_too_old_since_the_last_time_is_thinned(storage: Storage) -> None:
    edges = (NOW - 2 * DAY_MS, NOW - 30 * DAY_MS)
    told = [edge + n * 5 * MINUTE_MS for edge in edges for n in range(-12, 13)]
    await storage.facts.keep([a_fact(at) for at in told], [])
    await storage.facts.thin(NOW)
    for minutes in (7, 19, 31):
        await storage.facts.thin(NOW + minutes * MINUTE_MS)
    # Both edges have moved by 31 minutes: quarters before the one, hours before the other.
    kept = [(at - edges[0]) // MINUTE_MS for at in await times(storage) if at > edges[1] + DAY_MS]
    assert kept == [-60, -45, -30, -15, 0, 15, 30, 35, 40, 45, 50, 55, 60]
    kept = [(at - edges[1]) // MINUTE_MS for at in await times(storage) if at < edges[1] + DAY_MS]
    assert kept == [-60, 0, 45, 60]


async def test_what_comes_late_is_thinned_too(storage: Storage) -> None:
    old = [NOW - 40 * DAY_MS + n * MINUTE_MS for n in range(0, 120, 5)]
    await storage.facts.thin(NOW)
    await storage.facts.keep([a_fact(at) for at in old], [])
    await storage.facts.thin(NOW)
    assert await times(storage) == [old[0], old[12]]


async def test_candles_of_minutes_live_for_8_days_and_those_of_hours_for_400(
    storage: Storage,
) -> None:
    def candles(span_ms: int, days: int) -> list[Candle]:
        edge = NOW - days * DAY_MS
        return [a_candle(edge + n, span_ms=span_ms) for n in (-1, 0)]

    minutes, quarters = candles(MINUTE_MS, 8), candles(15 * MINUTE_MS, 8)
    hours, days = candles(HOUR_MS, 400), candles(DAY_MS, 400)
    await storage.facts.keep([], [*minutes, *quarters, *hours, *days])
    await storage.facts.thin(NOW)
    for span_ms, kept in ((MINUTE_MS, minutes), (15 * MINUTE_MS, quarters), (HOUR_MS, hours)):
        assert await storage.facts.candles("BTC", False, span_ms, 0, 2 * NOW) == kept[1:]
    assert await storage.facts.candles("BTC", False, DAY_MS, 0, 2 * NOW) == days[1:]


async def test_a_long_absence_is_thinned_in_pieces(storage: Storage, home: Home) -> None:
    many = 2 * PIECE + 7
    edge = NOW - 500 * DAY_MS
    facts = [a_fact(edge + n, measure=m) for m in (Measure.OI, Measure.MARK) for n in range(many)]
    await storage.facts.keep([*facts, a_fact()], [a_candle(edge + n) for n in range(many)])
    await storage.facts.thin(NOW)
    assert await ask(home, "SELECT count(*) FROM fact") == [(1,)]
    assert await ask(home, "SELECT count(*) FROM candle") == [(0,)]


async def test_a_second_thinning_changes_nothing(storage: Storage) -> None:
    told = [a_fact(NOW - n * 7 * MINUTE_MS) for n in range(0, 7_500, 3)]
    await storage.facts.keep(told, [])
    await storage.facts.thin(NOW)
    left = await times(storage)
    await storage.facts.thin(NOW)
    assert await times(storage) == left
