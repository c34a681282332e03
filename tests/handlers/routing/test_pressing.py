"""A button does what it was stored to do, where it was shown and for whom."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules import Destination
from bot.wording.text import Button, Message
from handlers.routing.pressing import ANYONE, Pressed, armed, parsed
from handlers.routing.router import EXPIRED, FOREIGN, UNFOUND
from handlers.talk import Reply
from tests.fake_books import FULL
from tests.fakes import FakeKeyboards, Furnished
from tests.handlers.asking import (
    ANNA,
    BORIS,
    GROUP,
    PRIVATE,
    actions,
    ask,
    buttons,
    labelled,
    show,
    tap,
    words,
)

TOPIC = Destination("telegram", GROUP.chat, 8)
OTHER_GROUP = Destination("telegram", -100999)


async def test_a_button_shows_a_token_and_a_number_and_a_link_stays() -> None:
    keyboards = FakeKeyboards()
    link = Button("there", url="https://example.org")
    rows = ((Button("a", "one|1"), link), (Button("b", "two|" + "2" * 300),))
    shown = await armed(Message(("x",), buttons=rows), "discord", 5, ANNA, keyboards, 0)
    [token] = keyboards.kept
    assert actions(Reply(shown)) == [f"{token}:0", "", f"{token}:1"]
    assert buttons(Reply(shown))[1] == link
    assert keyboards.kept[token].actions == ("one|1", "two|" + "2" * 300)
    assert all(len(data) <= 64 for data in actions(Reply(shown)))


async def test_a_message_without_actions_is_not_stored() -> None:
    keyboards = FakeKeyboards()
    message = Message(("x",), buttons=((Button("there", url="https://example.org"),),))
    assert await armed(message, "discord", 5, ANNA, keyboards, 0) is message
    assert keyboards.kept == {}


async def test_what_was_shown_can_be_pressed_again_and_again() -> None:
    here = Furnished()
    data = await show(await ask("/liqs", here), here)
    for _ in range(3):
        assert words(await tap(data[1], here)).startswith("Liquidations")


async def test_a_long_answer_to_a_long_question_keeps_all_its_buttons() -> None:
    here = Furnished()
    coin = "1000000MOGULNATIONTOKENOFTHEWHOLEWIDEWORLD"
    here.desk.listed.add(coin)
    reply = await ask(f"/liqs {coin}", here)
    told = await show(reply, here)
    at = [button.label for button in buttons(reply)].index("🔔 Alert me on this")
    assert coin in words(await tap(told[at], here))


async def test_a_button_in_a_group_belongs_to_who_asked() -> None:
    here = Furnished()
    data = await show(await ask("/liqs", here, GROUP), here, GROUP)
    assert (await tap(data[0], here, GROUP, BORIS, admin=True)).toast == FOREIGN
    assert (await tap(data[0], here, GROUP)).edit


async def test_the_buttons_of_a_nameless_asker_are_anybodys() -> None:
    here = Furnished()
    data = await show(await ask("/liqs", here, GROUP, ANYONE), here, GROUP, ANYONE)
    assert (await tap(data[0], here, GROUP, BORIS)).message is not None


async def test_a_groups_greeting_may_be_answered_by_another_than_who_asked() -> None:
    here = Furnished()
    data = await show(await ask("/start", here, GROUP, BORIS), here, GROUP, BORIS)
    assert words(await tap(data[0], here, GROUP, ANNA, admin=True)).startswith("Set by an admin")
    assert len(here.rulebook.rules) == 1


@pytest.mark.parametrize(
    ("at", "message"),
    [(GROUP, 2), (OTHER_GROUP, 1), (PRIVATE, 1), (Destination("discord", GROUP.chat), 1)],
    ids=["another message", "another group", "a private chat", "another platform"],
)
async def test_a_button_is_dead_in_any_other_place(at: Destination, message: int) -> None:
    here = Furnished()
    data = await show(await ask("/start", here, GROUP, ANYONE), here, GROUP, ANYONE)
    await tap(data[-1], here, GROUP, ANNA)
    pressed = await tap(data[0], here, at, ANNA, admin=True, message=message)
    assert pressed == Reply(None, toast=EXPIRED)
    assert here.rulebook.rules == {}


async def test_a_number_beyond_the_last_button_is_expired() -> None:
    here = Furnished()
    data = await show(await ask("/liqs", here), here)
    token = data[0].partition(":")[0]
    assert (await tap(f"{token}:{len(data)}", here)).toast == EXPIRED
    assert (await tap(f"{'x' * 16}:0", here)).toast == EXPIRED


@pytest.mark.parametrize("data", ["", "liqs|BTC|1h", "mute|1h|@4711", "run|alert|50m", "a" * 64])
async def test_an_action_in_plain_words_is_no_button(data: str) -> None:
    here = Furnished()
    assert (await tap(data, here)).toast == EXPIRED
    assert here.chats.saved == {}
    assert here.rulebook.rules == {}


async def test_while_nothing_can_be_looked_up_a_press_is_answered() -> None:
    here = Furnished()
    data = await show(await ask("/liqs", here), here)
    here.keyboards.broken = True
    reply = await tap(data[0], here)
    assert reply.toast == UNFOUND
    assert FULL not in reply.toast


async def test_a_correction_runs_the_whole_command_and_is_the_askers() -> None:
    here = Furnished()
    reply = await ask("/liqs BTCC 4h", here, GROUP)
    at = buttons(reply).index(labelled(reply, "BTC"))
    data = await show(reply, here, GROUP)
    assert (await tap(data[at], here, GROUP, BORIS)).toast == FOREIGN
    assert "BTC · 4 h" in words(await tap(data[at], here, GROUP))


@given(st.text(max_size=80))
def test_any_data_is_read_or_refused(data: str) -> None:
    pressed = parsed(data)
    assert pressed is None or f"{pressed.token}:{pressed.index}" == data


def test_only_what_was_made_here_is_read() -> None:
    assert parsed("Zk3vT9_qLw0aXb7-:12") == Pressed("Zk3vT9_qLw0aXb7-", 12)
    for data in ("Zk3vT9_qLw0aXb7-:012", "Zk3vT9_qLw0aXb7-:١", "Zk3vT9_qLw0aXb7-:1\n", "x:1"):
        assert parsed(data) is None
