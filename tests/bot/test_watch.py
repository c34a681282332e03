"""The way from the inbox to the disk: what is stored when, and what a storage in trouble costs."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal

from bot.engine.engine import Engine
from bot.errors import StoreError
from bot.events import Heard, Tick
from bot.exchanges.dialect import Publication
from bot.inbox import Inbox
from bot.market import USD, Gap, Liquidation, Side
from bot.rules import Alert, Destination, Rule, RuleState
from bot.watch import JOURNAL_S, Watch
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

    async def store(
        self,
        alerts: Sequence[Alert],
        states: Iterable[RuleState],
        now_ms: int,
        heard: Sequence[Liquidation] = (),
        gaps: Sequence[Gap] = (),
    ) -> None:
        self.tried += 1
        if self.full:
            raise StoreError("the disk is full")
        usd = [int(event.notional or 0) for event in heard]
        self.transactions.append((usd, list(gaps), len(alerts)))


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
        events = tuple(
            Liquidation("okx", "X", "BTC", Side.LONG, Decimal(1), Decimal(n), Decimal(n), now, now)
            for n in dollars
        )
        self.inbox.hear(Heard("okx", events, now))
        await self.clock.advance(0)

    async def tick(self) -> None:
        await self.inbox.put(Tick(self.clock.now_ms()))
        await self.clock.advance(0)


async def test_an_alert_is_stored_at_once_with_all_that_was_heard_until_then() -> None:
    async with House().running() as house:
        await house.hear(1)
        await house.hear(2)
        assert house.ledger.transactions == [([1], [], 0)], "the first waits for nobody"
        await house.hear(200)
        assert house.ledger.transactions[1:] == [([2, 200], [], 1)]


async def test_what_causes_no_alert_shares_a_transaction_and_waits_but_a_moment() -> (
    None
):
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
