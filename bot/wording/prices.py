"""Prices, changes, coins and rates as they are said: floats, for nothing of them is added up."""

from decimal import Decimal

from bot.market import USD

_UNITS = ((1e9, "B"), (1e6, "M"), (1e3, "k"))
_FUNDING_HOURS = 8


def price(value: float) -> str:
    """A price in full: ``$87,020``, ``$178.42``, ``$0.01235``."""
    if value >= 1000:
        return f"${value:,.0f}"
    return f"${value:.2f}" if value >= 1 else f"${_digits(value, 4)}"


def percent(share: float, decimals: int = 1) -> str:
    """A change with its sign: ``−4.9%``, ``+1.0%``; a true zero has none."""
    return _signed(f"{share * 100:+.{decimals}f}") + "%"


def per_8h(hourly: float) -> str:
    """Funding as people know it, from a share per hour: ``+0.031%``."""
    return percent(hourly * _FUNDING_HOURS, 3)


def coins(amount: float) -> str:
    """How many coins: ``412.0k``, ``19.7k``, ``1.2M``, ``85.3``."""
    for unit, letter in _UNITS:
        if abs(amount) >= 0.99995 * unit:
            return f"{amount / unit:.1f}{letter}"
    return f"{amount:.1f}" if abs(amount) >= 1 else _digits(amount, 3)


def tenths(amount: int) -> str:
    """A sum of ``market.USD`` as evidence, one digit more than is said: ``458.1M``, ``9.8M``."""
    return coins(amount / USD)


def times(factor: float) -> str:
    """``54×``, ``6.1×``"""
    return f"{factor:.0f}×" if factor >= 9.95 else f"{factor:.1f}×"


def ordinal(number: int) -> str:
    """``1st``, ``2nd``, ``3rd``, ``11th``"""
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


def _signed(text: str) -> str:
    """A true minus sign, and no sign before a zero."""
    return text[1:] if not float(text) else text.replace("-", "−")


def _digits(value: float, digits: int) -> str:
    """So many digits that count, never in powers of ten."""
    return f"{Decimal(f'{value:.{digits}g}'):f}"
