"""What a person typed about rules and figures, understood or politely refused."""

from collections.abc import Collection

import msgspec

from bot.rules import DEFAULT_FLOOR, Rule


class Draft(msgspec.Struct, frozen=True):
    """A rule as typed: what it watches, not yet whose it is. Fields as in ``rules.Rule``."""

    coin: str | None
    exchange: str | None
    window: str
    metric: str
    threshold: int
    floor: int = DEFAULT_FLOOR


class Question(msgspec.Struct, frozen=True):
    """What figures are asked for; None means all. ``window`` is a key of ``WINDOWS``."""

    coin: str | None = None
    exchange: str | None = None
    window: str = "1h"


def parse_rule(text: str, coins: Collection[str], exchanges: Collection[str] = ()) -> Draft:
    """A rule in words of any order: ``BTC 1h long > 50m``. Raises ``UserError``.

    ``coins`` are those that can be asked for; when empty any well-formed coin is taken.
    ``exchanges`` defaults to the registered ones.
    """
    raise NotImplementedError


def parse_question(text: str, coins: Collection[str], exchanges: Collection[str] = ()) -> Question:
    """``[coin] [exchange] [window]`` in any order, ``all`` for all coins. Raises ``UserError``."""
    raise NotImplementedError


def draft_text(draft: Draft) -> str:
    """The canonical words of a draft, which ``parse_rule`` reads back: ``BTC long 1h > 50M``."""
    raise NotImplementedError


def link_payload(draft: Draft) -> str:
    """A draft in at most 50 of [A-Za-z0-9_-], for a deep link."""
    raise NotImplementedError


def from_link_payload(payload: str) -> Draft:
    """The draft of a deep link. Raises ``UserError`` for anything else."""
    raise NotImplementedError


def draft_of(rule: Rule) -> Draft:
    """What a rule watches, without whose it is."""
    raise NotImplementedError
