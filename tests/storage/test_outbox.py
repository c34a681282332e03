"""The outbox: stored once, in order within a chat, one at a time, amended rather than repeated."""

import asyncio

import pytest

from bot.delivery.outcomes import Delivered, Gone, Outcome, Refused, Retry
from bot.market import USD
from bot.ports import Accounts, Chat, Notification, Outbox
from bot.rules import Destination, Notice, Rule
from storage import Storage
from tests.storage.samples import ALICE, BOB, NOW, a_rule, an_alert
from tests.storage.steps import LEASE, added, claimed, settled, stored, wish

ODD = "any \0 text \ud800"


@pytest.fixture
async def rule(storage: Storage) -> Rule:
    return await added(storage, a_rule())


@pytest.fixture
async def bobs(storage: Storage) -> Rule:
    return await added(storage, a_rule(BOB))


async def test_an_alert_is_claimed_as_it_was_stored(storage: Storage, rule: Rule) -> None:
    outbox: Outbox = storage.outbox
    await outbox.store([an_alert(rule)], [], NOW)
    (one,) = await outbox.claim("telegram", NOW, 10, LEASE, set())
    assert (one.payload, one.destination, one.created_ms) == (an_alert(rule), ALICE, NOW)
    assert (one.attempts, one.unknowns, one.message) == (0, 0, None)


async def test_what_is_claimed_is_not_claimed_again(storage: Storage, rule: Rule) -> None:
    await stored(storage, an_alert(rule))
    assert len(await claimed(storage)) == 1
    assert await claimed(storage) == []


async def test_claims_at_the_same_moment_never_share_a_notification(storage: Storage) -> None:
    places = [Destination("telegram", n, direct=True) for n in range(1, 41)]
    for place in places:
        await storage.outbox.put(place, Notice("hello", NOW), "greeting", NOW)
    claims = await asyncio.gather(*(claimed(storage, limit=7) for _ in range(12)))
    ids = [one.id for claim in claims for one in claim]
    assert len(ids) == len(set(ids)) == 40


async def test_a_chat_has_one_in_flight_and_its_order_is_kept(storage: Storage, rule: Rule) -> None:
    said = []
    for number in range(1, 6):
        await storage.outbox.put(ALICE, Notice(f"number {number}", NOW), f"{number}", NOW)
    await stored(storage, an_alert(rule))
    for _ in range(6):
        one = await settled(storage, Delivered(message=1))
        said.append(one.payload.text if isinstance(one.payload, Notice) else "alert")
    assert said == [*(f"number {number}" for number in range(1, 6)), "alert"]
    assert await claimed(storage) == []


async def test_two_topics_of_one_chat_are_one_lane(storage: Storage) -> None:
    for thread in (1, 2):
        place = Destination("telegram", -5, thread)
        await storage.outbox.put(place, Notice("hello", NOW), "greeting", NOW)
    assert len(await claimed(storage)) == 1


async def test_a_head_that_waits_holds_back_its_chat_and_nobody_else(
    storage: Storage, rule: Rule, bobs: Rule
) -> None:
    await stored(storage, an_alert(rule, 1), an_alert(rule, 2), an_alert(bobs))
    mine, his = await claimed(storage)
    await storage.outbox.settle(mine, Retry(30, "429"), NOW)
    await storage.outbox.settle(his, Delivered(message=5), NOW)
    assert await claimed(storage, NOW + 29_999) == []
    (again,) = await claimed(storage, NOW + 30_000)
    assert (again.id, again.attempts, again.unknowns) == (mine.id, 1, 0)


async def test_the_oldest_chats_come_first_and_no_more_than_asked(
    storage: Storage, rule: Rule, bobs: Rule
) -> None:
    await stored(storage, an_alert(bobs), an_alert(rule))
    (first,) = await claimed(storage, limit=1)
    assert first.destination == BOB
    assert await claimed(storage, limit=0) == []


async def test_busy_chats_and_other_platforms_are_left_alone(storage: Storage, rule: Rule) -> None:
    await stored(storage, an_alert(rule))
    assert await storage.outbox.claim("telegram", NOW, 9, LEASE, {ALICE.chat}) == []
    assert await storage.outbox.claim("discord", NOW, 9, LEASE, set()) == []


async def test_the_same_alert_again_is_not_a_second_one(storage: Storage, rule: Rule) -> None:
    await stored(storage, an_alert(rule))
    await stored(storage, an_alert(rule))
    await settled(storage, Delivered(message=8))
    await stored(storage, an_alert(rule))
    assert await claimed(storage) == []
    assert await storage.outbox.accounts() == Accounts(created=1, sent=1, merged=0, dead=0, open=0)


