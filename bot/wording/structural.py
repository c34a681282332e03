"""The first line of an alert about what surrounds the liquidations of a coin."""

from bot.metrics import METRICS
from bot.rules import SHARE, Alert
from bot.wording.coverage import plus
from bot.wording.lines import heavier, sign
from bot.wording.numbers import duration, money, part_of

LOCK_SCREEN = 60
"""Characters that a phone shows of a push notification's first line."""

STRUCTURAL = frozenset(name for name, metric in METRICS.items() if metric.told)


def structural(alert: Alert) -> str:
    """``🔻 BTC open interest −5.2% in 1 h · $205M+ liquidated``"""
    reading = alert.reading
    line = f"{sign(heavier(reading))} {_what(alert)}"
    if not reading.total:
        return line
    within = "" if METRICS[alert.rule.metric].windowed else f" in {duration(reading.span_ms)}"
    whole = f"{line} · {money(reading.total)}{plus(reading)} liquidated{within}"
    return whole if len(whole) <= LOCK_SCREEN else line


def _what(alert: Alert) -> str:
    coin, span = alert.rule.coin or "all", duration(alert.reading.span_ms)
    part, times = part_of(alert.value), f"{alert.value / SHARE:.1f}×"
    told = {
        "oi_drop": f"{coin} open interest −{part} in {span}",
        "funding": f"{coin} funding {part} per 8 h",
        "volatility": f"{coin} volatility {times} its 30 days",
        "liq_to_oi": f"{part} of {coin} open interest in {span}",
        "liq_to_volume": f"{part} of {coin} volume forced in {span}",
        "liq_to_depth": f"{coin} forced flow {part} of the book's 1%, {span}",
        "tilt": f"{coin} {times} its share of open interest, {span}",
    }
    return told[alert.rule.metric]
