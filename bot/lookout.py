"""What is wrong with the exchanges and worth telling the operator: once, and its end; no I/O."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Literal

from bot.clock import MINUTE_MS
from bot.ports import SourceStatus
from bot.wording.notice import (
    hearing_again,
    inverted,
    not_hearing,
    readable_again,
    righted,
    silent,
    speaking_again,
    unreadable,
)

Kind = Literal["lost", "mute", "degraded", "inverted"]

PATIENCE_MS: Mapping[Kind, int] = MappingProxyType(
    {"lost": MINUTE_MS, "mute": 0, "degraded": 2 * MINUTE_MS, "inverted": 0}
)
"""So long a trouble lasts before it is told, and so long it is over before that is told.

A reconnect is no news. One unreadable frame of a quiet exchange degrades it for a minute. The other
two are found after long observation.
"""

LOST = ("deaf", "connecting", "blocked")

_BEGUN: Mapping[Kind, Callable[[SourceStatus, int], str]] = MappingProxyType(
    {"mute": silent, "degraded": unreadable, "inverted": lambda source, _: inverted(source)}
)
_OVER: Mapping[Kind, Callable[[SourceStatus, int, int], str]] = MappingProxyType(
    {
        "mute": speaking_again,
        "degraded": readable_again,
        "inverted": lambda source, _, __: righted(source),
    }
)


class _Trouble:
    """One thing that is wrong with one exchange.

    ``seen``: at the last look; something worse may hide it. ``over_ms`` is set while it seems over.
    """

    def __init__(self, source: SourceStatus, since_ms: int) -> None:
        self.source = source
        self.since_ms = since_ms
        self.over_ms: int | None = None
        self.seen = True
        self.told = False


class Lookout:
    """Which troubles are told. What befalls several exchanges at about the same time is told once.

    Who was told of one hears of its end; one that returns within the patience never ended.
    """

    def __init__(self) -> None:
        self._troubles: dict[tuple[Kind, str], _Trouble] = {}

    def news(self, sources: Iterable[SourceStatus], now_ms: int) -> list[str]:
        """What to tell now; asked again and again."""
        sources = list(sources)
        for source in sources:
            for kind in PATIENCE_MS:
                self._look(kind, source, now_ms)
        return [text for kind in PATIENCE_MS for text in self._news(kind, len(sources), now_ms)]

    def _look(self, kind: Kind, source: SourceStatus, now_ms: int) -> None:
        key = (kind, source.exchange)
        trouble = self._troubles.get(key)
        if _has(kind, source):
            if trouble is None:
                since_ms = now_ms if kind == "inverted" else source.unwell_ms
                trouble = self._troubles[key] = _Trouble(source, since_ms)
            trouble.source, trouble.seen, trouble.over_ms = source, True, None
        elif trouble is not None:
            trouble.source, trouble.seen = source, False
            if not _is_over(kind, source, trouble.since_ms):
                trouble.over_ms = None
            elif not trouble.told:
                del self._troubles[key]
            elif trouble.over_ms is None:
                trouble.over_ms = now_ms

    def _news(self, kind: Kind, asked: int, now_ms: int) -> list[str]:
        patience_ms = PATIENCE_MS[kind]
        of_kind = [trouble for (its, _), trouble in self._troubles.items() if its == kind]
        fresh = {t: t.since_ms for t in of_kind if t.seen and not t.told}
        begun = _ripe(fresh, patience_ms, now_ms)
        ended = _ripe({t: t.over_ms for t in of_kind if t.over_ms}, patience_ms, now_ms)
        for trouble in begun:
            trouble.told = True
        for trouble in ended:
            del self._troubles[kind, trouble.source.exchange]
        if kind == "lost":
            return [*_lost(begun, asked), *_found(ended)]
        return [
            *(_BEGUN[kind](t.source, t.since_ms) for t in begun),
            *(_OVER[kind](t.source, t.since_ms, t.over_ms or now_ms) for t in ended),
        ]


def _has(kind: Kind, source: SourceStatus) -> bool:
    if kind == "inverted":
        return source.inverted
    return source.state in LOST if kind == "lost" else source.state == kind


def _is_over(kind: Kind, source: SourceStatus, since_ms: int) -> bool:
    """Whether a trouble that is not seen now has ended: one may hide another.

    A silence has only ended with a liquidation, not with a new connection.
    """
    if kind == "mute":
        return source.state not in LOST and (source.last_event_ms or 0) > since_ms
    return kind != "degraded" or source.state == "live"


def _ripe(since_ms: Mapping[_Trouble, int], patience_ms: int, now_ms: int) -> list[_Trouble]:
    """Those that have lasted, when no other is about to; that is waited for once."""
    ages = {trouble: now_ms - at_ms for trouble, at_ms in since_ms.items()}
    others_soon = any(age < patience_ms for age in ages.values())
    if others_soon and max(ages.values()) < 2 * patience_ms:
        return []
    return [trouble for trouble, age in ages.items() if age >= patience_ms]


def _lost(troubles: Sequence[_Trouble], asked: int) -> list[str]:
    if not troubles:
        return []
    sources = [trouble.source for trouble in troubles]
    return [not_hearing(sources, min(t.since_ms for t in troubles), asked)]


def _found(troubles: Sequence[_Trouble]) -> list[str]:
    if not troubles:
        return []
    from_ms = min(trouble.since_ms for trouble in troubles)
    to_ms = max(trouble.over_ms or 0 for trouble in troubles)
    return [hearing_again([trouble.source for trouble in troubles], from_ms, to_ms)]
