"""Order rules, told in stories."""

from decimal import Decimal

from bot.clock import HOUR_MS, MINUTE_MS, SECOND_MS
from bot.events import Heard, Recalled, RuleRemoved, RuleSaved
from bot.market import LARGEST_ORDER, USD, Liquidation, Side
from bot.rules import Rule, RuleState
from tests.bot.engine.engine_house import START, House, M, rule


def orders_rule(rule_id: int = 1, **changes: object) -> Rule:
    return rule(rule_id, window="", metric="order", threshold=M * USD, **changes)


def test_an_order_of_exactly_the_amount_is_told() -> None:
    house = House(orders_rule())
    assert house.order(1, 0.99) == []
    (alert,) = house.order(1, 1)
    assert (alert.value, alert.orders, alert.level, alert.episode) == (M * USD, 1, 1, 1)
    assert alert.reading.span_ms == 15 * SECOND_MS


def test_a_burst_is_told_as_one_that_grows() -> None:
    house = House(orders_rule())
    first, second = house.order(1, 2), house.order(1 + 15 / 60, 3, Side.SHORT, "ETH", "bybit")
    assert [alert.key for alert in first] == [alert.key for alert in second]
    (alert,) = second
    assert (alert.orders, alert.value) == (2, 3 * M * USD)
    assert (alert.reading.long, alert.reading.short) == (2 * M * USD, 3 * M * USD)
    assert [split.name for split in alert.reading.coins] == ["ETH", "BTC"]
    assert [split.name for split in alert.reading.exchanges] == ["bybit", "binance"]
    (later,) = house.order(1 + 15.001 / 60, 1)
    assert (later.episode, later.orders) == (2, 1)
    assert house.states[1] == RuleState(1, armed=True, episode=2)


def test_orders_of_one_frame_are_told_together() -> None:
    house = House(orders_rule(coin="BTC"))
    events = tuple(
        Liquidation("bybit", "X", coin, Side.LONG, Decimal(1), Decimal(1), Decimal(M), START, START)
        for coin in ("BTC", "ETH", "BTC")
    )
    (alert,) = house.keep(house.engine.handle(Heard("bybit", events, START)))
    assert (alert.orders, alert.reading.count) == (2, 2)


def test_order_rules_are_paused_changed_and_removed() -> None:
    house = House(orders_rule(), orders_rule(2, exchange="bybit"))
    house.engine.handle(RuleSaved(orders_rule(paused=True), RuleState(1)))
    assert house.order(1, 5) == []
    (resumed,) = house.engine.handle(RuleSaved(orders_rule(), RuleState(1))).states
    assert resumed.armed
    assert {alert.rule.id for alert in house.order(2, 5, exchange="bybit")} == {1, 2}
    house.engine.handle(RuleRemoved(2))
    house.tick(10)
    house.engine.handle(RuleSaved(rule(1), RuleState(1)))
    assert house.order(10, 5, exchange="bybit") == []
    house.tick(15)
    assert [alert.rule.metric for alert in house.order(16, 11)] == ["total"]


def test_a_burst_is_over_after_a_day_too() -> None:
    house = House(orders_rule())
    house.order(1, 5)
    house.tick(24 * HOUR_MS / MINUTE_MS)
    (alert,) = house.order(24 * 60 + 1, 5)
    assert (alert.episode, alert.orders) == (2, 1)


def test_an_order_of_a_history_that_can_be_none_rings_nobody() -> None:
    house = House(orders_rule())
    house.tick(5)
    absurd, plain = (
        Liquidation("bybit", "X", "BTC", Side.LONG, amount, amount, amount, START, START)
        for amount in (Decimal(LARGEST_ORDER), Decimal(M))
    )
    at_ms = START + 5 * MINUTE_MS
    assert house.keep(house.engine.handle(Recalled("bybit", (absurd,), at_ms))) == []
    (alert,) = house.keep(house.engine.handle(Recalled("bybit", (plain,), at_ms)))
    assert alert.orders == 1
