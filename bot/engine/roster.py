"""All rules, in columns: a million of them fit where objects would not."""

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from operator import lt
from typing import Protocol

from bot.engine.columns import (
    ARMED_FLAG,
    DIRECT_FLAG,
    LEVEL_FLAG,
    PAUSED_FLAG,
    RuleColumns,
)
from bot.rules import Destination, Rule, RuleState

DEAD, PAUSED, DISARMED, ARMED = range(4)
"""What a rule is: removed, resting, waiting below, or waiting above."""

Topic = tuple[str | None, str | None, str, str]
"""(coin, exchange, window, metric) of a rule."""


class Home(Protocol):
    """Where rules of one topic wait. ``loaded`` are slots that came in armed at the start."""

    number: int
    loaded: "array[int]"

    @property
    def topic(self) -> Topic: ...

    def load(self, roster: "Roster", slot: int) -> None:
        """Let a rule wait that came in at the start."""
        ...

    def leave(self, roster: "Roster", slot: int, standing: int) -> None:
        """A rule waits no more: it rests or is gone."""
        ...


class Roster:
    """Rules by slot. ``turns`` counts how often a slot was placed anew: older places are void."""

    def __init__(self) -> None:
        self.homes: list[Home] = []
        self.thresholds = array("q")
        self.turns = array("I")
        self.episodes = array("I")
        self.levels = array("B")
        self.standing = array("B")
        self._homes = array("I")
        self._floors = array("H")
        self._known_floors: list[int] = []
        self._floor_numbers: dict[int, int] = {}
        self._ids = array("q")
        self._chats = array("q")
        self._threads = array("q")
        self._authors = array("q")
        self._created = array("q")
        self._kinds = array("B")
        self._kind_names: list[tuple[str, bool]] = []
        self._kind_numbers: dict[tuple[str, int], int] = {}
        self._stray: dict[int, int] | None = None

    def __len__(self) -> int:
        """Slots, those of removed rules too."""
        return len(self._ids)

    def slot(self, rule_id: int) -> int | None:
        """Where a rule is, removed or not; None when it was never here."""
        if self._stray is not None:
            return self._stray.get(rule_id)
        slot = bisect_left(self._ids, rule_id)
        return slot if slot < len(self._ids) and self._ids[slot] == rule_id else None

    def enter(self, rule: Rule, state: RuleState, home: Home) -> int:
        """Take a new rule, or the new version of one that waits nowhere; its slot."""
        destination = rule.destination
        slot = self.slot(rule.id)
        if slot is None:
            slot = self._open(rule.id)
        self._chats[slot] = destination.chat
        self._threads[slot] = destination.thread
        self._kinds[slot] = self._kind(destination.platform, destination.direct)
        self._authors[slot] = rule.author
        self._created[slot] = rule.created_ms
        self.thresholds[slot] = rule.threshold
        self._floors[slot] = self._floor(rule.floor)
        self._homes[slot] = home.number
        self.episodes[slot] = state.episode
        self.levels[slot] = state.level
        self.standing[slot] = PAUSED if rule.paused else ARMED if state.armed else DISARMED
        return slot

    def extend(self, columns: RuleColumns, homes: Sequence[Home]) -> range | None:
        """Take a batch; its slots. None, and nothing is taken, when ids are not ascending."""
        ids = array("q", columns.ids)
        first, many = len(self._ids), len(ids)
        ascending = all(map(lt, ids, ids[1:])) and (not first or self._ids[-1] < ids[0])
        if self._stray is not None or not ascending:
            return None
        self._ids += ids
        self._kinds += self._kinds_of(columns)
        self._chats += array("q", columns.chats)
        self._threads += array("q", columns.threads)
        self._authors += array("q", columns.authors)
        self._created += array("q", columns.created_ms)
        self.thresholds += array("q", columns.thresholds)
        self._floors += self._floors_of(columns)
        self._homes += array("I", [home.number for home in homes])
        self.turns += array("I", bytes(self.turns.itemsize * many))
        self.episodes += array("I", columns.episodes)
        flags = bytes(columns.flags)
        self.levels.frombytes(flags.translate(_LEVEL))
        self.standing.frombytes(flags.translate(_STANDING))
        return range(first, first + many)

    def place(self, slot: int, standing: int, level: int = 0) -> None:
        """Change what a rule is; every place where it waited is void."""
        self.turns[slot] += 1
        self.standing[slot] = standing
        self.levels[slot] = level

    def home(self, slot: int) -> Home:
        return self.homes[self._homes[slot]]

    def rule(self, slot: int) -> Rule:
        platform, direct = self._kind_names[self._kinds[slot]]
        coin, exchange, window, metric = self.home(slot).topic
        return Rule(
            self._ids[slot],
            Destination(platform, self._chats[slot], self._threads[slot], direct),
            self._authors[slot],
            coin,
            exchange,
            window,
            metric,
            self.thresholds[slot],
            self._known_floors[self._floors[slot]],
            self.standing[slot] == PAUSED,
            self._created[slot],
        )

    def rules(self) -> Iterator[Rule]:
        """All that were not removed."""
        return (self.rule(slot) for slot, is_ in enumerate(self.standing) if is_ != DEAD)

    def rule_id(self, slot: int) -> int:
        return self._ids[slot]

    def state(self, slot: int) -> RuleState:
        return RuleState(
            self._ids[slot],
            self.standing[slot] != DISARMED,
            self.episodes[slot],
            self.levels[slot],
        )

    def move_chat(self, platform: str, old_chat: int, new_chat: int) -> list[int]:
        """Rules of a chat follow it to its new id; returns those that the new chat had already."""
        known = {self._watched(slot) for slot in self._slots(platform, new_chat)}
        moved = list(self._slots(platform, old_chat))
        for slot in moved:
            self._chats[slot] = new_chat
        return [self._ids[slot] for slot in moved if self._watched(slot) in known]

    def _slots(self, platform: str, chat: int) -> Iterator[int]:
        """Of a chat's rules that were not removed."""
        kinds = {n for n, (name, _) in enumerate(self._kind_names) if name == platform}
        slot = -1
        while True:
            try:
                slot = self._chats.index(chat, slot + 1)
            except ValueError:
                return
            if self._kinds[slot] in kinds and self.standing[slot] != DEAD:
                yield slot

    def _watched(self, slot: int) -> tuple[int, int, int, int]:
        """What makes two rules of one chat the same."""
        return (
            self._threads[slot],
            self._homes[slot],
            self.thresholds[slot],
            self._floors[slot],
        )

    def _open(self, rule_id: int) -> int:
        """A new slot."""
        slot = len(self._ids)
        if self._stray is None and slot and self._ids[-1] >= rule_id:
            self._stray = {known: place for place, known in enumerate(self._ids)}
        if self._stray is not None:
            self._stray[rule_id] = slot
        self._ids.append(rule_id)
        numbers = (self._chats, self._threads, self._authors, self._created)
        for column in (*numbers, self._kinds, self._floors, self._homes, self.thresholds):
            column.append(0)
        for column in (self.turns, self.episodes, self.levels, self.standing):
            column.append(0)
        return slot

    def _kinds_of(self, columns: RuleColumns) -> "array[int]":
        """Mostly all of a batch are of one kind."""
        direct = bytes(columns.flags).translate(_DIRECT)
        if len(set(columns.platforms)) == len(set(direct)) == 1:
            return array("B", [self._kind(columns.platforms[0], direct[0])]) * len(columns)
        return array("B", map(self._kind, columns.platforms, direct))

    def _floors_of(self, columns: RuleColumns) -> "array[int]":
        floors = set(columns.floors)
        numbers = {floor: self._floor(floor) for floor in floors}
        if len(floors) == 1:
            return array(self._floors.typecode, numbers.values()) * len(columns)
        return array(self._floors.typecode, [numbers[floor] for floor in columns.floors])

    def _floor(self, floor: int) -> int:
        """The number of a floor: people share a few."""
        known = self._floor_numbers.get(floor)
        if known is None:
            known = self._floor_numbers[floor] = len(self._known_floors)
            self._known_floors.append(floor)
            if known == _MOST_SHORT + 1:
                self._floors = array("I", self._floors)
        return known

    def _kind(self, platform: str, direct: int) -> int:
        """The number of a kind of destination."""
        kind = (platform, bool(direct))
        known = self._kind_numbers.get(kind)
        if known is None:
            known = self._kind_numbers[kind] = len(self._kind_names)
            self._kind_names.append(kind)
        return known


_MOST_SHORT = 0xFFFF
"""As many floors as two bytes can tell apart; who has more takes four."""


def _standing(flags: int) -> int:
    """What a rule is that was stored with these flags."""
    return PAUSED if flags & PAUSED_FLAG else ARMED if flags & ARMED_FLAG else DISARMED


_STANDING = bytes(map(_standing, range(256)))
_LEVEL = bytes(flags // LEVEL_FLAG for flags in range(256))
_DIRECT = bytes(bool(flags & DIRECT_FLAG) for flags in range(256))
"""What flags say, for ``bytes.translate``."""