async def test_an_amendment_of_what_waits_replaces_it(storage: Storage, rule: Rule) -> None:
    await stored(storage, an_alert(rule))
    await stored(storage, an_alert(rule, value=90_000_000 * USD))
    one = await settled(storage, Delivered(message=8))
    assert one.payload == an_alert(rule, value=90_000_000 * USD)
    assert await claimed(storage) == []


async def test_an_amendment_of_what_was_sent_is_an_edit(storage: Storage, rule: Rule) -> None:
    await stored(storage, an_alert(rule))
    await settled(storage, Delivered(message=8))
    await stored(storage, an_alert(rule, value=90_000_000 * USD))
    edit = await settled(storage, Delivered(message=8))
    assert edit.message == 8
    assert edit.payload == an_alert(rule, value=90_000_000 * USD)
    assert (await storage.outbox.accounts()).sent == 1


async def test_an_amendment_of_what_is_being_sent_follows_as_an_edit(
    storage: Storage, rule: Rule
) -> None:
    await stored(storage, an_alert(rule))
    (one,) = await claimed(storage)
    await stored(storage, an_alert(rule, value=90_000_000 * USD))
    await storage.outbox.settle(one, Delivered(message=8), NOW)
    edit = await settled(storage, Delivered(message=8))
    assert edit.message == 8
    assert edit.payload == an_alert(rule, value=90_000_000 * USD)
    assert await claimed(storage) == []


async def test_an_edit_that_is_refused_leaves_the_message_sent(
    storage: Storage, rule: Rule
) -> None:
    await stored(storage, an_alert(rule))
    await settled(storage, Delivered(message=8))
    await stored(storage, an_alert(rule, value=90_000_000 * USD))
    await settled(storage, Refused("message to edit not found"))
    assert await storage.outbox.accounts() == Accounts(created=1, sent=1, merged=0, dead=0, open=0)


async def test_what_is_dead_is_not_amended_to_life(storage: Storage, rule: Rule) -> None:
    await stored(storage, an_alert(rule))
    await settled(storage, Refused("too long"))
    await stored(storage, an_alert(rule, value=90_000_000 * USD))
    assert await claimed(storage) == []
    assert (await storage.outbox.accounts()).dead == 1


async def test_gone_ends_the_queue_of_that_chat_alone(
    storage: Storage, rule: Rule, bobs: Rule
) -> None:
    await stored(storage, an_alert(rule, 1), an_alert(rule, 2), an_alert(bobs))
    mine, his = await claimed(storage)
    await storage.outbox.settle(mine, Gone("blocked by the user"), NOW)
    await storage.outbox.settle(his, Delivered(message=2), NOW)
    dead = (("gone: blocked by the user", 2),)
    assert await storage.outbox.accounts() == Accounts(3, 1, 0, 2, 0, reasons=dead)
    chat = await storage.chats.get(ALICE)
    assert (chat.state, chat.reason) == ("gone", "blocked by the user")


@pytest.mark.parametrize("state", ["stopped", "gone"])
async def test_nothing_is_sent_to_a_chat_that_is(storage: Storage, rule: Rule, state: str) -> None:
    await wish(storage, Chat(ALICE, state=state))
    await stored(storage, an_alert(rule, 1), an_alert(rule, 2))
    assert await claimed(storage) == []
    assert (await storage.outbox.accounts()).dead == 2


async def test_a_muted_chat_loses_its_alerts_but_no_notices(storage: Storage, rule: Rule) -> None:
    await wish(storage, Chat(ALICE, muted_until_ms=NOW + 1))
    await stored(storage, an_alert(rule, 1))
    await storage.outbox.put(ALICE, Notice("TEST", NOW, kind="test"), "test", NOW)
    await stored(storage, an_alert(rule, 2))
    (one,) = await claimed(storage)
    assert one.payload == Notice("TEST", NOW, kind="test")
    assert (await storage.outbox.accounts()).dead == 2


async def test_a_mute_that_has_ended_holds_nothing_back(storage: Storage, rule: Rule) -> None:
    await wish(storage, Chat(ALICE, muted_until_ms=NOW))
    await stored(storage, an_alert(rule))
    assert len(await claimed(storage)) == 1


async def test_many_held_chats_do_not_hide_one_that_is_due(storage: Storage, bobs: Rule) -> None:
    for number in range(1, 13):
        place = Destination("telegram", number, direct=True)
        await wish(storage, Chat(place, state="stopped"))
        await storage.outbox.put(place, Notice("hello", NOW), "greeting", NOW)
    await stored(storage, an_alert(bobs))
    (one,) = await claimed(storage, limit=1)
    assert one.destination == BOB


