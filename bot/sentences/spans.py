"""Spans as nouns: a normal *hour*, the largest *5 min*."""

from bot.clock import DAY_MS, HOUR_MS
from bot.wording.numbers import duration

_NOUNS = {HOUR_MS: "hour", DAY_MS: "day"}


def noun(span_ms: int) -> str:
    """``hour``, ``day``, ``5 min``, ``4 h``"""
    return _NOUNS.get(span_ms, duration(span_ms))
