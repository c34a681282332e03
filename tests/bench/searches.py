"""Thresholds as they are often searched: a scan of groups of rules, and a range query in SQL."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from bot.rules import Rule

Topic = tuple[str | None, str | None, str, str]


class Rise(NamedTuple):
    """One figure that rose: the topic of its rules, and from where to where."""

    topic: Topic
    before: int
    after: int


def topic(rule: Rule) -> Topic:
    return rule.coin, rule.exchange, rule.window, rule.metric


class GroupedScan:
    """Rules by what they watch; of each figure that rose, all are looked at."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._groups: defaultdict[Topic, list[Rule]] = defaultdict(list)
        for rule in rules:
            self._groups[topic(rule)].append(rule)

    def passed(self, rises: Iterable[Rise]) -> list[int]:
        """The ids of the rules whose thresholds were passed."""
        found = []
        for key, before, after in rises:
            for rule in self._groups.get(key, ()):
                if before <= rule.threshold < after:
                    found.append(rule.id)  # noqa: PERF401  # two lists would be slower
        return found


class SqlRanges:
    """A table in memory with an index on what is watched and the threshold."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._keys: dict[Topic, int] = {}
        self._database = sqlite3.connect(":memory:")
        self._database.execute(
            "CREATE TABLE rule (id INTEGER PRIMARY KEY, watched INTEGER, threshold INTEGER)"
        )
        self._database.executemany(
            "INSERT INTO rule VALUES (?, ?, ?)",
            (
                (rule.id, self._keys.setdefault(topic(rule), len(self._keys)), rule.threshold)
                for rule in rules
            ),
        )
        self._database.execute("CREATE INDEX passed ON rule (watched, threshold, id)")
        self._database.execute("ANALYZE")

    def passed(self, rises: Iterable[Rise]) -> list[int]:
        """The ids of the rules whose thresholds were passed."""
        found = []
        execute = self._database.execute
        query = "SELECT id FROM rule WHERE watched = ? AND threshold >= ? AND threshold < ?"
        for key, before, after in rises:
            watched = self._keys.get(key)
            if watched is not None:
                found += [row[0] for row in execute(query, (watched, before, after))]
        return found
