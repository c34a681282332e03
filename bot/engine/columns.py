"""Many rules at once, a sequence a field: so a million pass from storage to the engine."""

from collections.abc import Iterator, Sequence
from sys import intern

import msgspec

from bot.rules import Destination, Rule, RuleState


class RuleColumns(msgspec.Struct, frozen=True, gc=False):
    """A batch of rules with their states, oldest first; all sequences are equally long.

    The fields are those of ``Rule``, ``Destination`` and ``RuleState``. An empty coin or exchange
    means all; truth is any truthy value.
    """

    ids: Sequence[int]
    platforms: Sequence[str]
    chats: Sequence[int]
    threads: Sequence[int]
    direct: Sequence[int]
    authors: Sequence[int]
    coins: Sequence[str]
    exchanges: Sequence[str]
    windows: Sequence[str]
    metrics: Sequence[str]
    thresholds: Sequence[int]
    floors: Sequence[int]
    paused: Sequence[int]
    created_ms: Sequence[int]
    armed: Sequence[int]
    episodes: Sequence[int]
    levels: Sequence[int]

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
    direct: int,
    author: int,
    coin: str,
    exchange: str,
    window: str,
    metric: str,
    threshold: int,
    floor: int,
    paused: int,
    created_ms: int,
    armed: int,
    episode: int,
    level: int,
) -> tuple[Rule, RuleState]:
    place = Destination(intern(platform), chat, thread, bool(direct))
    rule = Rule(
        number,
        place,
        author,
        intern(coin) or None,
        intern(exchange) or None,
        intern(window),
        intern(metric),
        threshold,
        floor,
        bool(paused),
        created_ms,
    )
    return rule, RuleState(number, bool(armed), episode, level)
