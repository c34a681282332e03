"""All rules, in columns: a million of them fit where objects would not."""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator

from bot.rules import Destination, Rule, RuleState

DEAD, PAUSED, DISARMED, ARMED = range(4)
"""What a rule is: removed, resting, waiting below, or waiting above."""

Topic = tuple[str | None, str | None, str, str]
"""(coin, exchange, window, metric) of a rule."""


def standing(paused: object, armed: object) -> int:
    """What a rule is that was stored with these truths."""
    return PAUSED if paused else ARMED if armed else DISARMED


class Roster:
    """Rules by slot. ``turns`` counts how often a slot was placed anew: older places are void.

    ``topic`` tells the topic of the group that a rule belongs to; it is kept there, once for all.
    """

    def __init__(self, topic: Callable[[int], Topic]) -> None:
        self._topic = topic
        self.thresholds = array("q")
        self.floors = array("q")
        self.groups = array("I")
        self.turns = array("I")
        self.episodes = array("I")
        self.levels = array("B")
        self.standing = array("B")
        self._ids = array("q")
        self._chats = array("q")
        self._threads = array("q")
        self._authors = array("q")
        self._created = array("q")
        self._kinds = array("H")
        self._kind_names: list[tuple[str, bool]] = []
        self._kind_numbers: dict[tuple[str, bool], int] = {}
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

    def append(
        self,
        rule_id: int,
        kind: int,
        chat: int,
        thread: int,
        author: int,
        threshold: int,
        floor: int,
        created_ms: int,
        standing: int,
        episode: int,
        level: int,
        group: int,
    ) -> int:
        """Take a rule that is not here yet, ``kind`` from ``kind``; its slot."""
        slot = len(self._ids)
        if self._stray is not None:
            self._stray[rule_id] = slot
        elif slot and self._ids[-1] >= rule_id:
            self._stray = {known: place for place, known in enumerate(self._ids)}
            self._stray[rule_id] = slot
        self._ids.append(rule_id)
        self._kinds.append(kind)
        self._chats.append(chat)
        self._threads.append(thread)
        self._authors.append(author)
        self._created.append(created_ms)
        self.thresholds.append(threshold)
        self.floors.append(floor)
        self.groups.append(group)
        self.turns.append(0)
        self.episodes.append(episode)
        self.levels.append(level)
        self.standing.append(standing)
        return slot

    def enter(self, rule: Rule, state: RuleState, group: int) -> int:
        """Take a new rule, or the new version of one that waits nowhere; its slot."""
        destination = rule.destination
        slot = self.slot(rule.id)
        if slot is None:
            return self.append(
                rule.id,
                self.kind(destination.platform, destination.direct),
                destination.chat,
                destination.thread,
                rule.author,
                rule.threshold,
                rule.floor,
                rule.created_ms,
                standing(rule.paused, state.armed),
                state.episode,
                state.level,
                group,
            )
        self._chats[slot] = destination.chat
        self._threads[slot] = destination.thread
        self._kinds[slot] = self.kind(destination.platform, destination.direct)
        self._authors[slot] = rule.author
        self._created[slot] = rule.created_ms
        self.thresholds[slot] = rule.threshold
        self.floors[slot] = rule.floor
        self.groups[slot] = group
        self.episodes[slot] = state.episode
        return slot

    def place(self, slot: int, standing: int, level: int = 0) -> None:
        """Change what a rule is; every place where it waited is void."""
        self.turns[slot] += 1
        self.standing[slot] = standing
        self.levels[slot] = level

    def rule(self, slot: int) -> Rule:
        platform, direct = self._kind_names[self._kinds[slot]]
        coin, exchange, window, metric = self._topic(self.groups[slot])
        return Rule(
            self._ids[slot],
            Destination(platform, self._chats[slot], self._threads[slot], direct),
            self._authors[slot],
            coin,
            exchange,
            window,
            metric,
            self.thresholds[slot],
            self.floors[slot],
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

    def move_chat(self, platform: str, old_chat: int, new_chat: int) -> None:
        """Rules of a chat follow it to its new id."""
        kinds = {n for n, (name, _) in enumerate(self._kind_names) if name == platform}
        slot = 0
        try:
            while True:
                slot = self._chats.index(old_chat, slot)
                if self._kinds[slot] in kinds:
                    self._chats[slot] = new_chat
                slot += 1
        except ValueError:
            return

    def kind(self, platform: str, direct: bool) -> int:
        """The number of a kind of destination."""
        kind = (platform, direct)
        known = self._kind_numbers.get(kind)
        if known is None:
            known = self._kind_numbers[kind] = len(self._kind_names)
            self._kind_names.append(kind)
        return known
