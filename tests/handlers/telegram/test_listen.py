"""Long polling over loopback: what was handed out is handled, and confirmed only then."""

import asyncio
from collections import Counter

import pytest
from structlog.testing import capture_logs
from telegram import Bot, Update

from bot.errors import StoreError, TokenRefusedError
from handlers.telegram.attempts import Attempts, Speak
from handlers.telegram.listen import Listener
from tests.doubles.telegram import TelegramDouble
from tests.doubles.telegram_wire import Fault, gateway, hanging, limited, unauthorized
from tests.handlers.telegram.conftest import HastyClock, background

ANN, BEN = 41, 42


class Desk:
    """Notes what was handled and answered. Texts say what becomes of them.

    ``slow`` ones wait for the door while they are handled, ``waiting`` ones while they are
    answered, ``broken`` ones raise as often as they say.
    """

    def __init__(self, telegram: TelegramDouble) -> None:
        self.handled: list[str] = []
        self.started: list[str] = []
        self.answered: list[str] = []
        self.sorry: list[str] = []
        self.failures: list[tuple[int, str, str]] = []
        self.unstored = 0
        self.door = asyncio.Event()
        self._telegram = telegram
        self._tries = Counter[str]()

    async def handle(self, update: Update) -> Speak:
        text = _text(update)
        self.started.append(text)
        self._tries[text] += 1
        await self._telegram.stir()
        if text.startswith("slow"):
            await self.door.wait()
        if text.startswith("broken") and self._tries[text] <= int(text.split()[1]):
            raise RuntimeError(f"cannot read {text}")
        self.handled.append(text)
        await self._telegram.stir()
        return lambda: self._answer(text)

    async def _answer(self, text: str) -> None:
        if text.startswith("waiting"):
            await self.door.wait()
        if text.startswith("mute"):
            raise RuntimeError("no answer")
        self.answered.append(text)
        await self._telegram.stir()

    def apology(self, update: Update) -> Speak:
        async def apologise() -> None:
            self.sorry.append(_text(update))

        return apologise

    async def failed(self, update: int, kind: str, error: str) -> None:
        if self.unstored:
            self.unstored -= 1
            raise StoreError("the disk is full")
        self.failures.append((update, kind, error))


def _text(update: Update) -> str:
    return (update.message and update.message.text) or ""


@pytest.fixture
def desk(telegram: TelegramDouble) -> Desk:
    return Desk(telegram)


@pytest.fixture
def listener(bot: Bot, desk: Desk, clock: HastyClock) -> Listener:
    return a_listener(bot, desk, clock)


def a_listener(bot: Bot, desk: Desk, clock: HastyClock) -> Listener:
    return Listener(bot, Attempts(desk.handle, desk.apology, desk.failed, clock), clock)


@pytest.mark.parametrize("text", ["slow to handle", "waiting for its answer"])
async def test_an_update_is_confirmed_only_after_it_was_handled_and_answered(
    telegram: TelegramDouble, listener: Listener, desk: Desk, text: str
) -> None:
    number = await telegram.say(text, ANN)
    async with background(listener.run()):
        await telegram.until(lambda: desk.started == [text])
        await telegram.until(lambda: telegram.calls.count("getUpdates") >= 2)
        assert telegram.confirmed <= number
        desk.door.set()
        await telegram.until(lambda: telegram.confirmed == number + 1)
    assert desk.handled == desk.answered == [text]


async def test_a_kill_before_the_end_makes_telegram_repeat_it(
    telegram: TelegramDouble, bot: Bot, desk: Desk, clock: HastyClock
) -> None:
    await telegram.say("slow", ANN)
    await telegram.say("quick", ANN)
    listening = asyncio.create_task(a_listener(bot, desk, clock).run())
    await telegram.until(lambda: desk.started == ["slow"])
    listening.cancel()
    await asyncio.sleep(0)
    listening.cancel()  # nothing waits for it: the process is gone
    await asyncio.wait([listening])
    assert desk.handled == []
    desk.door.set()
    async with background(a_listener(bot, desk, clock).run()):
        await telegram.until(lambda: desk.answered == ["slow", "quick"])


