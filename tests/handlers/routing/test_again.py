"""A question that comes again, and a disk that is full: what is done once, and what is said."""

import pytest

from bot.errors import StoreError
from bot.events import RuleSaved
from bot.ports import Chat, Mark
from bot.rules import Destination
from handlers.answers.standing import found_again, given_up
from handlers.routing.router import DONE, UNSAVED, act, answer, overheard
from handlers.talk import Reply, Request
from tests.fake_books import FULL
from tests.fakes import FakeChats, FakeLedger, Furnished
from tests.handlers.asking import ANNA, GROUP, PRIVATE, SERVER, a_request, ask, say, words
from tests.handlers.doors import CHANGING, LINK, MOVING, everything, states

MARK = Mark("telegram:7000000001", 815)
NOBODY = Destination("nowhere", 0)


def asked(text: str = "", at: Destination = GROUP) -> Request:
    """A fresh request for the same update."""
    return a_request(text, at, admin=True, mark=MARK)


@pytest.mark.parametrize("typed", sorted(CHANGING))
async def test_a_command_that_comes_again_changes_nothing_more_and_is_answered(typed: str) -> None:
    name, _, text = typed.partition(" ")
    for here in await states(GROUP):
        before = everything(here, NOBODY)
        await answer(name, asked(text), here.house)
        after = everything(here, NOBODY)
        await here.clock.advance(30)
        again = words(await answer(name, asked(text), here.house))
        assert everything(here, NOBODY) == after
        assert again == DONE or name == "start", "a greeting is given again"
        assert again == DONE or after[0] == before[0], "but no second time for a new alert"


@pytest.mark.parametrize("action", sorted(MOVING))
async def test_a_press_that_comes_again_edits_nothing(action: str) -> None:
    for here in await states(GROUP):
        await act(action, asked(), here.house)
        after = everything(here, NOBODY)
        await here.clock.advance(30)
        again = await act(action, asked(), here.house)
        assert everything(here, NOBODY) == after
        assert again.message is None
        assert again.toast


async def test_what_has_no_effect_is_answered_as_if_for_the_first_time() -> None:
    here = Furnished()
    for _ in range(3):
        for name in ("help", "liqs", "alerts", "sources"):
            reply = await answer(name, asked(at=PRIVATE), here.house)
            assert words(reply) not in (DONE, "")
    assert here.books.marks == set()


async def test_bare_words_that_come_again_set_one_alert() -> None:
    here = Furnished()
    for _ in range(2):
        reply = await overheard(asked("BTC 1h > 50m", PRIVATE), here.house)
    assert words(reply) == DONE
    assert len(here.rulebook.rules) == 1


async def test_saving_and_taking_up_a_chat_are_one_work() -> None:
    here = Furnished()
    here.chats.saved[PRIVATE] = Chat(PRIVATE, state="gone", reason="blocked")
    await answer("alert", asked("50m", PRIVATE), here.house)
    assert here.books.works == 1
    assert here.chats.saved[PRIVATE].state == "active"
    assert len(here.rulebook.rules) == 1


async def test_a_link_to_an_alert_that_is_there_wakes_a_stopped_chat_all_the_same() -> None:
    here = Furnished()
    await ask("/alert BTC 1h > 1m", here)
    await ask("/stop", here)
    assert "already" in words(await ask(f"/start {LINK}", here))
    assert here.chats.saved[PRIVATE].state == "active"
    assert len(here.rulebook.rules) == 1


@pytest.mark.parametrize("typed", sorted(CHANGING))
async def test_what_could_not_be_saved_is_never_called_saved(typed: str) -> None:
    for here in await states(GROUP):
        before = everything(here, NOBODY)
        here.books.full = True
        reply = await ask(f"/{typed}", here, GROUP, admin=True)
        assert words(reply) == UNSAVED or typed.startswith("start")
        assert FULL not in words(reply)
        assert everything(here, NOBODY) == before


@pytest.mark.parametrize("action", sorted(MOVING))
async def test_a_press_that_could_not_be_saved_says_so_in_a_toast(action: str) -> None:
    [here, *_] = await states(GROUP)
    before = everything(here, NOBODY)
    here.books.full = True
    assert await act(action, asked(), here.house) == Reply(None, toast=UNSAVED)
    assert everything(here, NOBODY) == before


