"""What a source told, as far as it is asked for; what cannot be so is a mistake of the source."""

import math
from collections.abc import Collection

from bot.clock import DAY_MS, MINUTE_MS, SECOND_MS
from bot.errors import ParseError
from bot.structure.facts import ALL, Candle, Fact, Measure
from bot.structure.source import Told

AHEAD_MS = 5 * MINUTE_MS
"""So far may a source's clock be ahead of ours."""

SETTLED_MS = 2 * SECOND_MS
"""So long after its end a candle may still change, and so far may the clocks differ in that."""

OLDEST_MS = 1_000 * DAY_MS
"""What is older was told in seconds, or is no time."""


def sifted(told: Told, coins: Collection[str], received_ms: int) -> Told:
    """Of these coins and of all together, and of candles those that have ended: what is told of
    the others is true for a moment only. Raises ``ParseError`` for what cannot be so."""
    facts = tuple(fact for fact in told.facts if fact.coin in coins or fact.coin == ALL)
    candles = tuple(candle for candle in told.candles if candle.coin in coins)
    for fact in facts:
        _check_time(fact.at_ms, received_ms)
        if not _can_be(fact):
            raise ParseError(f"{fact.measure} of {fact.coin} is {fact.value}")
    for candle in candles:
        _check_time(candle.start_ms, received_ms)
        if not _is_sound(candle):
            raise ParseError(f"a candle of {candle.coin} is {candle.low} to {candle.high}")
    ended_ms = received_ms - SETTLED_MS
    return Told(facts, tuple(candle for candle in candles if candle.end_ms <= ended_ms))


def _check_time(at_ms: int, received_ms: int) -> None:
    if at_ms > received_ms + AHEAD_MS:
        raise ParseError(f"{at_ms - received_ms} ms ahead of our clock")
    if at_ms < received_ms - OLDEST_MS:
        raise ParseError(f"{at_ms} is no time of ours")


def _can_be(fact: Fact) -> bool:
    if fact.measure is Measure.FUNDING:
        return math.isfinite(fact.value)
    most = 1.0 if fact.measure is Measure.LONG_ACCOUNTS else math.inf
    return 0 <= fact.value <= most and fact.value != math.inf


def _is_sound(candle: Candle) -> bool:
    prices = (candle.open, candle.high, candle.low, candle.close)
    amounts = [part for part in (candle.volume, candle.taker_buys) if part is not None]
    return all(0 < price < math.inf for price in prices) and all(
        0 <= amount < math.inf for amount in amounts
    )
