"""Windows: per event over all scopes and spans, against deques; and the memory of a busy day."""

import random
import sys
from itertools import islice
from statistics import median

from bot.engine.windows import Windows
from bot.market import Liquidation, Side, dollars, usd
from bot.rules import WINDOWS
from tests.bench.deques import DequeWindows
from tests.bench.population import COINS, EXCHANGES, START_MS, market
from tests.bench.stopwatch import MIB, alone, expect, peak_bytes, seconds, settled
from tests.bench.table import Row

_DAY_EVENTS = 60_000
"""Of the day that both live through first, and of the time that is measured after it."""

_MEASURED = 30_000
_CHUNK = 2_000
_SCOPES = [(coin, exchange) for coin in (None, *COINS[:60]) for exchange in (None, *EXCHANGES)]
_BUSY_EVENTS = 50 * 86_400
_MOST_MIB = 220


def _add_ours(windows: Windows, events: list[Liquidation]) -> None:
    for event in events:
        windows.advance(event.time_ms)
        amount = usd(event.notional) if event.notional is not None else None
        windows.add(event.coin, event.exchange, event.side, amount, event.time_ms)


def _add_theirs(deques: DequeWindows, events: list[Liquidation]) -> None:
    for event in events:
        if event.notional is not None:
            deques.add(event, event.notional)


def _check(windows: Windows, deques: DequeWindows) -> None:
    for coin, exchange in _SCOPES:
        for place, name in enumerate(WINDOWS):
            ours = windows.sums(coin, exchange, name)
            said = (dollars(ours.long), dollars(ours.short), ours.count, dollars(ours.largest))
            theirs = deques.figures((coin, exchange), place, windows.now_ms)
            expect(said == theirs, f"{coin} {exchange} {name}: {said}, deques: {theirs}")


def _race() -> tuple[float, float]:
    """Microseconds per event: ours, theirs; medians of chunks in turn."""
    events = market(_DAY_EVENTS + _MEASURED, 86_400_000 // _DAY_EVENTS)
    windows, deques = Windows(START_MS), DequeWindows()
    for _ in range(_DAY_EVENTS // _CHUNK):
        chunk = list(islice(events, _CHUNK))
        _add_ours(windows, chunk)
        _add_theirs(deques, chunk)
    _check(windows, deques)
    rounds = []
    with settled():
        while chunk := list(islice(events, _CHUNK)):
            ours = seconds(lambda: _add_ours(windows, chunk))
            theirs = seconds(lambda: _add_theirs(deques, chunk))
            rounds.append((ours / len(chunk), theirs / len(chunk)))
    _check(windows, deques)
    mine, other = zip(*rounds, strict=True)
    return median(mine) * 1e6, median(other) * 1e6


def _live_a_busy_day() -> float:
    """MiB that the windows of a day hold, with 50 events a second in 1,000 coins."""
    rng = random.Random(4)
    amounts = [int(rng.lognormvariate(7, 1.8) * 1e8) for _ in range(99_991)]
    weights = [1 / (rank + 1) for rank in range(len(COINS))]
    coins = rng.choices(COINS, weights, k=100_003)
    before, windows = peak_bytes(), Windows(START_MS)
    for number in range(_BUSY_EVENTS):
        at_ms = START_MS + number * 20
        windows.advance(at_ms)
        coin, exchange = coins[number % 100_003], EXCHANGES[number % 3]
        windows.add(coin, exchange, Side(number & 1), amounts[number % 99_991], at_ms)
    expect(windows.sums(None, None, "24h").count == _BUSY_EVENTS, "a whole day is held")
    return (peak_bytes() - before) / MIB


def run() -> list[Row]:
    """Raises ``AssertionError`` where a window and its deque disagree."""
    ours, theirs = _race()
    ratio = theirs / ours
    (held,) = alone("tests.bench.bench_windows", "day")
    return [
        Row(
            "windows, all keys, against deques of Decimals",
            f"{ours:.1f} µs/event",
            f"{theirs:.1f} µs/event",
            f"{ratio:.1f}x",
            "2x",
            ratio >= 2,
        ),
        Row(
            "windows of 24 h, 50 events/s, 1,000 coins",
            f"{held:.0f} MiB",
            "-",
            "-",
            f"{_MOST_MIB} MiB",
            held <= _MOST_MIB,
        ),
    ]


if __name__ == "__main__":
    if sys.argv[1:] == ["day"]:
        print(_live_a_busy_day())
    else:
        for row in run():
            print(row)
