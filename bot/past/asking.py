"""Asks CoinGlass, one question after the other, no faster than the plan allows."""

from collections.abc import Callable, Mapping
from typing import TypeVar

import aiohttp

from bot.clock import Clock
from bot.errors import ParseError, UserError
from bot.feed.web import FETCH_S, Failure, by_error, by_status, host, proxy_for
from bot.past.coinglass import (
    EXCHANGES_PATH,
    HISTORY_PATH,
    KEY_HEADER,
    RATE_HEADER,
    TOO_MANY,
    USED_HEADER,
    Refusal,
    history_query,
    read_exchanges,
    read_history,
)
from bot.ports import PastSum

T = TypeVar("T")

MINUTE_S = 60.0
TRIES = 4
"""How often a question is put again after "too many requests" before that is an error."""

BODY_BYTES = 8 * 1024 * 1024
"""A page of 1,000 sums has about 150 kB."""


class SpanRefusedError(UserError):
    """The plan is without this span; coarser ones may be in it."""


class Pace:
    """When the next question may be put: evenly over the minute, as the answers' headers tell.

    The plans allow 30 to 1,200 a minute. One of them is left out: so all are used up only when
    others use the same key, and then a whole minute is waited.
    """

    def __init__(self) -> None:
        self._free_at = 0.0

    def wait_s(self, now: float) -> float:
        return max(0.0, self._free_at - now)

    def told(self, headers: Mapping[str, str], now: float) -> None:
        """After an answer; ``now`` in seconds of the monotonic clock."""
        allowed, used = _whole(headers.get(RATE_HEADER)), _whole(headers.get(USED_HEADER))
        if not allowed:
            return
        gap_s = MINUTE_S / max(1, allowed - 1)
        self._free_at = now + (MINUTE_S if used >= allowed else gap_s)

    def blocked(self, seconds: float, now: float) -> None:
        self._free_at = now + seconds


class CoinGlass:
    """One key's access. ``waiting`` is told of every wait, in seconds."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        url: str,
        key: str,
        clock: Clock,
        waiting: Callable[[float], None],
        proxy: str | None = None,
    ) -> None:
        self._session = session
        self._url = url.rstrip("/")
        self._key = key
        self._clock = clock
        self._waiting = waiting
        self._proxy = proxy
        self._pace = Pace()

    async def exchanges(self) -> list[str]:
        """All that CoinGlass adds up. Raises ``UserError``."""
        return await self._answered(EXCHANGES_PATH, {}, read_exchanges)

    async def sums(
        self, symbol: str, exchanges: list[str], span_ms: int, start_ms: int, end_ms: int
    ) -> list[PastSum]:
        """One page, by time. Raises ``UserError``, ``SpanRefusedError`` for the span alone."""
        query = history_query(symbol, exchanges, span_ms, start_ms, end_ms)
        return await self._answered(
            HISTORY_PATH, query, lambda status, body: read_history(status, body, symbol, span_ms)
        )

    async def _answered(
        self,
        path: str,
        query: Mapping[str, str],
        read: Callable[[int, bytes], T | Refusal],
    ) -> T:
        for _ in range(TRIES):
            await self._wait()
            status, headers, body = await self._ask(path, query)
            self._pace.told(headers, self._clock.monotonic())
            answer = self._read(status, body, read)
            if not isinstance(answer, Refusal):
                return answer
            if answer.kind == "span":
                raise SpanRefusedError(f"{answer.sentence}.")
            if answer.kind != "rate":
                raise UserError(f"{answer.sentence}.")
            self._pace.blocked(_after(headers), self._clock.monotonic())
        raise UserError(f"{TOO_MANY.sentence}: try again in a few minutes.")

    async def _wait(self) -> None:
        seconds = self._pace.wait_s(self._clock.monotonic())
        if seconds > 0:
            self._waiting(seconds)
            await self._clock.sleep(seconds)

    async def _ask(
        self, path: str, query: Mapping[str, str]
    ) -> tuple[int, Mapping[str, str], bytes]:
        url = self._url + path
        try:
            async with (
                self._clock.timeout(FETCH_S),
                self._session.get(
                    url,
                    params=query,
                    headers={KEY_HEADER: self._key, "Accept": "application/json"},
                    proxy=proxy_for(url, self._proxy),
                    allow_redirects=False,  # the key would go along to another host
                ) as answer,
            ):
                return answer.status, answer.headers, await _body(answer, url)
        except (aiohttp.ClientError, OSError, ValueError) as error:  # OSError holds TimeoutError
            raise _unreachable(by_error(error, url, FETCH_S)) from None

    def _read(
        self, status: int, body: bytes, read: Callable[[int, bytes], T | Refusal]
    ) -> T | Refusal:
        try:
            return read(status, body)
        except ParseError as error:
            if status == 429:
                return TOO_MANY
            if status != 200:
                raise _unreachable(by_status(status, None, host(self._url))) from None
            raise UserError(
                f"CoinGlass answered what its documentation does not say: {error}."
            ) from None


async def _body(answer: aiohttp.ClientResponse, url: str) -> bytes:
    body = bytearray()
    async for piece in answer.content.iter_chunked(1 << 16):
        body += piece
        if len(body) > BODY_BYTES:
            raise UserError(f"{host(url)} answered with more than {BODY_BYTES >> 20} MiB.")
    return bytes(body)


def _unreachable(failure: Failure) -> UserError:
    return UserError(f"CoinGlass cannot be asked: {failure.sentence}.")


def _after(headers: Mapping[str, str]) -> float:
    """Seconds until another try; CoinGlass counts by the minute."""
    return min(float(_whole(headers.get("Retry-After"))) or MINUTE_S, 10 * MINUTE_S)


def _whole(text: str | None) -> int:
    """A header's number, 0 where there is none."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else 0
