"""One table: what Discord, its library and the network say, as the end of a delivery.

Codes: docs.discord.com, topics/opcodes-and-status-codes; the library's own ways: CHATS.md 5.
"""

import re

import aiohttp
import discord

from bot.delivery.outcomes import Gone, Outcome, Refused, Retry

FAILURES = (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError)
"""Everything that a call over discord.py is expected to raise."""

UNKNOWN_CHANNEL = 10003
UNKNOWN_MESSAGE = 10008
UNKNOWN_INTERACTION = 10062
ALREADY_ANSWERED = 40060

_GONE = {
    10003: "the channel was deleted",
    10004: "the server is gone",
    10013: "no such user",
    50001: "no access to the channel",
    50007: "closed DMs",
    50013: "no permission to write",
    50278: "closed DMs: no server in common",
}
_SLOW = {20016: "slow mode", 20028: "the channel's write limit", 40003: "opening DMs too fast"}

_DOOR = (502, 503, 504)
"""Answers of the door itself, the same for every channel; a 500 may be one channel's own."""

_SOON_S = 5.0
_LATER_S = 60.0
_TOKEN_S = 300.0
_SECONDS = re.compile(r"[0-9]{1,6}(\.[0-9]+)?")

_NOT_SENT = (
    aiohttp.ClientConnectorError,
    aiohttp.ClientProxyConnectionError,
    aiohttp.ConnectionTimeoutError,
    ConnectionRefusedError,
)


def outcome_of(error: Exception) -> Outcome:
    """The end that an error of ``FAILURES`` means."""
    if isinstance(error, discord.RateLimited):
        return Retry(error.retry_after, "Discord asked to wait")
    if isinstance(error, discord.LoginFailure):
        return Retry(_TOKEN_S, "Discord refused the token", platform_wide=True)
    if isinstance(error, discord.HTTPException):
        return _of_answer(error)
    if isinstance(error, _NOT_SENT):
        return Retry(_SOON_S, "Discord cannot be reached", platform_wide=True)
    if isinstance(error, (aiohttp.ClientError, OSError, TimeoutError)):
        return Retry(_SOON_S, f"no answer from Discord ({type(error).__name__})", unknown=True)
    return Refused(f"{type(error).__name__} inside the library")


def _of_answer(error: discord.HTTPException) -> Outcome:
    said = f"Discord answered {error.status} (code {error.code})"
    if error.status == 401:
        return Retry(_TOKEN_S, "Discord refused the token", platform_wide=True)
    if error.status == 429:
        return _limited(error)
    if error.status >= 500:
        return Retry(_SOON_S, said, unknown=True, platform_wide=error.status in _DOOR)
    if error.code in _SLOW:
        return Retry(_retry_after(error) or _LATER_S, f"Discord: {_SLOW[error.code]}")
    if error.code in _GONE:
        return Gone(_GONE[error.code])
    if error.status in (403, 404):
        return Gone(said)
    return Refused(said)


def _limited(error: discord.HTTPException) -> Retry:
    """Without ``Via`` it was not the API but the wall before it: the whole address is limited."""
    if error.code in _SLOW:
        return Retry(_retry_after(error) or _LATER_S, f"Discord: {_SLOW[error.code]}")
    walled = "Via" not in error.response.headers
    wait_s = _retry_after(error) or _LATER_S
    return Retry(wait_s, "Discord asked to wait", platform_wide=walled)


def _retry_after(error: discord.HTTPException) -> float:
    """Seconds by the header; 0 where there is none that can be read."""
    said = error.response.headers.get("Retry-After", "")
    return float(said) if _SECONDS.fullmatch(said) else 0.0
