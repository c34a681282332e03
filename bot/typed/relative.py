"""Thresholds that are said by how unusual they are: ``p99``, ``rank 3/90d``, ``x10``,
``0.5% oi``, ``about once a week``.

A phrase becomes dollars once, when the rule is saved, and the dollars are what is kept and said:
so a rule never moves under its owner, and anybody can check it against what he sees.
"""

import re
from enum import Enum

import msgspec

from bot.errors import UserError
from bot.metrics import METRICS
from bot.typed.amounts import quoted
from bot.typed.vocabulary import Vocabulary
from bot.typed.words import ABOVE, words

PLACEHOLDER = "$1000000.07"
"""What stands in the place of a phrase while the rest of a rule is read."""

MOST_DAYS = 90
MOST_RANKS = 100
COUNTED = ("total", "long", "short")
"""Measures whose past is known from sums."""

STRUCTURAL = frozenset(name for name, metric in METRICS.items() if metric.told)
"""Measures with units of their own: ``3x`` is no multiple of a normal window there."""


class Kind(Enum):
    """By what a threshold is found."""

    PERCENTILE = "percentile"
    RANK = "rank"
    TIMES = "times"
    INTEREST = "interest"
    FREQUENCY = "frequency"


class Relative(msgspec.Struct, frozen=True):
    """``typed``: as typed. ``number``: the percentile (50 to 99.99), the rank, the multiple, or a
    share of open interest (0 to 1); of a frequency how often a day. ``days``: of a rank, 0: all."""

    kind: Kind
    typed: str
    number: float
    days: int = 0


_NUMBER = r"\d{1,6}(?:\.\d{1,4})?"
_PATTERNS = {
    Kind.PERCENTILE: re.compile(rf"\bp({_NUMBER})(?!\w|\.\d)", re.I | re.ASCII),
    Kind.RANK: re.compile(r"\brank\s+(\d{1,6})(?:\s*/\s*(\d{1,6})\s*d(?:ays?)?)?(?!\w)", re.I),
    Kind.TIMES: re.compile(
        rf"(?<![\w.])(?:x({_NUMBER})(?![\w.])|({_NUMBER})x)(?:\s+normal)?(?!\w)", re.I | re.ASCII
    ),
    Kind.INTEREST: re.compile(
        rf"(?<![\w.])({_NUMBER})\s*%\s*(?:of\s+)?(?:oi|open\s+interest)\b", re.I | re.ASCII
    ),
    Kind.FREQUENCY: re.compile(
        r"\b(?:about\s+)?(?:(once|several\s+times)\s+a\s+(week|day)|(weekly|daily))\b", re.I
    ),
}
_A_DAY = {"once week": 1 / 7, "weekly": 1 / 7, "once day": 1.0, "daily": 1.0, "several day": 3.5}


def taken(text: str) -> tuple[Relative | None, str]:
    """The phrase in a typed rule, and the rule with ``> PLACEHOLDER`` where it stood.

    Without a phrase, None and the text as it is. Raises ``UserError`` for two phrases, for one
    beside an amount, for one out of bounds, and for a measure that is not counted in dollars.
    """
    if any(measure in STRUCTURAL for measure in _measures_in(text)):
        return None, text
    hits = [(kind, hit) for kind, pattern in _PATTERNS.items() for hit in pattern.finditer(text)]
    if not hits:
        return None, text
    if len(hits) > 1:
        both = " and ".join(quoted(hit[0]) for _, hit in hits[:2])
        raise UserError(f"I can take one threshold, not {both}: type one of them.")
    kind, hit = hits[0]
    found = _relative(kind, hit)
    before, after = text[: hit.start()].rstrip(), text[hit.end() :]
    sign = next((sign for sign in (">=", "=>", ">", "≥") if before.endswith(sign)), "")
    spoken = before.rpartition(" ")[2].lower() if not sign else ""
    if spoken in ABOVE:
        sign = before[-len(spoken) :]
    before = before.removesuffix(sign)
    _refuse_other_words(f"{before} {after}", found)
    return found, f"{before.strip()} > {PLACEHOLDER} {after.strip()}".strip()


def given_back(error: UserError, relative: Relative) -> UserError:
    """A mistake in the rest of a rule, in the words that were typed."""
    choices = tuple(choice.replace(PLACEHOLDER, relative.typed) for choice in error.choices)
    return UserError(error.sentence.replace(PLACEHOLDER, relative.typed), choices)


def _refuse_other_words(rest: str, relative: Relative) -> None:
    known = Vocabulary((), ("",))
    for word in words(rest):
        if word.low in ABOVE:
            raise UserError(f"I can take one threshold, an amount or {relative.typed}: type one.")
        measure = known.measure(word)
        if measure is not None and measure not in COUNTED:
            name = measure if measure in METRICS else word.low
            raise UserError(
                f"{relative.typed} counts dollars: use it with total, long or short, not {name}."
            )


def _measures_in(text: str) -> list[str | None]:
    known = Vocabulary((), ())
    return [known.measure(word) for word in words(text)]


def _relative(kind: Kind, hit: re.Match[str]) -> Relative:
    typed = " ".join(hit[0].split())
    if kind is Kind.FREQUENCY:
        often = " ".join(part for part in (hit[1] or hit[3], hit[2]) if part).lower()
        often = "several day" if often.startswith("several") and often.endswith("day") else often
        if often not in _A_DAY:
            raise UserError("I know once a week, once a day and several times a day: type one.")
        return Relative(kind, typed, _A_DAY[often])
    number = float(next(part for part in hit.groups() if part))
    if kind is Kind.RANK:
        return _rank(typed, int(number), int(hit[2] or 0))
    if kind is Kind.PERCENTILE and not 50 <= number < 100:
        raise UserError(f"A percentile lies from p50 to below p100, not at {quoted(typed)}.")
    if kind is Kind.TIMES and not 1 < number <= 100_000:
        raise UserError(f"Type how many times a normal window, such as x10, not {quoted(typed)}.")
    if kind is Kind.INTEREST:
        number /= 100
        if not 0 < number <= 1:
            raise UserError(f"Type a share of open interest like 0.5% oi, not {quoted(typed)}.")
    return Relative(kind, typed, number)


def _rank(typed: str, number: int, days: int) -> Relative:
    if not 1 <= number <= MOST_RANKS:
        raise UserError(f"I know ranks from 1 to {MOST_RANKS}, not {quoted(typed)}.")
    if days > MOST_DAYS:
        raise UserError(
            f"I rank the last {MOST_DAYS} days at most: type rank {number}/{MOST_DAYS}d."
        )
    return Relative(Kind.RANK, typed, number, days)
