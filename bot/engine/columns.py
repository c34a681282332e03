"""Many rules at once, a sequence a field: so a million pass from storage to the engine."""

from collections.abc import Iterator, Sequence
from sys import intern

import msgspec

from bot.rules import Destination, Rule, RuleState

SEPARATOR = "\x1f"
"""Between the words of a topic; no name contains it."""

ARMED_FLAG, PAUSED_FLAG, DIRECT_FLAG, LEVEL_FLAG = 1, 2, 4, 8
"""A rule's small facts are one number, the sum of those that hold; the level is multiplied."""


class RuleColumns(msgspec.Struct, frozen=True, gc=False):
    """A batch of rules with their states, oldest first; all sequences are equally long.

    The fields are those of ``Rule``, ``Destination`` and ``RuleState``. A topic is coin, exchange,
    window and metric with ``SEPARATOR`` between them, an empty coin or exchange meaning all.
    """

    ids: Sequence[int]
    platforms: Sequence[str]
    chats: Sequence[int]
    threads: Sequence[int]
    authors: Sequence[int]
    topics: Sequence[str]
    thresholds: Sequence[int]
    floors: Sequence[int]
    created_ms: Sequence[int]
    flags: Sequence[int]
    episodes: Sequence[int]

    def __len__(self) -> int:
        return len(self.ids)

    def pairs(self) -> Iterator[tuple[Rule, RuleState]]:
        """One by one; words that a million rules share are kept once."""
        for row in zip(*(getattr(self, name) for name in self.__struct_fields__), strict=True):
            yield _pair(*row)


def _pair(
    number: int,
    platform: str,
    chat: int,
    thread: int,
    author: int,
    topic: str,
    threshold: int,
    floor: int,
    created_ms: int,
    flags: int,
    episode: int,
) -> tuple[Rule, RuleState]:
    coin, exchange, window, metric = map(intern, topic.split(SEPARATOR))
    rule = Rule(
        number,
        Destination(intern(platform), chat, thread, bool(flags & DIRECT_FLAG)),
        author,
        coin or None,
        exchange or None,
        window,
        metric,
        threshold,
        floor,
        bool(flags & PAUSED_FLAG),
        created_ms,
    )
    return rule, RuleState(number, bool(flags & ARMED_FLAG), episode, flags // LEVEL_FLAG)
