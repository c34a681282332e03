"""``/follow``: what is followed, changed by words and by buttons, on disk before it is said."""

import pytest

from bot.events import FollowRemoved, FollowSaved
from bot.flush.flush import Severity
from bot.ports import Chat
from bot.rules import Destination
from bot.story.follow import How, Step
from handlers.answers.following import FOLLOW_LIMIT
from handlers.answers.rights import ONLY_ADMINS
from handlers.routing.router import answer
from tests.handlers.asking import (
    ANNA,
    BORIS,
    GROUP,
    PRIVATE,
    SERVER,
    a_request,
    actions,
    ask,
    buttons,
    labelled,
    push,
    words,
)
from tests.handlers.commands.flushed import Flushing


async def test_a_follow_says_what_will_ring() -> None:
    here = Flushing()
    said = words(await ask("/follow market", here))
    assert said == (
        "Set: market-wide flushes from notable on.\n"
        "Start, end and a second wave ring; the all-clear comes silently; "
        "the rest edits that message."
    )
    [follow] = await here.flushbook.following(PRIVATE)
    assert (follow.coin, follow.severity, follow.how) == (None, Severity.NOTABLE, {})
    assert follow.author == ANNA
    assert follow.created_ms == here.clock.now_ms()
    assert here.told == [FollowSaved(follow)]


async def test_a_stage_is_changed_in_words_and_the_rest_stays() -> None:
    here = Flushing()
    await ask("/follow btc severe", here)
    said = words(await ask("/follow btc end silent", here))
    assert said.startswith(
        "Set: BTC flushes from severe on.\nStart and a second wave ring; end and"
    )
    [follow] = await here.flushbook.following(PRIVATE)
    assert follow.severity is Severity.SEVERE
    assert follow.how == {Step.END: How.SILENT}
    await ask("/follow btc end ring", here)
    [follow] = await here.flushbook.following(PRIVATE)
    assert follow.how == {}, "what is as by default is not kept"


async def test_the_same_wish_again_tells_the_story_nothing_new() -> None:
    here = Flushing()
    for _ in range(3):
        assert words(await ask("/follow btc", here)).startswith("Set: BTC flushes")
        await here.clock.advance(3)
    assert len(here.told) == 1


async def test_follow_alone_shows_what_is_followed_with_a_button_each() -> None:
    here = Flushing()
    nothing = await ask("/follow", here)
    assert words(nothing).startswith("You follow no flushes.")
    await push(buttons(nothing)[0].action, here)
    await ask("/follow sol major", here)
    listed = await ask("/follow", here)
    assert words(listed).splitlines()[0] == "You follow: 2 kinds of flushes"
    assert words(listed).splitlines()[1:] == [
        "Market-wide from notable: start, end and a second wave ring",
        "SOL from major: start, end and a second wave ring",
    ]
    assert [button.label for button in buttons(listed)] == ["Market", "SOL"]
    opened = await push(labelled(listed, "SOL").action, here)
    assert opened.edit
    assert words(opened).startswith("Followed: SOL flushes from major on.")
    severe = await push(labelled(opened, "Severe").action, here)
    assert words(severe).startswith("Set: SOL flushes from severe on.")
    assert "• Severe" in [button.label for button in buttons(severe)]


async def test_stages_are_changed_press_by_press_on_their_own_screen() -> None:
    here = Flushing()
    stages = await push(labelled(await ask("/follow eth", here), "Stages").action, here)
    assert len(here.told) == 1, "to look at it changes nothing"
    assert [button.label for button in buttons(stages)][-2:] == ["All clear: silent", "Back"]
    expected = ["silent", "edit", "off", "ring"]
    for how in expected:
        press = next(b.action for b in buttons(stages) if b.label.startswith("Second wave:"))
        stages = await push(press, here)
        assert stages.edit
        assert f"Second wave: {how}" in [button.label for button in buttons(stages)]
    assert words(await push(labelled(stages, "Back").action, here)).startswith("Followed: ETH")


async def test_a_follow_that_says_nothing_is_called_so() -> None:
    here = Flushing()
    typed = "start off end off second wave off all clear off"
    assert "Nothing of it comes" in words(await ask(f"/follow btc {typed}", here))
    for how in ("silent", "edit"):
        said = words(await ask(f"/follow btc start {how}", here))
        assert "Nothing rings; start comes silently; end, a second wave and the all-clear" in said