async def test_a_clean_stop_waits_for_what_is_under_way_and_repeats_only_the_rest(
    telegram: TelegramDouble, bot: Bot, desk: Desk, clock: HastyClock
) -> None:
    number = await telegram.say("slow", ANN)
    await telegram.say("not begun", ANN)
    listening = asyncio.create_task(a_listener(bot, desk, clock).run())
    await telegram.until(lambda: desk.started == ["slow"])
    listening.cancel()
    await asyncio.sleep(0.05)
    assert not listening.done()
    desk.door.set()
    await asyncio.wait([listening])
    assert desk.answered == ["slow"]
    assert telegram.confirmed == number + 1


async def test_what_cannot_be_read_and_comes_during_a_stop_does_not_begin_anew(
    telegram: TelegramDouble, listener: Listener, desk: Desk
) -> None:
    number = await telegram.say("slow", ANN)
    listening = asyncio.create_task(listener.run())
    await telegram.until(lambda: desk.started == ["slow"])
    listening.cancel()
    await asyncio.sleep(0.05)
    await telegram.update({"message": {"unlike": "any message"}})
    desk.door.set()
    await asyncio.wait([listening])
    # Any other end would be taken for a fault, and listened on after.
    assert listening.cancelled()
    assert telegram.confirmed == number + 1


async def test_a_clean_stop_does_not_wait_for_ever(
    telegram: TelegramDouble, bot: Bot, desk: Desk, clock: HastyClock
) -> None:
    number = await telegram.say("slow", ANN)
    listening = asyncio.create_task(a_listener(bot, desk, clock).run())
    await telegram.until(lambda: desk.started == ["slow"])
    listening.cancel()
    async with asyncio.timeout(4):
        await asyncio.wait([listening])
    assert telegram.confirmed <= number


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


async def test_an_answer_that_waits_for_its_turn_does_not_hold_up_the_next_setting(
    telegram: TelegramDouble, listener: Listener, desk: Desk
) -> None:
    first = await telegram.say("waiting a", ANN)
    await telegram.say("then b", ANN)
    async with background(listener.run()):
        await telegram.until(lambda: desk.handled == ["waiting a", "then b"])
        assert telegram.confirmed <= first
        desk.door.set()
        await telegram.until(lambda: telegram.confirmed == first + 2)


@pytest.mark.parametrize("times", [1, 2])
async def test_an_update_that_fails_is_tried_again_after_one_and_two_seconds(
    telegram: TelegramDouble, listener: Listener, desk: Desk, clock: HastyClock, times: int
) -> None:
    text = f"broken {times}"
    number = await telegram.say(text, ANN)
    await telegram.say("next", ANN)
    async with background(listener.run()):
        await telegram.until(lambda: telegram.confirmed == number + 2)
    assert desk.started == [*[text] * (times + 1), "next"]
    assert clock.pauses == [1.0, 2.0][:times]
    assert (desk.sorry, desk.failures) == ([], [])


async def test_what_fails_three_times_is_recorded_then_apologised_for_and_only_then_confirmed(
    telegram: TelegramDouble, listener: Listener, desk: Desk
) -> None:
    number = await telegram.say("broken 9", ANN)
    desk.unstored = 2
    with capture_logs() as logs:
        async with background(listener.run()):
            await telegram.until(lambda: telegram.confirmed == number + 1)
            await telegram.say("next", ANN)
            await telegram.until(lambda: desk.answered == ["next"])
    assert desk.started == ["broken 9"] * 3 + ["next"]
    assert desk.failures == [(number, "message", "RuntimeError")]
    assert desk.sorry == ["broken 9"]
    assert "broken 9" not in str(logs)
    assert "test_listen.py" in logs[0]["at"]


