"""Amounts, shares, counts and spans as people type them, in ASCII and within bounds.

Every refusal is one sentence that says what to type instead.
"""

import re
from decimal import Decimal

from bot.clock import DAY_MS, HOUR_MS, MINUTE_MS
from bot.errors import UserError
from bot.market import USD
from bot.rules import SHARE

SMALLEST = 1_000 * USD
LARGEST = 50_000_000_000 * USD
MOST_ORDERS = 10_000_000
LONGEST_SPAN_MS = 30 * DAY_MS

_LONGEST_NUMBER = 24
_NUMBER = re.compile(r"(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?|\.\d+", re.ASCII)
_LETTERS = {
    "": 1,
    "k": 10**3,
    "m": 10**6,
    "mio": 10**6,
    "mn": 10**6,
    "mm": 10**6,
    "million": 10**6,
    "b": 10**9,
    "bn": 10**9,
    "billion": 10**9,
}
_SPANS = {
    "m": MINUTE_MS,
    "min": MINUTE_MS,
    "h": HOUR_MS,
    "hour": HOUR_MS,
    "hours": HOUR_MS,
    "d": DAY_MS,
    "day": DAY_MS,
    "days": DAY_MS,
}

_LIKE_AMOUNT = "type an amount like 250k, 50m or 1.5b"
_LIKE_SHARE = "type a share like 80%"
_LIKE_PART = "type a share like 5%"
_LIKE_TIMES = "type a multiple like 3x"
_LIKE_COUNT = "type a number of orders like 200"
_LIKE_SPAN = "type a span like 30m, 2h or 1d"


def parse_amount(text: str) -> int:
    """``250k``, ``50m``, ``1.5b``, ``$50,000,000`` in units of ``USD``, to the cent.

    Raises ``UserError``.
    """
    typed = _plain(text, _LIKE_AMOUNT).removeprefix("$").lstrip()
    for word in ("dollars", "usdt", "usdc", "usd", "$"):
        typed = typed.removesuffix(word).rstrip()
    number, letters = _split(typed)
    factor = _LETTERS.get(letters)
    if factor is None:
        raise UserError(f"I do not know the unit in {quoted(text)}: {_LIKE_AMOUNT}.")
    amount = int(_number(number, text, _LIKE_AMOUNT) * factor * 100) * (USD // 100)
    if amount < SMALLEST:
        raise UserError(f"{quoted(text)} is too small: I count from $1k up, so {_LIKE_AMOUNT}.")
    if amount > LARGEST:
        raise UserError(f"{quoted(text)} is too much: I count up to $50B, so {_LIKE_AMOUNT}.")
    return amount


def parse_share(text: str) -> int:
    """``80%`` in units of ``SHARE``, between 0 and 100% exclusive. Raises ``UserError``."""
    typed = _plain(text, _LIKE_SHARE)
    if not typed.endswith("%"):
        raise UserError(f"{quoted(text)} has no percent sign: {_LIKE_SHARE}.")
    share = int(_number(typed[:-1].rstrip(), text, _LIKE_SHARE) * SHARE / 100)
    if not 0 < share < SHARE:
        raise UserError(f"A share lies between 0% and 100%, not at {quoted(text)}: {_LIKE_SHARE}.")
    return share


def parse_part(text: str) -> int:
    """``5%`` or ``0.031%`` in units of ``SHARE``; it may exceed 100%. Raises ``UserError``."""
    typed = _plain(text, _LIKE_PART)
    if not typed.endswith("%"):
        raise UserError(f"{quoted(text)} has no percent sign: {_LIKE_PART}.")
    return int(_number(typed[:-1].rstrip(), text, _LIKE_PART) * SHARE / 100)


def parse_times(text: str) -> int:
    """``3x`` or ``1.5`` in units of ``SHARE``. Raises ``UserError``."""
    typed = _plain(text, _LIKE_TIMES).removesuffix("x").removeprefix("x")
    return int(_number(typed.strip(), text, _LIKE_TIMES) * SHARE)


def parse_count(text: str) -> int:
    """``200`` or ``1,000`` orders, at least one. Raises ``UserError``."""
    number, letters = _split(_plain(text, _LIKE_COUNT))
    factor = {"": 1, "k": 1_000}.get(letters)
    orders = _number(number, text, _LIKE_COUNT) * (factor or 1)
    if factor is None or orders != int(orders):
        raise UserError(f"{quoted(text)} is not a whole number: {_LIKE_COUNT}.")
    if not 1 <= orders <= MOST_ORDERS:
        raise UserError(f"I count from 1 to 10,000,000 orders, not {quoted(text)}: {_LIKE_COUNT}.")
    return int(orders)


def parse_span(text: str) -> int:
    """``30m``, ``2h``, ``1d`` in milliseconds, one minute to 30 days. Raises ``UserError``."""
    number, letters = _split(_plain(text, _LIKE_SPAN))
    unit = _SPANS.get(letters)
    if unit is None:
        raise UserError(f"I cannot tell how long {quoted(text)} is: {_LIKE_SPAN}.")
    span_ms = int(_number(number, text, _LIKE_SPAN) * unit)
    if not MINUTE_MS <= span_ms <= LONGEST_SPAN_MS:
        raise UserError(f"{quoted(text)} is not between 1 minute and 30 days: {_LIKE_SPAN}.")
    return span_ms


def quoted(text: str) -> str:
    """What was typed, fit to be repeated: printable ASCII only, and short."""
    shown = "".join(char if " " <= char <= "~" else "?" for char in text.strip()[:25])
    return f"“{shown[:24]}…”" if len(shown) > 24 else f"“{shown}”"


def _plain(text: str, instead: str) -> str:
    typed = text.strip(" \t\r\n").lower()
    if not typed:
        raise UserError(f"There is no number: {instead}.")
    if len(typed) > _LONGEST_NUMBER + 10:
        raise UserError(f"That number is too long: {instead}.")
    if not typed.isascii() or not typed.isprintable():
        raise UserError(f"I read plain digits and letters only, not {quoted(text)}: {instead}.")
    return typed


def _split(typed: str) -> tuple[str, str]:
    """A number and the letters behind it: ``1.5b`` is ``1.5`` and ``b``."""
    number = typed.rstrip("abcdefghijklmnopqrstuvwxyz")
    if not number.strip(" +-."):
        return typed, ""
    return number.rstrip(), typed[len(number) :]


def _number(typed: str, text: str, instead: str) -> Decimal:
    if typed.startswith("-"):
        raise UserError(f"{quoted(text)} is negative: {instead}.")
    if len(typed) > _LONGEST_NUMBER:
        raise UserError(f"That number is too long: {instead}.")
    if not _NUMBER.fullmatch(typed):
        raise UserError(f"{quoted(text)} is not a number I can use: {instead}.")
    value = Decimal(typed.replace(",", ""))
    if not value:
        raise UserError(f"Zero would always be passed: {instead}.")
    return value
