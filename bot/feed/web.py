"""HTTP and WebSockets to the world: the session, the proxy, and one clear sentence per failure."""

import ipaddress
import ssl
from collections.abc import Callable, Mapping
from typing import Literal, ParamSpec, TypeVar

import aiohttp
import msgspec
from yarl import URL

from bot.clock import Clock
from bot.errors import ConfigError, ParseError

P = ParamSpec("P")
T = TypeVar("T")

Kind = Literal[
    "blocked", "limited", "name", "refused", "timeout", "tls", "proxy", "status", "lost", "content"
]

BODY_BYTES = 32 * 1024 * 1024
"""More than this is no instrument table; the largest of 2026 has about 3 MB."""

FETCH_S = 15.0

REGION_S = 3600.0
"""A block by region does not go away by asking: once an hour is enough."""

FORBIDDEN_S = 600.0
"""HTTP 403 is a region's block, or Bybit's "access too frequent", which ends after 10 minutes."""


class Failure(msgspec.Struct, frozen=True):
    """Why something on the net did not work; ``wait_s``: not worth trying again before.

    ``reached`` is false where nobody there can have noticed the attempt. ``status`` is the HTTP
    status where there was one.
    """

    kind: Kind
    sentence: str
    wait_s: float = 0.0
    reached: bool = True
    status: int | None = None

    @property
    def blocked(self) -> bool:
        return self.kind == "blocked"


class Page(msgspec.Struct, frozen=True):
    """An answer with HTTP 200, unpacked."""

    body: bytes
    headers: Mapping[str, str]


def open_session() -> aiohttp.ClientSession:
    """The one client session; must be called in the event loop, and closed by its owner.

    Its own timeouts are off: each wait has one of the real clock. The proxy is given with each
    request, so the environment is not read behind the settings' back.
    """
    return aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": "liqwatch"},
        trust_env=False,
    )


def checked_proxy(proxy: str | None) -> str | None:
    """A proxy's URL that can be used, None for none. Raises ``ConfigError``."""
    if not proxy:
        return None
    try:
        url = URL(proxy)
        usable = url.scheme in ("http", "https") and bool(url.host) and bool(url.port)
    except ValueError:
        usable = False
    if not usable:
        raise ConfigError("HTTPS_PROXY must be http://host:port (SOCKS proxies are not supported)")
    return proxy


def is_loopback(host: str) -> bool:
    """This very machine, by name or address."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def proxy_for(url: str, proxy: str | None) -> str | None:
    """The proxy to use for an address; never one for this machine."""
    return None if not proxy or is_loopback(URL(url).host or "") else proxy


async def fetch(
    session: aiohttp.ClientSession,
    url: str,
    clock: Clock,
    proxy: str | None = None,
    timeout_s: float = FETCH_S,
    headers: Mapping[str, str] | None = None,
) -> bytes | Failure:
    """The body of one answer (unpacked, at most ``BODY_BYTES``), or why there is none."""
    answer = await ask(session, url, clock, proxy, timeout_s, headers, redirects=True)
    return answer.body if isinstance(answer, Page) else answer


async def ask(
    session: aiohttp.ClientSession,
    url: str,
    clock: Clock,
    proxy: str | None = None,
    timeout_s: float = FETCH_S,
    headers: Mapping[str, str] | None = None,
    question: bytes | None = None,
    redirects: bool = False,
) -> Page | Failure:
    """One answer, or why there is none; with a ``question`` that is posted as JSON.

    Who sends a key follows no redirects: it would go along.
    """
    asked = {**(headers or {}), **({"Content-Type": "application/json"} if question else {})}
    try:
        async with (
            clock.timeout(timeout_s),
            session.request(
                "POST" if question else "GET",
                url,
                data=question,
                headers=asked,
                proxy=proxy_for(url, proxy),
                allow_redirects=redirects,
            ) as answer,
        ):
            if answer.status != 200:
                return by_status(answer.status, answer.headers.get("Retry-After"), host(url))
            body = await _body(answer, url)
            return body if isinstance(body, Failure) else Page(body, answer.headers)
    except (aiohttp.ClientError, OSError, ValueError) as error:  # OSError holds TimeoutError
        return by_error(error, url, timeout_s)


async def _body(answer: aiohttp.ClientResponse, url: str) -> bytes | Failure:
    body = bytearray()
    async for piece in answer.content.iter_chunked(1 << 16):
        body += piece
        if len(body) > BODY_BYTES:
            return Failure("content", f"{host(url)} answered with more than {BODY_BYTES >> 20} MiB")
    return bytes(body)


def understood(read: Callable[P, T], *what: P.args, **named: P.kwargs) -> T | str:
    """What a dialect makes of something that an exchange said, or why it cannot be read.

    A dialect's mistake costs no more than what it stumbled over.
    """
    try:
        return read(*what, **named)
    except ParseError as error:
        return str(error)
    except Exception as error:  # noqa: BLE001 - it must not cost the feed
        return f"{type(error).__name__}: {error}"


def host(url: str) -> str:
    """What a person may see of an address: no user, no password, no query."""
    parsed = URL(url)
    shown = parsed.host or "?"
    return shown if parsed.is_default_port() else f"{shown}:{parsed.port}"


def by_status(status: int, retry_after: str | None, name: str) -> Failure:
    """What an HTTP status other than the expected one means; ``name`` is the host."""
    if status == 451:
        return Failure("blocked", "blocked in this region (HTTP 451)", REGION_S, status=status)
    if status == 403:
        return Failure("blocked", "blocked in this region (HTTP 403)", FORBIDDEN_S, status=status)
    if status in (418, 429):  # 418: Binance's ban of an address that went on after 429
        wait_s = float(retry_after) if retry_after and retry_after.isdecimal() else 60.0
        reason = f"{name}: too many requests (HTTP {status})"
        return Failure("limited", reason, wait_s, status=status)
    if status == 407:
        reason = "the proxy wants a user and a password (HTTP 407)"
        return Failure("proxy", reason, status=status)
    return Failure("status", f"{name} answered with HTTP {status}", status=status)


def by_error(error: Exception, url: str, timeout_s: float) -> Failure:
    """What an exception of aiohttp or the system means, in one sentence without secrets."""
    name = host(url)
    match error:
        case aiohttp.WSServerHandshakeError():
            after = error.headers.get("Retry-After") if error.headers else None
            return by_status(error.status, after, name)
        case aiohttp.ClientHttpProxyError():
            reason = f"the proxy does not let us through (HTTP {error.status})"
            return Failure("proxy", reason, reached=False)
        case aiohttp.ClientProxyConnectionError():
            return Failure("proxy", "the proxy cannot be reached", reached=False)
        case aiohttp.ClientConnectorDNSError():
            return Failure("name", f"{name}: no such name (DNS)", reached=False)
        case aiohttp.ClientSSLError() | ssl.SSLError():
            return Failure("tls", f"{name}: TLS failed, the certificate or the clock is wrong")
        case TimeoutError():
            return Failure("timeout", f"{name}: no answer in {timeout_s:g} s")
        case aiohttp.InvalidURL():
            return Failure("content", f"{name}: not an address")
    return _by_cause(error, name)


def _by_cause(error: Exception, name: str) -> Failure:
    if isinstance(error, aiohttp.ClientConnectorError):
        if isinstance(error.os_error, ConnectionRefusedError):
            return Failure("refused", f"{name} refuses the connection", reached=False)
        reason = error.os_error.strerror or type(error.os_error).__name__
        return Failure("lost", f"{name} cannot be reached ({reason})", reached=False)
    return Failure("lost", f"{name}: the connection broke ({type(error).__name__})")
