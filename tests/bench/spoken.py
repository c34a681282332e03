"""What the rules in a database file have said, held against plain sums over what was sent."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import msgspec

from bot.market import Liquidation, Side, usd
from bot.rules import ESCALATIONS, Alert

_FACTS = "SELECT id, coin, exchange, metric, threshold, episode, level FROM rule"
_TOLD = "SELECT payload FROM notification WHERE kind = 'alert'"

Scope = tuple[str, str]
"""Coin and exchange, empty for all."""


class Sums:
    """Of one scope; of them a run within five minutes of the start forgets nothing."""

    def __init__(self) -> None:
        self.long = self.short = self.count = self.largest = 0

    def add(self, side: Side, amount: int) -> None:
        if side is Side.LONG:
            self.long += amount
        else:
            self.short += amount
        self.count += 1
        self.largest = max(self.largest, amount)

    def value(self, metric: str) -> int | None:
        """None for shares, which also fall: where they have been, sums do not tell."""
        total = self.long + self.short
        rising = {"long": self.long, "short": self.short, "total": total, "count": self.count}
        return {**rising, "largest": self.largest}.get(metric)


def sums_of(events: Iterable[Liquidation]) -> dict[Scope, Sums]:
    found: dict[Scope, Sums] = {}
    for event in events:
        amount = usd(event.notional)
        for coin in ("", event.coin):
            for exchange in ("", event.exchange):
                found.setdefault((coin, exchange), Sums()).add(event.side, amount)
    return found


def alerts_in(file: Path) -> list[Alert]:
    with closing(sqlite3.connect(file)) as database:
        return [msgspec.json.decode(row[0], type=Alert) for row in database.execute(_TOLD)]


def wrong_rules(file: Path, alerts: Iterable[Alert], events: Iterable[Liquidation]) -> int:
    """How many rules have said less or more than they must, or have an alert that is not stored."""
    sums, nothing = sums_of(events), Sums()
    told: dict[int, set[tuple[int, int]]] = {}
    for alert in alerts:
        told.setdefault(alert.rule.id, set()).add((alert.episode, alert.level))
    wrong = 0
    with closing(sqlite3.connect(file)) as database:
        for rule, coin, exchange, metric, threshold, episode, level in database.execute(_FACTS):
            said = told.get(rule, set())
            scope = sums.get((coin, exchange), nothing)
            right = {one for one, _ in said} == set(range(1, episode + 1))
            if metric == "order":
                right &= bool(said) == (scope.largest >= threshold)
            elif (value := scope.value(metric)) is not None:
                highest = _highest(value, threshold)
                right &= (episode, level) == (min(highest, 1), highest)
                right &= not highest or (1, highest) in said
            wrong += not right
    return wrong


def _highest(value: int, threshold: int) -> int:
    """The level that is spoken of last."""
    return max((level for level in (1, *ESCALATIONS) if value > threshold * level), default=0)
