"""The outbox in numbers: for the operator, for a report, and after a crash."""

import pytest

from bot.delivery.outcomes import Delivered, Gone, Refused, Retry
from bot.market import USD
from bot.ports import Accounts, Found
from bot.rules import Destination, Notice, Rule
from storage import Storage, open_report
from storage.report import NAMED
from tests.storage.conftest import Home
from tests.storage.samples import ALICE, BOB, NOW, a_rule, an_alert
from tests.storage.steps import added, ask, claimed, settled, stored

LATER = NOW + 1_000


@pytest.fixture
async def rule(storage: Storage) -> Rule:
    return await added(storage, a_rule())


async def died(storage: Storage, reason: str, times: int) -> None:
    for number in range(times):
        place = Destination("telegram", 1 + number, direct=True)
        await storage.outbox.put(place, Notice("hello", NOW), f"{reason} {number}", NOW)
        await settled(storage, Refused(reason))


async def test_an_empty_outbox_is_all_zeros(storage: Storage) -> None:
    assert await storage.outbox.accounts() == Accounts(0, 0, 0, 0, 0)


async def test_the_dead_are_told_by_reason_most_frequent_first(storage: Storage) -> None:
    for reason, times in (("rare", 1), ("too long", 3), ("also rare", 1)):
        await died(storage, reason, times)
    reasons = (("refused: too long", 3), ("refused: also rare", 1), ("refused: rare", 1))
    assert await storage.outbox.accounts() == Accounts(5, 0, 0, 5, 0, reasons)


async def test_reasons_beyond_twenty_are_told_as_one(storage: Storage) -> None:
    await died(storage, "z", 2)
    for number in range(NAMED + 2):
        await died(storage, f"r{number:02}", 1)
    reasons = (await storage.outbox.accounts()).reasons
    assert len(reasons) == NAMED + 1
    assert (reasons[0], reasons[-1]) == (("refused: z", 2), ("other", 3))


async def test_a_report_beside_the_bot_tells_the_same(
    storage: Storage, home: Home, rule: Rule
) -> None:
    await died(storage, "too long", 2)
    await stored(storage, *(an_alert(rule, episode) for episode in (1, 2, 3)))
    await settled(storage, Delivered(1))
    await stored(storage, an_alert(rule, 4))
    expected = Accounts(6, 1, 2, 2, 1, (("refused: too long", 2),))
    assert await storage.outbox.accounts() == expected
    async with open_report(home.url, home.data_dir) as report:
        assert await report.accounts() == expected


async def test_a_start_tells_what_it_found(storage: Storage, rule: Rule) -> None:
    assert await storage.outbox.recover(NOW) == Found(at_ms=NOW)
    await stored(storage, an_alert(rule, 1), an_alert(rule, 2), an_alert(a_rule(BOB)))
    await claimed(storage, limit=1)
    found = await storage.outbox.recover(LATER)
    # The second alert was in the message that may have arrived.
    assert (found.open, found.unclear, found.at_ms) == (3, 1, LATER)
    assert await storage.outbox.fates(found) == Accounts(3, 0, 1, 0, 2)


async def test_notices_of_the_bot_itself_are_no_alerts_that_were_waiting(
    storage: Storage, rule: Rule
) -> None:
    for number in (1, 2):
        await storage.outbox.put(BOB, Notice("hello", NOW), f"greeting {number}", NOW)
    await claimed(storage)
    assert await storage.outbox.recover(LATER) == Found(at_ms=LATER)
    await stored(storage, an_alert(rule, 1))
    await storage.outbox.put(ALICE, Notice("hello", NOW), "greeting", NOW)
    await stored(storage, an_alert(rule, 2))
    await claimed(storage)
    found = await storage.outbox.recover(LATER)
    assert (found.open, found.unclear) == (2, 1)
    for _ in range(2):
        for one in await claimed(storage, LATER):
            await storage.outbox.settle(one, Refused("too long"), LATER)
    dead = "refused: too long"
    assert await storage.outbox.fates(found) == Accounts(2, 0, 0, 1, 1, ((dead, 1),))
    assert await storage.outbox.accounts() == Accounts(5, 0, 0, 4, 1, ((dead, 4),))


async def test_what_becomes_of_what_a_start_found(storage: Storage, rule: Rule) -> None:
    await stored(storage, an_alert(rule, 1))
    await settled(storage, Delivered(1))
    await stored(storage, *(an_alert(rule, episode) for episode in (2, 3, 4)))
    await stored(storage, an_alert(a_rule(BOB)))
    found = await storage.outbox.recover(LATER)
    assert await storage.outbox.fates(found) == Accounts(4, 0, 0, 0, 4)
    mine, his = await claimed(storage, LATER)
    await storage.outbox.settle(mine, Delivered(2), LATER)
    await storage.outbox.settle(his, Gone("blocked"), LATER)
    after = Accounts(4, 1, 2, 1, 0, (("gone: blocked", 1),))
    assert await storage.outbox.fates(found) == after
    # Neither what comes later nor an edit of what had been sent before is among them.
    await stored(storage, an_alert(rule, 5), an_alert(rule, 1, value=90_000_000 * USD))
    assert await storage.outbox.fates(found) == after
    await settled(storage, Delivered(1), LATER + 1)
    assert await storage.outbox.fates(found) == after


async def test_a_clock_that_went_back_before_a_start_takes_nothing_into_its_account(
    storage: Storage, rule: Rule
) -> None:
    await died(storage, "too long", 2)
    await stored(storage, an_alert(rule))
    found = await storage.outbox.recover(NOW - 3_600_000)
    assert await storage.outbox.fates(found) == Accounts(1, 0, 0, 0, 1)


async def test_what_a_start_gives_up_is_told_with_its_merged_ones(
    storage: Storage, rule: Rule
) -> None:
    await stored(storage, an_alert(rule, 1), an_alert(rule, 2))
    for _ in range(2):
        await settled(storage, Retry(0, "cut", unknown=True))
    await claimed(storage)
    found = await storage.outbox.recover(LATER)
    assert (found.open, found.unclear) == (2, 0)
    assert await storage.outbox.fates(found) == Accounts(2, 0, 0, 2, 0, (("unknown", 2),))


async def test_a_crash_within_the_time_of_a_nonce_uses_up_no_repeat(
    storage: Storage, rule: Rule
) -> None:
    await stored(storage, an_alert(rule))
    for _ in range(5):
        assert [one.unknowns for one in await claimed(storage)] == [0]
        await storage.outbox.recover(NOW, {"telegram": 1})
    for unknowns in (0, 1, 2):
        assert [one.unknowns for one in await claimed(storage, LATER)] == [unknowns]
        await storage.outbox.recover(LATER, {"telegram": 1_000, "discord": 120_000})
    assert await claimed(storage, LATER) == []


async def test_an_end_of_no_known_name_would_break_the_identity(
    storage: Storage, home: Home
) -> None:
    await storage.outbox.put(ALICE, Notice("hello", NOW), "greeting", NOW)
    await ask(home, "UPDATE notification SET state = 'lost'")
    assert not (await storage.outbox.accounts()).whole
