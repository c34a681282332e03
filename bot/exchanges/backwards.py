"""Public records over REST that are read backwards: newest first, page by page."""

from collections.abc import Sequence

import msgspec

from bot.errors import ParseError


class Told(msgspec.Struct, frozen=True):
    """What one page tells for certain: rows from ``from_ms`` until before ``before_ms``.

    ``following``: the next page's end, None when everything that was asked for is there.
    """

    from_ms: int
    before_ms: int
    following: int | None = None

    def holds(self, time_ms: int) -> bool:
        """Whether a row of this time is told here, and not by another page."""
        return self.from_ms <= time_ms < self.before_ms


def told(times: Sequence[int], before_ms: int, since_ms: int, limit: int) -> Told:
    """Read a page by the times of its rows; ``before_ms`` is where it was asked to end.

    Pages share no row, for two equal ones would be two liquidations: the oldest millisecond of a
    full page may be cut in two, so the next page tells all of it. Raises ``ParseError`` where
    there is no next page to ask for.
    """
    oldest = min(times, default=since_ms)
    if len(times) < limit or oldest < since_ms:
        return Told(oldest, before_ms)
    if oldest + 1 >= min(before_ms, max(times) + 1):
        raise ParseError("a full page of one millisecond, or none older than the page before")
    return Told(oldest + 1, before_ms, oldest + 1)
