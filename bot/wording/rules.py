"""What is said about rules: repeated, saved, listed."""

from collections.abc import Sequence

from bot.rules import Rule
from bot.wording.text import Message


def say_rule(rule: Rule) -> str:
    """A rule in its shortest words, which ``parse_rule`` reads back: ``BTC longs 1h > $50M``."""
    raise NotImplementedError


def say_value(metric: str, value: int | None) -> str:
    """A metric's value: ``$1.4M``, ``87%``, ``412``; ``unknown`` for None."""
    raise NotImplementedError


def saved_message(rule: Rule, value: int | None) -> Message:
    """``Set: BTC longs > $50M in 1 h.`` and how far away it is, or that it is already there.

    Buttons: ``pause|<id>``, ``delete|<id>``.
    """
    raise NotImplementedError


def rule_message(rule: Rule, value: int | None) -> Message:
    """One rule with what can be done: ``pause|<id>`` or ``resume|<id>``, ``delete|<id>``,
    ``alerts|1``."""
    raise NotImplementedError


def rules_message(entries: Sequence[tuple[Rule, int | None]], page: int = 1) -> Message:
    """A destination's rules with what they read now, nearest to firing first.

    Buttons: ``rule|<id>`` each, ``alerts|<page>`` where there are more than a page holds.
    """
    raise NotImplementedError
