"""Each error of the Bot API has one meaning, row by row, by the library itself over sockets."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import pytest
from telegram import Bot
from telegram.error import Conflict
from telegram.request import HTTPXRequest

from bot.clock import SystemClock
from bot.delivery.outcomes import Delivered, Gone, Moved, Outcome, Refused, Retry, Unauthorized
from bot.delivery.pacing import Limits
from bot.delivery.turnstile import Turnstile
from bot.rules import Destination
from bot.wording.text import Message
from handlers.telegram.calls import Calls
from handlers.telegram.connection import Connection
from handlers.telegram.errors import outcome_of
from tests.doubles.telegram import TOKEN, TelegramDouble
from tests.doubles.telegram_wire import (
    Fault,
    bad,
    blocked,
    cut_after_accepting,
    failed,
    gateway,
    half_an_answer,
    hanging,
    limited,
    migrated,
    unauthorized,
    unknown_token,
)

ANN = 41
TO_ANN = Destination("telegram", ANN, direct=True)
WORDS = Message(("Longs $5M",))

# https://github.com/tdlib/telegram-bot-api Client.cpp (May 2026) and TDLib; read 2026-11-25
FORBIDDEN = (
    "bot was blocked by the user",
    "user is deactivated",
    "the group chat was deleted",
    "bot was kicked from the group chat",
    "bot was kicked from the supergroup chat",
    "bot was kicked from the channel chat",
    "bot is not a member of the group chat",
    "bot is not a member of the supergroup chat",
    "bot is not a member of the channel chat",
    "bot can't initiate conversation with a user",
)
UNREACHABLE = (
    "chat not found",
    "private chat not found",
    "PEER_ID_INVALID",
    "CHANNEL_PRIVATE",
    "CHAT_WRITE_FORBIDDEN",
    "CHAT_SEND_PLAIN_FORBIDDEN",
    "CHAT_RESTRICTED",
    "CHAT_ADMIN_REQUIRED",
    "USER_BANNED_IN_CHANNEL",
    "not enough rights to send text messages to the chat",
    "have no rights to send a message",
    "need administrator rights in the channel chat",
)
WITHOUT_TOPIC = (
    "message thread not found",
    "TOPIC_CLOSED",
    "TOPIC_DELETED",
)
OURS = (
    "message text is empty",
    "message is too long",
    "MESSAGE_TOO_LONG",
    "BUTTON_DATA_INVALID",
    "ENTITY_BOUNDS_INVALID",
    "reply markup is too long",
    "can't parse entities: Can't find end tag corresponding to start tag",
    "Wrong HTTP URL specified",
)


@asynccontextmanager
async def impatient(
    url: str, connect_s: float = 9.0, pool_s: float = 9.0, read_s: float = 9.0
) -> AsyncIterator[Bot]:
    """The library with one connection and short patience."""
    async with HTTPXRequest(
        1, read_s, connect_timeout=connect_s, pool_timeout=pool_s, httpx_kwargs={"trust_env": False}
    ) as request:
        yield Bot(TOKEN, base_url=f"{url}/bot", request=request)


async def sent(bot: Bot) -> Outcome:
    return await Calls(bot, Turnstile(Limits(), SystemClock())).send(TO_ANN, WORDS)


@pytest.fixture(autouse=True)
def known(telegram: TelegramDouble) -> None:
    telegram.meet(ANN)


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (limited(1), Retry(1.0, "Telegram asked to wait", limited=True)),
        (limited(3600), Retry(3600.0, "Telegram asked to wait", limited=True)),
        (Fault(429, "", page=True), Retry(5.0, "Too Many Requests (429)", limited=True)),
        (
            Fault(500, "Internal Server Error: restart"),
            Retry(5.0, "Internal Server Error: restart", unknown=True),
        ),
        (
            failed(500, "Internal Server Error", page=True, accept=True),
            Retry(5.0, "Internal Server Error (500)", unknown=True),
        ),
        (gateway(), Retry(5.0, "Bad Gateway", unknown=True, platform_wide=True)),
        (gateway(page=True), Retry(5.0, "Bad Gateway (502)", unknown=True, platform_wide=True)),
        (
            failed(503, "Service Unavailable"),
            Retry(5.0, "Service Unavailable", unknown=True, platform_wide=True),
        ),
        (
            failed(503, "Service Unavailable", page=True, accept=True),
            Retry(5.0, "Service Unavailable (503)", unknown=True, platform_wide=True),
        ),
        (
            cut_after_accepting(),
            Retry(5.0, "no answer (RemoteProtocolError)", unknown=True),
        ),
        (half_an_answer(), Retry(5.0, "no answer (RemoteProtocolError)", unknown=True)),
        (migrated(-1001234567890123, ANN), Moved(-1001234567890123)),
        (blocked(), Gone("Forbidden: bot was blocked by the user", chat_wide=True)),
        (bad("TOPIC_CLOSED"), Gone("Topic_closed", chat_wide=False)),
        (unauthorized("sendMessage"), Unauthorized("Telegram refused the token")),
        (unknown_token("sendMessage"), Unauthorized("Telegram refused the token")),
        (bad("Logged out"), Unauthorized("Logged out")),
    ],
    ids=lambda row: f"{row.status or 'cut'}" if isinstance(row, Fault) else type(row).__name__,
)
async def test_what_telegram_answers_and_what_it_means(
    telegram: TelegramDouble, bot: Bot, fault: Fault, outcome: Outcome
) -> None:
    telegram.fail(fault)
    assert await sent(bot) == outcome
    assert len(telegram.sent) == fault.accept


@pytest.mark.parametrize("text", FORBIDDEN)
async def test_who_does_not_want_the_bot_is_gone(
    telegram: TelegramDouble, bot: Bot, text: str
) -> None:
    telegram.fail(Fault(403, f"Forbidden: {text}"))
    assert await sent(bot) == Gone(f"Forbidden: {text}", chat_wide=True)


@pytest.mark.parametrize(
    ("text", "chat_wide"),
    [*((text, True) for text in UNREACHABLE), *((text, False) for text in WITHOUT_TOPIC)],
)
async def test_a_chat_or_topic_that_cannot_be_written_to_is_gone_however_it_is_spelt(
    telegram: TelegramDouble, bot: Bot, text: str, chat_wide: bool
) -> None:
    telegram.fail(bad(text))
    outcome = await sent(bot)
    assert isinstance(outcome, Gone)
    assert outcome.chat_wide == chat_wide
    assert text.casefold() in outcome.reason.casefold()
    assert telegram.calls == ["sendMessage"]


@pytest.mark.parametrize("text", OURS)
async def test_a_mistake_of_ours_goes_out_once_more_as_plain_words(
    telegram: TelegramDouble, bot: Bot, text: str
) -> None:
    telegram.fail(bad(text))
    assert await sent(bot) == Delivered(telegram.sent[0].id)
    assert telegram.sent[0].entities == []


async def test_a_mistake_that_is_in_the_words_themselves_is_refused_after_two_calls(
    telegram: TelegramDouble, bot: Bot
) -> None:
    telegram.fail(*[bad("message text is empty")] * 2)
    assert await sent(bot) == Refused("Message text is empty")
    assert telegram.calls == ["sendMessage"] * 2


async def test_what_a_description_quotes_of_us_is_not_kept(
    telegram: TelegramDouble, bot: Bot
) -> None:
    telegram.fail(*[bad('can\'t parse entities: Unsupported start tag "SECRET"')] * 2)
    assert await sent(bot) == Refused("Can't parse entities: unsupported start tag")


async def test_a_refused_connection_sent_nothing_to_anybody() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        connection = Connection(TOKEN, f"http://127.0.0.1:{closed.getsockname()[1]}")
    outcome = await sent(connection.bot)
    await connection.close()
    assert outcome == Retry(5.0, "Telegram cannot be reached (ConnectError)", platform_wide=True)


async def test_a_connection_that_takes_too_long_sent_nothing_to_anybody() -> None:
    with deaf() as url:
        async with impatient(url, connect_s=0.1) as bot:
            outcome = await sent(bot)
    assert outcome == Retry(5.0, "Telegram cannot be reached (ConnectTimeout)", platform_wide=True)


async def test_a_crowded_pool_sent_nothing_and_holds_up_nobody_else(
    telegram: TelegramDouble,
) -> None:
    telegram.fail(hanging())
    async with impatient(telegram.url, pool_s=0.1) as bot:
        first = asyncio.create_task(sent(bot))
        await telegram.messages(1)
        assert await sent(bot) == Retry(5.0, "Telegram cannot be reached (PoolTimeout)")
        first.cancel()
        await asyncio.wait([first])


async def test_an_answer_that_does_not_come_leaves_it_unknown_whether_it_arrived(
    telegram: TelegramDouble,
) -> None:
    telegram.fail(hanging())
    async with impatient(telegram.url, read_s=0.1) as bot:
        assert await sent(bot) == Retry(5.0, "no answer (ReadTimeout)", unknown=True)
    assert len(telegram.sent) == 1


async def test_an_answer_of_another_kind_leaves_it_unknown_too(
    telegram: TelegramDouble, bot: Bot
) -> None:
    telegram.fail(Fault(200, "fine", page=True, accept=True))
    outcome = await sent(bot)
    assert isinstance(outcome, Retry)
    assert outcome.unknown


async def test_a_second_listener_is_no_matter_of_a_delivery(
    telegram: TelegramDouble, bot: Bot
) -> None:
    telegram.fail(Fault(409, "Conflict: terminated by other getUpdates request"))
    outcome = await sent(bot)
    assert outcome == outcome_of(Conflict("Conflict: terminated by other getUpdates request"))
    assert isinstance(outcome, Retry)


@contextmanager
def deaf() -> Iterator[str]:
    """Where connections are neither taken nor refused: the queue of the door is full."""
    with socket.socket() as door, socket.socket() as first, socket.socket() as second:
        door.bind(("127.0.0.1", 0))
        door.listen(0)
        for waiting in (first, second):
            waiting.setblocking(False)
            waiting.connect_ex(door.getsockname())
        yield f"http://127.0.0.1:{door.getsockname()[1]}"
