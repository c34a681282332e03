"""One table: what Discord, its library and the network say, as the end of a delivery.

Codes: docs.discord.com, topics/opcodes-and-status-codes; the library: its http.py, 2.7.1.
"""

import re
from json import JSONDecodeError

import aiohttp
import discord

from bot.delivery.outcomes import Gone, Outcome, Refused, Retry, Unauthorized

FAILURES = (
    discord.DiscordException,
    aiohttp.ClientError,
    OSError,
    TimeoutError,
    JSONDecodeError,
)
"""Everything that a call over discord.py is expected to raise."""

HARMLESS_S = 120.0
"""Discord documents no length for the window in which it knows a nonce, only "the past few minutes"
(resources/message, enforce_nonce): so the shortest reading of that."""

UNKNOWN_CHANNEL = 10003
UNKNOWN_GUILD = 10004
UNKNOWN_MESSAGE = 10008
UNKNOWN_USER = 10013
NO_ACCESS = 50001
NO_HISTORY = 160002
"""Who may not read a channel's history may not answer a message there."""

_GONE = {
    UNKNOWN_CHANNEL: "the channel was deleted",
    UNKNOWN_GUILD: "the server is gone",
    UNKNOWN_USER: "no such user",
    NO_ACCESS: "no access to the channel",
    50007: "closed DMs",
    50013: "no permission to write",
    50278: "closed DMs: no server in common",
}
_WITH_THREADS = {UNKNOWN_CHANNEL, UNKNOWN_GUILD, NO_ACCESS}
"""A channel that is not there, or not to be seen, shows none of its threads either; the right to
write in them is another than the right to write in the channel."""

_SLOW = {20016: "slow mode", 20028: "the channel's write limit", 40003: "opening DMs too fast"}

_DOOR = {502, 503, 504, *range(520, 528)}
"""Answers of the door itself, the same for every channel; a 500 may be one channel's own."""

UNWRITABLE = _GONE[50013]
"""Also said of a picture, where Attach Files alone is missing."""

UNANSWERABLE = "no permission to answer a message"
TOKEN_REFUSED = "Discord refused the token"  # noqa: S105 -- a sentence

_SOON_S = 5.0
_LATER_S = 60.0
_SECONDS = re.compile(r"[0-9]{1,6}(\.[0-9]+)?")

_NOT_SENT = (
    aiohttp.ClientConnectorError,
    aiohttp.ClientProxyConnectionError,
    aiohttp.ConnectionTimeoutError,
    ConnectionRefusedError,
)


class Limited(discord.RateLimited):
    """A 429 of the API, handed on at once; ``scope`` is ``user``, ``shared`` or ``global``."""

    def __init__(self, retry_after: float, scope: str, code: int) -> None:
        super().__init__(retry_after)
        self.scope = scope
        self.code = code


def outcome_of(error: Exception) -> Outcome:
    """The end that an error of ``FAILURES`` means."""
    match error:
        case Limited():
            return _asked_to_wait(error)
        case discord.RateLimited():
            return Retry(error.retry_after, "Discord asked to wait", limited=True)
        case discord.LoginFailure():
            return Unauthorized(TOKEN_REFUSED)
        case discord.HTTPException():
            return _of_answer(error)
        case _ if isinstance(error, _NOT_SENT):
            return Retry(_SOON_S, "Discord cannot be reached", platform_wide=True)
        case discord.DiscordException():
            return Refused(f"{type(error).__name__} inside the library")
        case _:
            return _unclear(f"no answer from Discord ({type(error).__name__})")


def _of_answer(error: discord.HTTPException) -> Outcome:
    said = f"Discord answered {error.status} (code {error.code})"
    if error.status == 401:
        return Unauthorized(TOKEN_REFUSED)
    if error.status == 429:
        return _walled(error)
    if error.status >= 500:
        return _unclear(said, platform_wide=error.status in _DOOR)
    if error.code == NO_HISTORY:
        return Refused(UNANSWERABLE)
    if error.code in _SLOW:
        return Retry(_LATER_S, f"Discord: {_SLOW[error.code]}")
    if error.code in _GONE:
        return Gone(_GONE[error.code], chat_wide=error.code in _WITH_THREADS)
    if error.status in (403, 404):
        return Gone(said)
    return Refused(said)


def _unclear(reason: str, platform_wide: bool = False) -> Retry:
    """It may have arrived; within ``HARMLESS_S`` the nonce makes a repeat harmless."""
    return Retry(_SOON_S, reason, unknown=True, platform_wide=platform_wide, harmless_s=HARMLESS_S)


def _asked_to_wait(error: Limited) -> Retry:
    """What others share (scope ``shared``, slow mode) is no sign that we are too fast."""
    slow = _SLOW.get(error.code)
    return Retry(
        error.retry_after,
        f"Discord: {slow}" if slow else "Discord asked to wait",
        limited=error.scope != "shared" and not slow,
        platform_wide=error.scope == "global",
    )


def _walled(error: discord.HTTPException) -> Retry:
    """A 429 in words: not of the API but of the wall before it, and for the whole address."""
    said = error.response.headers.get("Retry-After", "")
    wait_s = float(said) if _SECONDS.fullmatch(said) else _LATER_S
    return Retry(wait_s, "Discord asked to wait", limited=True, platform_wide=True)
