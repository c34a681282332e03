"""Thresholds: what a million rules add to an update, against searching them.

An update is one liquidation: four scopes, seven windows each, and every metric of them. The
searches are given what rose, and are timed over nothing but finding the rules; of ours is timed
what an engine with rules takes more than windows alone.
"""

from collections.abc import Iterator
from itertools import islice
from statistics import fmean, median

from bot.engine.windows import Windows
from bot.events import Heard
from bot.exchanges.dialect import Publication
from bot.market import Liquidation, usd
from bot.rules import WINDOWS, Rule, RuleState
from tests.bench.ids import IdEngine
from tests.bench.population import EXCHANGES, START_MS, market, people
from tests.bench.searches import GroupedScan, Rise, SqlRanges
from tests.bench.stopwatch import expect, seconds, settled
from tests.bench.table import Row

_MANY, _FEW = 1_000_000, 10_000
_AMOUNTS = ("total", "long", "short", "largest", "count")
_DAY_EVENTS = 40_000
_MEASURED = 20_000
_CHUNK = 1_000
_SEARCHED = 100
_EVERY_MS = 86_400_000 // _DAY_EVENTS

_Pairs = list[tuple[Rule, RuleState]]


def _engine(pairs: _Pairs) -> IdEngine:
    engine = IdEngine({name: Publication("complete") for name in EXCHANGES}, START_MS)
    engine.load(pairs)
    return engine


def _rises(windows: Windows, event: Liquidation) -> list[Rise]:
    """Take one event in; the figures of its scopes that rose."""
    windows.advance(event.time_ms)
    before = dict(_figures(windows, event))
    amount = usd(event.notional) if event.notional is not None else None
    windows.add(event.coin, event.exchange, event.side, amount, event.time_ms)
    after = dict(_figures(windows, event))
    return [Rise(key, before[key], after[key]) for key in after if after[key] > before[key]]


def _figures(
    windows: Windows, event: Liquidation
) -> Iterator[tuple[tuple[str | None, str | None, str, str], int]]:
    for coin in (None, event.coin):
        for exchange in (None, event.exchange):
            for name in WINDOWS:
                sums = windows.sums(coin, exchange, name)
                yield (coin, exchange, name, "total"), sums.total
                yield (coin, exchange, name, "long"), sums.long
                yield (coin, exchange, name, "short"), sums.short
                yield (coin, exchange, name, "largest"), sums.largest
                yield (coin, exchange, name, "count"), sums.count


def _check(pairs: _Pairs, scan: GroupedScan, ranges: SqlRanges) -> None:
    """While nothing falls, every threshold is passed once, and all find the same."""
    windows, engine = Windows(START_MS), _engine(pairs)
    told: set[int] = set()
    passed: list[int] = []
    for event in market(2_000, 100, seed=9):
        rises = _rises(windows, event)
        found = scan.passed(rises)
        expect(sorted(found) == sorted(ranges.passed(rises)), "scan and SQL find the same")
        passed += found
        told.update(engine.ids(Heard(event.exchange, (event,), event.received_ms)))
    expect(bool(told) and sorted(passed) == sorted(told), "ours find the same")


def _race(pairs: _Pairs) -> tuple[float, float, float]:
    """Microseconds per update after a day: windows alone, with few and with many rules."""
    windows = Windows(START_MS)
    engines = [_engine(pairs[:: _MANY // _FEW]), _engine(pairs)]
    events = market(_DAY_EVENTS + _MEASURED, _EVERY_MS)
    rounds = []
    with settled():
        for number in range((_DAY_EVENTS + _MEASURED) // _CHUNK):
            chunk = list(islice(events, _CHUNK))
            heard = [Heard(one.exchange, (one,), one.received_ms) for one in chunk]
            times = [seconds(lambda: _pass(windows, chunk))]  # noqa: B023
            times += [seconds(lambda: _hear(engine, heard)) for engine in engines]  # noqa: B023
            if number * _CHUNK >= _DAY_EVENTS:
                rounds.append([time / _CHUNK * 1e6 for time in times])
    alone, few, many = zip(*rounds, strict=True)
    return median(alone), median(few), median(many)


def _pass(windows: Windows, events: list[Liquidation]) -> None:
    for event in events:
        windows.advance(event.time_ms)
        amount = usd(event.notional) if event.notional is not None else None
        windows.add(event.coin, event.exchange, event.side, amount, event.time_ms)


def _hear(engine: IdEngine, events: list[Heard]) -> None:
    for event in events:
        engine.ids(event)


def _search(scan: GroupedScan, ranges: SqlRanges) -> tuple[float, float]:
    """Microseconds per update of either search."""
    windows = Windows(START_MS)
    events = market(_DAY_EVENTS + _SEARCHED, _EVERY_MS)
    _pass(windows, list(islice(events, _DAY_EVENTS)))
    updates = [_rises(windows, event) for event in events]
    with settled():
        scans = [seconds(lambda: scan.passed(rises)) for rises in updates]  # noqa: B023
        queries = [seconds(lambda: ranges.passed(rises)) for rises in updates]  # noqa: B023
    return fmean(scans) * 1e6, fmean(queries) * 1e6


def run() -> list[Row]:
    """Raises ``AssertionError`` where the searches and the engine find different rules."""
    amounts = [pair for pair in people(_MANY * 5 // 4) if pair[0].metric in _AMOUNTS]
    scan, ranges = (make(rule for rule, _ in amounts) for make in (GroupedScan, SqlRanges))
    _check(amounts, scan, ranges)
    scanned, queried = _search(scan, ranges)
    del amounts, scan, ranges
    alone, few, many = _race(list(people(_MANY)))
    ours = many - alone
    return [
        _row("a grouped scan", ours, scanned, 1_000),
        _row("an indexed SQL range query", ours, queried, 2),
        Row(
            "update with 1,000,000 rules, with 10,000",
            f"{many:.1f} µs",
            f"{few:.1f} µs",
            f"{many / few:.2f}x",
            "at most 2x",
            many <= 2 * few,
        ),
    ]


def _row(against: str, ours: float, theirs: float, must: int) -> Row:
    ratio = theirs / ours
    return Row(
        f"thresholds of 1,000,000 rules, {against}",
        f"{ours:.1f} µs/update",
        f"{theirs:,.0f} µs/update",
        f"{ratio:,.0f}x",
        f"{must:,}x",
        ratio >= must,
    )


if __name__ == "__main__":
    for row in run():
        print(row)
