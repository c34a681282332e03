"""Rules: what was answered with "saved" is there, once, and not more than allowed."""

import asyncio

import pytest

from bot.errors import UserError
from bot.ports import Ledger, Rulebook
from bot.rules import Rule, RuleState
from storage import Storage
from tests.storage.samples import ALICE, BOB, GROUP, NOW, a_rule, an_alert
from tests.storage.steps import added, everything


async def paused(storage: Storage, rule_id: int, quiet: bool) -> Rule | None:
    async def work(ledger: Ledger) -> Rule | None:
        return await ledger.pause(rule_id, quiet)

    return (await storage.books.keep(work, None, NOW))[0]


async def removed(storage: Storage, rule_id: int) -> Rule | None:
    async def work(ledger: Ledger) -> Rule | None:
        return await ledger.remove(rule_id)

    return (await storage.books.keep(work, None, NOW))[0]


async def test_a_rule_comes_back_as_it_was_with_its_id(storage: Storage) -> None:
    book: Rulebook = storage.rulebook
    saved = await added(storage, a_rule(GROUP, coin=None))
    assert saved.id > 0
    assert await book.get(saved.id) == saved
    assert saved.destination == GROUP
    assert saved.coin is None


async def test_a_destination_sees_its_own_rules_oldest_first(storage: Storage) -> None:
    first = await added(storage, a_rule(threshold=3))
    await added(storage, a_rule(BOB))
    second = await added(storage, a_rule(threshold=2))
    assert await storage.rulebook.of(ALICE) == [first, second]


async def test_a_second_identical_rule_is_refused(storage: Storage) -> None:
    await added(storage, a_rule())
    with pytest.raises(UserError, match="already"):
        await added(storage, a_rule())
    await added(storage, a_rule(BOB))


async def test_a_rule_beyond_the_limit_is_refused_and_says_what_to_do(storage: Storage) -> None:
    for threshold in range(1, 4):
        await added(storage, a_rule(threshold=threshold), 3)
    with pytest.raises(UserError, match=r"3 alerts.*delete one with /alerts"):
        await added(storage, a_rule(threshold=9), 3)


async def test_of_many_rules_added_at_once_only_the_allowed_are_kept(storage: Storage) -> None:
    adding = (added(storage, a_rule(threshold=n)) for n in range(1, 81))
    ended = await asyncio.gather(*adding, return_exceptions=True)
    assert sum(isinstance(end, UserError) for end in ended) == 30
    assert len(await storage.rulebook.of(ALICE)) == 50


async def test_of_identical_rules_added_at_once_one_is_kept(storage: Storage) -> None:
    adding = (added(storage, a_rule()) for _ in range(20))
    ended = await asyncio.gather(*adding, return_exceptions=True)
    assert sum(isinstance(end, UserError) for end in ended) == 19
    assert len(await storage.rulebook.of(ALICE)) == 1


async def test_a_rule_can_be_paused_and_resumed(storage: Storage) -> None:
    rule = await added(storage, a_rule())
    quiet = await paused(storage, rule.id, True)
    assert quiet is not None and quiet.paused
    resumed = await paused(storage, rule.id, False)
    assert resumed == rule


async def test_a_removed_rule_is_returned_once_and_its_number_never_used_again(
    storage: Storage,
) -> None:
    rule = await added(storage, a_rule())
    assert await removed(storage, rule.id) == rule
    assert await removed(storage, rule.id) is None
    assert await storage.rulebook.get(rule.id) is None
    assert await paused(storage, rule.id, True) is None
    assert (await added(storage, a_rule())).id > rule.id


async def test_everything_comes_with_its_state_new_rules_armed(storage: Storage) -> None:
    fresh = await added(storage, a_rule())
    spoke = await added(storage, a_rule(GROUP, coin=None))
    state = RuleState(spoke.id, armed=False, episode=3, level=2)
    await storage.outbox.store([an_alert(spoke, 3, 2)], [state], NOW)
    assert await everything(storage) == [(fresh, RuleState(fresh.id)), (spoke, state)]


async def test_a_state_alone_is_kept_too(storage: Storage) -> None:
    rule = await added(storage, a_rule())
    await storage.outbox.store([], [RuleState(rule.id, armed=False)], NOW)
    assert (await everything(storage))[0][1].armed is False


async def test_the_state_of_a_removed_rule_is_no_trouble(storage: Storage) -> None:
    rule = await added(storage, a_rule())
    await removed(storage, rule.id)
    await storage.outbox.store([an_alert(rule)], [RuleState(rule.id, False, 1, 1)], NOW)
    assert await everything(storage) == []