async def test_a_notice_put_twice_is_one(storage: Storage) -> None:
    for place in (ALICE, ALICE, BOB):
        await storage.outbox.put(place, Notice("Back after 6 min.", NOW), "back", NOW)
    assert (await storage.outbox.accounts()).created == 2


async def test_a_chat_that_was_gone_is_asked_again_once_somebody_acts_there(
    storage: Storage, rule: Rule
) -> None:
    await stored(storage, an_alert(rule, 1))
    await settled(storage, Gone("blocked"))
    await stored(storage, an_alert(rule, 2))
    assert await claimed(storage) == []
    await wish(storage, Chat(ALICE))
    await stored(storage, an_alert(rule, 3))
    await settled(storage, Delivered(message=1))
    reasons = (await storage.outbox.accounts()).reasons
    assert reasons == (("gone", 1), ("gone: blocked", 1))


async def test_a_group_that_is_found_again_is_so_in_all_its_topics(storage: Storage) -> None:
    one, other, stopped, root = (Destination("telegram", -5, thread) for thread in (1, 2, 3, 0))
    for topic in (one, other):
        await storage.outbox.put(topic, Notice("hello", NOW), "greeting", NOW)
        await settled(storage, Gone("bot was kicked"))
    await wish(storage, Chat(stopped, "stopped"))
    await wish(storage, Chat(root, "gone", reason="removed from the chat"))
    await wish(storage, Chat(root))
    places = [await storage.chats.get(topic) for topic in (one, other, stopped)]
    assert places == [Chat(one), Chat(other), Chat(stopped, "stopped")]


TOPICS = [Destination("telegram", -5, thread) for thread in (0, 1, 2, 3, 4)]


async def test_a_chat_that_is_gone_is_asked_once_whatever_waits_in_its_topics(
    storage: Storage,
) -> None:
    for topic in TOPICS[:3]:
        await storage.outbox.put(topic, Notice("hello", NOW), "greeting", NOW)
    rule = await added(storage, a_rule(TOPICS[3]))
    await wish(storage, Chat(TOPICS[4], "stopped"))
    await settled(storage, Gone("bot was kicked", chat_wide=True))
    await stored(storage, an_alert(rule))
    await storage.outbox.put(TOPICS[4], Notice("hello", NOW), "greeting", NOW)
    assert await claimed(storage) == []
    states = [(await storage.chats.get(topic)).state for topic in TOPICS]
    assert states == ["gone"] * 4 + ["stopped"]
    dead = (("gone: bot was kicked", 3), ("gone", 1), ("stopped", 1))
    assert (await storage.outbox.accounts()).reasons == dead


async def test_a_topic_that_is_gone_takes_no_other_along(storage: Storage) -> None:
    for topic in TOPICS[:2]:
        await storage.outbox.put(topic, Notice("hello", NOW), "greeting", NOW)
    await settled(storage, Gone("message thread not found"))
    assert (await settled(storage, Delivered(1))).destination == TOPICS[1]


async def test_a_wish_that_came_during_the_call_outlives_the_chat(
    storage: Storage, rule: Rule
) -> None:
    await stored(storage, an_alert(rule))
    (one,) = await claimed(storage)
    await wish(storage, Chat(ALICE, "stopped"))
    await storage.outbox.settle(one, Gone("blocked", chat_wide=True), NOW)
    assert (await storage.chats.get(ALICE)).state == "stopped"


async def test_a_wish_for_one_topic_finds_no_other_that_is_gone(storage: Storage) -> None:
    lives, deleted = Destination("telegram", -5, 1), Destination("telegram", -5, 2)
    await wish(storage, Chat(deleted, "gone", reason="message thread not found"))
    await wish(storage, Chat(lives, muted_until_ms=NOW))
    assert (await storage.chats.get(deleted)).state == "gone"


@pytest.mark.parametrize("outcome", [Retry(0, ODD), Gone(ODD), Refused(ODD)])
async def test_a_platform_may_give_any_text_as_its_reason(
    storage: Storage, outcome: Outcome
) -> None:
    await storage.outbox.put(ALICE, Notice("hello", NOW), ODD, NOW)
    await settled(storage, outcome)
    assert (await storage.outbox.accounts()).whole


async def test_an_order_burst_across_a_thousand_chats_is_claimed_in_pieces(
    storage: Storage,
) -> None:
    places = [Destination("telegram", n, direct=True) for n in range(1, 1001)]
    rules = [Rule(n, place, 1, None, None, "", "order", 1) for n, place in enumerate(places, 1)]
    await stored(storage, *(an_alert(rule) for rule in rules))
    found: list[Notification] = []
    while piece := await claimed(storage, limit=300):
        assert len(piece) <= 300
        found += piece
    assert [one.destination for one in found] == places
