"""A chat that got a new id, such as a group that became a supergroup."""

from bot.delivery.outcomes import Delivered, Moved
from bot.ports import Chat
from bot.rules import Alert, Destination
from storage import Storage
from tests.storage.samples import ALICE, GROUP, a_rule, an_alert
from tests.storage.steps import settled, stored, wish


async def test_a_moved_chat_takes_rules_wishes_and_queue_along(storage: Storage) -> None:
    new = Destination("telegram", -1_009, GROUP.thread)
    rule = await storage.rulebook.add(a_rule(GROUP), limit=50)
    await wish(storage, Chat(GROUP, muted_until_ms=5, role=42, share=True))
    await stored(storage, an_alert(rule, 1), an_alert(rule, 2))
    await settled(storage, Moved(to_chat=new.chat))
    first = await settled(storage, Delivered(message=1))
    assert first.destination == new
    assert isinstance(first.payload, Alert) and first.payload.rule.destination == new
    assert [r.destination for r in await storage.rulebook.of(new)] == [new]
    assert await storage.rulebook.of(GROUP) == []
    assert await storage.chats.get(new) == Chat(new, muted_until_ms=5, role=42, share=True)
    # The engine may not have heard of the move yet.
    await stored(storage, an_alert(rule, 3))
    assert [(await settled(storage, Delivered(1))).destination for _ in range(2)] == [new, new]


async def test_a_moved_chat_finds_a_rule_it_already_has(storage: Storage) -> None:
    new = Destination("telegram", -1_009, GROUP.thread)
    rule = await storage.rulebook.add(a_rule(GROUP), limit=50)
    twin = await storage.rulebook.add(a_rule(new), limit=50)
    await stored(storage, an_alert(rule))
    await settled(storage, Moved(to_chat=new.chat))
    assert [r.id for r in await storage.rulebook.of(new)] == [twin.id]


async def test_a_move_to_the_same_chat_ends_instead_of_turning_in_a_circle(
    storage: Storage,
) -> None:
    rule = await storage.rulebook.add(a_rule(), limit=50)
    await stored(storage, an_alert(rule))
    await settled(storage, Moved(to_chat=ALICE.chat))
    assert (await storage.outbox.accounts()).dead == 1
