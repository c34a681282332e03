"""Addresses that lead from page to page: what one asks for, and the same one asking for more."""

from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from bot.exchanges.checks import milliseconds


def query_of(url: str) -> dict[str, str]:
    """What an address asks for, by field."""
    return dict(parse_qsl(urlsplit(url).query))


def with_query(url: str, fields: dict[str, str]) -> str:
    """The same address with these fields, whether it had them or not."""
    query = urlencode(query_of(url) | fields)
    return urlunsplit(urlsplit(url)._replace(query=query))


def with_time(url: str, field: str, time_ms: int) -> str:
    """An address whose ``field`` is a time, such as ``2026-09-17T13:39:47.542Z``."""
    time = datetime.fromtimestamp(time_ms / 1000, UTC).isoformat(timespec="milliseconds")
    return with_query(url, {field: time.replace("+00:00", "Z")})


def time_in(url: str, field: str) -> int:
    """The time that ``with_time`` wrote. Raises ``ValueError``."""
    return milliseconds(datetime.fromisoformat(query_of(url).get(field, "")))
