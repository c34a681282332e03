"""Public trades over REST, newest first and page by page, where liquidations are among them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import msgspec

from bot.errors import ParseError
from bot.exchanges.checks import Milliseconds

Time = Annotated[datetime, msgspec.Meta(tz=True)]
"""A time that names its zone, as ISO 8601 wants it."""


class Told(msgspec.Struct, frozen=True):
    """What one page tells for certain: trades from ``from_ms`` until before ``before_ms``.

    ``following``: the next page's end, None when everything that was asked for is there.
    """

    from_ms: int
    before_ms: int
    following: int | None = None


def told(times: Sequence[int], before_ms: int, since_ms: int, limit: int) -> Told:
    """Read a page by the times of its rows; ``before_ms`` is where it was asked to end.

    Pages share no trade, for two equal ones would be two liquidations: the oldest millisecond of a
    full page may be cut in two, so the next page tells all of it. Raises ``ParseError`` where
    there is no next page to ask for.
    """
    oldest = min(times, default=since_ms)
    if len(times) < limit or oldest < since_ms:
        return Told(oldest, before_ms)
    if oldest + 1 >= min(before_ms, max(times) + 1):
        raise ParseError("a full page of one millisecond, or none older than the page before")
    return Told(oldest + 1, before_ms, oldest + 1)


def milliseconds(time: datetime) -> int:
    """Raises ``ValueError`` for a time that cannot be."""
    return msgspec.convert(round(time.timestamp() * 1000), Milliseconds)


def with_time(url: str, field: str, time_ms: int) -> str:
    """An address whose ``field`` is a time, such as ``2026-09-17T13:39:47.542Z``."""
    time = datetime.fromtimestamp(time_ms / 1000, UTC).isoformat(timespec="milliseconds")
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query)) | {field: time.replace("+00:00", "Z")}
    return urlunsplit(parts._replace(query=urlencode(query)))


def time_in(url: str, field: str) -> int:
    """The time that ``with_time`` wrote. Raises ``ValueError``."""
    text = dict(parse_qsl(urlsplit(url).query)).get(field, "")
    return milliseconds(datetime.fromisoformat(text))
