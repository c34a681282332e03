"""Long polling over loopback: what was handed out is handled, and confirmed only then."""

import asyncio

import pytest
from structlog.testing import capture_logs
from telegram import Bot, Update

from bot.errors import ConfigError
from handlers.telegram.listen import Listener
from tests.doubles.telegram import TelegramDouble
from tests.doubles.telegram_wire import Fault, gateway, limited, unauthorized
from tests.handlers.telegram.conftest import HastyClock, background

ANN, BEN = 41, 42


class Desk:
    """Notes what was handled; ``slow`` texts wait for the door, ``broken`` ones raise."""

    def __init__(self, telegram: TelegramDouble) -> None:
        self.handled: list[str] = []
        self.started: list[str] = []
        self.sorry: list[str] = []
        self.door = asyncio.Event()
        self._telegram = telegram

    async def handle(self, update: Update) -> None:
        text = _text(update)
        self.started.append(text)
        await self._telegram.stir()
        if text.startswith("slow"):
            await self.door.wait()
        if text.startswith("broken"):
            raise RuntimeError("cannot")
        self.handled.append(text)
        await self._telegram.stir()

    async def apologise(self, update: Update) -> None:
        self.sorry.append(_text(update))


def _text(update: Update) -> str:
    return (update.message and update.message.text) or ""


@pytest.fixture
def desk(telegram: TelegramDouble) -> Desk:
    return Desk(telegram)


@pytest.fixture
def listener(bot: Bot, desk: Desk, clock: HastyClock) -> Listener:
    return Listener(bot, desk.handle, desk.apologise, clock)


async def test_an_update_is_confirmed_only_after_it_was_handled(
    telegram: TelegramDouble, listener: Listener, desk: Desk
) -> None:
    number = await telegram.say("slow", ANN)
    async with background(listener.run()):
        await telegram.until(lambda: desk.started == ["slow"])
        await telegram.until(lambda: telegram.calls.count("getUpdates") >= 2)
        assert telegram.confirmed <= number
        desk.door.set()
        await telegram.until(lambda: telegram.confirmed == number + 1)
    assert desk.handled == ["slow"]


async def test_a_kill_before_the_end_makes_telegram_repeat_it(
    telegram: TelegramDouble, bot: Bot, desk: Desk, clock: HastyClock
) -> None:
    await telegram.say("slow", ANN)
    await telegram.say("quick", ANN)
    async with background(Listener(bot, desk.handle, desk.apologise, clock).run()):
        await telegram.until(lambda: desk.started == ["slow"])
    assert desk.handled == []
    desk.door.set()
    async with background(Listener(bot, desk.handle, desk.apologise, clock).run()):
        await telegram.until(lambda: desk.handled == ["slow", "quick"])


async def test_a_clean_stop_repeats_nothing(
    telegram: TelegramDouble, bot: Bot, desk: Desk, clock: HastyClock
) -> None:
    number = await telegram.say("quick", ANN)
    async with background(Listener(bot, desk.handle, desk.apologise, clock).run()):
        await telegram.until(lambda: desk.handled == ["quick"])
    assert telegram.confirmed == number + 1


async def test_a_slow_chat_keeps_its_order_and_holds_up_no_other(
    telegram: TelegramDouble, listener: Listener, desk: Desk
) -> None:
    await telegram.say("slow a", ANN)
    await telegram.say("then b", ANN)
    async with background(listener.run()):
        await telegram.until(lambda: "slow a" in desk.started)
        await telegram.say("other", BEN)
        await telegram.until(lambda: desk.handled == ["other"])
        desk.door.set()
        await telegram.until(lambda: desk.handled == ["other", "slow a", "then b"])


async def test_an_update_that_cannot_be_handled_is_apologised_for_and_listening_goes_on(
    telegram: TelegramDouble, listener: Listener, desk: Desk
) -> None:
    number = await telegram.say("broken", ANN)
    with capture_logs() as logs:
        async with background(listener.run()):
            await telegram.until(lambda: telegram.confirmed == number + 1)
            await telegram.say("next", ANN)
            await telegram.until(lambda: desk.handled == ["next"])
    assert desk.sorry == ["broken"]
    assert desk.started == ["broken", "next"]
    assert [entry["event"] for entry in logs] == ["an update could not be handled"]


async def test_an_update_that_cannot_be_read_is_passed_over(
    telegram: TelegramDouble, listener: Listener, desk: Desk
) -> None:
    await telegram.update({"message": {"unlike": "any message"}})
    number = await telegram.say("next", ANN)
    async with background(listener.run()):
        await telegram.until(lambda: desk.handled == ["next"])
        await telegram.until(lambda: telegram.confirmed == number + 1)


async def test_only_what_is_asked_for_is_handed_out(
    telegram: TelegramDouble, listener: Listener
) -> None:
    async with background(listener.run()):
        await telegram.until(lambda: bool(telegram.allowed))
    assert set(telegram.allowed) == {"message", "callback_query", "my_chat_member", "channel_post"}


async def test_faults_of_the_way_are_waited_out(
    telegram: TelegramDouble, listener: Listener, desk: Desk, clock: HastyClock
) -> None:
    telegram.fail(
        gateway("getUpdates"),
        limited(9, method="getUpdates"),
        Fault(cut=True, method="getUpdates"),
        Fault(409, "Conflict: terminated by other getUpdates request", method="getUpdates"),
        unauthorized("getUpdates"),
        Fault(500, "Internal Server Error", method="getUpdates"),
    )
    await telegram.say("still there", ANN)
    async with background(listener.run()):
        await telegram.until(lambda: desk.handled == ["still there"])
    assert len(clock.pauses) == 6
    assert 9.0 in clock.pauses


async def test_a_second_listener_is_named_as_the_reason(
    telegram: TelegramDouble, listener: Listener
) -> None:
    telegram.fail(Fault(409, "Conflict: terminated", method="getUpdates"))
    with capture_logs() as logs:
        async with background(listener.run()):
            await telegram.until(lambda: telegram.calls.count("getUpdates") == 2)
    assert "another program listens with the same token" in logs[0]["reason"]


async def test_a_token_refused_again_and_again_ends_the_listening(
    telegram: TelegramDouble, listener: Listener
) -> None:
    telegram.fail(*[unauthorized("getUpdates")] * 3)
    with pytest.raises(ConfigError, match="TELEGRAM_TOKEN"):
        await listener.run()
