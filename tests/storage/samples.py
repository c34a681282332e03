"""Rules, alerts, destinations and liquidations to store."""

from decimal import Decimal

from bot.figures import Hearing, Order, Reading, Split
from bot.market import USD, Liquidation, Side
from bot.rules import Alert, Destination, Rule

NOW = 1_700_000_000_000
ALICE = Destination("telegram", 7_000_000_001, direct=True)
BOB = Destination("telegram", 7_000_000_002, direct=True)
GROUP = Destination("telegram", -1_002_147_483_648_001, thread=17)


def a_rule(
    to: Destination = ALICE, *, threshold: int = 50_000_000 * USD, coin: str | None = "BTC"
) -> Rule:
    return Rule(0, to, to.chat, coin, None, "1h", "long", threshold, created_ms=NOW)


def an_alert(rule: Rule, episode: int = 1, level: int = 1, value: int = 51_000_000 * USD) -> Alert:
    order = Order(value, "BTC", "bybit", Side.LONG, NOW)
    hearing = Hearing(("bybit",), (), (), NOW - 3_600_000)
    split = (Split("BTC", value, 0),)
    reading = Reading(
        "BTC", None, 3_600_000, NOW, value, 0, 1, order, split, split, hearing, complete=True
    )
    return Alert(rule, episode, level, value, NOW, reading)


def a_liquidation(
    number: int = 0,
    *,
    usd: str | None = "1250.5",
    coin: str = "BTC",
    exchange: str = "bybit",
    side: Side = Side.LONG,
    time_ms: int = NOW,
    received_ms: int | None = None,
) -> Liquidation:
    """The ``number`` makes it another one than its like."""
    price, quantity = Decimal("0.00001250"), Decimal(number + 1)
    notional = None if usd is None else Decimal(usd)
    came_ms = time_ms + 40 if received_ms is None else received_ms
    symbol = coin + "USDT"
    return Liquidation(
        exchange, symbol, coin, side, price, quantity, notional, time_ms, came_ms, f"id{number}"
    )
