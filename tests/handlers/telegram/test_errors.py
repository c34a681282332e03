"""Each error of the Bot API has one meaning, row by row."""

import httpx
import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.delivery.outcomes import Gone, Moved, Refused, Retry
from handlers.telegram.errors import GONE, outcome_of


def caused(error: TelegramError, cause: Exception) -> TelegramError:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    "text", [*GONE, "Chat not found", "TOPIC_CLOSED", "Message thread not found"]
)
def test_a_chat_that_cannot_be_written_to_is_gone_however_it_is_spelt(text: str) -> None:
    assert isinstance(outcome_of(BadRequest(text)), Gone)


@pytest.mark.parametrize(
    "text",
    [
        "bot was blocked by the user",
        "user is deactivated",
        "bot was kicked from the supergroup chat",
        "bot is not a member of the channel chat",
        "the group chat was deleted",
        "not enough rights to send text messages to the chat",
    ],
)
def test_forbidden_is_gone_and_keeps_telegrams_reason(text: str) -> None:
    assert outcome_of(Forbidden(text)) == Gone(text)


@pytest.mark.parametrize(
    "text", ["message text is empty", "Button_data_invalid", "can't parse entities"]
)
def test_a_bad_request_of_ours_is_refused_and_never_repeated(text: str) -> None:
    assert isinstance(outcome_of(BadRequest(text)), Refused)


def test_a_429_waits_as_long_as_telegram_asks_and_nobody_else_does() -> None:
    assert outcome_of(RetryAfter(17)) == Retry(17.0, "Telegram asked to wait")


def test_a_migrated_group_has_moved() -> None:
    assert outcome_of(ChatMigrated(-1001234567890123)) == Moved(-1001234567890123)


@pytest.mark.parametrize("error", [InvalidToken("Unauthorized"), InvalidToken("Not Found")])
def test_a_refused_token_stops_the_whole_platform(error: TelegramError) -> None:
    outcome = outcome_of(error)
    assert isinstance(outcome, Retry)
    assert outcome.platform_wide
    assert not outcome.unknown


@pytest.mark.parametrize("cause", [httpx.ConnectError("x"), httpx.ConnectTimeout("x")])
def test_without_a_connection_nothing_was_sent_to_anybody(cause: Exception) -> None:
    outcome = outcome_of(caused(NetworkError("httpx"), cause))
    assert isinstance(outcome, Retry)
    assert outcome.platform_wide
    assert not outcome.unknown


def test_a_crowded_pool_sent_nothing_and_holds_up_nobody_else() -> None:
    outcome = outcome_of(caused(TimedOut("pool"), httpx.PoolTimeout("x")))
    assert isinstance(outcome, Retry)
    assert not outcome.platform_wide
    assert not outcome.unknown


@pytest.mark.parametrize(
    "cause",
    [
        httpx.ReadTimeout("x"),
        httpx.WriteTimeout("x"),
        httpx.ReadError("x"),
        httpx.RemoteProtocolError("x"),
        RuntimeError("x"),
    ],
)
def test_without_an_answer_it_may_have_arrived(cause: Exception) -> None:
    outcome = outcome_of(caused(NetworkError("httpx"), cause))
    assert isinstance(outcome, Retry)
    assert outcome.unknown
    assert not outcome.platform_wide


@pytest.mark.parametrize("text", ["Bad Gateway", "Service Unavailable (503)", "Gateway Timeout"])
def test_a_closed_door_is_closed_to_everybody(text: str) -> None:
    outcome = outcome_of(NetworkError(text))
    assert isinstance(outcome, Retry)
    assert outcome.unknown
    assert outcome.platform_wide


@pytest.mark.parametrize(
    "error",
    [
        NetworkError("Internal Server Error (500)"),
        Conflict("x"),
        TelegramError("Invalid server response"),
    ],
)
def test_any_other_error_may_have_arrived_and_is_one_chats_own(error: TelegramError) -> None:
    outcome = outcome_of(error)
    assert isinstance(outcome, Retry)
    assert outcome.unknown
    assert not outcome.platform_wide
