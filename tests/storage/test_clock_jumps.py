"""The clock of the machine is set an hour on or back: nothing is lost, nothing waits for ever."""

import pytest

from bot.clock import DAY_MS, HOUR_MS, SECOND_MS
from bot.delivery.outcomes import Delivered, Retry
from bot.errors import HandledBeforeError
from bot.ports import Keyboard, Ledger, Mark, Press
from bot.rules import Notice
from storage import Storage
from storage.outbox import StoredOutbox
from tests.storage.samples import ALICE, BOB, NOW, a_rule, an_alert
from tests.storage.steps import LEASE, claimed, stored


async def put(storage: Storage, key: str = "hello", at: int = NOW) -> None:
    await storage.outbox.put(ALICE, Notice(key, at), key, at)


@pytest.mark.parametrize("jump_ms", [HOUR_MS, -HOUR_MS])
async def test_what_is_being_sent_is_not_claimed_beside_itself(
    storage: Storage, jump_ms: int
) -> None:
    await put(storage)
    (one,) = await claimed(storage)
    # The courier knows which chats are busy, whatever the clock says of its leases.
    busy = {ALICE.chat}
    assert await storage.outbox.claim("telegram", NOW + jump_ms, 9, LEASE, busy) == []
    await storage.outbox.settle(one, Delivered(1), NOW + jump_ms)
    assert (await storage.outbox.accounts()).sent == 1


async def test_after_a_jump_on_a_retry_comes_early_by_no_more_than_the_jump(
    storage: Storage,
) -> None:
    await put(storage)
    (one,) = await claimed(storage)
    wait_ms = HOUR_MS + 5 * SECOND_MS
    await storage.outbox.settle(one, Retry(wait_ms / 1000, "429"), NOW)
    assert await claimed(storage, NOW + HOUR_MS) == []
    assert len(await claimed(storage, NOW + wait_ms)) == 1


async def test_after_a_jump_back_nothing_waits_longer_than_it_was_to(storage: Storage) -> None:
    await storage.outbox.put(BOB, Notice("limited", NOW), "limited", NOW)
    (limited,) = await claimed(storage)
    await storage.outbox.settle(limited, Retry(30, "429"), NOW)
    await put(storage, "before")
    back = NOW - HOUR_MS
    for at in (back, back + 1):  # the clock is set back once, however often one looks
        await put(storage, f"after {at}", at)
        (one,) = await claimed(storage, at)
        assert one.destination == ALICE
        await storage.outbox.settle(one, Delivered(1), at)
    (one,) = await claimed(storage, back + 1)
    await storage.outbox.settle(one, Delivered(1), back + 1)
    assert await claimed(storage, back + 30 * SECOND_MS - 1) == []
    assert [one.destination for one in await claimed(storage, back + 30 * SECOND_MS)] == [BOB]


async def test_what_waits_from_before_a_start_does_not_wait_for_an_old_clock(
    storage: Storage,
) -> None:
    await put(storage)
    again = StoredOutbox(storage.outbox._database)
    back = NOW - HOUR_MS
    await again.recover(back)
    assert len(await again.claim("telegram", back, 9, LEASE, set())) == 1


async def test_after_a_jump_back_a_lease_ends_by_a_start_or_when_its_time_comes(
    storage: Storage,
) -> None:
    await stored(storage, an_alert(a_rule()))
    await claimed(storage)
    back = NOW - HOUR_MS
    assert await claimed(storage, back) == []
    assert (await storage.outbox.recover(back)).unclear == 1
    assert len(await claimed(storage, back)) == 1
    assert len(await claimed(storage, back + LEASE)) == 1


async def test_a_mark_outlives_any_jump_of_an_hour(storage: Storage) -> None:
    async def nothing(_: Ledger) -> None: ...

    await storage.books.keep(nothing, Mark("telegram:1", 1), NOW)
    # Telegram repeats an update for a day.
    await storage.books.thin(NOW + DAY_MS + HOUR_MS)
    with pytest.raises(HandledBeforeError):
        await storage.books.keep(nothing, Mark("telegram:1", 1), NOW - HOUR_MS)


async def test_buttons_work_on_both_sides_of_a_jump(storage: Storage) -> None:
    token = await storage.keyboards.keep(Keyboard("telegram", 1, 2, ("off|1",)), NOW)
    for at in (NOW - HOUR_MS, NOW + HOUR_MS):
        await storage.books.thin(at)
        assert await storage.keyboards.find(token, Press("telegram", 1, 3, 2), at)
