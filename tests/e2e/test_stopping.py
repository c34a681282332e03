"""Stops and starts: nothing is lost, nothing is said twice."""

import asyncio
import json
from collections.abc import Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from decimal import Decimal
from pathlib import Path

from bot.app import build
from bot.clock import SystemClock
from bot.delivery.listening import Listening
from bot.delivery.outcomes import Outcome
from bot.delivery.pacing import Limits
from bot.delivery.turnstile import Turnstile
from bot.errors import StoreError
from bot.events import Heard
from bot.market import Gap, Liquidation, Side
from bot.memory import WATCHED
from bot.ports import Notifier
from bot.rules import Alert, Destination, Rule, RuleState
from bot.story.batch import Batch
from bot.watch import BATCH, Watch
from bot.wording.text import Message
from handlers.talk import House
from storage import open_report
from tests.clocks import ManualClock
from tests.doubles.telegram_wire import limited
from tests.e2e.process import started, terminated
from tests.e2e.rig import World, balanced, eventually
from tests.fakes import FakeOutbox
from tests.storage.samples import a_rule, an_alert
from tests.storage.steps import added

ANN, BEN = 11, 12
RULE = "/alert BTC 5m long > 10m"


async def test_a_restart_does_not_ring_again_for_the_same_rise(world: World) -> None:
    async with world.bot("telegram"):
        await world.telegram.ask(RULE, ANN, "BTC")
        await world.liquidate("BTC", 11_000_000)
        await world.telegram.told(ANN, "your alert")
    async with world.bot("telegram") as bot:
        await world.telegram.ask("/alert ETH 5m long > 10m", ANN, "ETH")
        await world.liquidate("BTC", 3_000_000)
        await world.liquidate("ETH", 12_000_000)
        await world.telegram.told(ANN, "of ETH longs")
        await eventually(lambda: balanced(bot, created=2, sent=2))
        await world.liquidate("BTC", 10_000_000)
        assert "$24M" in (await world.telegram.told(ANN, "of BTC longs", times=2)).text


async def test_a_limited_alert_outlives_a_restart_and_keeps_its_time(world: World) -> None:
    async with world.bot("telegram") as bot:
        await world.telegram.ask(RULE, ANN, "BTC")
        asked = len(world.telegram.asked_at[ANN])
        world.telegram.fail(limited(2, ANN))
        await world.liquidate("BTC", 11_000_000)
        await eventually(lambda: len(world.telegram.asked_at[ANN]) > asked)
        await eventually(lambda: balanced(bot, created=1, open=1))
    async with world.bot("telegram") as bot:
        await world.telegram.told(ANN, "your alert")
        await eventually(lambda: balanced(bot, created=1, sent=1))
    refused, then, *_ = world.telegram.asked_at[ANN][asked:]
    assert then - refused >= 2


async def test_a_clean_stop_confirms_what_was_handled(world: World) -> None:
    async with world.bot("telegram"):
        await world.telegram.ask(RULE, ANN, "BTC")
    assert world.telegram.updates == []
    async with world.bot("telegram"):
        await world.telegram.ask("/liqs", BEN, "Liquidations")
    assert len(world.telegram.said(ANN)) == 1


async def test_sigterm_lets_calls_under_way_end_and_loses_nothing(
    world: World, tmp_path: Path
) -> None:
    async with started(tmp_path, world.environment("telegram"), "run") as process:
        for user in (ANN, BEN):  # of single orders there is no chart, which would be a call more
            await world.telegram.ask("/alert BTC order > 10m", user, "BTC")
        world.telegram.slow = {ANN: 0.3, BEN: 0.5}
        await world.liquidate("BTC", 11_000_000)
        await eventually(lambda: len(world.telegram.asked_at[BEN]) > 1)
        end = await terminated(process)
    assert end.code == 0, end.err
    assert "Traceback" not in end.err
    for user in (ANN, BEN):
        assert len(world.telegram.said(user, "your alert")) == 1
    async with open_report(None, world.data_dir) as report:
        accounts = await report.accounts()
    assert (accounts.created, accounts.sent) == (2, 2)


async def test_after_a_kill_the_rule_stands_and_the_unconfirmed_update_is_handled(
    world: World, tmp_path: Path
) -> None:
    environment = world.environment("telegram")
    async with started(tmp_path, environment, "run") as process:
        await world.telegram.ask(RULE, ANN, "Set")
        world.telegram.slow = {BEN: 60.0}
        asked = len(world.telegram.asked_at[BEN])
        await world.telegram.say("/liqs BTC", BEN)
        await eventually(lambda: len(world.telegram.asked_at[BEN]) > asked)
        process.kill()
        await process.wait()
    world.telegram.slow = {}
    assert world.telegram.said(BEN) == []
    async with started(tmp_path, environment, "run") as process:
        await world.telegram.told(BEN, "BTC")
        await world.liquidate("BTC", 11_000_000)
        await world.telegram.told(ANN, "your alert")
        end = await terminated(process)
    assert end.code == 0
    assert "Traceback" not in end.err
    assert len(world.telegram.said(BEN)) == 1


