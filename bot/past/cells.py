"""What one cell of imported history may say, and what it means here."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from bot.errors import UserError
from bot.exchanges import EXCHANGES
from bot.exchanges.coins import checked, coin
from bot.market import LARGEST_ORDER, USD, usd

ALL = ""
"""All coins, or all exchanges: what ``all`` and an empty cell stand for."""

LARGEST = Decimal(LARGEST_ORDER // USD)
"""US dollars; more in one span is a broken file. The worst hour of 2025 had about 7 billion."""

_FIRST_S = 1_262_304_000  # 2010
_LAST_S = 4_102_444_800  # 2100
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_AMOUNT = re.compile(r"\+?(?:\d{1,25}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,2})?", re.ASCII)


def moment(text: str) -> int:
    """Milliseconds of ms, of seconds, or of ISO 8601, which is UTC where it names no zone.

    Raises ``UserError``, like all here without a full stop and without a place.
    """
    if text.isascii() and text.isdecimal() and len(text) <= 13:
        at_ms = of_number(int(text))
    else:
        at_ms = _of_iso(text)
    if at_ms is None:
        raise UserError(
            f"{_shown(text)} is no time from 2010 to 2100; write milliseconds, seconds, "
            "or 2026-01-31T05:00:00Z"
        )
    return at_ms


def of_number(number: int) -> int | None:
    """Milliseconds of seconds or of milliseconds, None outside 2010 to 2100."""
    if _FIRST_S <= number < _LAST_S:
        return number * 1000
    return number if _FIRST_S * 1000 <= number < _LAST_S * 1000 else None


def _of_iso(text: str) -> int | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    at_ms = (aware - _EPOCH) // timedelta(milliseconds=1)
    return at_ms if _FIRST_S * 1000 <= at_ms < _LAST_S * 1000 else None


def amount(text: str) -> int:
    """US dollars in the unit of every sum; exact up to its eight decimals. ``UserError``."""
    if not _AMOUNT.fullmatch(text):
        if text.startswith(("-", "−")):
            raise UserError(f"{_shown(text)} is negative; a sum of liquidations cannot be")
        raise UserError(f"{_shown(text)} is no amount; write US dollars such as 1234567.89")
    units = of_decimal(Decimal(text))
    if units is None:
        raise UserError(f"{_shown(text)} is more than $50 billion in one row; is it US dollars?")
    return units


def of_decimal(dollars: Decimal) -> int | None:
    """The unit of every sum, None for what no sum of liquidations can be."""
    if not dollars.is_finite() or not 0 <= dollars <= LARGEST:
        return None
    return usd(dollars)


def coin_named(text: str) -> str:
    """``btc`` -> ``BTC``, ``1000PEPE`` -> ``PEPE``, ``all`` -> ``ALL``. Raises ``UserError``."""
    if text.lower() in ("", "all"):
        return ALL
    try:
        return coin(text)
    except ValueError:
        raise UserError(f"{_shown(text)} is no name of a coin") from None


def exchange_named(text: str) -> str:
    """``Binance`` -> ``binance``; one that is not known here keeps its name in small letters."""
    name = text.lower()
    if name in ("", "all"):
        return ALL
    for known in EXCHANGES.values():
        if name in (known.name, known.title.lower()):
            return known.name
    try:
        return checked(text).lower()
    except ValueError:
        raise UserError(f"{_shown(text)} is no name of an exchange") from None


def _shown(text: str) -> str:
    return f"{text[:40]!a}"
