"""The same question in a group within a minute: one answer, kept up to date."""

import asyncio

import pytest

from bot.wording.text import Message
from handlers.telegram.echo import Echo
from tests.clocks import ManualClock

QUESTION = (-55, 0, "liqs", "btc 1h")


class Group:
    """Shows what was said and edited there; ``open`` lets a call end."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, int | None]] = []
        self.open = asyncio.Event()
        self.open.set()
        self.fails = False
        self.shown = 0

    async def say(self, words: Message, edits: int | None) -> int | None:
        self.calls.append((str(words.head[0]), edits))
        await self.open.wait()
        if self.fails:
            return None
        self.shown += edits is None
        return edits or self.shown


@pytest.fixture
def group() -> Group:
    return Group()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def echo(clock: ManualClock) -> Echo:
    return Echo(clock)


def words(text: str) -> Message:
    return Message((text,))


async def test_asked_again_within_a_minute_its_answer_is_edited(echo: Echo, group: Group) -> None:
    await echo.answer(QUESTION, words("first"), group.say)
    await echo.answer(QUESTION, words("second"), group.say)
    assert group.calls == [("first", None), ("second", 1)]


async def test_the_same_words_again_need_no_call(echo: Echo, group: Group) -> None:
    for _ in range(3):
        await echo.answer(QUESTION, words("same"), group.say)
    assert group.calls == [("same", None)]


async def test_a_minute_after_it_was_sent_an_answer_is_out_of_sight(
    echo: Echo, group: Group, clock: ManualClock
) -> None:
    await echo.answer(QUESTION, words("a"), group.say)
    await clock.advance(59)
    await echo.answer(QUESTION, words("b"), group.say)
    await clock.advance(1)
    await echo.answer(QUESTION, words("c"), group.say)
    assert group.calls == [("a", None), ("b", 1), ("c", None)]


async def test_another_question_topic_or_group_has_an_answer_of_its_own(
    echo: Echo, group: Group
) -> None:
    for question in (QUESTION, (-55, 7, "liqs", "btc 1h"), (-56, 0, "liqs", "btc 1h")):
        await echo.answer(question, words("x"), group.say)
    await echo.answer((-55, 0, "liqs", "eth"), words("x"), group.say)
    assert [edits for _, edits in group.calls] == [None] * 4


async def test_many_who_ask_at_once_are_answered_by_one_message_and_one_edit(
    echo: Echo, group: Group
) -> None:
    group.open.clear()
    asked = [
        asyncio.create_task(echo.answer(QUESTION, words(str(number)), group.say))
        for number in range(9)
    ]
    await asyncio.sleep(0)
    group.open.set()
    await asyncio.gather(*asked)
    assert group.calls == [("0", None), ("8", 1)]


async def test_an_answer_that_did_not_arrive_is_sent_by_who_asks_next(
    echo: Echo, group: Group
) -> None:
    group.fails = True
    await echo.answer(QUESTION, words("lost"), group.say)
    group.fails = False
    await echo.answer(QUESTION, words("here"), group.say)
    assert group.calls == [("lost", None), ("here", None)]


async def test_an_answer_that_a_button_has_changed_is_left_alone(echo: Echo, group: Group) -> None:
    await echo.answer(QUESTION, words("a"), group.say)
    echo.forget(-55, 2)
    echo.forget(-56, 1)
    await echo.answer(QUESTION, words("b"), group.say)
    echo.forget(-55, 1)
    await echo.answer(QUESTION, words("c"), group.say)
    assert [edits for _, edits in group.calls] == [None, 1, None]


async def test_only_so_many_questions_are_remembered(clock: ManualClock, group: Group) -> None:
    echo = Echo(clock, most=2)
    for coin in ("a", "b", "c", "a"):
        await echo.answer((-55, 0, "liqs", coin), words(coin), group.say)
    assert [edits for _, edits in group.calls] == [None] * 4
