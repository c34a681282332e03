"""Who floods is slowed, and nobody else is."""

import asyncio
import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from bot.ports import Mark
from handlers.routing.flood import (
    BURST,
    GROUP_MOST,
    MINUTE_S,
    ONE_OF_GROUP,
    REFILL_S,
    REMEMBERED,
    FloodGuard,
    Notices,
    Verdict,
)
from handlers.routing.router import TOO_FAST
from tests.clocks import ManualClock
from tests.fakes import Furnished
from tests.handlers.asking import ANNA, BORIS, GROUP, ask, push, words
from tests.torture import times

HERE = -100123
THERE = -100456
IN, TOLD, SILENT = Verdict.ADMITTED, Verdict.NOTICE, Verdict.SILENCE
MEMORY = 16_000_000


def test_a_person_may_ask_ten_at_once_and_hears_of_it_once() -> None:
    guard = FloodGuard(ManualClock())
    verdicts = [guard.judge("telegram", ANNA, 0) for _ in range(13)]
    assert verdicts == [IN] * 10 + [TOLD] + [SILENT] * 2
    assert guard.judge("telegram", BORIS, 0) is IN
    assert guard.judge("discord", ANNA, 0) is IN


async def test_the_steady_rate_is_one_question_in_three_seconds() -> None:
    clock = ManualClock()
    guard = FloodGuard(clock)
    admitted = 0
    for _ in range(120):
        admitted += guard.judge("telegram", ANNA, 0) is IN
        await clock.advance(1)
    assert admitted == 10 + 39


def test_one_person_uses_up_half_of_a_groups_minute_and_no_more() -> None:
    guard = FloodGuard(ManualClock())
    assert [guard.judge("telegram", ANNA, HERE) for _ in range(11)][-2:] == [IN, TOLD]
    assert [guard.judge("telegram", BORIS, HERE) for _ in range(10)] == [IN] * 10
    assert guard.judge("telegram", 4713, HERE) is SILENT, "the group was told already"
    assert guard.judge("telegram", 4713, THERE) is IN


async def test_the_nameless_of_a_group_share_its_minute() -> None:
    clock = ManualClock()
    guard = FloodGuard(clock)
    verdicts = [guard.judge("telegram", 0, HERE) for _ in range(22)]
    assert verdicts == [IN] * 20 + [TOLD, SILENT]
    await clock.advance(MINUTE_S)
    assert guard.judge("telegram", 0, HERE) is IN


async def test_a_refusal_costs_nothing() -> None:
    clock = ManualClock()
    guard = FloodGuard(clock)
    for person in (1, 2):
        for _ in range(10):
            guard.judge("telegram", person, HERE)
    for _ in range(1_000):
        assert guard.judge("telegram", 3, HERE) is not IN
    assert [guard.judge("telegram", 3, 0) for _ in range(10)] == [IN] * 10


def test_a_question_that_comes_again_is_counted_once() -> None:
    guard = FloodGuard(ManualClock())
    for number in range(10):
        for _ in range(3):
            assert guard.judge("telegram", ANNA, 0, Mark("telegram:1", number)) is IN
    assert guard.judge("telegram", ANNA, 0, Mark("telegram:1", 10)) is TOLD
    assert guard.judge("telegram", ANNA, 0, Mark("telegram:1", 9)) is IN


async def test_ten_thousand_in_a_minute_leave_the_answers_of_others_alone() -> None:
    here = Furnished()
    answered = told = 0
    for number in range(10_000):
        reply = await ask("/help", here, GROUP)
        answered += reply.message is not None and words(reply) != TOO_FAST
        told += words(reply) == TOO_FAST and reply.message is not None
        if number % 1_000 == 0:
            assert words(await ask("/help", here, GROUP, BORIS)).startswith("I watch")
        if number % 100 == 99:
            await here.clock.advance(0.6)
    assert answered == ONE_OF_GROUP
    assert told == 1


