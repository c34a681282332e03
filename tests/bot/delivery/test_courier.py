"""The courier sends what is due, keeps chats apart, and settles every outcome."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Sequence
from contextlib import asynccontextmanager

from bot.delivery.courier import Courier
from bot.delivery.outcomes import Delivered, Gone, Moved, Outcome, Retry
from bot.delivery.pacing import Limits, Pace
from bot.errors import StoreError
from bot.events import ChatMoved, Event
from bot.ports import Accounts, Notification
from bot.rules import Alert, Destination, Notice, Payload, RuleState
from bot.wording.text import Message
from tests.clocks import ManualClock


class ListOutbox:
    """An outbox in memory: order within a chat, one in flight."""

    def __init__(self) -> None:
        self.waiting: list[Notification] = []
        self.settled: list[tuple[int, Outcome]] = []
        self.full = False
        self.looks: int | None = None
        """Claims that are still granted."""

    def queue(self, chat: int, *ids: int) -> None:
        for number in ids:
            notice = Notice(f"text {number}", at_ms=0)
            self.waiting.append(Notification(number, Destination("t", chat), notice, 0))

    async def claim(
        self, platform: str, now_ms: int, limit: int, lease_ms: int, busy: Collection[int]
    ) -> list[Notification]:
        self._refuse_when_full()
        if self.looks is not None:
            if not self.looks:
                raise StoreError("the disk is full")
            self.looks -= 1
        heads: dict[int, Notification] = {}
        for notification in self.waiting:
            heads.setdefault(notification.destination.chat, notification)
        due = [n for chat, n in heads.items() if chat not in busy][:limit]
        for notification in due:
            self.waiting.remove(notification)
        return due

    def _refuse_when_full(self) -> None:
        if self.full:
            raise StoreError("the disk is full")

    async def settle(self, notification: Notification, outcome: Outcome, now_ms: int) -> None:
        self._refuse_when_full()
        self.settled.append((notification.id, outcome))
        if isinstance(outcome, Retry):
            self.waiting.insert(0, notification)

    async def store(self, a: Sequence[Alert], s: Iterable[RuleState], now_ms: int) -> None: ...

    async def put(self, d: Destination, payload: Payload, key: str, now_ms: int) -> None: ...

    async def recover(self, now_ms: int) -> int:
        return 0

    async def accounts(self) -> Accounts:
        return Accounts(0, 0, 0, 0, 0)


class Phone:
    """A platform that answers what a test tells it to, and can be held."""

    platform = "t"

    def __init__(self, answers: Callable[[int, str], Outcome]) -> None:
        self.answers = answers
        self.calls: list[tuple[int, str]] = []
        self.open: dict[int, asyncio.Event] = {}

    async def deliver(
        self, destination: Destination, message: Message, nonce: str, edits: int | None = None
    ) -> Outcome:
        self.calls.append((destination.chat, nonce))
        if destination.chat in self.open:
            await self.open[destination.chat].wait()
        return self.answers(destination.chat, nonce)


class Office:
    """A courier at work on a manual clock."""

    def __init__(self, answers: Callable[[int, str], Outcome], limits: Limits) -> None:
        self.clock = ManualClock()
        self.outbox = ListOutbox()
        self.phone = Phone(answers)
        self.told: list[Event] = []
        self.courier = Courier(
            self.phone, self.outbox, Pace(limits), say, self.clock, self._tell
        )  # fmt: skip

    async def _tell(self, event: Event) -> None:
        self.told.append(event)


def say(notification: Notification, now_ms: int) -> Message:
    return Message(head=(notification.short_id,))


@asynccontextmanager
async def office(
    answers: Callable[[int, str], Outcome] = lambda chat, nonce: Delivered(1),
    limits: Limits | None = None,
) -> AsyncIterator[Office]:
    place = Office(answers, limits or Limits())
    async with asyncio.TaskGroup() as group:
        task = group.create_task(place.courier.run())
        yield place
        task.cancel()


async def test_a_chat_gets_its_messages_one_at_a_time_and_in_order() -> None:
    async with office() as place:
        place.outbox.queue(1, 1, 2, 3)
        await place.clock.advance(5)
    assert place.phone.calls == [(1, "L1"), (1, "L2"), (1, "L3")]
    assert [i for i, _ in place.outbox.settled] == [1, 2, 3]


async def test_a_hung_chat_holds_up_nobody_else() -> None:
    async with office() as place:
        place.phone.open[1] = asyncio.Event()
        place.outbox.queue(1, 1, 2)
        place.outbox.queue(2, 3, 4)
        await place.clock.advance(5)
        assert place.phone.calls == [(1, "L1"), (2, "L3"), (2, "L4")]
        place.phone.open[1].set()
        await place.clock.advance(1)
        assert place.phone.calls[-1] == (1, "L2")


async def test_a_call_without_an_answer_ends_as_unknown() -> None:
    async with office() as place:
        place.phone.open[1] = asyncio.Event()
        place.outbox.queue(1, 1)
        await place.clock.advance(61)
        number, outcome = place.outbox.settled[0]
        assert number == 1
        assert isinstance(outcome, Retry)
        assert outcome.unknown


async def test_a_429_rests_its_chat_for_exactly_its_time_while_another_goes_on() -> None:
    limited = True

    def answers(chat: int, nonce: str) -> Outcome:
        return Retry(30.0, "429") if chat == 1 and limited else Delivered(1)

    async with office(answers) as place:
        place.outbox.queue(1, 1)
        place.outbox.queue(2, 2)
        await place.clock.advance(1)
        limited = False
        place.outbox.queue(2, 3)
        await place.clock.advance(28.5)
        assert place.phone.calls == [(1, "L1"), (2, "L2"), (2, "L3")]
        await place.clock.advance(2)
        assert place.phone.calls[-1] == (1, "L1")


async def test_a_moved_chat_is_told_to_the_engine() -> None:
    async with office(lambda chat, nonce: Moved(77)) as place:
        place.outbox.queue(1, 1)
        await place.clock.advance(1)
    assert place.told == [ChatMoved("t", 1, 77)]


async def test_a_dead_chat_is_settled_as_gone_and_others_go_on() -> None:
    def answers(chat: int, nonce: str) -> Outcome:
        return Gone("blocked") if chat == 1 else Delivered(1)

    async with office(answers) as place:
        place.outbox.queue(1, 1)
        place.outbox.queue(2, 2)
        await place.clock.advance(1)
    assert place.outbox.settled == [(1, Gone("blocked")), (2, Delivered(1))]


async def test_an_unforeseen_error_costs_one_delivery_only() -> None:
    def answers(chat: int, nonce: str) -> Outcome:
        if chat == 1:
            raise ZeroDivisionError
        return Delivered(1)

    async with office(answers) as place:
        place.outbox.queue(1, 1)
        place.outbox.queue(2, 2)
        await place.clock.advance(1)
        assert place.phone.calls == [(1, "L1"), (2, "L2")]
        assert (2, Delivered(1)) in place.outbox.settled


async def test_a_stop_lets_the_call_under_way_end_and_starts_no_other() -> None:
    place = Office(lambda chat, nonce: Delivered(1), Limits())
    place.phone.open[1] = asyncio.Event()
    place.outbox.queue(1, 1, 2)
    async with asyncio.TaskGroup() as group:
        group.create_task(place.courier.run())
        await place.clock.advance(1)
        place.courier.stop()
        await place.clock.advance(1)
        place.phone.open[1].set()
    assert [i for i, _ in place.outbox.settled] == [1]
    assert [n.id for n in place.outbox.waiting] == [2]


async def test_a_full_disk_delays_and_never_repeats() -> None:
    async with office() as place:
        place.phone.open[1] = asyncio.Event()
        place.outbox.queue(1, 1, 2)
        await place.clock.advance(1)
        place.outbox.full = True
        place.phone.open[1].set()
        await place.clock.advance(10)
        assert place.phone.calls == [(1, "L1")]
        place.outbox.full = False
        await place.clock.advance(5)
    assert place.phone.calls == [(1, "L1"), (1, "L2")]
    assert [i for i, _ in place.outbox.settled] == [1, 2]


async def test_a_platform_that_is_down_is_tried_by_one_call_at_a_time_ever_more_rarely() -> None:
    down = True

    def answers(chat: int, nonce: str) -> Outcome:
        trouble = Retry(5.0, "502", unknown=True, platform_wide=True)
        return trouble if down else Delivered(1)

    async with office(answers) as place:
        for chat in range(1, 21):
            place.outbox.queue(chat, chat)
        await place.clock.advance(1)
        first = len(place.phone.calls)
        await place.clock.advance(600)
        assert 10 <= len(place.phone.calls) - first <= 14
        down = False
        await place.clock.advance(70)
        delivered = {number for number, outcome in place.outbox.settled if outcome == Delivered(1)}
        assert delivered == set(range(1, 21))


async def test_chats_take_turns_however_much_waits_in_some() -> None:
    async with office(limits=Limits(per_second=2)) as place:
        for chat in (1, 2, 3):
            place.outbox.queue(chat, *range(chat * 100, chat * 100 + 50))
        place.outbox.queue(4, 4)
        await place.clock.advance(3)
        assert 4 in {chat for chat, _ in place.phone.calls}


async def test_a_lease_outlives_trouble_in_the_same_look() -> None:
    async with office() as place:
        place.phone.open[1] = asyncio.Event()
        place.outbox.queue(1, 1)
        await place.clock.advance(1)
        place.outbox.looks = 1
        place.outbox.queue(2, 2)
        await place.clock.advance(5)
        assert (2, "L2") in place.phone.calls
