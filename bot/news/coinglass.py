"""CoinGlass's articles and its calendar of economic data, as two more feeds.

Sources, read 2026-11-25 (stored copies): github.com/coinglass-api/coinglass-api-docs
``rest/Other/News/article-list.md`` and ``rest/Other/Financial-Calendar/economic-data.md``;
https://docs.coinglass.com/reference/article-list.md. Both from the plan "Startup" on::

    GET /api/article/list?language=en&page=1&per_page=20
    {"code":"0","data":[{"article_title":"...","source_name":"...",
     "article_release_time":1762482358000,"article_content":"<p>..."}]}
    GET /api/calendar/economic-data?start_time=...&end_time=...&language=en
    {"code":"0","data":[{"calendar_name":"...","country_name":"Korea","importance_level":1,
     "publish_timestamp":1751238000000,"published_value":"-2.9%","has_exact_publish_time":1}]}

Of ``importance_level`` only the values 1, 2 and 3 are documented; 1 stands beside "Minor Impact",
so 3 is taken for the greatest. Nothing here has met the live service.
"""

from typing import TypeVar

import msgspec

from bot.clock import HOUR_MS
from bot.errors import ParseError
from bot.news.feed import Request
from bot.news.titles import plain_title
from bot.past.coinglass import KEY_HEADER
from bot.sentences.case import Headline

T = TypeVar("T")

ANSWER_BYTES = 1024 * 1024
"""Articles come with their whole text."""

ARTICLES = 20
IMPORTANT = 3
SPAN_MS = 6 * HOUR_MS


class _Article(msgspec.Struct):
    article_title: str
    article_release_time: int
    source_name: str = ""


class _Datum(msgspec.Struct):
    calendar_name: str
    publish_timestamp: int
    country_name: str = ""
    importance_level: int = 0
    has_exact_publish_time: int = 0
    published_value: str | None = None


class _Answer(msgspec.Struct):
    code: str | int
    msg: str | None = None
    data: msgspec.Raw = msgspec.Raw(b"null")


class Articles(msgspec.Struct, frozen=True):
    """The newest articles; each is quoted with the paper that wrote it."""

    url: str
    key: str
    name: str = "CoinGlass articles"
    limit: int = ANSWER_BYTES

    def request(self, now_ms: int) -> Request:
        params = {"language": "en", "page": "1", "per_page": str(ARTICLES)}
        return Request(f"{self.url}/api/article/list", {KEY_HEADER: self.key}, params)

    def read(self, body: bytes, content_type: str) -> list[Headline]:
        return [
            Headline(f"{plain_title(each.source_name)[:40] or '?'}, CoinGlass", title, at_ms)
            for each in _rows(body, list[_Article])
            if (title := plain_title(each.article_title)) and (at_ms := each.article_release_time)
        ]


class Calendar(msgspec.Struct, frozen=True):
    """Important economic data at the moment of publication."""

    url: str
    key: str
    name: str = "CoinGlass calendar"
    limit: int = ANSWER_BYTES

    def request(self, now_ms: int) -> Request:
        span = {"start_time": str(now_ms - SPAN_MS), "end_time": str(now_ms), "language": "en"}
        return Request(f"{self.url}/api/calendar/economic-data", {KEY_HEADER: self.key}, span)

    def read(self, body: bytes, content_type: str) -> list[Headline]:
        return [
            Headline(self.name, plain_title(_told(each)), each.publish_timestamp)
            for each in _rows(body, list[_Datum])
            if each.importance_level >= IMPORTANT and each.has_exact_publish_time
        ]


def _told(datum: _Datum) -> str:
    """``United States: CPI (YoY)(Oct) 3.1%``"""
    where = f"{datum.country_name}: " if datum.country_name else ""
    return f"{where}{datum.calendar_name} {datum.published_value or ''}"


def _rows(body: bytes, shape: type[list[T]]) -> list[T]:
    """Raises ``ParseError`` with what CoinGlass says, where it refuses."""
    try:
        answer = msgspec.json.decode(body, type=_Answer)
        if str(answer.code) != "0":
            raise ParseError(
                f"CoinGlass refuses: {plain_title(answer.msg or '')[:120] or 'no reason'}"
            )
        return msgspec.json.decode(answer.data, type=shape)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ParseError(f"not what its documentation says: {error}") from error
