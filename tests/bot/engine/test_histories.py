"""Whole lives of the windows, restarts included, against sums over plain lists.

Late, repeated and unordered events, events of the future, gaps filled afterwards, and processes
that end and begin again with what the tape kept. Exact integers, every window, every scope.
"""

import random
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

import msgspec
import pytest

from bot.clock import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS
from bot.engine.engine import Engine
from bot.events import Heard, Recalled, Tick
from bot.exchanges.dialect import Publication
from bot.feed.duplicates import Duplicates
from bot.market import USD, Liquidation, Side
from bot.metrics.metric import Sums
from bot.rules import WINDOWS
from tests.torture import times

START = 1_700_000_000_000
COINS = ("BTC", "ETH", "PEPE")
EXCHANGES = ("binance", "bybit")
SCOPES = [(coin, exchange) for coin in (None, *COINS) for exchange in (None, *EXCHANGES)]
LIVES = 400


class Counted(NamedTuple):
    coin: str
    exchange: str
    side: Side
    usd: int | None
    at_ms: int


@dataclass
class Life:
    """An engine, the tape beside it, and the list that knows better."""

    chance: random.Random
    now_ms: int = START
    heard: list[Counted] = field(default_factory=list)
    tape: list[Liquidation] = field(default_factory=list)
    frames: list[list[Liquidation]] = field(default_factory=list)
    told: set[object] = field(default_factory=set)
    number: int = 0

    def __post_init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """A process begins, with what the tape kept of the last day."""
        since_ms = max(START, self.now_ms - DAY_MS)
        self.engine = Engine({name: Publication("complete") for name in EXCHANGES}, since_ms)
        kept = [event for event in self.tape if event.received_ms >= since_ms]
        self.engine.remember(kept)
        self.engine.windows.advance(self.now_ms)
        self.duplicates = Duplicates()
        for event in kept:
            self.duplicates.fresh([event])

    def event(self, at_ms: int) -> Liquidation:
        """Each is another: its number is its quantity."""
        self.number += 1
        notional = Decimal(self.number) if self.chance.random() > 0.1 else None
        return Liquidation(
            self.chance.choice(EXCHANGES), "X", self.chance.choice(COINS),
            Side(self.chance.randrange(2)), Decimal(1), Decimal(self.number), notional,
            at_ms, self.now_ms,
        )  # fmt: skip

    def frame(self) -> None:
        """A few events, up to 70 s late or 5 s early; sometimes a frame is told again."""
        made = [
            self.event(self.now_ms - self.chance.randint(-5, 70) * SECOND_MS)
            for _ in range(self.chance.randint(1, 5))
        ]
        if self.frames and self.chance.random() < 0.3:
            made = [
                msgspec.structs.replace(event, received_ms=self.now_ms)
                for event in self.chance.choice(self.frames[-5:])
            ]
        self.frames.append(made)
        fresh = self.duplicates.fresh(made)
        for exchange in EXCHANGES:
            events = tuple(event for event in fresh if event.exchange == exchange)
            caused = self.engine.handle(Heard(exchange, events, self.now_ms))
            self.tape += caused.heard
        for event in fresh:
            if event.time_ms >= self.now_ms - MINUTE_MS and event.key not in self.told:
                self.count(event)

    def recall(self) -> None:
        """What an exchange's history tells of the last 26 hours, some of which was heard."""
        made = [
            self.event(self.now_ms - self.chance.randint(0, 26 * 3600) * SECOND_MS)
            for _ in range(self.chance.randint(1, 5))
        ]
        again = [
            msgspec.structs.replace(event, received_ms=self.now_ms)
            for event in self.chance.sample(self.tape, k=min(2, len(self.tape)))
        ]
        for event in self.duplicates.fresh([*made, *again]):
            caused = self.engine.handle(Recalled(event.exchange, (event,), self.now_ms))
            self.tape += caused.heard
            known = event.key in self.told
            if event.time_ms >= self.engine.ears.start_ms and not known:
                self.count(event)

    def count(self, event: Liquidation) -> None:
        self.told.add(event.key)
        usd = None if event.notional is None else int(event.notional) * USD
        at_ms = min(event.time_ms, self.now_ms)
        self.heard.append(Counted(event.coin, event.exchange, event.side, usd, at_ms))

    def pass_time(self) -> None:
        self.now_ms += self.chance.choice((200, 5 * SECOND_MS, 4 * MINUTE_MS, HOUR_MS // 2))
        self.engine.handle(Tick(self.now_ms))

    def restart(self) -> None:
        self.now_ms += self.chance.choice((SECOND_MS, 20 * MINUTE_MS, 3 * HOUR_MS))
        self.begin()

    def check(self) -> None:
        for name, span in WINDOWS.items():
            held = [each for each in self.heard if self.now_ms - span < each.at_ms <= self.now_ms]
            for coin, exchange in SCOPES:
                mine = [
                    each
                    for each in held
                    if coin in (None, each.coin) and exchange in (None, each.exchange)
                ]
                priced = [each for each in mine if each.usd is not None]
                long, short = (
                    sum(each.usd or 0 for each in priced if each.side is side) for side in Side
                )
                largest = max((each.usd or 0 for each in priced), default=0)
                windows = self.engine.windows
                expected = Sums(long, short, len(priced), largest)
                assert windows.sums(coin, exchange, name) == expected, (name, coin, exchange)
                assert windows.unpriced(coin, exchange, name) == len(mine) - len(priced)


@pytest.mark.parametrize("part", range(4))
def test_windows_are_the_sums_of_what_was_heard_whatever_happened(part: int) -> None:
    for seed in range(part, times(LIVES), 4):
        life = Life(random.Random(seed))
        acts = [life.frame, life.frame, life.recall, life.pass_time, life.pass_time, life.restart]
        try:
            for _ in range(25):
                life.chance.choice(acts)()
            life.check()
        except AssertionError as error:
            raise AssertionError(f"in the life of seed {seed}: {error}") from error
