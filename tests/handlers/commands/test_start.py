"""``/start``: three taps to a working alert, in private and in a group."""

from bot.clock import MINUTE_MS
from bot.events import FollowSaved, RuleRemoved
from bot.ports import Chat
from bot.rules import Notice
from handlers.answers.following import FOLLOW_LIMIT
from handlers.answers.rights import ONLY_ADMINS
from tests.fakes import NOW_MS, Furnished, a_reading
from tests.handlers.asking import ANNA, BORIS, GROUP, PRIVATE, ask, buttons, labelled, push, words
from tests.handlers.commands.flushed import Flushing


async def test_the_first_tap_tells_what_goes_on_and_asks_how_often() -> None:
    here = Furnished()
    reply = await ask("/start", here)
    said = words(reply)
    assert said.startswith("I watch forced liquidations on 3 exchanges")
    assert "Right now: $8.2M+ in the last hour, 54% longs." in said
    assert "How often may I write?" in said
    assert said.count("Figures, not advice.") == 1
    assert [button.action for button in buttons(reply)] == [
        "pace|big",
        "pace|medium",
        "pace|many",
        "pace|own",
    ]


async def test_three_taps_set_a_rule_and_send_a_marked_test() -> None:
    here = Furnished()
    second = await push(buttons(await ask("/start", here))[0].action, here)
    assert second.edit
    [rule] = here.rulebook.rules.values()
    assert words(second).startswith("Set.\nI write when\n• all coins pass $")
    assert "Now $1.4M, so" in words(second)
    third = await push(labelled(second, "Send me a test").action, here)
    assert third.edit
    assert words(third).startswith("Ready.")
    [notification] = here.outbox.waiting
    assert notification.destination == PRIVATE == rule.destination
    assert isinstance(notification.payload, Notice)
    assert notification.payload.kind == "test"


async def test_another_choice_takes_the_place_of_the_first() -> None:
    here = Furnished()
    await push("pace|big", here)
    [first] = here.rulebook.rules.values()
    said = words(await push("pace|many", here))
    assert "In place of" in said
    [second] = here.rulebook.rules.values()
    assert second.threshold < first.threshold
    assert [event for event in here.told if isinstance(event, RuleRemoved)] == [RuleRemoved(1)]


async def test_the_same_choice_again_keeps_its_rule_and_wakes_it() -> None:
    here = Furnished()
    await push("pace|big", here)
    await here.rulebook.pause(1, True)
    assert words(await push("pace|big", here)).startswith("Set.")
    assert not here.rulebook.rules[1].paused
    assert list(here.rulebook.rules) == [1]


async def test_a_rule_of_ones_own_is_not_replaced_by_a_choice() -> None:
    here = Furnished()
    await ask("/alert BTC 5m long > 7m", here)
    await push("pace|big", here)
    assert len(here.rulebook.rules) == 2


async def test_my_own_number_shows_what_to_type() -> None:
    reply = await push("pace|own", Furnished())
    assert "/alert BTC 5m long > 10m" in words(reply)
    assert words(await push(labelled(reply, "Back").action, Furnished())).startswith("I watch")


async def test_just_started_it_says_since_when_it_listens() -> None:
    here = Furnished()
    young = a_reading(long=1_000_000, short=200_000, since_ms=NOW_MS - 4 * MINUTE_MS)
    here.desk.readings[None, None, "1h"] = young
    assert "Listening for 4 min: $1.2M+ so far." in words(await ask("/start", here))


async def test_start_goes_on_after_a_stop() -> None:
    here = Furnished()
    await ask("/alert 50m", here)
    await ask("/stop", here)
    assert "I am on again, with 1 alert" in words(await ask("/start", here))
    assert here.chats.saved[PRIVATE].state == "active"


async def test_an_unknown_link_is_an_ordinary_start() -> None:
    for payload in ("hello", "alert_x", "'; drop table rules"):
        assert words(await ask(f"/start {payload}", Furnished())).startswith("I watch")


async def test_a_choice_that_does_not_exist_changes_nothing() -> None:
    here = Furnished()
    assert (await push("pace|everything", here)).toast
    assert here.rulebook.rules == {}


async def test_a_group_is_greeted_and_nothing_is_on_until_an_admin_chooses() -> None:
    here = Furnished()
    greeting = await ask("/start", here, GROUP)
    assert words(greeting).startswith("Liqwatch is here.")
    choice = buttons(greeting)[0].action
    assert (await push(choice, here, GROUP, BORIS)).toast == ONLY_ADMINS
    assert here.rulebook.rules == {}
    chosen = await push(choice, here, GROUP, BORIS, admin=True)
    assert chosen.edit
    assert words(chosen).startswith("Set by an admin: ")
    [rule] = here.rulebook.rules.values()
    assert (rule.destination, rule.author) == (GROUP, BORIS)


async def test_a_group_may_say_not_here() -> None:
    here = Furnished()
    reply = await push(labelled(await ask("/start", here, GROUP), "Not here").action, here, GROUP)
    assert reply.toast == ONLY_ADMINS
    assert "No alerts here" in words(await push("pace|none", here, GROUP, admin=True))


async def test_only_an_admin_starts_a_stopped_group_again() -> None:
    here = Furnished()
    here.chats.saved[GROUP] = Chat(GROUP, state="stopped")
    await ask("/start", here, GROUP)
    assert here.chats.saved[GROUP].state == "stopped"
    await ask("/start", here, GROUP, admin=True)
    assert here.chats.saved[GROUP].state == "active"


async def test_a_choice_follows_market_wide_flushes_too_and_says_so() -> None:
    here = Flushing()
    said = words(await push("pace|big", here)).splitlines()
    assert said[1] == "I write when"
    assert said[2].startswith("• all coins pass $")
    assert said[3] == (
        "• a market-wide flush starts, and when it is over. In between I edit, silently"
    )
    [follow] = await here.flushbook.following(PRIVATE)
    assert (follow.coin, follow.author, follow.how) == (None, ANNA, {})
    assert FollowSaved(follow) in here.told


async def test_another_choice_leaves_a_follow_as_its_person_made_it() -> None:
    here = Flushing()
    await ask("/follow market severe end silent", here)
    [before] = await here.flushbook.following(PRIVATE)
    said = words(await push("pace|many", here))
    assert "• market-wide flushes from severe on: start and a second wave ring; end and" in said
    assert await here.flushbook.following(PRIVATE) == [before]


async def test_who_follows_as_much_as_he_may_is_given_his_choice_all_the_same() -> None:
    here = Flushing()
    here.desk.listed |= {f"COIN{number}" for number in range(FOLLOW_LIMIT)}
    for number in range(FOLLOW_LIMIT):
        await ask(f"/follow COIN{number}", here)
        await here.clock.advance(3)
    assert words(await push("pace|big", here)).startswith("Set.\nI write when all coins pass")
    assert len(here.rulebook.rules) == 1


async def test_a_group_follows_when_its_admin_chooses() -> None:
    here = Flushing()
    await push("pace|big", here, GROUP, BORIS)
    assert await here.flushbook.following(GROUP) == []
    said = words(await push("pace|big", here, GROUP, BORIS, admin=True))
    assert "• a market-wide flush starts" in said
    [follow] = await here.flushbook.following(GROUP)
    assert follow.author == BORIS
