"""The demo's tape: the model's flows as single orders on three exchanges, and their arithmetic."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, Decimal

from bot.demo.aftermath import aftermath
from bot.demo.cascade import SECONDS, Course, Flow, hour
from bot.demo.listed import CONTRACTS, Contract
from bot.market import Side

TOTAL = 526_400_000
"""US dollars that the hour ends at."""

SEED = 7

WEIGHTS = {"binance": 0.36, "bybit": 0.42, "okx": 0.22}
INVERSE_SHARE = 0.10
"""How often an order in a coin that has one is on the coin-margined contract."""

TYPICAL_ORDER = {"BTC": 240_000.0, "ETH": 160_000.0}
"""Median order in US dollars while the flood is on; other coins 70,000."""


@dataclass(frozen=True)
class TapeOrder:
    """One forced order as an exchange will publish it; ``usd`` is exact."""

    at_ms: int
    contract: Contract
    side: Side
    price: Decimal
    quantity: Decimal

    @property
    def usd(self) -> Decimal:
        return self.contract.usd(self.quantity, self.price)


@dataclass(frozen=True)
class Sums:
    """What the tape adds up to, in exact US dollars."""

    long: Decimal
    short: Decimal
    orders: int

    @property
    def total(self) -> Decimal:
        return self.long + self.short


@dataclass(frozen=True)
class Story:
    """The orders of the hour, those of the hours after it, and the course of both; flows of the
    course are in US dollars."""

    start_ms: int
    hour: list[TapeOrder]
    after: list[TapeOrder]
    course: Course
    second_wave: bool = False


def make_story(start_ms: int, seed: int = SEED, second_wave: bool = False) -> Story:
    """The hour, and what follows until the bot has nothing left to wait for."""
    first = in_dollars(hour(seed))
    then = aftermath(first, seed, second_wave)
    prices = {coin: [*first.prices[coin], *then.prices[coin]] for coin in first.prices}
    orders = _sorted(then.flows, start_ms, random.Random(seed + 1))
    course = Course([*first.flows, *then.flows], prices)
    return Story(start_ms, hour_of(first, start_ms, seed), orders, course, second_wave)


def make_tape(start_ms: int, seed: int = SEED) -> list[TapeOrder]:
    """The hour's orders in order of time; all lie in (start, start + 1 h], the last at its end."""
    return hour_of(in_dollars(hour(seed)), start_ms, seed)


def hour_of(course: Course, start_ms: int, seed: int) -> list[TapeOrder]:
    orders = _sorted(course.flows, start_ms, random.Random(seed))
    orders[-1] = replace(orders[-1], at_ms=start_ms + SECONDS * 1000)
    return orders


def in_dollars(course: Course) -> Course:
    """The hour with flows that add up to ``TOTAL``."""
    factor = TOTAL / sum(flow.usd for flow in course.flows)
    return Course([replace(flow, usd=flow.usd * factor) for flow in course.flows], course.prices)


def add_up(orders: Sequence[TapeOrder]) -> Sums:
    """Longs, shorts and the number of orders."""
    longs = sum((o.usd for o in orders if o.side is Side.LONG), Decimal(0))
    shorts = sum((o.usd for o in orders if o.side is Side.SHORT), Decimal(0))
    return Sums(longs, shorts, len(orders))


def _sorted(flows: Sequence[Flow], start_ms: int, dice: random.Random) -> list[TapeOrder]:
    orders = [order for flow in flows for order in _orders(flow, start_ms, dice)]
    return sorted(orders, key=lambda order: order.at_ms)


def _orders(flow: Flow, start_ms: int, dice: random.Random) -> Iterator[TapeOrder]:
    """Split a flow into orders; Binance publishes one a symbol and second, so it gets one."""
    left = flow.usd
    typical = TYPICAL_ORDER.get(flow.coin, 70_000.0)
    sampled: set[str] = set()
    while left > 0:
        usd = min(left, typical * dice.lognormvariate(0.0, 1.1))
        if left - usd < 0.05 * typical:
            usd = left
        left -= usd
        contract = _venue(flow.coin, dice, sampled)
        if contract.exchange == "binance":
            sampled.add(contract.symbol)
        order = _order(flow, contract, usd, start_ms, dice)
        if order.quantity > 0:
            yield order


def _venue(coin: str, dice: random.Random, taken: set[str]) -> Contract:
    exchange = dice.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
    listed = [c for c in CONTRACTS if c.exchange == exchange and c.coin == coin]
    inverse = [c for c in listed if not c.linear]
    chosen = inverse[0] if inverse and dice.random() < INVERSE_SHARE else listed[0]
    if chosen.symbol not in taken or chosen.exchange != "binance":
        return chosen
    return next(c for c in CONTRACTS if c.exchange == "bybit" and c.coin == coin)


def _order(
    flow: Flow, contract: Contract, usd: float, start_ms: int, dice: random.Random
) -> TapeOrder:
    slip = dice.uniform(0.0, 0.004) * (-1 if flow.side is Side.LONG else 1)
    price = _to(contract.tick, flow.price * contract.per * (1 + slip))
    unit = float(contract.usd(Decimal(1), price))
    quantity = _to(contract.step, usd / unit)
    at_ms = start_ms + flow.second * 1000 + dice.randint(1, 999)
    return TapeOrder(at_ms, contract, flow.side, price, quantity)


def _to(step: Decimal, value: float) -> Decimal:
    return (Decimal(value) / step).to_integral_value(ROUND_DOWN) * step
