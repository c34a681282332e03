"""Answers go first and in order, alerts keep a share, and who gives up leaves no trace."""

import asyncio
from collections.abc import Iterable
from itertools import pairwise

import pytest

from bot.delivery.lobby import MOST_OF_A_CHAT, MOST_WAITING
from bot.delivery.pacing import SECOND_S, Limits
from bot.delivery.turnstile import Turnstile, sent
from bot.rules import Destination
from tests.clocks import ManualClock

PATIENCE_S = 10.0
"""Real seconds: who waits at the door for a clock that no longer moves fails, and does not hang."""

LIMITS = Limits(per_second=10, chat_gap_s=1.0, group_per_minute=20, group_kept=6)


def chat(number: int) -> Destination:
    return Destination("t", number, direct=number > 0)


class Door:
    """A turnstile and who passed it: (second, "answer" or "alert", chat)."""

    def __init__(self, group: asyncio.TaskGroup, limits: Limits = LIMITS) -> None:
        self.clock = ManualClock()
        self.turnstile = Turnstile(limits, self.clock)
        self.passed: list[tuple[float, str, int]] = []
        self._group = group

    def answer(self, number: int) -> asyncio.Task[None]:
        return self._group.create_task(self._answer(number))

    def alert(self, number: int) -> asyncio.Task[None]:
        return self._group.create_task(self._alert(number))

    def chats(self, kind: str = "answer") -> list[int]:
        return [number for _, what, number in self.passed if what == kind]

    async def _answer(self, number: int) -> None:
        await self.turnstile.answer(chat(number))
        self.passed.append((self.clock.monotonic(), "answer", number))

    async def _alert(self, number: int) -> None:
        await self.turnstile.alert(chat(number))
        self.passed.append((self.clock.monotonic(), "alert", number))


