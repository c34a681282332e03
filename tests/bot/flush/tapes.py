"""Small tapes of invented markets: minutes of liquidations, from seeds."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from random import Random

from bot.clock import MINUTE_MS, SECOND_MS
from bot.events import Event, Heard, Tick
from bot.exchanges.dialect import Publication
from bot.market import Gap, Liquidation, Side

MIDNIGHT = 1_795_305_600_000
"""22 November 2026, 00:00 UTC."""

EXCHANGES = {
    "bybit": Publication("complete"),
    "binance": Publication("sampled", "the latest of a second"),
    "okx": Publication("complete"),
}
COINS = ("BTC", "ETH", "SOL")

Plan = Sequence[tuple[str, float, float]]
"""What comes: from "hh:mm" on so many millions of longs and of shorts in each minute."""


def at(clock: str) -> int:
    """The moment of a time such as ``02:04`` or ``26:30``, counted from midnight."""
    hours, minutes = clock.split(":")
    return MIDNIGHT + (int(hours) * 60 + int(minutes)) * MINUTE_MS


def order(
    at_ms: int,
    millions: float,
    side: Side = Side.LONG,
    coin: str = "BTC",
    exchange: str = "bybit",
    price: float = 90_000.0,
    received_ms: int | None = None,
) -> Liquidation:
    worth = Decimal(round(millions * 1_000_000))
    quote = Decimal(str(price))
    told_ms = at_ms if received_ms is None else received_ms
    return Liquidation(
        exchange, f"{coin}USDT", coin, side, quote, worth / quote, worth, at_ms, told_ms
    )


def heard(*orders: Liquidation) -> Heard:
    return Heard(orders[0].exchange, orders, max(order.received_ms for order in orders))


def minutes(plan: Plan, until: str) -> Iterator[tuple[int, float, float]]:
    """Each minute of a plan with its longs and shorts."""
    begins = [at(clock) for clock, _, _ in plan] + [at(until)]
    for (_, longs, shorts), start, end in zip(plan, begins, begins[1:], strict=False):
        for minute in range(start, end, MINUTE_MS):
            yield minute, longs, shorts


def tape(plan: Plan, until: str, seed: int = 1, recovers: float = 0.05) -> list[Event]:
    """A plan as it is heard: four orders a minute and side, spread over coins and exchanges.

    BTC falls ten dollars a minute for each million of longs, rises as much for shorts, and goes
    back by ``recovers`` of its way each minute.
    """
    random = Random(seed)
    price = 90_000.0
    events: list[Event] = []
    for minute, longs, shorts in minutes(plan, until):
        price += (shorts - longs) * 10 + (90_000.0 - price) * recovers
        for side, millions in ((Side.LONG, longs), (Side.SHORT, shorts)):
            for part in range(4 if millions else 0):
                at_ms = minute + part * 14 * SECOND_MS + random.randrange(2_000)
                coin = COINS[min(part, 2)] if millions > 0.5 else random.choice(COINS)
                exchange = random.choice(sorted(EXCHANGES))
                its = price if coin == "BTC" else price / 30
                events.append(heard(order(at_ms, millions / 4, side, coin, exchange, its)))
    return ticked(events, until)


def ticked(events: Iterable[Event], until: str, every_ms: int = 10 * SECOND_MS) -> list[Event]:
    """The same with the ticks between, in order of time."""
    told = list(events)
    start = min((moment(event) for event in told), default=MIDNIGHT)
    start -= start % every_ms
    told += [Tick(now_ms) for now_ms in range(start, at(until) + 1, every_ms)]
    return sorted(told, key=moment)


def moment(event: Event) -> int:
    """When an event came."""
    if isinstance(event, Tick):
        return event.now_ms
    if isinstance(event, Gap):
        return event.start_ms if event.end_ms is None else event.end_ms
    assert isinstance(event, Heard)
    return event.received_ms
