"""An event in, the alerts it causes out; pure and synchronous."""

from collections.abc import Iterable, Mapping

import msgspec

from bot.events import Event
from bot.exchanges.dialect import Publication
from bot.rules import Alert, Rule, RuleState


class Consequences(msgspec.Struct, frozen=True):
    """What one event caused: alerts, and the states to store with them (or without any)."""

    alerts: list[Alert]
    states: list[RuleState]


class Engine:
    """Windows, hearing and rules; it changes by ``load`` and ``handle`` alone.

    ``exchanges`` are those watched, by name, with the way they publish. ``start_ms`` is the
    market's time since which figures are kept. A feed opens a ``Gap`` for what it does not hear
    yet: an exchange without one counts as heard.
    """

    def __init__(self, exchanges: Mapping[str, Publication], start_ms: int) -> None:
        raise NotImplementedError

    @property
    def now_ms(self) -> int:
        """The market's time: the latest that an event told."""
        raise NotImplementedError

    def load(self, rules: Iterable[tuple[Rule, RuleState]]) -> int:
        """Take all rules at the start, in the order of their ids; how many."""
        raise NotImplementedError

    def handle(self, event: Event) -> Consequences:
        """Take one event in."""
        raise NotImplementedError
