"""Rules, alerts and destinations to store."""

from bot.figures import Hearing, Order, Reading, Split
from bot.market import USD, Side
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
