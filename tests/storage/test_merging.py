"""Alerts that wait behind another go out in its message, live with it and die with it."""

from collections.abc import Sequence

import pytest
from structlog.testing import capture_logs

from bot.delivery.outcomes import Delivered, Gone, Moved, Outcome, Refused, Retry
from bot.market import USD
from bot.ports import Chat, Notification, Waiting
from bot.rules import Alert, Destination, Notice, Rule
from storage import Storage
from storage.merging import MOST
from tests.storage.conftest import Home
from tests.storage.samples import ALICE, BOB, GROUP, NOW, a_rule, an_alert
from tests.storage.steps import LEASE, added, ask, claimed, settled, stored, wish

MORE = 90_000_000 * USD


@pytest.fixture
async def rule(storage: Storage) -> Rule:
    return await added(storage, a_rule())


async def waiting(storage: Storage, rule: Rule, *episodes: int) -> None:
    await stored(storage, *(an_alert(rule, episode) for episode in episodes))


def told(one: Notification) -> list[int]:
    """The episodes that a message names, in its order."""
    alerts = [one.payload, *(merged.alert for merged in one.merged)]
    return [alert.episode for alert in alerts if isinstance(alert, Alert)]


async def counts(storage: Storage) -> tuple[int, int, int, int]:
    accounts = await storage.outbox.accounts()
    assert accounts.whole
    return accounts.sent, accounts.merged, accounts.dead, accounts.open


async def test_all_that_wait_go_out_in_one_message(storage: Storage, rule: Rule) -> None:
    await storage.outbox.store([an_alert(rule, 1)], [], NOW - 2)
    await storage.outbox.store([an_alert(rule, 2)], [], NOW - 1)
    await waiting(storage, rule, 3)
    one = await settled(storage, Delivered(message=1))
    assert one.payload == an_alert(rule, 1)
    assert one.merged == (Waiting(an_alert(rule, 2), NOW - 1), Waiting(an_alert(rule, 3), NOW))
    assert await counts(storage) == (1, 2, 0, 0)
    assert await claimed(storage) == []


async def test_no_more_than_500_join_a_message(storage: Storage, rule: Rule) -> None:
    await waiting(storage, rule, *range(MOST + 3))
    assert told(await settled(storage, Delivered(1))) == list(range(MOST + 1))
    assert told(await settled(storage, Delivered(1))) == [MOST + 1, MOST + 2]


async def test_no_more_than_500_go_along_after_a_refusal_to_hurry(
    storage: Storage, rule: Rule
) -> None:
    await waiting(storage, rule, *range(MOST - 1))
    await settled(storage, Retry(0, "429", limited=True))
    await waiting(storage, rule, *range(MOST - 1, MOST + 3))
    assert told(await settled(storage, Delivered(1))) == list(range(MOST + 1))
    assert told(await settled(storage, Delivered(1))) == [MOST + 1, MOST + 2]


async def test_a_message_that_others_joined_joins_no_other(storage: Storage) -> None:
    """As when a chat moves into one whose alerts are older."""
    older = await added(storage, a_rule(ALICE))
    await waiting(storage, older, 1)
    await settled(storage, Retry(10, "429", limited=True))
    moving = await added(storage, a_rule(BOB))
    await waiting(storage, moving, 2, 3)
    await settled(storage, Retry(0, "429", limited=True))
    await storage.books.keep(
        lambda ledger: ledger.move("telegram", BOB.chat, ALICE.chat), None, NOW
    )
    said = [told(await settled(storage, Delivered(1), NOW + 10_000)) for _ in range(2)]
    assert said == [[1], [2, 3]]


async def test_another_topic_has_a_message_of_its_own(storage: Storage) -> None:
    here = await added(storage, a_rule(GROUP))
    there = await added(storage, a_rule(Destination("telegram", GROUP.chat, 18)))
    await stored(storage, an_alert(here, 1), an_alert(there, 2), an_alert(here, 3))
    assert told(await settled(storage, Delivered(1))) == [1, 3]
    assert told(await settled(storage, Delivered(1))) == [2]


