"""The desk: figures that add up, and how the exchanges are."""

from decimal import Decimal

import pytest

from bot.desk import EngineDesk
from bot.engine import Engine
from bot.events import Heard, Tick
from bot.exchanges.dialect import Publication
from bot.feed.feed import FeedStatus
from bot.figures import Order, Reading, Split
from bot.market import USD, Gap, Liquidation, Side
from bot.rules import Destination, Rule

START = 1_700_000_000_000
HOUR = 3_600_000


def liquidation(
    exchange: str, coin: str, side: Side, dollars: int | None, at_ms: int
) -> Liquidation:
    notional = None if dollars is None else Decimal(dollars)
    return Liquidation(exchange, coin, coin, side, Decimal(1), Decimal(1), notional, at_ms, at_ms)


def status(exchange: str) -> FeedStatus:
    return FeedStatus(
        exchange=exchange,
        state="live",
        since_ms=START,
        reason="",
        last_event_ms=START,
        instruments=400,
        unpriced=9,
        bad=2,
        reconnects=3,
        duplicates=0,
        ignored=0,
        events=100,
        refused=0,
        stale=0,
    )


@pytest.fixture
def engine() -> Engine:
    names = {
        "binance": Publication(complete=False, how="the largest per second"),
        "bybit": Publication(complete=True),
    }
    engine = Engine(names, START)
    events = (
        liquidation("binance", "BTC", Side.LONG, 50, START),
        liquidation("binance", "ETH", Side.SHORT, 70, START),
        liquidation("binance", "XYZ", Side.SHORT, None, START),
    )
    engine.handle(Heard("binance", events, START))
    engine.handle(Heard("bybit", (liquidation("bybit", "BTC", Side.LONG, 30, START),), START))
    return engine


@pytest.fixture
def desk(engine: Engine) -> EngineDesk:
    return EngineDesk(engine, lambda: [status("binance"), status("bybit")], lambda: {"SOL", "BTC"})


def test_a_reading_adds_up(desk: EngineDesk) -> None:
    reading = desk.reading(None, None, "1h")
    assert (reading.long, reading.short, reading.count) == (80 * USD, 70 * USD, 3)
    assert reading.coins == (Split("BTC", 80 * USD, 0), Split("ETH", 0, 70 * USD))
    assert reading.exchanges == (Split("binance", 50 * USD, 70 * USD), Split("bybit", 30 * USD, 0))
    assert reading.largest == Order(70 * USD, "ETH", "binance", Side.SHORT, START)
    assert sum(split.total for split in reading.coins) == reading.total
    assert reading.hearing.heard == ("binance", "bybit")
    assert reading.hearing.sampled == ("binance",)
    assert reading.hearing.unpriced == 1
    assert reading.hearing.since_ms == START
    assert not reading.complete


def test_a_reading_of_one_coin_or_exchange_has_its_own_parts(desk: EngineDesk) -> None:
    coin = desk.reading("BTC", None, "5m")
    assert coin.coins == (Split("BTC", 80 * USD, 0),)
    assert [split.name for split in coin.exchanges] == ["binance", "bybit"]
    exchange = desk.reading(None, "bybit", "5m")
    assert exchange.coins == (Split("BTC", 30 * USD, 0),)
    assert exchange.exchanges == (Split("bybit", 30 * USD, 0),)
    assert exchange.hearing.heard == ("bybit",)


def test_what_nobody_knows_is_empty_and_leaves_no_trace(desk: EngineDesk) -> None:
    reading = desk.reading("NOPE", None, "24h")
    assert (reading.total, reading.coins, reading.exchanges) == (0, (), ())
    assert reading.largest is None
    assert "NOPE" not in desk.coins()
    with pytest.raises(KeyError):
        desk.reading(None, None, "7m")


def test_a_window_is_complete_when_it_has_run_its_span(engine: Engine, desk: EngineDesk) -> None:
    engine.handle(Tick(START + HOUR - 1))
    assert not desk.reading(None, None, "1h").complete
    engine.handle(Tick(START + HOUR))
    reading = desk.reading(None, None, "1h")
    assert reading.complete
    assert reading.total == 0
    assert desk.now_ms() == START + HOUR


def test_a_gap_is_told_with_its_times_and_its_reason(engine: Engine, desk: EngineDesk) -> None:
    engine.handle(Tick(START + 2 * HOUR))
    engine.handle(Gap("bybit", "linear", START + HOUR, START + HOUR + 5, "silence"))
    engine.handle(Gap("bybit", "linear", START + 2 * HOUR, None, "blocked"))
    partial = desk.reading(None, None, "4h")
    assert [(gap.exchange, gap.to_ms, gap.reason) for gap in partial.hearing.deaf] == [
        ("bybit", START + HOUR + 5, "silence"),
        ("bybit", None, "blocked"),
    ]
    assert not desk.reading(None, None, "5m").complete
    assert not desk.reading(None, "bybit", "1h").complete
    assert desk.reading(None, "binance", "1h").complete


def test_coins_are_those_listed_and_those_seen(desk: EngineDesk) -> None:
    assert set(desk.coins()) == {"SOL", "BTC", "ETH"}


def test_sources_carry_the_sums_of_a_day(engine: Engine, desk: EngineDesk) -> None:
    late = liquidation("bybit", "BTC", Side.LONG, 1, START - 60_001)
    engine.handle(Heard("bybit", (late,), START))
    binance, bybit = desk.sources()
    assert (binance.events, binance.usd, binance.unpriced) == (2, 120 * USD, 1)
    assert (binance.complete, binance.how) == (False, "the largest per second")
    assert (binance.instruments, binance.bad, binance.reconnects) == (400, 2, 3)
    assert (bybit.events, bybit.late, bybit.complete) == (1, 1, True)


def rule(**words: str) -> Rule:
    return Rule(1, Destination("telegram", 1), 1, None, None, threshold=1, floor=0, **words)


def test_a_rule_reads_its_window(desk: EngineDesk) -> None:
    assert desk.value(rule(window="5m", metric="total")) == 150 * USD
    assert desk.value(rule(window="5m", metric="long_share")) == 533_333_333
    assert desk.value(rule(window="", metric="order")) is None


def test_an_answer_is_of_this_very_moment(engine: Engine, desk: EngineDesk) -> None:
    before: Reading = desk.reading(None, None, "5m")
    engine.handle(Heard("bybit", (liquidation("bybit", "BTC", Side.LONG, 5, START),), START))
    assert desk.reading(None, None, "5m").long == before.long + 5 * USD
