"""What ended a month ago is forgotten, counts on, and is missed by nobody."""

import asyncio

import asyncpg
import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.delivery.outcomes import Delivered, Gone, Refused, Retry
from bot.ports import Accounts
from bot.rules import Notice, Rule
from storage import Storage, open_report
from storage.pruning import KEPT_MS, LONGEST_REASON, PIECE, prune
from tests.storage.conftest import Home
from tests.storage.samples import ALICE, BOB, GROUP, NOW, a_rule, an_alert
from tests.storage.steps import added, ask, claimed, settled, stored

LATER = NOW + KEPT_MS + 1


@pytest.fixture
async def rule(storage: Storage) -> Rule:
    return await added(storage, a_rule())


async def kept(home: Home) -> int:
    ((many,),) = await ask(home, "SELECT count(*) FROM notification")
    return int(many)


async def test_what_was_forgotten_still_counts(storage: Storage, home: Home, rule: Rule) -> None:
    await stored(storage, *(an_alert(rule, episode) for episode in (1, 2, 3)))
    await settled(storage, Delivered(1))
    for number, place in enumerate((BOB, GROUP)):
        await storage.outbox.put(place, Notice("hello", NOW), f"{number}", NOW)
        await settled(storage, (Refused("too long"), Gone("kicked"))[number])
    before = Accounts(5, 1, 2, 2, 0, (("gone: kicked", 1), ("refused: too long", 1)))
    for _ in range(2):
        assert await storage.outbox.accounts() == before
        await storage.outbox.thin(LATER)
        assert await kept(home) == 0
    async with open_report(home.url, home.data_dir) as report:
        assert await report.accounts() == before


async def test_ends_of_one_kind_are_added_up(storage: Storage, home: Home, rule: Rule) -> None:
    for month in range(3):
        await stored(storage, an_alert(rule, month))
        await settled(storage, Refused("too long"), NOW + month * LATER)
        await storage.outbox.thin(LATER + month * LATER)
    assert await ask(home, "SELECT * FROM pruned") == [("telegram", "dead", "refused: too long", 3)]
    # What is in the table of rows and what is counted alone are told as one.
    await stored(storage, an_alert(rule, 9))
    await settled(storage, Refused("too long"), 3 * LATER)
    assert (await storage.outbox.accounts()).reasons == (("refused: too long", 4),)


async def test_what_is_open_or_ended_within_the_month_stays(
    storage: Storage, home: Home, rule: Rule
) -> None:
    await stored(storage, an_alert(rule, 1))
    await settled(storage, Delivered(1))
    await stored(storage, an_alert(rule, 2))
    await storage.outbox.thin(NOW + KEPT_MS)
    assert await kept(home) == 2
    await storage.outbox.thin(LATER)
    assert await kept(home) == 1
    assert [one.payload for one in await claimed(storage, LATER)] == [an_alert(rule, 2)]


async def test_what_goes_out_in_a_message_stays_until_that_is_over(
    storage: Storage, home: Home, rule: Rule
) -> None:
    await stored(storage, *(an_alert(rule, episode) for episode in (1, 2, 3)))
    await settled(storage, Retry(0, "the platform is down", unknown=True, platform_wide=True))
    await storage.outbox.thin(LATER)
    assert await kept(home) == 3
    assert len((await settled(storage, Delivered(1), LATER)).merged) == 2
    await storage.outbox.thin(LATER)  # the two joined it a month ago, but it has only just ended
    assert await kept(home) == 3
    await storage.outbox.thin(LATER + KEPT_MS + 1)
    assert await kept(home) == 0
    assert await storage.outbox.accounts() == Accounts(3, 1, 2, 0, 0)


async def test_it_is_done_in_pieces_the_oldest_first(
    storage: Storage, home: Home, rule: Rule
) -> None:
    await stored(storage, *(an_alert(rule, episode) for episode in range(2 * PIECE + 10)))
    await ask(home, "UPDATE notification SET state = 'sent', settled_ms = created_ms - id")

    async def work(session: AsyncSession) -> int:
        return await prune(session, LATER, 10)

    assert await storage.books._database.write(work) == 10
    ((latest,),) = await ask(home, "SELECT max(id) FROM notification")  # which ended first
    assert await kept(home) == latest == 2 * PIECE
    await storage.outbox.thin(LATER)
    assert await kept(home) == 0
    assert (await storage.outbox.accounts()).sent == 2 * PIECE + 10


async def test_a_message_leaves_after_all_that_went_out_in_it(
    storage: Storage, home: Home, rule: Rule
) -> None:
    await stored(storage, *(an_alert(rule, episode) for episode in (1, 2, 3)))
    await settled(storage, Delivered(1))

    async def work(session: AsyncSession) -> int:
        return await prune(session, LATER, 1)

    for left in (2, 1, 0):
        assert await storage.books._database.write(work) == 1
        assert await kept(home) == left


async def test_a_key_that_was_forgotten_is_a_new_one(storage: Storage, rule: Rule) -> None:
    for _ in range(2):
        await stored(storage, an_alert(rule))
        assert (await settled(storage, Delivered(1), LATER - 1)).message is None
        await storage.outbox.thin(LATER + KEPT_MS)
    assert (await storage.outbox.accounts()).sent == 2


async def test_what_is_opened_again_while_it_would_be_forgotten_stays(
    storage: Storage, home: Home, rule: Rule
) -> None:
    if home.url is None:
        return  # one alone writes to a file
    await stored(storage, an_alert(rule))
    await settled(storage, Delivered(1))
    amending = await asyncpg.connect(home.url)
    change = amending.transaction()
    await change.start()
    await amending.execute("UPDATE notification SET state = 'queued', settled_ms = NULL")
    thinning = asyncio.create_task(storage.outbox.thin(LATER))
    while not await ask(home, "SELECT FROM pg_locks WHERE NOT granted"):
        assert not thinning.done()
    await change.commit()
    await amending.close()
    await thinning
    assert (await kept(home), (await storage.outbox.accounts()).open) == (1, 1)


async def test_a_reason_of_any_length_can_be_counted(storage: Storage) -> None:
    for end in ("a", "b"):
        await storage.outbox.put(ALICE, Notice("hello", NOW), end, NOW)
        await settled(storage, Refused("é\0😀" * 9_000 + end))
    await storage.outbox.thin(LATER)
    ((reason, many),) = (await storage.outbox.accounts()).reasons
    assert (len(reason), many) == (LONGEST_REASON, 2)
