"""The design load: the bot in a process of its own, three exchanges that flood it, 10,000 rules."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from bot.clock import SystemClock
from bot.market import Liquidation
from bot.rules import Alert
from storage import open_storage
from tests.bench.flood import Burst, Flood, stand_ins
from tests.bench.loaded_bot import Figures
from tests.bench.population import EXCHANGES, people
from tests.bench.rule_file import fill
from tests.bench.spoken import alerts_in, sums_of, wrong_rules
from tests.bench.stopwatch import MIB, expect, settled
from tests.bench.table import Row
from tests.doubles.exchanges import Exchanges

SECONDS = 60
_PER_S = 5_000
_RULES = 10_000
_BURST = 25_000
_BURSTING = ("bybit", "okx")
"""Whose frames hold many orders; Binance sends one order a message."""

_MOST_LATE_MS = 1_000
_MOST_MIB = 400
_MOST_CORES = 1.5
_MOST_BLOCKED_MS = 250
_PATIENCE_S = 30.0
_REST_S = 1.0
_LONGEST_LINE = 64 * MIB
REAL = SystemClock()


class Run(msgspec.Struct):
    """What was seen of the process from outside.

    ``blocked_s``: while a burst was taken in. ``broken``: connections that did not last.
    ``late_ms`` by the market's time: how late what came in then was handled and stored.
    ``ended_ms``: all of the flood, and none of the bursts, was taken in before. ``held``: events
    in the windows at the end.
    """

    took_s: float
    cores: float
    peak_bytes: int
    blocked_s: float
    broken: int
    ended_ms: int
    held: int
    late_ms: dict[int, int]


class LoadedBot:
    """The other end of ``loaded_bot``."""

    def __init__(self, process: Process) -> None:
        self._process = process

    async def look(self) -> Figures:
        self._process.stdin.write(b"\n")
        return msgspec.json.decode(await self._process.stdout.readline(), type=Figures)

    async def holding(self, events: int) -> Figures:
        """Its figures once it holds so many, or once patience ends."""
        until_s, blocked_s = REAL.monotonic() + _PATIENCE_S, 0.0
        while True:
            figures = await self.look()
            blocked_s = figures.blocked_s = max(blocked_s, figures.blocked_s)
            if figures.held >= events or REAL.monotonic() > until_s:
                return figures
            await asyncio.sleep(0.1)

    async def stop(self) -> dict[int, int]:
        """A clean stop; by the market's time, how late its events were handled."""
        self._process.stdin.close()
        late_ms = msgspec.json.decode(await self._process.stdout.readline(), type=dict[int, int])
        expect(await self._process.wait() == 0, "the bot ends well")
        return late_ms


