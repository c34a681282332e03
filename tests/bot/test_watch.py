"""The way from the inbox to the disk: what is stored when, and what a storage in trouble costs."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal

from msgspec.structs import replace

from bot.clock import HOUR_MS
from bot.engine.engine import Engine
from bot.errors import StoreError
from bot.events import Event, Heard, Tick
from bot.exchanges.dialect import Publication
from bot.inbox import Inbox
from bot.market import USD, Gap, Liquidation, Side
from bot.rules import Alert, Destination, Rule, RuleState
from bot.story.batch import Batch, Telling
from bot.watch import JOURNAL_S, LONG, Watch, tick
from tests.clocks import ManualClock
from tests.fakes import FakeOutbox

START = 1_700_000_000_000
RULE = Rule(1, Destination("telegram", 7, direct=True), 7, None, None, "5m", "total", 100 * USD)


class Ledger(FakeOutbox):
    """Keeps each transaction: (liquidations, gaps, alerts). ``full``: the disk."""

    def __init__(self) -> None:
        super().__init__()
        self.full = False
        self.tried = 0
        self.transactions: list[tuple[list[int], list[Gap], int]] = []
        self.told: list[Batch] = []

    async def store(
        self,
        alerts: Sequence[Alert],
        states: Iterable[RuleState],
        now_ms: int,
        heard: Sequence[Liquidation] = (),
        gaps: Sequence[Gap] = (),
        story: Batch | None = None,
    ) -> None:
        self.tried += 1
        if self.full:
            raise StoreError("the disk is full")
        usd = [int(event.notional or 0) for event in heard]
        self.transactions.append((usd, list(gaps), len(alerts)))
        if story:
            self.told.append(story)


class House:
    def __init__(self) -> None:
        self.clock = ManualClock(START)
        self.inbox = Inbox()
        self.ledger = Ledger()
        self.kept: list[int] = []
        engine = Engine({"okx": Publication("complete")}, START)
        engine.load([(RULE, RuleState(1))])
        self.engine = engine
        self.watch = Watch(
            self.inbox, engine, self.ledger, self.clock, lambda: None, kept=self.note_kept
        )

    async def note_kept(self, until_ms: int) -> None:
        self.kept.append(until_ms)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["House"]:
        task = asyncio.create_task(self.watch.run())
        try:
            yield self
        finally:
            task.cancel()
            await asyncio.wait([task])

    async def hear(self, *dollars: int) -> None:
        now = self.clock.now_ms()
        self.inbox.hear(Heard("okx", tuple(order(n, now) for n in dollars), now))
        await self.clock.advance(0)

    async def tick(self) -> None:
        await self.inbox.put(Tick(self.clock.now_ms()))
        await self.clock.advance(0)


def order(dollars: int, now_ms: int) -> Liquidation:
    amount = Decimal(dollars)
    return Liquidation("okx", "X", "BTC", Side.LONG, amount, amount, amount, now_ms, now_ms)


async def test_an_alert_is_stored_at_once_with_all_that_was_heard_until_then() -> None:
    async with House().running() as house:
        await house.hear(1)
        await house.hear(2)
        assert house.ledger.transactions == [([1], [], 0)], "the first waits for nobody"
        await house.hear(200)
        assert house.ledger.transactions[1:] == [([2, 200], [], 1)]


async def test_what_causes_no_alert_shares_a_transaction_and_waits_but_a_moment() -> None:
    async with House().running() as house:
        await house.hear(1)
        for dollars in (2, 3, 4):
            await house.hear(dollars)
        gap = Gap("okx", "public", START, None, "closed")
        house.inbox.note(gap)
        await house.clock.advance(JOURNAL_S)
        assert house.ledger.transactions[1:] == [([2, 3, 4], [gap], 0)]


async def test_a_storage_in_trouble_loses_nothing_and_holds_up_nobody_without_an_alert() -> None:
    async with House().running() as house:
        house.ledger.full = True
        for dollars in (1, 2, 3):
            await house.hear(dollars)
            await house.clock.advance(1)
        assert house.engine.windows.sums(None, None, "5m").total == 6 * USD
        house.ledger.full = False
        await house.clock.advance(1)
        assert house.ledger.transactions == [([1, 2, 3], [], 0)]


async def test_an_alert_waits_for_storage_and_comes_with_what_was_heard_before_it() -> None:
    async with House().running() as house:
        house.ledger.full = True
        await house.hear(1)
        await house.hear(200)
        await house.clock.advance(3)
        assert house.ledger.transactions == []
        house.ledger.full = False
        await house.clock.advance(1)
        assert house.ledger.transactions == [([1, 200], [], 1)]


async def test_kept_is_said_only_of_what_is_on_disk() -> None:
    async with House().running() as house:
        await house.tick()
        assert house.kept == [START]
        house.ledger.full = True
        await house.hear(1)
        await house.clock.advance(1)
        await house.tick()
        assert house.kept == [START]
        house.ledger.full = False
        await house.clock.advance(1)
        await house.tick()
        assert house.kept == [START, house.clock.now_ms()]
        assert house.ledger.transactions == [([1], [], 0)]


async def test_a_clean_stop_puts_the_rest_on_the_tape() -> None:
    house = House()
    async with house.running():
        await house.hear(1)
        await house.hear(2)
    house.inbox.hear(Heard("okx", (), START))
    await house.watch.finish()
    assert [usd for usd, _, _ in house.ledger.transactions] == [[1], [2]]


async def test_a_stop_while_an_alert_waits_for_storage_loses_it_not() -> None:
    house = House()
    async with house.running():
        house.ledger.full = True
        await house.hear(200)
        await house.clock.advance(3)
    house.ledger.full = False
    await house.watch.finish()
    assert house.ledger.transactions == [([200], [], 1)]


async def test_a_stop_in_the_middle_of_a_batch_loses_nothing_of_it() -> None:
    house = House()
    many = [1] * LONG
    async with house.running():
        for dollars in (many, [2], many, [3]):
            now = house.clock.now_ms()
            house.inbox.hear(Heard("okx", tuple(order(n, now) for n in dollars), now))
        await asyncio.sleep(0)  # it has taken all of them, and gives way after the first
        assert not house.inbox.waiting
    assert house.ledger.transactions == []
    await house.watch.finish()
    assert sum(sum(usd) for usd, _, _ in house.ledger.transactions) == 2 * LONG + 5
    assert house.engine.windows.sums(None, None, "5m").total == (2 * LONG + 5) * USD


async def test_a_gap_that_still_waits_at_a_stop_is_stored() -> None:
    house = House()
    gap = Gap("okx", "public", START, None, "closed")
    house.inbox.note(gap)
    await house.watch.finish()
    assert house.ledger.transactions == [([], [gap], 0)]


class Machine(ManualClock):
    """Its wall clock may step, as it does for whoever was asleep; what is monotonic does not."""

    stepped_ms = 0

    def now_ms(self) -> int:
        return super().now_ms() + self.stepped_ms


async def jumps(*steps_s: float) -> list[tuple[float, float]]:
    """What was told of the steps, in seconds since the start; a tick lies between two."""
    machine, inbox, told = Machine(START), Inbox(), list[tuple[float, float]]()
    ticking = asyncio.create_task(
        tick(
            inbox,
            machine,
            machine,
            lambda a, b: told.append(((a - START) / 1e3, (b - START) / 1e3)),
        )
    )
    await machine.advance(1)
    for step_s in steps_s:
        machine.stepped_ms += round(step_s * 1000)
        await machine.advance(1)
    ticking.cancel()
    ticks = await inbox.get_many(100)
    assert len(ticks) == 1 + len(steps_s)
    return told


async def test_a_machine_that_slept_has_heard_nothing_meanwhile() -> None:
    assert await jumps(0, 7200, 0, 0) == [(2, 7203)]


async def test_a_clock_that_is_set_back_is_told_too() -> None:
    assert await jumps(0, -3600, 0) == [(2, -3597)]


async def test_a_clock_that_is_corrected_a_little_is_no_news() -> None:
    assert await jumps(0.5, -0.3, 2, -4) == []


async def test_a_gap_of_a_sleep_is_in_the_inbox_before_time_passes() -> None:
    machine, inbox = Machine(START), Inbox()
    gap = Gap("okx", "process", START, START + HOUR_MS, "", "stopped")
    ticking = asyncio.create_task(tick(inbox, machine, machine, lambda *span: inbox.note(gap)))
    await machine.advance(0)
    machine.stepped_ms = HOUR_MS
    await machine.advance(1)
    ticking.cancel()
    assert await inbox.get_many(10) == [gap, Tick(START + HOUR_MS + 1_000)]


class Tailor:
    """Dresses each alert, and keeps what it heard and what was stored."""

    def __init__(self) -> None:
        self.heard: list[Event] = []
        self.stored_alerts: list[Alert] = []

    def hear(self, event: Event) -> None:
        self.heard.append(event)

    def dress(self, alerts: Sequence[Alert]) -> tuple[list[Alert], Batch]:
        telling = Telling("key", 0, "alert", START, b"{}")
        return [replace(alert, why="key") for alert in alerts], Batch(tellings=(telling,))

    def stored(self, alerts: Sequence[Alert]) -> None:
        self.stored_alerts += alerts


async def test_a_story_hears_each_event_and_its_evidence_is_stored_with_the_alert() -> None:
    house, tailor = House(), Tailor()
    house.watch = Watch(
        house.inbox, house.engine, house.ledger, house.clock, lambda: None, story=tailor
    )
    async with house.running():
        await house.hear(200)
        assert [batch.tellings[0].key for batch in house.ledger.told if batch] == ["key"]
        assert [alert.why for alert in tailor.stored_alerts] == ["key"]
        assert len(tailor.heard) == 1


async def test_evidence_waits_with_its_alert_for_storage() -> None:
    house, tailor = House(), Tailor()
    house.watch = Watch(
        house.inbox, house.engine, house.ledger, house.clock, lambda: None, story=tailor
    )
    house.ledger.full = True
    async with house.running():
        await house.hear(200)
        assert tailor.stored_alerts == []
        house.ledger.full = False
        await house.clock.advance(1)
        assert [len(batch.tellings) for batch in house.ledger.told if batch] == [1]
        assert len(tailor.stored_alerts) == 1
