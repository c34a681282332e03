"""What each error of the Bot API means for a delivery: one table, read from top to bottom."""

from datetime import timedelta

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.delivery.outcomes import Gone, Moved, Outcome, Refused, Retry

NETWORK_PAUSE_S = 5.0
SERVER_PAUSE_S = 5.0
TOKEN_PAUSE_S = 60.0

GONE = (
    "chat not found",
    "user not found",
    "peer_id_invalid",
    "bot was blocked by the user",
    "user is deactivated",
    "bot was kicked",
    "bot is not a member",
    "bot can't initiate conversation",
    "bot can't send messages to bots",
    "the group chat was deleted",
    "group is deactivated",
    "have no rights to send a message",
    "need administrator rights in the channel chat",
    "not enough rights to send",
    "chat_write_forbidden",
    "chat_send_plain_forbidden",
    "chat_restricted",
    "channel_private",
    "message thread not found",
    "topic_closed",
    "topic_deleted",
)
"""Descriptions of a chat or topic that cannot be written to; the library changes their case."""

NEVER_LEFT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)
"""The request cannot have reached Telegram."""

GATEWAY = ("bad gateway", "service unavailable", "gateway timeout", "(502)", "(503)", "(504)")
"""Answers of the door itself, the same for every chat; a 500 may be one chat's own."""

UNMODIFIED = "message is not modified"
VANISHED = ("message to edit not found", "message can't be edited", "message_id_invalid")
UNREADABLE = ("can't parse", "message is too long", "button_", "keyboard", "wrong http url")
"""Our own mistake in markup or buttons: the words alone may still pass."""


def outcome_of(error: TelegramError) -> Outcome:
    """How a send that raised ``error`` ended."""
    match error:
        case RetryAfter():
            return Retry(seconds(error), "Telegram asked to wait")
        case ChatMigrated():
            return Moved(error.new_chat_id)
        case Forbidden():
            return Gone(_sentence(error))
        case InvalidToken():
            return Retry(TOKEN_PAUSE_S, "Telegram refused the token", platform_wide=True)
        case BadRequest():  # one of the library's NetworkErrors, so it stands above them
            return _rejected(error)
        case NetworkError():
            return _network(error)
        case _:
            return Retry(SERVER_PAUSE_S, _sentence(error), unknown=True)


def says(error: TelegramError, texts: str | tuple[str, ...]) -> bool:
    """Whether the description holds one of ``texts``, given in lower case."""
    description = error.message.casefold()
    return any(text in description for text in ([texts] if isinstance(texts, str) else texts))


def seconds(error: RetryAfter) -> float:
    """How long Telegram asks to wait."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def _rejected(error: BadRequest) -> Outcome:
    sentence = _sentence(error)
    return Gone(sentence) if says(error, GONE) else Refused(sentence)


def _network(error: NetworkError) -> Outcome:
    cause = error.__cause__
    if isinstance(cause, NEVER_LEFT):
        crowded = isinstance(cause, httpx.PoolTimeout)
        reason = f"Telegram cannot be reached ({type(cause).__name__})"
        return Retry(NETWORK_PAUSE_S, reason, platform_wide=not crowded)
    down = cause is None and says(error, GATEWAY)
    return Retry(SERVER_PAUSE_S, _sentence(error), unknown=True, platform_wide=down)


def _sentence(error: TelegramError) -> str:
    return error.message or type(error).__name__
