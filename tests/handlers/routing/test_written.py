"""A story hears where people have written, because its edits are not seen there any more."""

from bot.allowed import Allowed
from bot.rules import Destination
from handlers.routing.router import act, answer
from tests.fakes import Furnished
from tests.handlers.asking import GROUP, PRIVATE, a_request, ask, push, say


def listening(here: Furnished) -> list[Destination]:
    heard: list[Destination] = []
    here.house.spoke = heard.append
    return heard


async def test_what_is_typed_is_heard_of_whether_or_not_it_is_understood() -> None:
    here = Furnished()
    heard = listening(here)
    for typed in ("/liqs", "/moon", "/alert nonsense"):
        await ask(typed, here, GROUP)
    await say("hello there", here)
    assert heard == [GROUP, GROUP, GROUP, PRIVATE]


async def test_a_press_counts_where_it_makes_a_new_message() -> None:
    here = Furnished()
    heard = listening(here)
    await push("liqs|all|1h", here)
    await push("nonsense", here)
    assert heard == [], "an edit and a toast stand in nobody's way"
    await push("mute|1h", here)
    assert heard == [PRIVATE]


async def test_who_is_turned_away_or_reads_elsewhere_has_written_nothing_there() -> None:
    private = Furnished(allowed=Allowed([("telegram", 1)]))
    heard = listening(private)
    await ask("/liqs", private)
    await say("hello there", private)
    assert heard == []
    here = Furnished()
    heard = listening(here)
    await answer("liqs", a_request(elsewhere=True), here.house)
    await act("mute|1h", a_request(elsewhere=True), here.house)
    assert heard == []
