"""What the benchmarks run on: a seeded market, and people with their rules."""

import random
from collections.abc import Iterator
from decimal import Decimal

from bot.clock import HOUR_MS
from bot.market import LARGEST_ORDER, Liquidation, Side
from bot.rules import DEFAULT_FLOOR, WINDOWS, Destination, Rule, RuleState

START_MS = 1_700_000_000_000
EXCHANGES = ("binance", "bybit", "okx")
COINS = ("BTC", "ETH", "SOL", *(f"ALT{number}" for number in range(997)))
CENT = 1_000_000
"""A cent in ``market.USD``."""

METRICS = {
    "total": 40,
    "long": 15,
    "short": 10,
    "largest": 8,
    "imbalance": 8,
    "long_share": 5,
    "short_share": 4,
    "count": 5,
    "order": 5,
}


def market(events: int, every_ms: int, seed: int = 1) -> Iterator[Liquidation]:
    """Liquidations, a few coins having most of them; amounts in whole cents."""
    rng = random.Random(seed)
    weights = [1 / (rank + 1) for rank in range(len(COINS))]
    coins = rng.choices(COINS, weights, k=events)
    for number, coin in enumerate(coins):
        notional = Decimal(int(rng.lognormvariate(7, 1.8) * 100)).scaleb(-2)
        at_ms = START_MS + number * every_ms
        yield Liquidation(
            rng.choice(EXCHANGES),
            coin + "USDT",
            coin,
            Side(rng.random() < 0.4),
            Decimal(1),
            notional,
            notional,
            at_ms,
            at_ms,
        )


def people(rules: int, seed: int = 2) -> Iterator[tuple[Rule, RuleState]]:
    """Rules as people make them: on all coins and the large ones first, in round amounts."""
    rng = random.Random(seed)
    scopes: list[str | None] = [None, *COINS[:200]]
    weights = [1 / (rank + 1) for rank in range(len(scopes))]
    windows, metrics = list(WINDOWS), list(METRICS)
    for number in range(1, rules + 1):
        metric = rng.choices(metrics, list(METRICS.values()))[0]
        place = rng.choices(range(len(scopes)), weights)[0]
        window = "" if metric == "order" else rng.choice(windows)
        chat = rng.randrange(rules // 10 + 1)
        yield (
            Rule(
                number,
                Destination("telegram", chat, 0, True),
                chat,
                scopes[place],
                rng.choice((None, None, None, *EXCHANGES)),
                window,
                metric,
                _threshold(rng, metric, window, place),
                DEFAULT_FLOOR,
                False,
                START_MS - number,
            ),
            RuleState(number),
        )


def _threshold(rng: random.Random, metric: str, window: str, place: int) -> int:
    """People want to hear of the unusual: from three times what is usual to three thousand."""
    if metric.endswith("share") or metric == "imbalance":
        return rng.randrange(700, 1_000) * 1_000_000
    unusual = 10 ** rng.uniform(0.5, 3.5)
    if metric in ("largest", "order"):
        return _round(1_000_000 * unusual)
    hours = WINDOWS[window] / HOUR_MS
    if metric == "count":
        return int(4_000 * hours * unusual / (place + 1)) + 1
    return min(_round(20_000_000 * hours * unusual / (place + 1)), LARGEST_ORDER)


def _round(dollars: float) -> int:
    """Three digits, as people write amounts."""
    return int(float(f"{dollars:.3g}")) * 100 * CENT
