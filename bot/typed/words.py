"""Typed text taken apart: signs, figures, spans and words."""

import re
import unicodedata
from collections.abc import Iterable

import msgspec

from bot.clock import DAY_MS, HOUR_MS, MINUTE_MS
from bot.errors import UserError
from bot.rules import WINDOWS
from bot.typed.amounts import quoted

LONGEST = 256
"""Characters a person may type behind a command."""

NOISE = frozenset(
    (
        "a",
        "add",
        "alert",
        "an",
        "and",
        "are",
        "at",
        "coin",
        "coins",
        "exceed",
        "exceeds",
        "for",
        "from",
        "if",
        "in",
        "is",
        "least",
        "me",
        "more",
        "of",
        "on",
        "pass",
        "passes",
        "set",
        "side",
        "than",
        "the",
        "to",
        "usd",
        "usdt",
        "was",
        "when",
        "window",
        "with",
        "within",
    )
)
"""Words that change nothing, unless they are typed in capitals and are a coin."""

ABOVE = frozenset({">", ">=", "=>", "≥", "above", "over", "beyond"})
BELOW = frozenset({"<", "<=", "=<", "≤", "below", "under"})
ALL = frozenset({"all", "any", "every", "everything", "market", "*"})

_SIGNS = re.compile(r"(>=|=>|<=|=<|[><≥≤])")
_VALUE = re.compile(r"[$+-]?\.?\d[\w.,$%+-]*|[$+-]\S+|%|nan|[+-]?inf(?:inity)?", re.ASCII | re.I)
_SPAN = re.compile(r"(\d{1,6})(m|mins?|minutes?|h|hrs?|hours?|d|days?)", re.ASCII | re.I)
_NUMBER = re.compile(r"\$?[\d.,]+", re.ASCII)
_UNIT = re.compile(r"%|k|m|mm|mn|mio|million|b|bn|billion|mins?|minutes?|h|hrs?|hours?|days?", re.I)
_LABEL = re.compile(r"^([A-Za-z_]+)[:=](?=.)", re.ASCII)
_WRAPPING = ",;:!?\"'`()[]="
_SPAN_MS = {"m": MINUTE_MS, "h": HOUR_MS, "d": DAY_MS}
_BY_SPAN = {span_ms: name for name, span_ms in WINDOWS.items()}


class Word(msgspec.Struct, frozen=True):
    """One piece of what was typed, as typed; ``low`` is the same in small letters."""

    text: str

    @property
    def low(self) -> str:
        return self.text.lower()

    @property
    def is_value(self) -> bool:
        """A figure, or something that was meant as one (``nan``, ``-5m``, ``2x``)."""
        return _VALUE.fullmatch(self.text) is not None

    @property
    def is_span(self) -> bool:
        return _SPAN.fullmatch(self.text) is not None

    @property
    def is_minutes_or_millions(self) -> bool:
        """``5m`` can be either; ``20m`` too, though no window has that length."""
        return self.is_span and self.low.endswith("m")

    @property
    def span_ms(self) -> int:
        """Its length as a span; 0 where it is none."""
        found = _SPAN.fullmatch(self.text)
        return int(found[1]) * _SPAN_MS[found[2][0].lower()] if found else 0

    @property
    def window(self) -> str | None:
        """The window of that length, in whatever unit it was typed; None where none is kept."""
        return _BY_SPAN.get(self.span_ms)


def words(text: str) -> list[Word]:
    """The pieces of a text; a figure keeps its unit (``50 million``).

    Raises ``UserError`` for what is too long or does not show.
    """
    if len(text) > LONGEST:
        raise UserError(f"That is too long: I read up to {LONGEST} characters.")
    spaced = " ".join(text.split())
    if any(unicodedata.category(sign).startswith("C") for sign in spaced):
        raise UserError("That holds invisible characters; please type it anew, without copying.")
    pieces: list[str] = []
    for piece in _SIGNS.sub(r" \1 ", spaced).split():
        bare = piece if _SIGNS.fullmatch(piece) else piece.strip(_WRAPPING)
        pieces += filter(None, _LABEL.sub(r"\1 ", bare).split())
    return [Word(piece) for piece in _with_units(pieces)]


def plain(word: Word, like: str) -> Word:
    """The word, if it is ASCII. Raises ``UserError`` naming what to type instead."""
    if word.text.isascii():
        return word
    raise UserError(f"I read plain letters and digits only, not {quoted(word.text)}: type {like}.")


def _with_units(pieces: Iterable[str]) -> list[str]:
    """``50 million`` and ``$ 50m`` as one piece each."""
    joined: list[str] = []
    for piece in pieces:
        before = joined[-1] if joined else ""
        behind_number = _NUMBER.fullmatch(before) and _UNIT.fullmatch(piece)
        if behind_number or (before == "$" and piece[0].isdigit()):
            joined[-1] = before + piece
        else:
            joined.append(piece)
    return joined
