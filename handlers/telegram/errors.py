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

from bot.delivery.outcomes import Gone, Moved, Outcome, Refused, Retry, Unauthorized

NETWORK_PAUSE_S = 5.0
SERVER_PAUSE_S = 5.0
LIMITED_PAUSE_S = 5.0
"""After a 429 that does not say how long."""

LONGEST_REASON = 200
"""Characters of a reason that are kept."""

GONE = (
    "chat not found",
    "user not found",
    "peer_id_invalid",
    "chat_id_invalid",
    "channel_invalid",
    "bot was blocked by the user",
    "user is deactivated",
    "bot was kicked",
    "bot is not a member",
    "bot can't initiate conversation",
    "can't send messages to bots",
    "the group chat was deleted",
    "group is deactivated",
    "have no rights to send a message",
    "need administrator rights in the channel chat",
    "not enough rights to send",
    "chat_write_forbidden",
    "chat_send_plain_forbidden",
    "chat_guest_send_forbidden",
    "chat_admin_required",
    "chat_restricted",
    "channel_private",
    "user_banned_in_channel",
)
"""Descriptions of a chat that cannot be written to; the library changes their case."""

UNPICTURED = (
    "not enough rights to send photos",
    "not enough rights to send documents",
    "not enough rights to send media",
    "chat_send_photos_forbidden",
    "chat_send_docs_forbidden",
    "chat_send_media_forbidden",
    "entity too large",
    "content too large",
)
"""Of pictures and files alone: words may be taken there."""

TOPIC_GONE = ("message thread not found", "topic_closed", "topic_deleted")
"""Of one topic of a chat; the others may be there."""

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

LIMITED = ("too many requests", "(429)")
LOGGED_OUT = "logged out"
"""What one's own Bot API server answers, as a 400, once the bot was moved to another."""

UNMODIFIED = "message is not modified"
WORDLESS = "there is no text in the message to edit"
VANISHED = (
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "message_author_required",
)


def outcome_of(error: TelegramError) -> Outcome:
    """How a send that raised ``error`` ended."""
    match error:
        case NetworkError() | Forbidden() if says(error, UNPICTURED):
            return Refused(sentence(error))
        case RetryAfter():
            return Retry(seconds(error), "Telegram asked to wait", limited=True)
        case ChatMigrated():
            return Moved(error.new_chat_id)
        case Forbidden():
            return Gone(sentence(error), chat_wide=True)
        case InvalidToken():
            return Unauthorized("Telegram refused the token")
        case BadRequest():  # one of the library's NetworkErrors, so it stands above them
            return _rejected(error)
        case NetworkError():
            return _network(error)
        case _:
            return Retry(SERVER_PAUSE_S, sentence(error), unknown=True)


def says(error: TelegramError, texts: str | tuple[str, ...]) -> bool:
    """Whether the description holds one of ``texts``, given in lower case."""
    description = _words(error).casefold()
    return any(text in description for text in ([texts] if isinstance(texts, str) else texts))


def seconds(error: RetryAfter) -> float:
    """How long Telegram asks to wait."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def sentence(error: TelegramError | TimeoutError) -> str:
    """What to write down of an error; of our own text, which it may quote, nothing."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return _words(error).partition('"')[0][:LONGEST_REASON].strip() or type(error).__name__


def _words(error: TelegramError) -> str:
    """Telegram's description; of a page that came in place of an answer only its status."""
    return error.message.partition(". Parsing the server response")[0]


def _rejected(error: BadRequest) -> Outcome:
    if says(error, LOGGED_OUT):
        return Unauthorized(sentence(error))
    if says(error, TOPIC_GONE):
        return Gone(sentence(error))
    return Gone(sentence(error), True) if says(error, GONE) else Refused(sentence(error))


def _network(error: NetworkError) -> Outcome:
    cause = error.__cause__
    if isinstance(cause, NEVER_LEFT):
        crowded = isinstance(cause, httpx.PoolTimeout)
        reason = f"Telegram cannot be reached ({type(cause).__name__})"
        return Retry(NETWORK_PAUSE_S, reason, platform_wide=not crowded)
    if isinstance(cause, httpx.HTTPError):
        return Retry(SERVER_PAUSE_S, f"no answer ({type(cause).__name__})", unknown=True)
    if says(error, LIMITED):
        return Retry(LIMITED_PAUSE_S, sentence(error), limited=True)
    return Retry(SERVER_PAUSE_S, sentence(error), unknown=True, platform_wide=says(error, GATEWAY))