async def test_a_notice_keeps_its_place(storage: Storage, rule: Rule) -> None:
    await waiting(storage, rule, 1, 2)
    await storage.outbox.put(ALICE, Notice("Back.", NOW), "back", NOW)
    await waiting(storage, rule, 3, 4)
    said = [told(await settled(storage, Delivered(1))) for _ in range(3)]
    assert said == [[1, 2], [], [3, 4]]


async def test_an_edit_keeps_its_place(storage: Storage, rule: Rule) -> None:
    await waiting(storage, rule, 1)
    await settled(storage, Delivered(1))
    await waiting(storage, rule, 2)
    await stored(storage, an_alert(rule, 1, value=MORE))
    edit = await settled(storage, Delivered(1))
    assert (told(edit), edit.message) == ([1], 1)
    assert told(await settled(storage, Delivered(2))) == [2]


async def test_after_a_refusal_to_hurry_newcomers_join(storage: Storage, rule: Rule) -> None:
    await waiting(storage, rule, 1, 2)
    await settled(storage, Retry(0, "429", limited=True))
    await waiting(storage, rule, 3)
    assert told(await settled(storage, Delivered(1))) == [1, 2, 3]


@pytest.mark.parametrize("way", ["cut", "platform down", "lease expired", "crash"])
async def test_a_repeat_says_exactly_what_was_said_before(
    storage: Storage, rule: Rule, way: str
) -> None:
    await waiting(storage, rule, 1, 2)
    if way == "lease expired":
        await claimed(storage, NOW - LEASE)
        await claimed(storage, NOW - LEASE)
    (one,) = await claimed(storage, NOW)
    if way == "crash":
        await storage.outbox.recover(NOW)
    else:
        down = way == "platform down"
        cut = Retry(0, "cut", unknown=True, platform_wide=down)
        await storage.outbox.settle(one, cut, NOW)
    await waiting(storage, rule, 3)
    again = await settled(storage, Retry(0, "429", limited=True))
    assert (told(again), again.nonce) == ([1, 2], one.nonce)
    assert told(await settled(storage, Delivered(1))) == [1, 2]
    assert told(await settled(storage, Delivered(1))) == [3]


async def test_one_that_cannot_be_read_stops_no_other(
    storage: Storage, home: Home, rule: Rule
) -> None:
    await waiting(storage, rule, 1, 2, 3)
    await ask(home, f"UPDATE notification SET payload = '{{' WHERE key = '{key(rule, 2)}'")  # noqa: S608
    with capture_logs() as logs:
        assert told(await settled(storage, Delivered(1))) == [1, 3]
    assert len(logs) == 1
    assert (await storage.outbox.accounts()).reasons == (("unreadable", 1),)
    assert await counts(storage) == (1, 1, 1, 0)


async def test_a_head_that_cannot_be_read_leaves_its_place_to_the_next(
    storage: Storage, home: Home, rule: Rule
) -> None:
    await waiting(storage, rule, 1, 2, 3)
    await ask(home, f"UPDATE notification SET payload = '{{' WHERE key = '{key(rule, 1)}'")  # noqa: S608
    assert told(await settled(storage, Delivered(1))) == [2, 3]
    assert await counts(storage) == (1, 1, 1, 0)


def key(rule: Rule, episode: int) -> str:
    return an_alert(rule, episode).key


@pytest.mark.parametrize(
    ("outcomes", "reason"),
    [
        ([Gone("blocked")], "gone: blocked"),
        ([Moved(ALICE.chat)], "refused: moved to where it is"),
        ([Retry(0, "cut", unknown=True)] * 3, "unknown"),
    ],
)
async def test_nothing_counts_as_merged_into_what_never_arrived(
    storage: Storage, rule: Rule, outcomes: Sequence[Outcome], reason: str
) -> None:
    await waiting(storage, rule, 1, 2, 3)
    for outcome in outcomes:
        await settled(storage, outcome)
    assert await counts(storage) == (0, 0, 3, 0)
    assert (await storage.outbox.accounts()).reasons == ((reason, 3),)