async def test_who_asks_too_fast_is_told_once_and_answered_again_later() -> None:
    here = Furnished()
    for _ in range(10):
        assert words(await ask("/help", here)).startswith("I watch")
    assert words(await ask("/help", here)) == TOO_FAST
    assert (await ask("/help", here)).message is None
    assert (await push("liqs|all|1h", here)).toast == TOO_FAST
    assert words(await ask("/help", here, by=BORIS)).startswith("I watch")
    await here.clock.advance(3)
    assert words(await ask("/help", here)).startswith("I watch")


MOMENTS = st.lists(
    st.tuples(
        st.sampled_from([0.0, 0.1, 1.0, 2.9, 3.0, 20.0, 60.0, 61.0]),
        st.sampled_from([0, 1, 2, 3, 4]),
        st.sampled_from([0, HERE, THERE]),
    ),
    max_size=150,
)


@given(MOMENTS)
def test_no_minute_holds_more_than_it_may(moments: list[tuple[float, int, int]]) -> None:
    """Against a list of all that was ever admitted or told."""
    asyncio.run(_judged(moments))


async def _judged(moments: list[tuple[float, int, int]]) -> None:
    clock = ManualClock()
    guard = FloodGuard(clock)
    admitted: list[tuple[float, int, int]] = []
    told: list[tuple[float, int, int]] = []
    for pause, author, place in moments:
        await clock.advance(pause)
        now = clock.monotonic()
        verdict = guard.judge("telegram", author, place)
        recent = [one for one in admitted if now - one[0] < MINUTE_S]
        may = _may(author, place, now, admitted, recent)
        assert (verdict is IN) == may
        if may:
            admitted.append((now, author, place))
            continue
        lately = [one for one in told if now - one[0] < MINUTE_S]
        known = any((author and one[1] == author) or (place and one[2] == place) for one in lately)
        assert verdict is (SILENT if known else TOLD)
        if not known:
            told.append((now, author, place))


def _may(
    author: int,
    place: int,
    now: float,
    admitted: list[tuple[float, int, int]],
    recent: list[tuple[float, int, int]],
) -> bool:
    if place:
        here = [one for one in recent if one[2] == place]
        if len(here) >= GROUP_MOST:
            return False
        if author and sum(one[1] == author for one in here) >= ONE_OF_GROUP:
            return False
    return (
        not author or _allowance([one[0] for one in admitted if one[1] == author], now) > 1 - 1e-6
    )


def _allowance(times: list[float], now: float) -> float:
    """A bucket of ten that one more drops into every three seconds."""
    left, at = float(BURST), 0.0
    for time in times:
        left, at = min(float(BURST), left + (time - at) / REFILL_S) - 1, time
    return min(float(BURST), left + (now - at) / REFILL_S)


def test_many_more_people_and_groups_than_are_remembered_take_no_more_memory() -> None:
    guard = FloodGuard(ManualClock())
    tracemalloc.start()
    for number in range(1, times(40_000) + 1):
        guard.judge("telegram", number, -number, Mark("telegram:1", number))
        if number == 2 * REMEMBERED:
            full, _ = tracemalloc.get_traced_memory()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert after < full * 1.05 < MEMORY


def test_the_longest_unseen_is_forgotten_and_begins_anew() -> None:
    guard = FloodGuard(ManualClock(), most=2)
    for _ in range(11):
        guard.judge("telegram", ANNA, 0)
    guard.judge("telegram", BORIS, 0)
    guard.judge("discord", ANNA, 0)
    assert guard.judge("telegram", ANNA, 0) is IN
    assert REMEMBERED == 10_000


async def test_a_notice_is_due_once_a_minute_for_each_of_those_it_reaches() -> None:
    clock = ManualClock()
    notices = Notices(clock)
    anna, boris = ("telegram", ANNA), ("telegram", BORIS)
    assert notices.due(anna)
    assert not notices.due(anna, boris)
    assert notices.due(boris)
    await clock.advance(MINUTE_S)
    assert notices.due(anna, boris)