def give_up(tasks: Iterable[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()


async def test_answers_pass_evenly_while_there_is_room() -> None:
    async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as group:
        door = Door(group)
        for number in range(1, 11):
            door.answer(number)
        await door.clock.advance(0.69)
    assert door.chats() == list(range(1, 11))
    at = [moment for moment, _, _ in door.passed]
    assert all(0.06 < later - earlier < 0.08 for earlier, later in pairwise(at))


async def test_answers_beyond_the_pace_pass_in_order_as_soon_as_there_is_room() -> None:
    async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as group:
        door = Door(group)
        for number in range(1, 26):
            door.answer(number)
        await door.clock.advance(3)
    assert door.chats() == list(range(1, 26))
    at = [moment for moment, _, _ in door.passed]
    assert [round(at[first], 2) for first in (0, 10, 20)] == [
        0.0,
        round(SECOND_S, 2),
        round(2 * SECOND_S, 2),
    ]
    assert all(
        later - earlier >= SECOND_S - 1e-9 for earlier, later in zip(at, at[10:], strict=False)
    )


async def test_a_chat_that_rests_holds_up_nobody_else() -> None:
    async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as group:
        door = Door(group)
        door.turnstile.limited(chat(1), 30.0)
        for number in (1, 2, 3):
            door.answer(number)
        await door.clock.advance(29.9)
        assert door.chats() == [2, 3]
        await door.clock.advance(0.2)
    assert door.passed[-1][0] >= 30.0


async def test_chats_take_turns_however_many_answers_wait_in_one() -> None:
    async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as group:
        door = Door(group, Limits(per_second=1))
        tasks = [door.answer(1) for _ in range(20)]
        tasks += [door.answer(2)]
        await door.clock.advance(2.1)
        assert door.chats() == [1, 1, 2]
        give_up(tasks)


async def test_an_answer_goes_before_alerts_that_came_earlier() -> None:
    async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as group:
        door = Door(group)
        for number in range(1, 16):
            door.alert(number)
        await door.clock.advance(0.7)
        door.answer(99)
        await door.clock.advance(2)
    assert door.passed[10][1:] == ("answer", 99)


async def test_a_flood_of_answers_leaves_alerts_a_fifth_of_each_second() -> None:
    async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as group:
        door = Door(group)
        tasks = [door.answer(number) for number in range(1, 200)]
        tasks += [door.alert(1000 + number) for number in range(30)]
        await door.clock.advance(5.9)
        assert len(door.chats("alert")) in (10, 11, 12)
        assert len(door.chats("answer")) + len(door.chats("alert")) == 60
        give_up(tasks)


async def test_answers_take_every_place_while_no_alert_waits() -> None:
    async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as group:
        door = Door(group)
        tasks = [door.answer(number) for number in range(1, 200)]
        await door.clock.advance(5.9)
        assert len(door.chats()) == 60
        give_up(tasks)


async def test_who_gives_up_leaves_no_trace() -> None:
    async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as group:
        door = Door(group, Limits(per_second=1))
        door.answer(1)
        await door.clock.advance(0)
        waiting = [door.answer(number) for number in range(2, 9)]
        await door.clock.advance(0.5)
        give_up(waiting[:-1])
        await door.clock.advance(0.54)
        assert door.chats() == [1, 8]
        await door.clock.advance(5)
        assert door.turnstile.allowance() == 1
        assert door.turnstile._lobby.anyone() is None


@pytest.mark.parametrize("steps", range(8))
async def test_who_is_cancelled_around_its_turn_hands_it_on(steps: int) -> None:
    async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as group:
        door = Door(group, Limits(per_second=1))
        door.answer(1)
        await door.clock.advance(0)
        second, third = door.answer(2), door.answer(3)
        await door.clock.advance(1.0)
        moving = group.create_task(door.clock.advance(0.04))
        for _ in range(20 + steps):
            await asyncio.sleep(0)
        second.cancel()
        await moving
        await door.clock.advance(1.04)
    assert third.done()
    assert door.passed[-1][0] < (2.08 if 2 in door.chats() else 1.04)


async def test_a_crowd_is_turned_away() -> None:
    async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as group:
        door = Door(group, Limits(per_second=1))
        door.turnstile.limited(chat(1), 3_600.0)
        tasks = [door.answer(1) for _ in range(MOST_OF_A_CHAT)]
        await door.clock.advance(0)
        with pytest.raises(TimeoutError):
            await door.turnstile.answer(chat(1))
        tasks += [door.answer(1_000 + number) for number in range(MOST_WAITING - MOST_OF_A_CHAT)]
        await door.clock.advance(0)
        tasks.append(door.answer(2))  # in the place of the one that passed
        await door.clock.advance(0)
        with pytest.raises(TimeoutError):
            await door.turnstile.answer(chat(3))
        give_up(tasks)


async def test_a_claimed_alert_goes_before_its_chats_own_answers() -> None:
    async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as group:
        door = Door(group)
        door.answer(1)
        await door.clock.advance(0.5)
        door.alert(1)
        door.answer(1)
        await door.clock.advance(3)
    assert [kind for _, kind, _ in door.passed] == ["answer", "alert", "answer"]


async def test_nobody_passes_while_the_platform_asks_all_for_patience() -> None:
    async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as group:
        door = Door(group)
        door.turnstile.limited(chat(1), 10.0, platform_wide=True)
        door.answer(2)
        door.alert(3)
        await door.clock.advance(9.99)
        assert door.passed == []
        await door.clock.advance(0.2)
    assert len(door.passed) == 2


async def test_the_couriers_allowance_leaves_room_for_waiting_answers() -> None:
    async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as group:
        door = Door(group)
        for number in range(1, 11):
            door.answer(number)
        await door.clock.advance(0.7)
        for number in range(11, 15):
            door.answer(number)
        await door.clock.advance(0)
        assert door.turnstile.allowance(ahead_s=1.04) == 6
        await door.clock.advance(1)


@pytest.mark.parametrize("written", [True, False])
async def test_a_call_counts_from_its_way_to_the_socket_or_from_the_end_of_its_task(
    written: bool,
) -> None:
    clock = ManualClock()
    turnstile = Turnstile(Limits(per_second=1), clock, told=True)

    async def call(number: int) -> None:
        await turnstile.alert(chat(number))
        passed.append(clock.monotonic())
        await clock.sleep(5.0)
        if written:
            sent()
            await clock.sleep(20.0)

    passed: list[float] = []
    async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as group:
        group.create_task(call(1))
        group.create_task(call(2))
        await clock.advance(5.0 + SECOND_S - 0.01)
        assert passed == [0.0]
        await clock.advance(30.0)
    assert 5.0 + SECOND_S <= passed[1] < 7.2


async def test_a_task_that_passes_again_has_written_what_it_passed_for_before() -> None:
    clock = ManualClock()
    turnstile = Turnstile(Limits(per_second=1), clock, told=True)

    async def calls() -> None:
        for number in (1, 2):
            await turnstile.answer(chat(number))
            sent()
            sent()

    async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as group:
        group.create_task(calls())
        await clock.advance(2.0)
    assert turnstile.allowance() == 0
    await clock.advance(SECOND_S)
    assert turnstile.allowance() == 1
