"""The demo's invented past: ninety days of single liquidations, so that an hour can be ranked."""

import math
import random
from collections.abc import Iterator, Sequence
from decimal import ROUND_DOWN, Decimal
from itertools import islice
from typing import NamedTuple

import msgspec

from bot.clock import DAY_MS, HOUR_MS
from bot.demo.cascade import COINS
from bot.demo.listed import CONTRACTS, Contract
from bot.demo.tape import WEIGHTS
from bot.market import Liquidation, Side
from bot.memory import WATCHED, Span
from bot.ports import Notebook, Outbox

DAYS = 90

USUAL_HOUR = 8_200_000.0
"""US dollars of an hour in the middle of all."""

SPREAD = 0.75
"""Standard deviation of the logarithm of an hour."""

CALM = 0.2
"""Of that spread, in the last day."""

UNEASY = 25_000_000.0
"""US dollars of the last hour of all."""

DENSE_DAYS, DENSE, SPARSE = 7, 84, 13
"""Orders an hour: in the last week, from which a usual minute is told, and before."""

STORMS = (418e6, 266e6, 241e6, 187e6, 170e6, 152e6, 131e6, 118e6, 112e6, 104e6, 97e6, 91e6)
"""The largest hours in US dollars; all lie before the last week."""

PIECE = 5_000
"""Orders that are stored at once."""


class Hour(NamedTuple):
    start_ms: int
    usd: float
    orders: int


async def remember(outbox: Outbox, notebook: Notebook, start_ms: int, seed: int) -> None:
    """Store the past as if it had been heard until ``start_ms``. Raises ``StoreError``."""
    told = orders(start_ms, seed)
    while piece := list(islice(told, PIECE)):
        await outbox.store([], [], start_ms, piece)
    span = Span(start_ms - DAYS * DAY_MS, start_ms)
    spans = dict.fromkeys(WEIGHTS, span)
    await notebook.write(WATCHED, msgspec.json.encode(spans).decode())


def orders(start_ms: int, seed: int) -> Iterator[Liquidation]:
    """In order of time, all before ``start_ms``. The same seed gives the same past."""
    dice = random.Random(f"past {seed}")
    for hour in _hours(start_ms, dice):
        yield from sorted(_orders(hour, dice), key=lambda order: order.time_ms)


def _hours(start_ms: int, dice: random.Random) -> Iterator[Hour]:
    many = DAYS * 24
    stormy = dict(zip(dice.sample(range(many - DENSE_DAYS * 24), len(STORMS)), STORMS, strict=True))
    swing = 0.0
    for number in range(many):
        swing = 0.8 * swing + dice.gauss(0.0, SPREAD * 0.6)
        day = 0.25 * math.sin(2 * math.pi * (number % 24) / 24)
        dense = number >= many - DENSE_DAYS * 24
        calm = CALM if number >= many - 24 else 1.0
        usual = USUAL_HOUR * math.exp(calm * min(swing + day, 2.1))
        usd = UNEASY if number == many - 1 else stormy.get(number, usual)
        at_ms = start_ms - (many - number) * HOUR_MS
        yield Hour(at_ms, usd, DENSE if dense or number in stormy else SPARSE)


def _orders(hour: Hour, dice: random.Random) -> list[Liquidation]:
    sizes = [dice.expovariate(1.0) for _ in range(hour.orders)]
    longs = min(0.95, max(0.05, dice.gauss(0.52, 0.18)))
    scale = hour.usd / sum(sizes)
    return [_order(hour, size * scale, longs, dice) for size in sizes]


def _order(hour: Hour, usd: float, longs: float, dice: random.Random) -> Liquidation:
    coin = dice.choices(COINS, _WEIGHTS)[0]
    contract = _CONTRACTS[dice.choices(_VENUES, _SHARES)[0], coin.name]
    price = _to(contract.tick, coin.price * contract.per)
    quantity = max(contract.step, _to(contract.step, usd / float(contract.size * price)))
    side = Side.LONG if dice.random() < longs else Side.SHORT
    at_ms = hour.start_ms + dice.randrange(HOUR_MS)
    return Liquidation(
        contract.exchange, contract.symbol, coin.name, side, price, quantity,
        contract.usd(quantity, price), at_ms, at_ms,
    )  # fmt: skip


def _to(step: Decimal, value: float) -> Decimal:
    return (Decimal(value) / step).to_integral_value(ROUND_DOWN) * step


_WEIGHTS: Sequence[float] = [coin.longs for coin in COINS]
_VENUES, _SHARES = list(WEIGHTS), list(WEIGHTS.values())
_CONTRACTS: dict[tuple[str, str], Contract] = {
    (one.exchange, one.coin): one for one in CONTRACTS if one.linear
}
