"""Exchanges that misbehave, and all that hears them, on a clock that a test moves.

The sockets are real and loopback; every limit, pause and budget is the one that is shipped. The
clock goes on only while ``until`` waits, so that seconds are exact and cost next to nothing.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from copy import copy
from decimal import Decimal
from functools import partial
from typing import Any

from bot.clock import HOUR_MS, SystemClock
from bot.engine.desk import EngineDesk
from bot.engine.engine import Engine
from bot.exchanges import EXCHANGES
from bot.exchanges.dialect import Exchange
from bot.feed.board import Board
from bot.feed.feed import Feed
from bot.feed.web import open_session
from bot.feed.wire import Limits, Wire
from bot.figures import Reading
from bot.inbox import Inbox
from bot.market import usd
from bot.ports import SourceStatus
from bot.setting_names import url_name
from bot.watch import Watch, tick
from bot.wording.numbers import named
from tests.bot.feed.conftest import Shelf
from tests.clocks import ManualClock
from tests.doubles.exchanges import ExchangeDouble, Exchanges, Order, Side, Taken
from tests.fakes import Furnished
from tests.handlers.asking import ask, words

NOTICED_S = 30.0
HEALED_S = 15.0
FILLED_S = 60.0
"""A history is asked 10 s after a gap; Bitfinex answers three times a minute."""

STEP_S = 0.5
GLANCE_S = 0.4
"""The step while a trouble is looked for: shorter than half a second, after which the first try
to mend it begins, so that each is seen once at least."""

PAUSE_S = 0.001
"""After each step of the clock the sockets have this much real time, and the doubles theirs."""

CANARY_S = 0.01
"""Real seconds: three or four on the clock, where the shortest patience for them is 30 s."""

UNLIMITED = (1_000_000, 1.0)
LONGEST_WAITS = 0.999
"""Chance at its worst: each retry waits as long as it ever may."""

CLOSING = Limits(close_s=0.05)
"""As shipped, but for the one limit that aiohttp measures on the machine's clock."""


