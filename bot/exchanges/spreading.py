"""Which connection carries which contract, where an exchange limits subscriptions on each."""

from collections.abc import Iterable
from zlib import crc32


def spread(symbols: Iterable[str], most: int) -> tuple[tuple[int, tuple[str, ...]], ...]:
    """Symbols by the number of their connection, from 1; at most ``most`` on one.

    A symbol stays where it is while their number stays the same. That number doubles when one
    gets too full: each then gives symbols to one new connection and takes none, for it still
    holds all its old subscriptions.
    """
    names = sorted(symbols)
    count = 1
    while True:
        parts: list[list[str]] = [[] for _ in range(count)]
        for name in names:
            parts[crc32(name.encode()) % count].append(name)
        if all(len(part) <= most for part in parts):
            return tuple((number, tuple(part)) for number, part in enumerate(parts, 1) if part)
        count *= 2
