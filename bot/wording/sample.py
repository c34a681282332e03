"""An invented hour, by which the bot shows how an alert of its sounds."""

from bot.clock import HOUR_MS, MINUTE_MS
from bot.figures import Hearing, Order, Reading, Split
from bot.market import USD, Side
from bot.rules import Alert, Destination, Rule

SAMPLE_RULE = 0
"""The id of the sample's rule; no stored rule has it."""

_M = 1_000_000 * USD // 10
"""Tenths of a million dollars, in which the invented hour is written down."""


def sample_alert(destination: Destination, at_ms: int) -> Alert:
    """An hour of $526M that never was; ``alert_message`` marks it as a test."""
    rule = Rule(SAMPLE_RULE, destination, 0, None, None, "1h", "total", 500_000_000 * USD)
    return Alert(rule, 1, 1, 5_264 * _M, at_ms - 7 * MINUTE_MS, _sample_reading(at_ms))


def _sample_reading(at_ms: int) -> Reading:
    split = {
        "BTC": (1868, 185),
        "ETH": (1111, 152),
        "SOL": (452, 74),
        "XRP": (221, 42),
        "DOGE": (153, 31),
        "LINK": (121, 31),
        "ADA": (109, 27),
        "AVAX": (99, 25),
        "SUI": (94, 24),
        "LTC": (82, 21),
        "BCH": (74, 19),
        "DOT": (69, 18),
        "UNI": (66, 18),
        "AAVE": (62, 16),
    }
    venues = {"bybit": (2012, 304), "binance": (1689, 240), "okx": (880, 139)}
    return Reading(
        coin=None,
        exchange=None,
        span_ms=HOUR_MS,
        at_ms=at_ms,
        long=4_581 * _M,
        short=683 * _M,
        count=9_214,
        largest=Order(118 * _M, "BTC", "bybit", Side.LONG, at_ms - 23 * MINUTE_MS),
        coins=tuple(Split(name, long * _M, short * _M) for name, (long, short) in split.items()),
        exchanges=tuple(Split(name, long * _M, s * _M) for name, (long, s) in venues.items()),
        hearing=Hearing(
            heard=("binance", "bybit", "okx"),
            sampled=("binance", "okx"),
            deaf=(),
            since_ms=at_ms - 24 * HOUR_MS,
        ),
        complete=True,
    )