class BrokenChats(FakeChats):
    """What is known of chats cannot be read."""

    async def get(self, destination: Destination) -> Chat:
        raise StoreError(FULL)


async def test_what_is_on_disk_is_never_called_unsaved() -> None:
    """After the commit nothing is read any more that could fail."""
    for typed in ("alert BTC 1h > 7m", "mute", "stop", "unmute"):
        here = Furnished()
        here.house.chats = BrokenChats()
        for at in (PRIVATE, SERVER):
            assert words(await ask(f"/{typed}", here, at, admin=at == SERVER)) != UNSAVED


async def test_a_proof_that_arrived_counts_though_it_cannot_be_written_down() -> None:
    here = Furnished()
    here.house.chats = BrokenChats()
    told = words(await ask("/alert BTC 1h > 7m", here, SERVER))
    assert "sent you a DM" in told
    assert len(here.rulebook.rules) == 1


async def test_a_second_try_after_an_unforeseen_error_does_it_once() -> None:
    here = Furnished()
    failing = [True, True, False]

    async def tripped() -> None:
        if failing.pop(0):
            raise RuntimeError

    here.books.before = tripped
    for _ in range(2):
        with pytest.raises(RuntimeError):
            await answer("alert", asked("50m", PRIVATE), here.house)
    assert words(await answer("alert", asked("50m", PRIVATE), here.house)).startswith("Set: ")
    assert len(here.rulebook.rules) == 1
    assert len(here.told) == 1


async def test_the_same_request_can_be_asked_again() -> None:
    here = Furnished()
    request = asked("  BTC   1h >  50m ", PRIVATE)
    assert words(await answer("alert", request, here.house)).startswith("Set: ")
    assert words(await answer("alert", request, here.house)) == DONE
    press = asked(at=PRIVATE)
    here.books.marks.clear()
    assert (await act("mute|1h", press, here.house)).message is not None
    assert (await act("mute|1h", press, here.house)).toast == DONE


async def test_a_choice_that_there_is_no_room_for_leaves_everything_as_it_was() -> None:
    here = Furnished()
    for amount in range(1, 51):
        await ask(f"/alert BTC 1h > {amount}m", here)
        await here.clock.advance(3)
    await ask("/stop", here)
    before = everything(here, NOBODY)
    await here.clock.advance(30)
    assert "50" in (await act("pace|big", asked(at=PRIVATE), here.house)).toast
    assert everything(here, NOBODY) == before
    assert here.books.marks == set()


async def test_a_chat_is_given_up_and_found_again() -> None:
    here = Furnished()
    await given_up(PRIVATE, here.house, "blocked by the user")
    assert here.chats.saved[PRIVATE] == Chat(PRIVATE, "gone", reason="blocked by the user")
    await found_again(PRIVATE, here.house)
    assert here.chats.saved[PRIVATE] == Chat(PRIVATE)
    await ask("/stop", here)
    await found_again(PRIVATE, here.house)
    assert here.chats.saved[PRIVATE].state == "stopped"


async def test_a_rule_that_moved_since_it_was_judged_is_not_changed() -> None:
    here = Furnished()
    await ask("/alert BTC 1h > 7m", here, GROUP, admin=True)

    async def moved() -> None:
        await FakeLedger(here.rulebook, here.chats, here.outbox).move("telegram", GROUP.chat, -9)

    here.books.before = moved
    reply = await act("delete|1", asked(), here.house)
    assert "no such alert" in reply.toast
    assert len(here.rulebook.rules) == 1


async def test_pausing_twice_begins_nothing_anew() -> None:
    here = Furnished()
    await say("BTC 1h > 7m", here)
    for action in ("resume|1", "pause|1", "pause|1", "resume|1", "resume|1"):
        await act(action, a_request(), here.house)
    paused = [event.rule.paused for event in here.told if isinstance(event, RuleSaved)]
    assert paused == [False, True, False]
    assert here.rulebook.rules[1].author == ANNA