@pytest.mark.parametrize("way", ["typed", "pressed"])
async def test_a_follow_ends_and_can_be_had_back_as_it_was(way: str) -> None:
    here = Flushing()
    first = await ask("/follow btc severe end silent", here)
    [before] = await here.flushbook.following(PRIVATE)
    if way == "typed":
        ended = await ask("/follow btc off", here)
    else:
        ended = await push(labelled(first, "Unfollow").action, here)
        assert ended.edit
    assert words(ended) == "No longer followed: BTC flushes."
    assert await here.flushbook.following(PRIVATE) == []
    assert here.told[-1] == FollowRemoved(PRIVATE, "BTC")
    await push(labelled(ended, "Undo").action, here)
    assert await here.flushbook.following(PRIVATE) == [before]


async def test_off_alone_ends_all_of_it_and_one_more_finds_nothing() -> None:
    here = Flushing()
    for typed in ("market", "btc", "sol"):
        await ask(f"/follow {typed}", here)
    said = words(await ask("/follow off", here))
    assert said == "No longer followed: market-wide flushes, BTC flushes and SOL flushes."
    assert words(await ask("/follow off", here)).startswith("You follow no flushes.")
    assert words(await ask("/follow btc off", here)).startswith("BTC is not followed here;")
    assert (await push("follow|market off", here)).toast.startswith("The market is not followed")


async def test_a_stopped_chat_stays_stopped_and_one_given_up_is_taken_up() -> None:
    here = Flushing()
    here.chats.saved[PRIVATE] = Chat(PRIVATE, state="gone", reason="blocked")
    await ask("/follow btc", here)
    assert here.chats.saved[PRIVATE].state == "active"
    await ask("/stop", here)
    assert "All alerts are paused: /start" in words(await ask("/follow eth", here))
    assert "All alerts are paused: /start" in words(await ask("/follow", here))
    assert here.chats.saved[PRIVATE].state == "stopped"


async def test_a_place_follows_so_many_scopes_and_no_more() -> None:
    here = Flushing()
    here.desk.listed |= {f"COIN{number}" for number in range(FOLLOW_LIMIT + 1)}
    for number in range(FOLLOW_LIMIT):
        await ask(f"/follow COIN{number}", here)
        await here.clock.advance(3)
    assert str(FOLLOW_LIMIT) in words(await ask(f"/follow COIN{FOLLOW_LIMIT}", here))
    assert words(await ask("/follow COIN0 severe", here)).startswith("Set: COIN0 flushes from")
    assert len(await here.flushbook.following(PRIVATE)) == FOLLOW_LIMIT
    listed = await ask("/follow", here)
    assert len(words(listed)) < 4_000
    assert len(actions(listed)) == FOLLOW_LIMIT


async def test_in_a_group_only_admins_change_what_is_followed() -> None:
    here = Flushing()
    assert words(await ask("/follow market", here, GROUP, BORIS)).startswith(ONLY_ADMINS)
    await ask("/follow market", here, GROUP, admin=True)
    for press in ("follow|market off|here", "follow|market severe|here", "stages|market end off"):
        assert (await push(press, here, GROUP, BORIS)).toast == ONLY_ADMINS
    shown = await ask("/follow", here, GROUP, BORIS)
    assert words(shown).startswith("Followed here: 1 kind of flush")
    assert await here.flushbook.following(PRIVATE) == []
    assert len(here.told) == 1


async def test_a_button_below_a_page_does_not_overwrite_it() -> None:
    here = Flushing()
    assert not (await push("follow|btc", here)).edit
    assert not (await push("followed", here)).edit
    assert (await push("followed|btc|here", here)).edit


async def test_a_new_follow_from_a_server_is_proved_by_direct_message() -> None:
    here = Flushing()
    mine = Destination("discord", ANNA, direct=True)
    options = {"coin": "BTC", "severity": "severe"}
    for _ in range(2):
        request = a_request(at=mine, options=options, elsewhere=True)
        said = words(await answer("follow", request, here.house))
        assert said.startswith("Set: BTC flushes from severe on.")
        await here.clock.advance(3)
    [(where, message)] = here.notifiers["discord"].delivered
    assert where == mine
    assert message.head == ("Set: BTC flushes from severe on.",)
    assert max(len(nonce) for nonce in here.notifiers["discord"].nonces) <= 25


async def test_a_form_is_read_like_typed_words() -> None:
    here = Flushing()
    options = {"coin": "ETH", "stage": "second wave", "how": "off"}
    said = words(await ask("/follow", here, SERVER, admin=True, options=options))
    assert "a second wave is off" in said
