"""Which connection carries which contract, where an exchange limits subscriptions on each."""

from collections.abc import Iterable
from zlib import crc32

from bot.exchanges.dialect import Stream


def trade_streams(
    url: str, symbols: Iterable[str], most: int, canary: str, prefix: str = ""
) -> tuple[Stream, ...]:
    """Connections for the trades of all contracts; a topic is ``prefix`` and a contract."""
    return tuple(
        Stream(f"trades-{number}", url, tuple(prefix + name for name in names), (canary,))
        for number, names in spread(symbols, most)
    )


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