async def test_an_alert_that_is_refused_takes_no_other_with_it(
    storage: Storage, rule: Rule
) -> None:
    await waiting(storage, rule, 1, 2, 3)
    assert told(await settled(storage, Refused("could not be worded"))) == [1, 2, 3]
    await waiting(storage, rule, 4, 5)
    assert told(await settled(storage, Delivered(1))) == [1]
    assert told(await settled(storage, Refused("could not be worded"))) == [2]
    assert told(await settled(storage, Delivered(3))) == [3]
    assert told(await settled(storage, Delivered(4))) == [4, 5]
    assert await counts(storage) == (3, 1, 1, 0)


async def test_an_edit_that_is_refused_leaves_the_merged_ones_where_they_are(
    storage: Storage, rule: Rule
) -> None:
    await waiting(storage, rule, 1, 2)
    await settled(storage, Delivered(message=8))
    await stored(storage, an_alert(rule, 2, value=MORE))
    await settled(storage, Refused("too long"))
    assert await counts(storage) == (1, 1, 0, 0)


@pytest.mark.parametrize("reason", ["stopped", "gone", "muted"])
async def test_a_chat_that_wants_nothing_more_ends_head_and_merged(
    storage: Storage, rule: Rule, reason: str
) -> None:
    await waiting(storage, rule, 1, 2)
    await settled(storage, Retry(0, "429", limited=True))
    await waiting(storage, rule, 3)
    state, until_ms = ("active", NOW + 1) if reason == "muted" else (reason, 0)
    await wish(storage, Chat(ALICE, state=state, muted_until_ms=until_ms))
    assert await claimed(storage) == []
    assert (await storage.outbox.accounts()).reasons == ((reason, 3),)


async def test_what_was_given_up_and_arrived_after_all_is_merged_again(
    storage: Storage, rule: Rule
) -> None:
    await waiting(storage, rule, 1, 2)
    (late,) = await claimed(storage, NOW)
    for times in range(1, 4):
        await claimed(storage, NOW + times * LEASE)
    assert await counts(storage) == (0, 0, 2, 0)
    await storage.outbox.settle(late, Delivered(1), NOW + 3 * LEASE)
    assert await counts(storage) == (1, 1, 0, 0)


async def test_amending_a_merged_alert_edits_the_message_that_names_it(
    storage: Storage, rule: Rule
) -> None:
    await waiting(storage, rule, 1, 2)
    await settled(storage, Delivered(message=8))
    await stored(storage, an_alert(rule, 2, value=MORE))
    edit = await settled(storage, Delivered(message=8))
    assert (edit.message, edit.payload) == (8, an_alert(rule, 1))
    assert edit.merged == (Waiting(an_alert(rule, 2, value=MORE), NOW),)
    await stored(storage, an_alert(rule, 2, value=MORE))
    assert await claimed(storage) == []
    assert await counts(storage) == (1, 1, 0, 0)


async def test_amending_a_merged_alert_under_way_is_followed_by_an_edit(
    storage: Storage, rule: Rule
) -> None:
    await waiting(storage, rule, 1, 2)
    (one,) = await claimed(storage)
    await stored(storage, an_alert(rule, 2, value=MORE))
    await storage.outbox.settle(one, Delivered(message=8), NOW)
    edit = await settled(storage, Delivered(message=8))
    assert edit.merged[0].alert.value == MORE
    assert await claimed(storage) == []


async def test_amending_a_merged_alert_whose_message_waits_is_no_more_than_that(
    storage: Storage, rule: Rule
) -> None:
    await waiting(storage, rule, 1, 2)
    await settled(storage, Retry(0, "429", limited=True))
    await stored(storage, an_alert(rule, 2, value=MORE))
    one = await settled(storage, Delivered(message=8))
    assert one.merged[0].alert.value == MORE
    assert await claimed(storage) == []


async def test_the_same_merged_alert_again_changes_nothing(storage: Storage, rule: Rule) -> None:
    await waiting(storage, rule, 1, 2)
    await settled(storage, Delivered(message=8))
    await waiting(storage, rule, 1, 2)
    assert await claimed(storage) == []
