"""What the benchmarks run on: a seeded market, and people with their rules."""

import random
from collections.abc import Iterator, Sequence
from decimal import Decimal

from bot.clock import HOUR_MS
from bot.market import LARGEST_ORDER, Instrument, Liquidation, Side
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


def market(
    events: int, every_ms: int, seed: int = 1, coins: Sequence[str] = COINS
) -> Iterator[Liquidation]:
    """Liquidations, a few coins having most of them; amounts in whole cents."""
    rng = random.Random(seed)
    weights = [1 / (rank + 1) for rank in range(len(coins))]
    for number, coin in enumerate(rng.choices(coins, weights, k=events)):
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


def instrument(event: Liquidation) -> Instrument:
    """The contract of an event: a unit of the quantity is a coin, of a dollar each."""
    return Instrument(event.exchange, _symbol(event), event.coin, "USDT", Decimal(1), True)


def frame(event: Liquidation) -> bytes:
    """An event as its exchange sends it."""
    return _FRAMES[event.exchange](event, "SELL" if event.side is Side.LONG else "BUY").encode()


def _symbol(event: Liquidation) -> str:
    return f"{event.coin}-USDT-SWAP" if event.exchange == "okx" else f"{event.coin}USDT"


def _binance(event: Liquidation, side: str) -> str:
    size, at_ms = event.quantity, event.time_ms
    return (
        f'{{"e":"forceOrder","E":{at_ms},"o":{{"s":"{_symbol(event)}","S":"{side}","o":"LIMIT",'
        f'"f":"IOC","q":"{size}","p":"1","ap":"1","X":"FILLED","l":"{size}","z":"{size}",'
        f'"T":{at_ms}}},"ps":"{_symbol(event)}","st":1}}'
    )


def _bybit(event: Liquidation, side: str) -> str:
    position = "Buy" if side == "SELL" else "Sell"
    return (
        f'{{"topic":"allLiquidation.{_symbol(event)}","type":"snapshot","ts":{event.time_ms},'
        f'"data":[{{"T":{event.time_ms},"s":"{_symbol(event)}","S":"{position}",'
        f'"v":"{event.quantity}","p":"1"}}]}}'
    )


def _okx(event: Liquidation, side: str) -> str:
    family = f"{event.coin}-USDT"
    return (
        '{"arg":{"channel":"liquidation-orders","instType":"SWAP"},"data":[{"details":[{'
        f'"bkLoss":"0","bkPx":"1","ccy":"","posSide":"{event.side.word}","side":"{side.lower()}",'
        f'"sz":"{event.quantity}","ts":"{event.time_ms}"}}],"instFamily":"{family}",'
        f'"instId":"{_symbol(event)}","instType":"SWAP","uly":"{family}"}}]}}'
    )


_FRAMES = {"binance": _binance, "bybit": _bybit, "okx": _okx}


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
