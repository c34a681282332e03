"""What a source of headlines is, and the ordinary one: an RSS or Atom feed."""

import calendar
import io
import time
from collections.abc import Mapping
from typing import Protocol

import msgspec
from yarl import URL

from bot.errors import ParseError
from bot.news.titles import plain_title
from bot.sentences.case import Headline

MOST_ENTRIES = 100
RSS_BYTES = 256 * 1024

_TYPES = "application/rss+xml, application/atom+xml, application/xml;q=0.9, text/xml;q=0.9"


class Request(msgspec.Struct, frozen=True):
    """What to ask. ``movable``: whether a redirect may be followed; a key must not go along."""

    url: str
    headers: Mapping[str, str]
    params: Mapping[str, str] = {}
    movable: bool = False


class Feed(Protocol):
    """One source of headlines; pure, nothing here waits."""

    @property
    def name(self) -> str:
        """As it is quoted: ``coindesk.com``."""
        ...

    @property
    def limit(self) -> int:
        """Bytes of an answer."""
        ...

    def request(self, now_ms: int) -> Request: ...

    def read(self, body: bytes, content_type: str) -> list[Headline]:
        """Any order. Raises ``ParseError``; takes up to a second, so not on the event loop."""
        ...


class Syndicated(msgspec.Struct, frozen=True):
    """An RSS or Atom feed at an address."""

    url: str
    limit: int = RSS_BYTES

    @property
    def name(self) -> str:
        """The host, without what says only that a feed is there."""
        host = URL(self.url).host or "?"
        for idle in ("www.", "rss.", "feeds.", "feed."):
            host = host.removeprefix(idle) if host.count(".") > 1 else host
        return host

    def request(self, now_ms: int) -> Request:
        return Request(self.url, {"Accept": _TYPES}, movable=True)

    def read(self, body: bytes, content_type: str) -> list[Headline]:
        import feedparser  # takes a quarter of a second

        # As a file: feedparser would open a text that looks like an address or a path.
        told = feedparser.parse(
            io.BytesIO(body),
            response_headers={"content-type": content_type} if content_type else {},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
        if not told.get("version"):
            raise ParseError("it is no RSS or Atom feed")
        entries = told.entries[:MOST_ENTRIES]
        headlines = [headline for entry in entries if (headline := self._headline(entry))]
        if entries and not headlines:
            raise ParseError("its headlines have no time")
        return headlines

    def _headline(self, entry: Mapping[str, object]) -> Headline | None:
        title = plain_title(str(entry.get("title") or ""))
        when = entry.get("published_parsed") or entry.get("updated_parsed")
        if not title or not isinstance(when, time.struct_time):
            return None
        return Headline(self.name, title, calendar.timegm(when) * 1000)