@asynccontextmanager
async def _running(directory: Path, exchanges: Exchanges) -> AsyncIterator[LoadedBot]:
    """Built, and heard by all three; killed if it outlives the block."""
    urls = msgspec.json.encode(exchanges.urls()).decode()
    arguments = ("-m", "tests.bench.loaded_bot", str(directory), ",".join(EXCHANGES), urls)
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, stdin=PIPE, stdout=PIPE, limit=_LONGEST_LINE
    )
    try:
        async with asyncio.timeout(_PATIENCE_S):
            for double in exchanges:
                await double.listening()
        yield LoadedBot(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _measure(directory: Path, flood: Flood, bursts: Sequence[Burst]) -> Run:
    async with stand_ins() as exchanges, _running(directory, exchanges) as bot:
        opened = sum(double.attempts for double in exchanges)
        before = await bot.look()
        took_s = await flood.send(exchanges)
        after = await bot.holding(len(flood.events))
        ended_ms = REAL.now_ms()
        held, blocked_s = after.held, 0.0
        for burst in bursts:
            await asyncio.sleep(_REST_S)
            await bot.look()
            await burst.send(exchanges)
            held += len(burst.events)
            blocked_s = max(blocked_s, (await bot.holding(held)).blocked_s)
            await asyncio.sleep(_REST_S)  # until it is on the tape
            blocked_s = max(blocked_s, (await bot.look()).blocked_s)
        last = await bot.look()
        broken = sum(double.attempts for double in exchanges) - opened
        return Run(
            took_s,
            (after.processor_s - before.processor_s) / took_s,
            last.peak_bytes,
            blocked_s,
            broken,
            ended_ms,
            last.held,
            await bot.stop(),
        )


async def _lost(directory: Path, held: int, parts: Sequence[Sequence[Liquidation]]) -> list[int]:
    """Of each part, how many events are not on the tape; what nobody sent counts for the first."""
    async with open_storage(None, directory) as storage:
        told = [event async for batch in storage.tape.read(0) for event in batch]
        accounts = await storage.outbox.accounts()
        minutes = {name: await storage.tape.sums(name, 0, 1 << 60) for name in EXCHANGES}
    expect(len(told) == held, f"{len(told)} events on the tape, {held} in the windows")
    sums = sums_of(told)
    for name in EXCHANGES:
        for coin, (long, short) in minutes[name].items():
            one = sums[coin, name]
            expect((one.long, one.short) == (long, short), f"minutes and tape agree on {coin}")
    ended = accounts.sent + accounts.merged + accounts.dead + accounts.open
    expect(accounts.created == ended, f"the outbox is balanced: {accounts}")
    left = Counter(map(_identity, told))
    lost = []
    for part in parts:
        sent = Counter(map(_identity, part))
        lost.append((sent - left).total())
        left -= sent
    lost[0] += left.total()
    return lost


def _identity(event: Liquidation) -> tuple[object, ...]:
    return event.exchange, event.coin, event.side, event.quantity


def _rows(run: Run, flood: Flood, lost: list[int], alerts: list[Alert], wrong: int) -> list[Row]:
    times = [alert.at_ms for alert in alerts if alert.at_ms <= run.ended_ms]
    late_ms = sorted(run.late_ms[at_ms] for at_ms in times)[len(times) * 99 // 100]
    sent, mib, blocked_ms = len(flood.events), run.peak_bytes / MIB, run.blocked_s * 1000
    rate, what = sent / run.took_s, f"load of {sent:,} events"
    frame = f"one frame of {_BURST:,} events"
    return [
        _row(f"{what}: pace", f"{rate:,.0f}/s", f"{_PER_S:,}/s", rate >= 0.98 * _PER_S),
        _row(f"{what}: lost", f"{lost[0]:,}", "0", lost[0] == 0),
        _row(f"{what}, {_RULES:,} rules: wrong", f"{wrong:,}", "0", wrong == 0),
        _row(
            f"{what}: until {len(times):,} alerts were stored, p99",
            f"{late_ms:,} ms",
            f"{_MOST_LATE_MS:,} ms",
            late_ms < _MOST_LATE_MS,
        ),
        _row(f"{what}: memory", f"{mib:.0f} MiB", f"{_MOST_MIB} MiB", mib < _MOST_MIB),
        _row(
            f"{what}: processor",
            f"{run.cores:.2f} cores",
            f"{_MOST_CORES} cores",
            run.cores <= _MOST_CORES,
        ),
        _row(
            f"{frame}: the loop was blocked",
            f"{blocked_ms:.0f} ms",
            f"{_MOST_BLOCKED_MS} ms",
            blocked_ms < _MOST_BLOCKED_MS,
        ),
        _row(
            f"{frame}: lost; connections closed",
            f"{sum(lost[1:]):,}; {run.broken}",
            "0; 0",
            not any(lost[1:]) and not run.broken,
        ),
    ]


def _row(what: str, seen: str, must: str, ok: bool) -> Row:
    return Row(what, seen, "-", "-", must, ok)


def run(seconds: int = SECONDS) -> list[Row]:
    """Raises ``AssertionError`` where the bot's own books do not agree with each other."""
    flood = Flood(_PER_S, seconds)
    bursts = [Burst(name, _BURST) for name in _BURSTING]
    with TemporaryDirectory() as name:
        directory = Path(name)
        asyncio.run(fill(directory, people(_RULES)))
        with settled():
            found = asyncio.run(_measure(directory, flood, bursts))
        parts = [flood.events, *(burst.events for burst in bursts)]
        lost = asyncio.run(_lost(directory, found.held, parts))
        file = directory / "liqwatch.db"
        alerts = alerts_in(file)
        wrong = wrong_rules(file, alerts, chain.from_iterable(parts))
    spoke = {(alert.at_ms - min(found.late_ms)) // 1000 for alert in alerts}
    expect(spoke.issuperset(range(seconds)), "some rules fire in every second")
    return _rows(found, flood, lost, alerts, wrong)


if __name__ == "__main__":
    for row in run(*map(int, sys.argv[1:])):
        print(row)
