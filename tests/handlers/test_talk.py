"""The one way to change anything: kept, then told, whatever becomes of who asked."""

import asyncio

import pytest

from bot.events import RuleSaved
from bot.ports import Ledger, Mark
from bot.rules import Rule
from tests.fakes import Furnished
from tests.handlers.asking import ANNA, PRIVATE, a_request

RULE = Rule(0, PRIVATE, ANNA, "ETH", None, "1h", "total", 10**14)


async def add(ledger: Ledger) -> Rule:
    return await ledger.add(RULE, 50)


async def test_the_engine_is_told_though_who_asked_has_stopped_waiting() -> None:
    """Else the alert would be on disk and silent until the next start."""
    here, begun, go_on = Furnished(), asyncio.Event(), asyncio.Event()

    async def slow(ledger: Ledger) -> Rule:
        begun.set()
        await go_on.wait()
        return await add(ledger)

    asking = asyncio.create_task(here.house.keep(slow))
    await begun.wait()
    for _ in range(2):
        asking.cancel()
        await asyncio.sleep(0)
        assert not asking.done()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert [event.rule.id for event in here.told if isinstance(event, RuleSaved)] == [1]


async def test_an_error_behind_a_cancelled_question_is_not_left_over() -> None:
    here = Furnished()
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def failing(ledger: Ledger) -> None:
        begun.set()
        await go_on.wait()
        raise RuntimeError

    asking = asyncio.create_task(here.house.keep(failing))
    await begun.wait()
    asking.cancel()
    await asyncio.sleep(0)
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await asking


async def test_a_question_knows_whether_it_changed_anything() -> None:
    here, request = Furnished(), a_request(mark=Mark("telegram:1", 1))
    assert not request.changed
    await here.house.keep(add, request)
    assert request.changed
    assert here.books.marks == {request.mark}


async def test_the_landmark_is_passed_between_the_commit_and_the_engine() -> None:
    here = Furnished()
    seen: list[tuple[str, int, int]] = []
    here.house.passing = lambda place: seen.append(
        (place, len(here.rulebook.rules), len(here.told))
    )
    await here.house.keep(add)
    assert seen == [("update kept", 1, 0)]
    assert len(here.told) == 1
