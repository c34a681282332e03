"""``Mute this flush``: nothing more of one event, and everything else goes on."""

import pytest

from bot.events import FlushMuted
from handlers.answers.rights import ONLY_ADMINS
from handlers.routing.router import DONE, act, answer
from tests.handlers.asking import BORIS, GROUP, PRIVATE, a_request, ask, push, words
from tests.handlers.commands.flushed import GOING_ON, OVER, Flushing, flushing
from tests.handlers.routing.test_again import asked


async def here_with_two() -> Flushing:
    return await flushing(OVER, running=(GOING_ON,))


async def test_a_press_mutes_one_flush_in_a_toast_and_leaves_the_page_as_it_is() -> None:
    here = await here_with_two()
    reply = await push("hush|311", here)
    assert (reply.message, reply.toast) == (None, "Nothing more of F311 here.")
    assert here.told == [FlushMuted(PRIVATE, 311)]
    assert here.chats.saved == {}, "alerts and other flushes come as before"


async def test_it_can_be_typed() -> None:
    here = await here_with_two()
    assert words(await ask("/mute f300", here)) == "Nothing more of F300 here."
    assert here.told == [FlushMuted(PRIVATE, 300)]
    assert words(await ask("/mute F9", here)) == "I know no flush F9; /flushes shows the last ones."


async def test_in_a_group_only_its_admins_mute_a_flush() -> None:
    here = await here_with_two()
    assert (await push("hush|311", here, GROUP, BORIS)).toast == ONLY_ADMINS
    assert words(await ask("/mute F311", here, GROUP, BORIS)).startswith(ONLY_ADMINS)
    assert here.told == []
    assert (await push("hush|311", here, GROUP, BORIS, admin=True)).toast.startswith("Nothing")
    assert here.told == [FlushMuted(GROUP, 311)]


async def test_a_press_that_comes_again_mutes_once() -> None:
    here = await here_with_two()
    await act("hush|311", asked(), here.house)
    assert (await act("hush|311", asked(), here.house)).toast == DONE
    assert here.told == [FlushMuted(GROUP, 311)]


@pytest.mark.parametrize("number", ["", "x", "-1", "99999999999999999999", "here"])
async def test_a_number_that_is_none_mutes_nothing(number: str) -> None:
    here = await here_with_two()
    assert (await push(f"hush|{number}", here)).toast.startswith("I know no")
    assert here.told == []


async def test_a_span_is_still_a_span() -> None:
    here = await here_with_two()
    assert words(await answer("mute", a_request("30m"), here.house)).startswith("Muted until")