class HastyClock(SystemClock):
    """The machine's time at twenty times the speed, for patience and pauses."""

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds / 20)

    def timeout(self, seconds: float) -> AbstractAsyncContextManager[object]:
        return super().timeout(seconds / 20)


class HangingPlatform:
    """Takes an alert and never says what became of it."""

    name = platform = "console"
    harmless_s = 0.0

    def __init__(self) -> None:
        self.turnstile = Turnstile(Limits(), SystemClock())
        self.listening = Listening()
        self.asked = asyncio.Event()

    @property
    def notifier(self) -> Notifier:
        return self

    async def deliver(
        self,
        destination: Destination,
        message: Message,
        nonce: str,
        edits: int | None = None,
        quotes: int | None = None,
    ) -> Outcome:
        self.asked.set()
        return await asyncio.Future()

    async def probe(self) -> Outcome | None:
        return None

    async def run(self, house: House) -> None:
        await asyncio.Future()

    async def check(self) -> tuple[bool, str]:
        return True, ""

    async def close(self) -> None: ...


class FullOutbox(FakeOutbox):
    """Nothing can be stored."""

    async def store(
        self,
        alerts: Sequence[Alert],
        states: Iterable[RuleState],
        now_ms: int,
        heard: Sequence[Liquidation] = (),
        gaps: Sequence[Gap] = (),
        story: Batch | None = None,
    ) -> None:
        raise StoreError("the disk is full")


async def test_a_stop_does_not_wait_for_a_disk_that_stays_full(world: World) -> None:
    real = HastyClock()
    now_ms = real.now_ms()
    place = Destination("telegram", ANN, direct=True)
    async with build(world.settings(), lambda *_: [], real, real) as bot:
        for orders in (1, BATCH + 100):  # one that fires in each batch
            rule = Rule(0, place, ANN, None, None, "5m", "count", orders, created_ms=now_ms)
            await added(bot.storage, rule)
        bot.watch = Watch(bot.inbox, bot.engine, FullOutbox(), real, lambda: None)
        price, size = Decimal(100), Decimal(1)
        for at_ms in range(now_ms, now_ms + 2 * BATCH):
            order = Liquidation(
                "bybit", "BTCUSDT", "BTC", Side.LONG, price, size, price, at_ms, at_ms
            )
            bot.inbox.hear(Heard("bybit", (order,), at_ms))
        async with asyncio.timeout(5):
            await bot.run(until=asyncio.Event().wait())


async def test_a_stop_does_not_wait_for_a_call_that_hangs_and_keeps_its_alert(world: World) -> None:
    platform, real = HangingPlatform(), HastyClock()
    place = Destination(platform.name, ANN, direct=True)
    async with build(world.settings(), lambda *_: [platform], real, real) as bot:
        await bot.storage.outbox.store([an_alert(a_rule(place))], [], real.now_ms())
        begun = real.monotonic()
        await bot.run(until=platform.asked.wait())
        assert real.monotonic() - begun < 10 / 20 + 1
        accounts = await bot.storage.outbox.accounts()
        assert (accounts.created, accounts.open) == (1, 1)
        found = await bot.storage.outbox.recover(real.now_ms())
        assert (found.open, found.unclear) == (1, 1)


class Lingering:
    """A feed whose connections take half a minute to close."""

    name = "bybit"

    def __init__(self, market: ManualClock) -> None:
        self._market = market

    def remember(self, events: Iterable[Liquidation], gaps: Iterable[Gap]) -> None: ...

    async def run(self) -> None:
        try:
            await asyncio.Future()
        finally:
            await self._market.advance(30)


async def test_what_is_not_heard_while_connections_close_is_not_noted_as_heard(
    world: World,
) -> None:
    market = ManualClock()
    stopped_ms = market.now_ms()
    async with build(world.settings(), lambda *_: [], SystemClock(), market) as bot:
        bot.feeds = [Lingering(market)]  # type: ignore[list-item]  # all that a stop asks of one
        await bot.run(until=asyncio.Event().wait())
        noted = await bot.storage.notebook.read(WATCHED)
    assert market.now_ms() > stopped_ms
    assert {span["until_ms"] for span in json.loads(noted or "").values()} == {stopped_ms}


class Failing(Lingering):
    """A feed with a mistake that no dialect's is."""

    async def run(self) -> None:
        raise ZeroDivisionError


async def test_a_feeds_mistake_does_not_end_the_bot(world: World) -> None:
    async with build(
        world.settings(), lambda *_: [HangingPlatform()], SystemClock(), SystemClock()
    ) as bot:
        bot.feeds = [Failing(ManualClock())]  # type: ignore[list-item]  # as above
        await bot.run(until=asyncio.sleep(0.2))
