"""Which exchanges a figure can be compared over, since when, and how much of that was heard."""

from collections.abc import Collection, Iterable, Mapping
from itertools import accumulate

import msgspec

from bot.clock import DAY_MS, MINUTE_MS
from bot.history.breaks import last_break
from bot.market import Gap
from bot.memory import Span

LONGEST_MS = 90 * DAY_MS
"""Minutes are kept for so long."""

ENOUGH_MS = 60 * DAY_MS
"""An exchange that was watched for so long is compared, though others were watched for longer."""

WELL_HEARD = 0.95
"""An exchange that was heard less is left out of what is compared, unless most of them were."""

_DEAF_IN_TEN = 1
"""A minute is unheard when so many in ten of the exchanges were deaf for most of it, or more."""


class Watched(msgspec.Struct, frozen=True):
    """Exchanges that were all watched since ``from_ms``; ``coverage`` (0 to 1) is their mean.

    ``unheard`` has a byte for each minute of [from, until): 1 where too few were heard.
    """

    exchanges: tuple[str, ...]
    from_ms: int
    until_ms: int
    coverage: float
    unheard: bytes


def watched(
    spans: Mapping[str, Span], gaps: Iterable[Gap], exchanges: Collection[str], until_ms: int
) -> Watched | None:
    """What can be compared at ``until_ms``; None where nothing was watched for a minute.

    Like with like: the figures of all days are those of the same exchanges. So one that was
    switched on lately, or counts in a new way, does not shorten the history of the others: it is
    left out until it was watched at least half as long as the one watched longest, or 60 days.
    """
    until_ms = until_ms // MINUTE_MS * MINUTE_MS
    since = {
        name: _since(name, spans[name], until_ms)
        for name in exchanges
        if name in spans and _since(name, spans[name], until_ms) < until_ms
    }
    if not since:
        return None
    oldest_ms = max(until_ms - at_ms for at_ms in since.values())
    enough_ms = min(ENOUGH_MS, oldest_ms // 2)
    kept = [name for name, at_ms in since.items() if until_ms - at_ms >= enough_ms]
    deaf = _deaf(gaps, kept, until_ms)
    well = [name for name in kept if _heard(deaf[name], since[name], until_ms) >= WELL_HEARD]
    if 2 * len(well) >= len(kept):
        kept = well
    from_ms = max(since[name] for name in kept)
    shares = [_heard(deaf[name], from_ms, until_ms) for name in kept]
    coverage = sum(shares) / len(shares)
    unheard = _unheard([deaf[name] for name in kept], from_ms, until_ms)
    return Watched(tuple(sorted(kept)), from_ms, until_ms, coverage, unheard)


def _since(name: str, span: Span, until_ms: int) -> int:
    """The first whole minute of one method within what is kept."""
    known = last_break(name, until_ms)
    start_ms = max(span.since_ms, until_ms - LONGEST_MS, known.at_ms if known else 0)
    return -(-start_ms // MINUTE_MS) * MINUTE_MS


Intervals = list[tuple[int, int]]


def _deaf(gaps: Iterable[Gap], exchanges: Collection[str], until_ms: int) -> dict[str, Intervals]:
    """By exchange, when it was deaf on any of its streams: apart from each other and in order."""
    found: dict[str, Intervals] = {name: [] for name in exchanges}
    for gap in sorted(gaps, key=lambda gap: gap.start_ms):
        if gap.exchange not in found or gap.filled:
            continue
        end_ms = until_ms if gap.end_ms is None else gap.end_ms
        known = found[gap.exchange]
        if known and gap.start_ms <= known[-1][1]:
            known[-1] = (known[-1][0], max(known[-1][1], end_ms))
        elif end_ms > gap.start_ms:
            known.append((gap.start_ms, end_ms))
    return found


def _heard(deaf: Intervals, from_ms: int, until_ms: int) -> float:
    """The share of [from, until) that was heard."""
    missed = sum(max(0, min(end, until_ms) - max(start, from_ms)) for start, end in deaf)
    return 1 - missed / (until_ms - from_ms)


def _unheard(deaf: Collection[Intervals], from_ms: int, until_ms: int) -> bytes:
    """How many are deaf changes only where one begins or ends to be: minutes by their middle."""
    minutes = (until_ms - from_ms) // MINUTE_MS
    changes = [0] * (minutes + 1)
    for intervals in deaf:
        for start_ms, end_ms in intervals:
            first, last = (
                min(max(0, (at_ms - from_ms + MINUTE_MS // 2) // MINUTE_MS), minutes)
                for at_ms in (start_ms, end_ms)
            )
            changes[first] += 1
            changes[last] -= 1
    enough = max(1, -(-len(deaf) * _DEAF_IN_TEN // 10))
    return bytes(many >= enough for many in list(accumulate(changes))[:minutes])
