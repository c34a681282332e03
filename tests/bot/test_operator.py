"""The operator is told of what is wrong, not too often, and of restarts with alerts waiting."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from msgspec.structs import replace
from structlog.testing import capture_logs

from bot.clock import MINUTE_MS
from bot.disk import Disk
from bot.errors import StoreError
from bot.log import Redactor
from bot.operator import Operator
from bot.ports import Accounts, Found
from bot.rules import Destination, Notice, Payload
from tests.bot.test_disk import GB, Room
from tests.clocks import ManualClock
from tests.fakes import FakeDesk, FakeOutbox, a_source

NOW = 1_700_000_000_000
ME = Destination("telegram", 7, direct=True)
SECRET = "no-known-shape"


class Pages:
    """A notebook in memory."""

    def __init__(self) -> None:
        self.notes: dict[str, str] = {}

    async def read(self, name: str) -> str | None:
        return self.notes.get(name)

    async def write(self, name: str, value: str) -> None:
        self.notes[name] = value


class FullOutbox(FakeOutbox):
    """Nothing can be stored while it is full."""

    full = True

    async def put(self, destination: Destination, payload: Payload, key: str, now_ms: int) -> None:
        if self.full:
            raise StoreError("the disk is full")
        await super().put(destination, payload, key, now_ms)


class FullPages(Pages):
    """Nothing can be written."""

    async def write(self, name: str, value: str) -> None:
        raise StoreError("the disk is full")


class Fates(FakeOutbox):
    """Says of what was found what it was told to say; ``broken``: it cannot say now."""

    def __init__(self) -> None:
        super().__init__()
        self.found = Found(41, 1, 41, NOW)
        self.fate = Accounts(41, 30, 3, 0, 8)
        self.broken = False

    async def fates(self, found: Found) -> Accounts:
        assert found == self.found
        if self.broken:
            raise StoreError("locked")
        return self.fate


class Crooked(FakeOutbox):
    """Its numbers do not add up."""

    async def accounts(self) -> Accounts:
        return Accounts(10, 5, 0, 0, 4)


def an_operator(
    outbox: FakeOutbox,
    clock: ManualClock,
    *,
    pages: Pages | None = None,
    desk: FakeDesk | None = None,
    to: Destination | None = ME,
    disk: Disk | None = None,
) -> Operator:
    clean = Redactor([SECRET]).clean
    return Operator(to, outbox, pages or Pages(), desk or FakeDesk(), clock, clock, clean, disk)


@asynccontextmanager
async def running(
    operator: Operator, wake: Callable[[], None] = lambda: None
) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as group:
        task = group.create_task(operator.run(wake))
        yield
        task.cancel()


def told(outbox: FakeOutbox) -> list[str]:
    return [each.payload.text for each in outbox.waiting if isinstance(each.payload, Notice)]


async def test_any_text_can_be_told_under_a_key_that_any_database_takes() -> None:
    outbox = FakeOutbox()
    await an_operator(outbox, ManualClock(NOW)).tell("odd \ud800" + "x" * 9_000)
    assert told(outbox) == ["odd ?" + "x" * 9_000]
    ((_, key),) = outbox._keys
    assert key.isascii() and len(key) < 100


async def test_a_restart_is_told_once_all_that_waited_has_ended() -> None:
    outbox, pages, clock = Fates(), Pages(), ManualClock(NOW)
    pages.notes["alive_ms"] = str(NOW - 6 * MINUTE_MS)
    operator = an_operator(outbox, clock, pages=pages)
    await operator.tell_of_restart(outbox.found)
    async with running(operator):
        await clock.advance(60)
        assert told(outbox) == []
        outbox.broken = True
        await clock.advance(10)
        outbox.broken, outbox.fate = False, Accounts(41, 38, 3, 0, 0)
        await clock.advance(60)
    assert told(outbox) == [
        "Back after 6 min. 41 alerts were waiting: 38 sent, 3 merged, 0 lost, at most 1 twice."
    ]


async def test_after_ten_minutes_what_still_waits_is_said() -> None:
    outbox, clock = Fates(), ManualClock(NOW)
    operator = an_operator(outbox, clock)
    await operator.tell_of_restart(outbox.found)
    async with running(operator):
        await clock.advance(599)
        assert told(outbox) == []
        await clock.advance(10)
    assert told(outbox) == [
        "Back. 41 alerts were waiting: 30 sent, 3 merged, 8 still waiting, 0 lost, at most 1 twice."
    ]


async def test_a_start_that_found_nothing_is_no_news() -> None:
    outbox, clock = FakeOutbox(), ManualClock(NOW)
    operator = an_operator(outbox, clock)
    await operator.tell_of_restart(Found())
    async with running(operator):
        await clock.advance(700)
    assert told(outbox) == []


async def test_an_outbox_that_does_not_add_up_is_told_at_the_start() -> None:
    outbox, clock = Crooked(), ManualClock(NOW)
    await an_operator(outbox, clock).tell_of_restart(Found())
    (text,) = told(outbox)
    assert text.startswith("⚠️ The outbox does not add up: 10 notifications, but 5 sent")


async def test_without_an_operator_nothing_is_stored_and_all_is_in_the_log() -> None:
    outbox, clock = FakeOutbox(), ManualClock(NOW)
    with capture_logs() as logs:
        await an_operator(outbox, clock, to=None).tell("hello")
    assert outbox.waiting == []
    assert [line["text"] for line in logs] == ["hello"]


async def test_nothing_secret_is_stored() -> None:
    outbox, clock = FakeOutbox(), ManualClock(NOW)
    await an_operator(outbox, clock).tell(f"Cannot reach https://api/bot{SECRET}/getMe.")
    assert told(outbox) == ["Cannot reach https://api/bot[secret]/getMe."]


async def test_a_flood_of_notices_is_five_and_a_count_and_all_in_the_log() -> None:
    outbox, clock = FakeOutbox(), ManualClock(NOW)
    operator = an_operator(outbox, clock)
    with capture_logs() as logs:
        async with running(operator):
            for number in range(12):
                await operator.tell(f"Trouble {number}.")
                await operator.tell(f"Trouble {number}.")
            assert told(outbox) == [f"Trouble {number}." for number in range(5)]
            await clock.advance(125)
    assert told(outbox)[5:] == ["14 more notices: see the log."]
    notices = [line for line in logs if line["event"] == "notice"]
    assert len(notices) == 24
    assert {line["log_level"] for line in notices} == {"warning"}, "also where info is not logged"


async def test_a_disk_that_fills_is_told() -> None:
    outbox, clock = FakeOutbox(), ManualClock(NOW)
    disk = Disk(Path("/data"), lambda folder: Room(100 * GB, GB // 10))
    async with running(an_operator(outbox, clock, disk=disk)):
        await clock.advance(60)
    (text,) = told(outbox)
    assert text.startswith("⚠️ The disk is nearly full: 100 MB are free in /data.")


async def test_what_is_wrong_with_an_exchange_reaches_the_operator_and_wakes_who_sends() -> None:
    outbox, clock, desk, woken = FakeOutbox(), ManualClock(NOW), FakeDesk("okx"), asyncio.Event()
    desk.statuses = [replace(a_source("okx", "deaf"), since_ms=NOW)]
    async with running(an_operator(outbox, clock, desk=desk), woken.set):
        await clock.advance(59)
        assert outbox.waiting == [] and not woken.is_set()
        await clock.advance(5)
        (text,) = told(outbox)
        assert text.startswith("⚠️ Not hearing OKX since")
        assert woken.is_set()


async def test_it_writes_down_that_it_is_alive() -> None:
    pages, clock = Pages(), ManualClock(NOW)
    async with running(an_operator(FakeOutbox(), clock, pages=pages)):
        await clock.advance(11)
        assert pages.notes["alive_ms"] == str(NOW + 10_000)


async def test_a_full_disk_delays_a_notice_and_ends_nothing() -> None:
    outbox, clock = FullOutbox(), ManualClock(NOW)
    operator = an_operator(outbox, clock, pages=FullPages())
    async with running(operator):
        await operator.tell("Discord has stopped.")
        await operator.tell("So has OKX.")
        await clock.advance(11)
        assert outbox.waiting == []
        outbox.full = False
        await clock.advance(5)
    assert [each.payload for each in outbox.waiting] == [
        Notice("Discord has stopped.", NOW),
        Notice("So has OKX.", NOW),
    ]
