"""The library's client as this house wants it: patient, frugal with logs, blind to environment."""

import logging
import warnings
from typing import Any

import httpx
from telegram import Bot
from telegram.request import HTTPXRequest
from telegram.warnings import PTBUserWarning

from bot.delivery import turnstile
from bot.errors import ConfigError, TokenRefusedError

READ_S = 30.0
"""An answer that is not waited for is an alert that may be sent twice."""

UPLOAD_S = 60.0
"""For what goes along with a picture or a file."""

CONNECT_S = 10.0
POOL_S = 10.0
CALLS_AT_ONCE = 32

REFUSED = (
    "Telegram refused the token: copy it anew from @BotFather into TELEGRAM_TOKEN and restart."
)

BAD_PROXY = "HTTPS_PROXY cannot be used for Telegram: give it as http://host:port."


class DiscreetBot(Bot):
    """The library's own description of a bot holds its token."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"DiscreetBot({self.token.partition(':')[0]})"

    __str__ = __repr__


class Connection:
    """A client of the Bot API at ``api_url``: ``https://api.telegram.org``, or one's own server.

    Nothing is opened before the first call. Raises ``ConfigError`` for what cannot be a token.
    """

    def __init__(self, token: str, api_url: str, proxy: str | None = None) -> None:
        _keep_secrets_out_of_logs()
        _keep_advice_to_programmers_from_operators()
        if not token or not token.isascii() or not token.isprintable() or set(token) & set(" /?#"):
            raise TokenRefusedError(REFUSED)
        base = api_url.rstrip("/")
        # A proxy for https is not meant for a Bot API server of one's own on plain http.
        through = proxy if base.startswith("https:") else None
        try:
            self._requests = (_client(through, CALLS_AT_ONCE), _client(through, 2))
        except (ImportError, RuntimeError, ValueError):
            raise ConfigError(BAD_PROXY) from None
        self.bot = DiscreetBot(
            token,
            base_url=f"{base}/bot",
            base_file_url=f"{base}/file/bot",
            request=self._requests[0],
            get_updates_request=self._requests[1],
        )

    async def close(self) -> None:
        """Close the connections; no call may follow."""
        for request in self._requests:
            await request.shutdown()


def _client(proxy: str | None, connections: int) -> HTTPXRequest:
    return HTTPXRequest(
        connection_pool_size=connections,
        read_timeout=READ_S,
        write_timeout=READ_S,
        media_write_timeout=UPLOAD_S,
        connect_timeout=CONNECT_S,
        pool_timeout=POOL_S,
        proxy=proxy,
        httpx_kwargs={"trust_env": False, "event_hooks": {"request": [_trace]}},
    )


async def _trace(request: httpx.Request) -> None:
    """Have its way to the socket followed: it may wait for a connection, or for the machine."""
    request.extensions["trace"] = _followed


async def _followed(step: str, _details: dict[str, Any]) -> None:
    if step == "http11.send_request_body.complete":
        turnstile.sent()


def _keep_secrets_out_of_logs() -> None:
    """httpx writes every address it calls, and Telegram's hold the token; the library writes what
    people typed. What fails is raised, and logged by us."""
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in ("telegram.Bot", "telegram.request"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _keep_advice_to_programmers_from_operators() -> None:
    """Updates are fetched unread where one of them may be unlike its documentation."""
    warnings.filterwarnings("ignore", "Please use 'Bot.getUpdates'", PTBUserWarning)
