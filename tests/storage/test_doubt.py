"""What may have arrived: repeated seldom, never forgotten, and believed whenever it is heard of."""

import pytest

from bot.delivery.outcomes import Delivered, Refused, Retry, Unauthorized
from bot.market import USD
from bot.rules import Destination, Notice, Rule
from storage import Storage
from tests.storage.samples import ALICE, NOW, a_rule, an_alert
from tests.storage.steps import LEASE, added, claimed, settled, stored


@pytest.fixture
async def rule(storage: Storage) -> Rule:
    return await added(storage, a_rule())


async def test_an_expired_lease_is_claimed_again_as_unknown(storage: Storage, rule: Rule) -> None:
    await stored(storage, an_alert(rule))
    await claimed(storage)
    assert await claimed(storage, NOW + LEASE - 1) == []
    (again,) = await claimed(storage, NOW + LEASE)
    assert (again.attempts, again.unknowns) == (1, 1)


async def test_a_late_outcome_of_a_lost_lease_counts_only_if_it_arrived(
    storage: Storage, rule: Rule
) -> None:
    await stored(storage, an_alert(rule))
    (late,) = await claimed(storage)
    (again,) = await claimed(storage, NOW + LEASE)
    await storage.outbox.settle(late, Refused("stale"), NOW + LEASE)
    assert (await storage.outbox.accounts()).open == 1
    await storage.outbox.settle(late, Delivered(message=3), NOW + LEASE)
    await storage.outbox.settle(again, Retry(1, "stale"), NOW + LEASE)
    assert (await storage.outbox.accounts()).sent == 1


@pytest.mark.parametrize("way", ["answers cut", "leases expired"])
async def test_what_may_have_arrived_is_repeated_twice_and_then_given_up(
    storage: Storage, rule: Rule, way: str
) -> None:
    await stored(storage, an_alert(rule))
    calls, at = 0, NOW
    while found := await claimed(storage, at):
        calls += 1
        at += LEASE
        if way == "answers cut":
            await storage.outbox.settle(found[0], Retry(1, "cut", unknown=True), at - LEASE)
    assert calls == 3
    assert (await storage.outbox.accounts()).dead == 1


async def test_an_outage_of_the_platform_gives_nothing_up(storage: Storage, rule: Rule) -> None:
    await stored(storage, an_alert(rule))
    for _ in range(10):
        await settled(storage, Retry(0, "Bad Gateway", unknown=True, platform_wide=True))
    await settled(storage, Delivered(1))
    assert (await storage.outbox.accounts()).sent == 1


async def test_during_an_outage_the_same_message_is_not_tried_over_and_over(
    storage: Storage, rule: Rule
) -> None:
    """A gateway may take a message and answer 502: one try each is better than forty of one."""
    await stored(storage, an_alert(rule))
    for chat in (1, 2):
        place = Destination("telegram", chat, direct=True)
        await storage.outbox.put(place, Notice("hello", NOW), "greeting", NOW + chat)
    tried: list[int] = []
    for at in (NOW + 10, NOW + 20, NOW + 30, NOW + 40):
        (one,) = await claimed(storage, at, limit=1)
        tried.append(one.destination.chat)
        down = Retry(0, "Bad Gateway", unknown=True, platform_wide=True)
        await storage.outbox.settle(one, down, at)
    assert tried == [ALICE.chat, 1, 2, ALICE.chat]


async def test_a_known_failure_between_unknown_ones_does_not_start_the_count_anew(
    storage: Storage, rule: Rule
) -> None:
    await stored(storage, an_alert(rule))
    await settled(storage, Retry(0, "cut", unknown=True))
    await settled(storage, Retry(0, "429"))
    await settled(storage, Retry(0, "cut", unknown=True))
    await settled(storage, Retry(0, "cut", unknown=True))
    assert (await storage.outbox.accounts()).dead == 1


async def test_a_refused_token_leaves_the_queue_as_it_was(storage: Storage, rule: Rule) -> None:
    await stored(storage, an_alert(rule))
    for _ in range(5):
        one = await settled(storage, Unauthorized("401"))
    assert (one.unknowns, (await storage.outbox.accounts()).open) == (0, 1)
    await settled(storage, Delivered(1))
    assert (await storage.outbox.accounts()).sent == 1


async def test_repeats_that_do_no_harm_are_not_counted(storage: Storage, rule: Rule) -> None:
    await stored(storage, an_alert(rule))
    cut = Retry(0, "cut", unknown=True, harmless_s=120)
    for at in (0, 30_000, 60_000, 119_999):
        assert (await settled(storage, cut, NOW + at)).unknowns == 0
    for at in (120_000, 130_000):
        await settled(storage, cut, NOW + at)
    assert (await storage.outbox.accounts()).open == 1
    await settled(storage, cut, NOW + 140_000)
    assert (await storage.outbox.accounts()).reasons == (("unknown", 1),)


async def test_an_amendment_of_what_may_have_arrived_follows_as_an_edit(
    storage: Storage, rule: Rule
) -> None:
    """A platform that knows the nonce keeps its first text, whatever the repeat says."""
    await stored(storage, an_alert(rule))
    await settled(storage, Retry(0, "cut", unknown=True))
    await stored(storage, an_alert(rule, value=90_000_000 * USD))
    await settled(storage, Delivered(message=8))
    edit = await settled(storage, Delivered(message=8))
    assert (edit.message, edit.payload) == (8, an_alert(rule, value=90_000_000 * USD))


async def test_a_late_word_of_an_older_delivery_takes_no_amendment_away(
    storage: Storage, rule: Rule
) -> None:
    """As when the answer to a commit is lost, and the end is written once more."""
    await stored(storage, an_alert(rule))
    first = await settled(storage, Delivered(message=8))
    await stored(storage, an_alert(rule, value=90_000_000 * USD))
    await storage.outbox.settle(first, Delivered(message=8), NOW)
    assert (await settled(storage, Delivered(message=8))).message == 8
