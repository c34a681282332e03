"""Asks one feed for what is new, within its limits, and never more than it may be asked."""

import asyncio
from collections.abc import Mapping

import aiohttp
import msgspec
from yarl import URL

from bot.clock import Clock
from bot.feed.web import by_error, by_status, host, is_loopback, proxy_for, understood
from bot.news.feed import Feed, Request
from bot.sentences.case import Headline

ASK_S = 10.0
MOST_REDIRECTS = 3

_REDIRECTS = (301, 302, 303, 307, 308)


class Mark(msgspec.Struct, frozen=True):
    """What makes the next question short: the validators of the last whole answer."""

    etag: str = ""
    modified: str = ""

    @property
    def headers(self) -> dict[str, str]:
        given = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in given.items() if value}


class Answer(msgspec.Struct, frozen=True):
    """``headlines`` None: unchanged since the mark."""

    headlines: tuple[Headline, ...] | None
    mark: Mark


class _Body(msgspec.Struct, frozen=True):
    content: bytes
    kind: str
    mark: Mark


async def ask(
    session: aiohttp.ClientSession,
    feed: Feed,
    mark: Mark,
    now_ms: int,
    clock: Clock,
    proxy: str | None = None,
) -> Answer | str:
    """What a feed says, or why it cannot be read. Parses in a thread."""
    asked = feed.request(now_ms)
    try:
        async with clock.timeout(ASK_S):
            told = await _follow(session, asked, mark, feed.limit, proxy)
    except (aiohttp.ClientError, OSError, ValueError) as error:  # OSError holds TimeoutError
        return by_error(error, asked.url, ASK_S).sentence
    if told is None:
        return Answer(None, mark)
    if isinstance(told, str):
        return told
    headlines = await asyncio.to_thread(understood, feed.read, told.content, told.kind)
    return headlines if isinstance(headlines, str) else Answer(tuple(headlines), told.mark)


async def _follow(
    session: aiohttp.ClientSession, asked: Request, mark: Mark, limit: int, proxy: str | None
) -> _Body | str | None:
    """The body, None for "not modified", or a sentence."""
    url = URL(asked.url)
    for _ in range(MOST_REDIRECTS + 1):
        async with session.get(
            url,
            params=asked.params,
            headers={**asked.headers, **mark.headers},
            proxy=proxy_for(str(url), proxy),
            allow_redirects=False,
        ) as answer:
            if answer.status == 304 and mark.headers:
                return None
            if answer.status == 200:
                return await _body(answer, limit)
            target = answer.headers.get("Location") if answer.status in _REDIRECTS else None
            if target is None:
                return by_status(answer.status, None, host(asked.url)).sentence
        if not asked.movable or not _may_follow(url, url.join(URL(target))):
            return f"{host(asked.url)} sends elsewhere"
        url = url.join(URL(target))
    return f"{host(asked.url)} sends in circles"


def _may_follow(url: URL, target: URL) -> bool:
    """Only by the same scheme, and never from the world to this very machine."""
    inside = is_loopback(target.host or "")
    return target.scheme == url.scheme and (not inside or is_loopback(url.host or ""))


async def _body(answer: aiohttp.ClientResponse, limit: int) -> _Body | str:
    body = bytearray()
    async for piece in answer.content.iter_chunked(1 << 14):
        body += piece
        if len(body) > limit:
            return f"{host(str(answer.url))} answered with more than {limit >> 10} KiB"
    return _Body(bytes(body), answer.headers.get("Content-Type", ""), _mark(answer.headers))


def _mark(headers: Mapping[str, str]) -> Mark:
    return Mark(_short(headers.get("ETag", "")), _short(headers.get("Last-Modified", "")))


def _short(text: str) -> str:
    """A validator that is too long to be one is left out."""
    return text if len(text) <= 200 and text.isprintable() else ""