async def test_an_update_that_takes_longer_than_five_seconds_has_failed(
    telegram: TelegramDouble, bot: Bot, desk: Desk
) -> None:
    class Impatient(HastyClock):
        def timeout(self, seconds: float) -> asyncio.Timeout:
            return asyncio.timeout(0.01 if seconds == 5.0 else seconds)

    number = await telegram.say("slow", ANN)
    async with background(a_listener(bot, desk, Impatient()).run()):
        await telegram.until(lambda: telegram.confirmed == number + 1)
    assert desk.failures == [(number, "message", "TimeoutError")]
    assert (desk.handled, desk.sorry) == ([], ["slow"])


async def test_an_answer_that_cannot_be_given_undoes_nothing(
    telegram: TelegramDouble, listener: Listener, desk: Desk
) -> None:
    number = await telegram.say("mute", ANN)
    async with background(listener.run()):
        await telegram.until(lambda: telegram.confirmed == number + 1)
    assert desk.handled == ["mute"]
    assert desk.failures == []


async def test_an_update_that_cannot_be_read_is_recorded_and_passed_over(
    telegram: TelegramDouble, listener: Listener, desk: Desk
) -> None:
    strange = await telegram.update({"message": {"unlike": "any message"}})
    number = await telegram.say("next", ANN)
    async with background(listener.run()):
        await telegram.until(lambda: desk.handled == ["next"])
        await telegram.until(lambda: telegram.confirmed == number + 1)
    ((update, kind, _),) = desk.failures
    assert (update, kind) == (strange, "unreadable")


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
        gateway("getUpdates", page=True),
        limited(9, method="getUpdates"),
        Fault(cut=True, method="getUpdates"),
        Fault(409, "Conflict: terminated by other getUpdates request", method="getUpdates"),
        unauthorized("getUpdates"),
        Fault(500, "Internal Server Error", method="getUpdates"),
    )
    await telegram.say("still there", ANN)
    async with background(listener.run()):
        await telegram.until(lambda: desk.handled == ["still there"])
    assert len(clock.pauses) == 7
    assert 9.0 in clock.pauses


async def test_a_poll_that_hangs_is_asked_again(
    telegram: TelegramDouble, bot: Bot, desk: Desk
) -> None:
    class Impatient(HastyClock):
        def timeout(self, seconds: float) -> asyncio.Timeout:
            return asyncio.timeout(0.05 if seconds > 30 else seconds)

    telegram.fail(hanging(method="getUpdates", accept=False))
    await telegram.say("still there", ANN)
    async with background(a_listener(bot, desk, Impatient()).run()):
        await telegram.until(lambda: desk.handled == ["still there"])


async def test_a_second_listener_is_named_as_the_reason(
    telegram: TelegramDouble, listener: Listener
) -> None:
    telegram.fail(Fault(409, "Conflict: terminated", method="getUpdates"))
    with capture_logs() as logs:
        async with background(listener.run()):
            await telegram.until(lambda: telegram.calls.count("getUpdates") == 2)
    assert "another program listens with the same token" in logs[0]["reason"]


async def test_a_silence_is_logged_once_a_reason_and_its_end_with_how_long_it_was(
    telegram: TelegramDouble, listener: Listener, desk: Desk
) -> None:
    telegram.fail(*[gateway("getUpdates")] * 3, *[limited(9, method="getUpdates")] * 2)
    telegram.fail(*[gateway("getUpdates")] * 3)
    with capture_logs() as logs:
        async with background(listener.run()):
            await telegram.say("at last", ANN)
            await telegram.until(lambda: desk.answered == ["at last"])
            await telegram.say("and more", ANN)
            await telegram.until(lambda: desk.answered == ["at last", "and more"])
    assert [(entry["event"], entry.get("reason")) for entry in logs] == [
        ("Telegram cannot be heard", "Bad Gateway"),
        ("Telegram cannot be heard", "Telegram asked to wait"),
        ("Telegram is heard again", None),
    ]
    assert logs[-1]["after_s"] >= 0


async def test_a_token_refused_again_and_again_ends_the_listening(
    telegram: TelegramDouble, listener: Listener
) -> None:
    telegram.fail(*[unauthorized("getUpdates")] * 3)
    with pytest.raises(TokenRefusedError, match="TELEGRAM_TOKEN"):
        await listener.run()