class Rig:
    """``expected``: what was published to be heard, by exchange; ``lost``: while it was not."""

    def __init__(self, doubles: Exchanges, clock: ManualClock, exchanges: list[Exchange]) -> None:
        self.clock = clock
        self.doubles = doubles
        self.expected = {exchange.name: Taken() for exchange in exchanges}
        self.lost = dict(self.expected)
        self.inbox = Inbox()
        self.board = Board()
        self.feeds: dict[str, Feed] = {}
        publications = {exchange.name: exchange.publication for exchange in exchanges}
        self.engine = Engine(publications, clock.now_ms() - HOUR_MS)  # it is not just starting
        self.desk = EngineDesk(
            self.engine, lambda: (feed.status() for feed in self.feeds.values()), lambda: ()
        )
        self.furnished = Furnished(clock=clock)
        self.furnished.house.desk = self.desk
        self._orders = 0

    def __getitem__(self, name: str) -> ExchangeDouble:
        return self.doubles[name]

    def source(self, name: str) -> SourceStatus:
        return next(source for source in self.desk.sources() if source.exchange == name)

    def reading(self, name: str) -> Reading:
        return self.desk.reading(None, name, "1h")

    def well(self, name: str) -> bool:
        """Live, and no gap open."""
        ear = self.engine.ears.gaps(name, 1, self.engine.now_ms)
        return self.source(name).state == "live" and all(gap.to_ms is not None for gap in ear)

    def heard_all(self, name: str) -> bool:
        """Whether the window holds what the double says was to be taken, to the cent.

        A history may have told already what was lost.
        """
        expected = self.expected[name]
        with_past = expected + self.lost[name] if self.source(name).history else expected
        return self._holds(name, expected) or self._holds(name, with_past)

    def recovered(self, name: str) -> bool:
        """Whether a history has told all that was lost; from then on it is expected."""
        whole = self.expected[name] + self.lost[name]
        if self.reading(name).hearing.deaf or not self._holds(name, whole):
            return False
        self.expected[name], self.lost[name] = whole, Taken()
        return True

    def _holds(self, name: str, taken: Taken) -> bool:
        reading = self.reading(name)
        sums = (usd(taken.long_usd), usd(taken.short_usd), taken.count)
        return (reading.long, reading.short, reading.count) == sums

    async def complaint(self, name: str) -> str:
        """What ``/sources`` says is wrong with an exchange; "" if nothing."""
        lines = words(await ask("/sources", self.furnished)).splitlines()
        return "\n".join(line for line in lines if "⚠️" in line and named(name) in line)

    def an_order(self, side: Side = "long", size: str = "0.5", coin: str = "BTC") -> Order:
        """At the mark, now on this clock; each is larger, for some histories tell no more."""
        self._orders += 1
        price = {"BTC": Decimal(60_000), "ETH": Decimal(3_000)}[coin]
        more = self._orders / Decimal(10)
        return Order(coin, side, price, Decimal(size) + more, self.clock.now_ms())

    async def publish(self, name: str, *orders: Order) -> None:
        """By default a long and a short, of different coins."""
        told = orders or (self.an_order(), self.an_order("short", "2", "ETH"))
        self.expected[name] += await self.doubles[name].publish(*told)

    async def until(
        self,
        condition: Callable[[], bool],
        within_s: float,
        what: str = "not",
        step_s: float = STEP_S,
    ) -> float:
        """Let time pass until it holds; the seconds that took. Fails after ``within_s``."""
        began = self.clock.monotonic()
        while True:
            await asyncio.sleep(PAUSE_S)
            if condition():
                return self.clock.monotonic() - began
            assert self.clock.monotonic() - began < within_s, (
                f"{what} within {within_s:g} s: {self._said()}"
            )
            await self.clock.advance(step_s)

    async def noticed(self, name: str, words: str, within_s: float = NOTICED_S) -> float:
        """It is not well, and ``/sources`` says why (one of ``a|b``); how soon."""

        def said(text: str) -> bool:
            return any(word in text for word in words.split("|"))

        seconds = await self.until(
            lambda: said(self.source(name).reason), within_s, f"not noticed: {words}", GLANCE_S
        )
        assert not self.well(name)
        assert said(await self.complaint(name))
        return seconds

    async def healed(self, name: str, within_s: float = HEALED_S) -> float:
        """Well again, the gap ended, nothing to complain of, and heard; how soon."""
        seconds = await self.until(lambda: self.well(name), within_s, "not healed")
        assert not await self.complaint(name)
        await self.hear(name)
        return seconds

    async def missed(self, name: str, *orders: Order) -> int:
        """Published where nobody listens; when it happened."""
        self.lost[name] += await self.doubles[name].publish(*(orders or (self.an_order(),)))
        return self.clock.now_ms()

    def told_as_missed(self, name: str, at_ms: int) -> bool:
        """Whether a figure says that it lacks this moment of an exchange."""
        deaf = self.reading(name).hearing.deaf
        return any(gap.from_ms <= at_ms <= (gap.to_ms or at_ms) for gap in deaf)

    async def live_on(self, seconds: float, hurry: float = 1) -> None:
        """Let time pass; ``hurry`` times as fast, and so do the canaries sing."""
        end, step_s = self.clock.monotonic() + seconds, hurry * STEP_S
        for double in self.doubles:
            double.canary_s = CANARY_S / hurry
        await self.until(lambda: self.clock.monotonic() >= end, seconds + step_s, step_s=step_s)
        for double in self.doubles:
            double.canary_s = CANARY_S

    async def hear(self, *names: str) -> None:
        """Each of these, or all, publishes, and is heard at once."""
        for name in names or self.expected:
            await self.publish(name)
        for name in names or self.expected:
            await self.until(partial(self.heard_all, name), 2.0, f"{name} not heard")

    async def undisturbed(self, *names: str) -> None:
        """These were heard all the time, and are."""
        await self.hear(*names)
        for name in names:
            source = self.source(name)
            assert (source.state, source.reconnects, source.bad) == ("live", 0, 0), source
            assert all((gap.to_ms or gap.from_ms) <= self.began_ms for gap in source.gaps), source
            assert not await self.complaint(name)

    async def run(self, urls: dict[str, str], exchanges: Iterable[Exchange]) -> None:
        """Until cancelled."""
        watch = Watch(self.inbox, self.engine, self.furnished.outbox, self.clock, lambda: None)
        async with open_session() as session, asyncio.TaskGroup() as group:
            wire = Wire(
                session, self.clock, self.clock, limits=CLOSING, random=lambda: LONGEST_WAITS
            )
            group.create_task(watch.run())
            group.create_task(tick(self.inbox, self.clock, self.clock))
            for exchange in exchanges:
                mine = {role: urls[url_name(exchange.name, role)] for role in exchange.urls}
                feed = Feed(exchange, mine, wire, self.inbox, Shelf(), self.board)
                self.feeds[exchange.name] = feed
                group.create_task(feed.run())

    async def start(self) -> None:
        """All are heard, from here on, and the moment of connecting is filled where it can be."""
        await self.until(lambda: bool(self.feeds), 1.0)
        await self.until(lambda: all(map(self.well, self.expected)), HEALED_S, "not live")
        filled = [name for name in self.expected if self.source(name).history]
        await self.until(
            lambda: not any(self.reading(name).hearing.deaf for name in filled),
            FILLED_S,
            "not filled",
        )
        self.began_ms = self.clock.now_ms()

    def _said(self) -> str:
        return "; ".join(
            f"{s.exchange} {s.state} {s.reason}, {self.reading(s.exchange).total} of "
            f"{usd(self.expected[s.exchange].usd)}"
            for s in self.desk.sources()
        )


@asynccontextmanager
async def a_rig(*names: str, **changes: dict[str, Any]) -> AsyncIterator[Rig]:
    """These exchanges, heard. ``changes``: attributes of a dialect's copy, by its name."""
    exchanges = []
    for name in names:
        exchanges.append(copy(EXCHANGES[name]))
        for attribute, value in changes.get(name, {}).items():
            setattr(exchanges[-1], attribute, value)
    async with Exchanges(*names, canary_s=CANARY_S) as doubles:
        for double in doubles:
            double.connects = UNLIMITED
        rig = Rig(doubles, ManualClock(SystemClock().now_ms()), exchanges)
        running = asyncio.create_task(rig.run(doubles.urls(), exchanges))
        try:
            await rig.start()
            yield rig
        finally:
            running.cancel()
            await asyncio.wait([running])
        if not running.cancelled():
            running.result()
