"""``/mute``, ``/unmute``, ``/stop`` and ``/test``: what comes here, and when."""

import pytest

from bot.clock import DAY_MS, HOUR_MS, MINUTE_MS
from bot.ports import Chat
from bot.rules import Destination, Notice
from handlers.answers.rights import ONLY_ADMINS
from handlers.routing.router import answer
from tests.fakes import NOW_MS, Furnished
from tests.handlers.asking import (
    ANNA,
    BORIS,
    GROUP,
    PRIVATE,
    SERVER,
    a_request,
    ask,
    buttons,
    push,
    words,
)
from tests.handlers.commands.flushed import Flushing


@pytest.mark.parametrize(
    ("typed", "span_ms"),
    [
        ("/mute", HOUR_MS),
        ("/mute 30m", 30 * MINUTE_MS),
        ("/mute 2h", 2 * HOUR_MS),
        ("/mute 1d", DAY_MS),
    ],
)
async def test_a_mute_ends_when_it_says(typed: str, span_ms: int) -> None:
    here = Furnished()
    assert words(await ask(typed, here)).startswith("Muted until ")
    assert here.chats.saved[PRIVATE].muted_until_ms == NOW_MS + span_ms


@pytest.mark.parametrize("span", ["0h", "-1h", "nan", "99999d", "soon", "1e9h"])
async def test_a_mute_of_no_length_is_refused(span: str) -> None:
    here = Furnished()
    assert not words(await ask(f"/mute {span}", here)).startswith("Muted")
    assert here.chats.saved == {}


async def test_the_button_below_an_alert_mutes_for_an_hour_and_leaves_the_alert() -> None:
    here = Furnished()
    reply = await push("mute|1h", here)
    assert not reply.edit
    assert here.chats.saved[PRIVATE].muted_until_ms == NOW_MS + HOUR_MS


async def test_unmute_ends_a_mute_and_keeps_a_stop() -> None:
    here = Furnished()
    await ask("/mute", here)
    assert words(await ask("/unmute", here)) == "Alerts come again."
    assert here.chats.saved[PRIVATE].muted_until_ms == 0
    assert "Nothing was muted" in words(await ask("/unmute", here))
    await ask("/stop", here)
    assert "/start" in words(await ask("/unmute", here))
    assert here.chats.saved[PRIVATE].state == "stopped"


async def test_stop_keeps_the_alerts() -> None:
    here = Furnished()
    await ask("/alert 50m", here)
    said = words(await ask("/stop", here))
    assert said == "Paused. Nothing will come until /start. Your alerts are kept."
    assert len(here.rulebook.rules) == 1


async def test_stop_keeps_what_is_followed_and_says_so() -> None:
    here = Flushing()
    await ask("/follow btc", here)
    said = words(await ask("/stop", here))
    assert said.endswith("Your alerts and what you follow are kept.")
    assert len(await here.flushbook.following(PRIVATE)) == 1


@pytest.mark.parametrize("typed", ["/mute", "/unmute", "/stop", "/test"])
async def test_in_a_group_only_admins_change_what_comes(typed: str) -> None:
    here = Furnished()
    reply = await ask(typed, here, GROUP, BORIS)
    assert words(reply).startswith(ONLY_ADMINS)
    assert buttons(reply)[0].url.startswith("https://t.me/")
    assert here.chats.saved == {}
    assert here.outbox.waiting == []
    assert (await push("mute|1h", here, GROUP, BORIS)).toast == ONLY_ADMINS
    assert not words(await ask(typed, here, GROUP, admin=True)).startswith(ONLY_ADMINS)


async def test_a_test_goes_through_the_outbox() -> None:
    here = Furnished()
    assert "marked TEST" in words(await ask("/test", here))
    [notification] = here.outbox.waiting
    assert notification.destination == PRIVATE
    assert notification.payload == Notice("", NOW_MS, "test")


async def test_two_tests_are_two_notifications() -> None:
    here = Furnished()
    await ask("/test", here)
    await here.clock.advance(1)
    await ask("/test", here)
    assert len(here.outbox.waiting) == 2


async def test_a_test_that_would_not_come_is_not_promised() -> None:
    here = Furnished()
    await ask("/mute", here)
    assert words(await ask("/test", here)).startswith("No test sent. Muted until")
    here.chats.saved[PRIVATE] = Chat(PRIVATE, state="stopped")
    assert "/start" in words(await ask("/test", here))
    assert here.outbox.waiting == []


async def test_a_test_reaches_a_chat_that_had_been_given_up() -> None:
    here = Furnished()
    here.chats.saved[PRIVATE] = Chat(PRIVATE, state="gone", reason="blocked")
    await ask("/test", here)
    assert here.chats.saved[PRIVATE] == Chat(PRIVATE)
    assert len(here.outbox.waiting) == 1


async def test_a_member_of_a_server_is_tested_by_direct_message() -> None:
    here = Furnished()
    assert "by DM" in words(await ask("/test", here, SERVER))
    [notification] = here.outbox.waiting
    assert notification.destination == Destination("discord", ANNA, direct=True)


async def test_a_group_is_muted_here_and_a_member_elsewhere_by_dm_alone() -> None:
    here = Furnished()
    said = words(await ask("/mute", here, GROUP, admin=True))
    assert said.startswith("Muted here until ")
    assert "DM" not in said
    for name in ("mute", "stop"):
        request = a_request(elsewhere=True)
        told = words(await answer(name, request, here.house))
        assert told.endswith("your own alerts, by DM; what a channel gets goes on.")
