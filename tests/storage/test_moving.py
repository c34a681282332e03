"""A chat that got a new id, such as a group that became a supergroup."""

from bot.delivery.outcomes import Delivered, Gone, Moved
from bot.events import ChatMoved, Event
from bot.ports import Chat, Keyboard, Ledger, Press
from bot.rules import Alert, Destination
from storage import Storage
from tests.storage.samples import ALICE, GROUP, NOW, a_rule, an_alert
from tests.storage.steps import added, claimed, settled, stored, wish


async def told_of_a_move(storage: Storage, old: int, new: int) -> list[Event]:
    async def told(ledger: Ledger) -> None:
        await ledger.move("telegram", old, new)

    _, events = await storage.books.keep(told, None, NOW)
    return events


async def test_a_moved_chat_takes_rules_wishes_and_queue_along(storage: Storage) -> None:
    new = Destination("telegram", -1_009, GROUP.thread)
    rule = await added(storage, a_rule(GROUP))
    await wish(storage, Chat(GROUP, muted_until_ms=5, role=42, share=True))
    await stored(storage, an_alert(rule, 1), an_alert(rule, 2))
    await settled(storage, Moved(to_chat=new.chat))
    first = await settled(storage, Delivered(message=1))
    assert first.destination == new
    alerts = [first.payload, *(waiting.alert for waiting in first.merged)]
    assert [a.rule.destination for a in alerts if isinstance(a, Alert)] == [new, new]
    assert [r.destination for r in await storage.rulebook.of(new)] == [new]
    assert await storage.rulebook.of(GROUP) == []
    assert await storage.chats.get(new) == Chat(new, muted_until_ms=5, role=42, share=True)
    # The engine may not have heard of the move yet.
    await stored(storage, an_alert(rule, 3))
    assert (await settled(storage, Delivered(1))).destination == new


async def test_a_moved_chat_finds_a_rule_it_already_has(storage: Storage) -> None:
    new = Destination("telegram", -1_009, GROUP.thread)
    rule = await added(storage, a_rule(GROUP))
    twin = await added(storage, a_rule(new))
    await stored(storage, an_alert(rule))
    await settled(storage, Moved(to_chat=new.chat))
    assert [r.id for r in await storage.rulebook.of(new)] == [twin.id]


async def test_a_move_to_the_same_chat_ends_instead_of_turning_in_a_circle(
    storage: Storage,
) -> None:
    rule = await added(storage, a_rule())
    await stored(storage, an_alert(rule))
    await settled(storage, Moved(to_chat=ALICE.chat))
    assert (await storage.outbox.accounts()).dead == 1


async def test_a_move_that_was_told_before_its_call_ended_loses_nothing(storage: Storage) -> None:
    new = Destination("telegram", -1_009, GROUP.thread)
    await stored(storage, an_alert(await added(storage, a_rule(GROUP))))
    (one,) = await claimed(storage)
    await told_of_a_move(storage, GROUP.chat, new.chat)
    await storage.outbox.settle(one, Moved(to_chat=new.chat), NOW)
    assert (await settled(storage, Delivered(1))).destination == new


async def test_that_the_old_chat_is_gone_says_nothing_of_where_it_moved_meanwhile(
    storage: Storage,
) -> None:
    new = Destination("telegram", -1_009, GROUP.thread)
    await stored(storage, an_alert(await added(storage, a_rule(GROUP))))
    (one,) = await claimed(storage)
    await told_of_a_move(storage, GROUP.chat, new.chat)
    await storage.outbox.settle(one, Gone("the group chat was deactivated"), NOW)
    assert (await storage.chats.get(new)).state == "active"
    assert (await settled(storage, Delivered(1))).destination == new


async def test_an_old_news_of_a_move_moves_no_chat_back(storage: Storage) -> None:
    await stored(storage, an_alert(await added(storage, a_rule(GROUP))))
    (one,) = await claimed(storage)
    await told_of_a_move(storage, GROUP.chat, -1_008)
    await told_of_a_move(storage, -1_008, -1_009)
    await storage.outbox.settle(one, Moved(to_chat=-1_008), NOW)
    assert (await settled(storage, Delivered(1))).destination.chat == -1_009


async def test_a_rule_that_the_new_chat_had_already_is_kept_once(storage: Storage) -> None:
    rule = await added(storage, a_rule(GROUP))
    await added(storage, a_rule(Destination("telegram", -1_009, GROUP.thread)))
    other = await added(storage, a_rule(GROUP, threshold=1))
    events = await told_of_a_move(storage, GROUP.chat, -1_009)
    assert events == [ChatMoved("telegram", GROUP.chat, -1_009)]
    assert await storage.rulebook.get(rule.id) is None
    assert await storage.rulebook.get(other.id) is not None


async def test_what_comes_late_follows_a_chat_that_moved_twice(storage: Storage) -> None:
    rule = await added(storage, a_rule(GROUP))
    await stored(storage, an_alert(rule))
    await settled(storage, Moved(to_chat=-1_008))
    await settled(storage, Moved(to_chat=-1_009))
    await settled(storage, Delivered(1))
    await stored(storage, an_alert(rule, 2))
    assert (await settled(storage, Delivered(2))).destination.chat == -1_009


async def test_a_chat_that_moves_back_is_where_it_was(storage: Storage) -> None:
    rule = await added(storage, a_rule(GROUP))
    await stored(storage, an_alert(rule))
    await settled(storage, Moved(to_chat=-1_009))
    await settled(storage, Moved(to_chat=GROUP.chat))
    assert (await settled(storage, Delivered(1))).destination == GROUP


async def test_buttons_go_where_their_chat_goes(storage: Storage) -> None:
    keyboard = Keyboard("telegram", GROUP.chat, 0, ("mute|1h",))
    token = await storage.keyboards.keep(keyboard, NOW)
    await stored(storage, an_alert(await added(storage, a_rule(GROUP))))
    await settled(storage, Moved(to_chat=-1_009))
    found = await storage.keyboards.find(token, Press("telegram", -1_009, 5, 1), NOW)
    assert found == Keyboard("telegram", -1_009, 0, ("mute|1h",))


async def test_where_chats_are_now_is_known_of_those_that_moved_and_are_asked_for(
    storage: Storage,
) -> None:
    await told_of_a_move(storage, -1, -1_001)
    await told_of_a_move(storage, -1_001, -1_002)
    await told_of_a_move(storage, -2, -1_003)
    asked = [("telegram", -1), ("telegram", -3), ("discord", -2), ("telegram", ALICE.chat)]
    assert await storage.chats.moves(asked) == [("telegram", -1, -1_002)]
    assert await storage.chats.moves([]) == []


async def test_only_a_move_changes_where_a_chat_that_moved_is(storage: Storage) -> None:
    """Its old id is heard of once more: as removed, or by a command that was on its way."""
    old = Destination("telegram", -1)
    await told_of_a_move(storage, -1, -1_001)
    for late in (Chat(old, state="gone", reason="removed from the chat"), Chat(old, role=7)):
        await wish(storage, late)
        assert await storage.chats.moves([("telegram", -1)]) == [("telegram", -1, -1_001)]
    await told_of_a_move(storage, -1_001, -1)
    assert await storage.chats.moves([("telegram", -1)]) == []


async def test_a_rule_that_was_on_its_way_when_its_chat_moved_alerts_the_new_one(
    storage: Storage,
) -> None:
    await told_of_a_move(storage, GROUP.chat, -1_009)
    await wish(storage, Chat(GROUP))
    await stored(storage, an_alert(await added(storage, a_rule(GROUP))))
    assert (await settled(storage, Delivered(1))).destination.chat == -1_009
