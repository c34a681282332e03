"""Amounts, shares, counts and spans as people type them, in ASCII and within bounds."""

from bot.market import USD

SMALLEST = 1_000 * USD
LARGEST = 50_000_000_000 * USD


def parse_amount(text: str) -> int:
    """``250k``, ``50m``, ``1.5b``, ``$50,000,000`` in units of ``USD``. Raises ``UserError``."""
    raise NotImplementedError


def parse_share(text: str) -> int:
    """``80%`` in units of ``SHARE``, between 0 and 100% exclusive. Raises ``UserError``."""
    raise NotImplementedError


def parse_count(text: str) -> int:
    """``200`` or ``1,000`` orders. Raises ``UserError``."""
    raise NotImplementedError


def parse_span(text: str) -> int:
    """``30m``, ``2h``, ``1d`` in milliseconds, one minute to 30 days. Raises ``UserError``."""
    raise NotImplementedError
