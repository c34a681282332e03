"""The courier sends what is due, keeps chats apart, and settles every outcome."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager

import pytest

from bot.delivery.outcomes import Delivered, Gone, Moved, Outcome, Refused, Retry
from bot.delivery.pacing import Limits
from bot.events import ChatMoved
from bot.ports import Notification
from bot.rules import Destination
from bot.wording.text import Message
from tests.bot.delivery.office import ALERT, Office, office
from tests.clocks import ManualClock

Answers = Callable[[int], Outcome]


class Phone:
    """A platform that answers what a test tells it to, and can be held. ``calls``: chats."""

    platform = "t"

    def __init__(self, answers: Answers, harmless_s: float = 0.0) -> None:
        self.answers = answers
        self.harmless_s = harmless_s
        self.calls: list[int] = []
        self.nonces: list[str] = []
        self.held: dict[int, asyncio.Event] = {}

    async def deliver(
        self,
        destination: Destination,
        message: Message,
        nonce: str,
        edits: int | None = None,
        quotes: int | None = None,
    ) -> Outcome:
        self.calls.append(destination.chat)
        self.nonces.append(nonce)
        if destination.chat in self.held:
            await self.held[destination.chat].wait()
        return self.answers(destination.chat)

    async def probe(self) -> Outcome | None:
        return None


def delivered(chat: int) -> Outcome:
    return Delivered(1)


@asynccontextmanager
async def at_work(
    answers: Answers = delivered, limits: Limits | None = None, harmless_s: float = 0.0
) -> AsyncIterator[tuple[Office, Phone]]:
    phone = Phone(answers, harmless_s)
    async with office(lambda clock: phone, limits) as place:
        yield place, phone


async def test_a_chat_gets_its_messages_one_at_a_time_and_in_order() -> None:
    async with at_work() as (place, phone):
        for _ in range(3):
            place.notice(1)
        await place.clock.advance(5)
    assert phone.calls == [1, 1, 1]
    assert [i for i, _ in place.outbox.settled] == [1, 2, 3]


async def test_alerts_that_wait_for_a_chat_go_out_in_one_message() -> None:
    async with at_work() as (place, phone):
        phone.held[1] = asyncio.Event()
        place.alert(1)
        await place.clock.advance(1)
        for _ in range(4):
            place.alert(1)
        phone.held[1].set()
        await place.clock.advance(1)
        accounts = await place.outbox.accounts()
    assert phone.calls == [1, 1]
    assert (accounts.sent, accounts.merged) == (2, 3)


async def test_every_try_carries_the_notifications_own_nonce() -> None:
    tries: Iterator[Outcome] = iter([Retry(1.0, "cut", unknown=True), Delivered(1)])
    async with at_work(lambda chat: next(tries)) as (place, phone):
        number = place.notice(1)
        nonce = Notification(number, Destination("t", 1), ALERT, place.clock.now_ms()).nonce
        await place.clock.advance(5)
    assert phone.nonces == [nonce, nonce]


async def test_a_hung_chat_holds_up_nobody_else() -> None:
    async with at_work() as (place, phone):
        phone.held[1] = asyncio.Event()
        for chat in (1, 1, 2, 2):
            place.notice(chat)
        await place.clock.advance(5)
        assert phone.calls == [1, 2, 2]
        phone.held[1].set()
        await place.clock.advance(1)
        assert phone.calls[-1] == 1


@pytest.mark.parametrize("harmless_s", [0.0, 120.0])
async def test_a_call_without_an_answer_ends_as_unknown(harmless_s: float) -> None:
    async with at_work(harmless_s=harmless_s) as (place, phone):
        phone.held[1] = asyncio.Event()
        place.notice(1)
        await place.clock.advance(61)
        _, outcome = place.outbox.settled[0]
    assert outcome == Retry(0.0, "no answer in time", unknown=True, harmless_s=harmless_s)


async def test_a_429_rests_its_chat_for_exactly_its_time_while_another_goes_on() -> None:
    limited = True

    def answers(chat: int) -> Outcome:
        return Retry(30.0, "429", limited=True) if chat == 1 and limited else Delivered(1)

    async with at_work(answers) as (place, phone):
        place.notice(1)
        place.notice(2)
        await place.clock.advance(1)
        limited = False
        place.notice(2)
        await place.clock.advance(28.99)
        assert phone.calls == [1, 2, 2]
        await place.clock.advance(0.1)
        assert phone.calls[-1] == 1


async def test_a_moved_chat_is_told_to_the_engine() -> None:
    async with at_work(lambda chat: Moved(77)) as (place, _):
        place.notice(1)
        await place.clock.advance(0.01)
    assert place.told == [ChatMoved("t", 1, 77)]


async def test_a_dead_chat_is_settled_as_gone_and_others_go_on() -> None:
    def answers(chat: int) -> Outcome:
        return Gone("blocked") if chat == 1 else Delivered(1)

    async with at_work(answers) as (place, _):
        place.notice(1)
        place.notice(2)
        await place.clock.advance(1)
    assert place.outbox.settled == [(1, Gone("blocked")), (2, Delivered(1))]


async def test_an_unforeseen_error_costs_one_delivery_only() -> None:
    def answers(chat: int) -> Outcome:
        if chat == 1:
            raise ZeroDivisionError
        return Delivered(1)

    async with at_work(answers) as (place, phone):
        place.notice(1)
        place.notice(2)
        await place.clock.advance(1)
        assert phone.calls == [1, 2]
        assert (2, Delivered(1)) in place.outbox.settled


async def test_an_alert_that_cannot_be_worded_is_given_up_without_a_call() -> None:
    def answers(chat: int) -> Outcome:
        raise AssertionError("nothing to be sent")

    def broken(notification: Notification, now_ms: int) -> Message:
        raise KeyError

    async with at_work(answers) as (place, phone):
        place.courier._say = broken
        place.notice(1)
        await place.clock.advance(1)
    assert phone.calls == []
    assert place.outbox.settled == [(1, Refused("could not be worded (KeyError)"))]


async def test_a_stop_lets_the_call_under_way_end_and_starts_no_other() -> None:
    phone = Phone(delivered)
    place = Office(phone, Limits(), ManualClock())
    phone.held[1] = asyncio.Event()
    place.notice(1)
    place.notice(1)
    async with asyncio.TaskGroup() as group:
        group.create_task(place.courier.run())
        await place.clock.advance(1)
        place.courier.stop()
        await place.clock.advance(1)
        phone.held[1].set()
    assert [i for i, _ in place.outbox.settled] == [1]
    assert place.outbox.waiting() == [2]


async def test_a_full_disk_delays_and_never_repeats() -> None:
    async with at_work() as (place, phone):
        phone.held[1] = asyncio.Event()
        place.notice(1)
        place.notice(1)
        await place.clock.advance(1)
        place.outbox.full = True
        phone.held[1].set()
        await place.clock.advance(30)
        assert phone.calls == [1]
        place.outbox.full = False
        await place.clock.advance(5)
    assert phone.calls == [1, 1]
    assert [i for i, _ in place.outbox.settled] == [1, 2]


async def test_a_disk_that_stays_full_is_no_sign_that_the_platform_is_down() -> None:
    async with at_work() as (place, phone):
        for chat in range(1, 9):
            place.notice(chat)
            phone.held[chat] = asyncio.Event()
        await place.clock.advance(1)
        place.outbox.full = True
        for held in phone.held.values():
            held.set()
        await place.clock.advance(200)
        assert place.troubles == []
        place.outbox.full = False
        await place.clock.advance(5)
        assert len(place.outbox.settled) == 8


async def test_no_more_calls_at_once_than_the_platform_has_slots() -> None:
    async with at_work(limits=Limits(slots=3)) as (place, phone):
        for chat in range(1, 9):
            place.notice(chat)
            phone.held[chat] = asyncio.Event()
        await place.clock.advance(5)
        assert phone.calls == [1, 2, 3]
        phone.held[2].set()
        await place.clock.advance(1)
        assert phone.calls == [1, 2, 3, 4]


async def test_private_chats_are_served_before_groups() -> None:
    async with at_work(limits=Limits(per_second=2)) as (place, phone):
        for chat in (-1, -2, -3):
            place.notice(chat, direct=False)
        for chat in (1, 2, 3):
            place.notice(chat)
        await place.clock.advance(4)
    assert phone.calls == [1, 2, 3, -1, -2, -3]


async def test_an_alert_whose_chat_was_limited_meanwhile_goes_back_without_a_call() -> None:
    async with at_work(limits=Limits(per_second=1)) as (place, phone):
        place.notice(1)
        await place.clock.advance(0.5)
        place.notice(2)
        await place.clock.advance(0.51)
        assert place.outbox.waiting() == []
        place.turnstile.limited(Destination("t", 2, direct=True), 60.0)
        await place.clock.advance(58)
        assert phone.calls == [1]
        assert [i for i, _ in place.outbox.settled] == [1, 2]
        await place.clock.advance(10)
    assert phone.calls == [1, 2]


async def test_a_busy_outbox_is_asked_twenty_times_a_second_at_most() -> None:
    async with at_work() as (place, _):
        for chat in range(1, 200):
            place.notice(chat)
        for _ in range(1000):
            place.courier.wake()
            await place.clock.advance(0.001)
    assert place.outbox.claims <= 21


async def test_a_new_alert_of_a_quiet_bot_goes_out_at_once() -> None:
    async with at_work() as (place, phone):
        await place.clock.advance(10.5)
        place.notice(1)
        place.courier.wake()
        await place.clock.advance(0)
        assert phone.calls == [1]


async def test_it_passes_the_places_of_a_delivery_in_order() -> None:
    async with at_work() as (place, _):
        place.notice(1)
        await place.clock.advance(1)
    assert place.passed == ["alert claimed", "alert called", "alert settled"]
