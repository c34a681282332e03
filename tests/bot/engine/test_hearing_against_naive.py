"""What is said of hearing, against plain sets of unheard minutes, over lives with restarts.

Several streams and kinds, gaps that begin a little late, end, go on for another reason, are filled
in part, and are read from the ledger by the next process.
"""

import random
from collections import defaultdict
from collections.abc import Iterator

import pytest

from bot.clock import MINUTE_MS
from bot.engine.hearing import Ears
from bot.exchanges.dialect import Publication
from bot.figures import Deaf
from bot.market import Gap, GapKind
from tests.torture import times

START = 1_700_000_000_000
DAY = 24 * 60
SPANS = (5, 60, 240, DAY)
EXCHANGES = ("binance", "okx")
STREAMS: dict[str, GapKind] = {"all": "off", "other": "off", "liquidations": "mute"}
PROCESS = "process"
LIVES = 60

Key = tuple[str, str]
"""An exchange and a stream of it."""


class Life:
    """Times are minutes. ``unheard`` are minutes of ended gaps, ``opened`` when open ones began."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.now = self.start = 0
        self.unheard: defaultdict[Key, set[int]] = defaultdict(set)
        self.opened: dict[Key, int] = {}
        self.ended: dict[Key, int] = {}
        self.heard = dict.fromkeys(EXCHANGES, -1)
        self.ledger: dict[tuple[str, str, int], Gap] = {}
        self.begin()

    def begin(self, start: int = 0) -> None:
        """A process: its ears are told what the ledger holds of the last day, the oldest first."""
        self.start = max(start, self.now - DAY)
        self.heard = dict.fromkeys(EXCHANGES, -1)
        self.ears = Ears({name: Publication("complete") for name in EXCHANGES}, at(self.start))
        for _, gap in sorted(self.ledger.items(), key=lambda item: item[0][2]):
            if (gap.end_ms or 0) > at(self.start):
                self.ears.note(gap)

    def tell(self, key: Key, start: int, end: int | None, filled: bool = False) -> None:
        kind = STREAMS.get(key[1], "stopped")
        gap = Gap(*key, at(start), None if end is None else at(end), "x", kind, filled)
        self.ledger[gap.exchange, gap.stream, gap.start_ms] = gap
        self.ears.note(gap)

    def one(self) -> Key:
        return self.chance.choice(EXCHANGES), self.chance.choice(tuple(STREAMS))

    def lose(self) -> None:
        """It is told that a stream has not been heard for a while."""
        key = self.one()
        if key not in self.opened:
            since = self.now - self.chance.randint(0, 4)
            self.opened[key] = max(since, self.ended.get(key, 0), self.start)
            self.tell(key, self.opened[key], None)

    def end(self, key: Key) -> None:
        start = self.opened.pop(key)
        self.unheard[key] |= set(range(start, self.now))
        self.ended[key] = self.now
        self.tell(key, start, self.now)

    def find(self) -> None:
        if self.opened:
            self.end(self.chance.choice(sorted(self.opened)))

    def change_reason(self) -> None:
        key = self.one()
        if key in self.opened:
            self.end(key)
            self.opened[key] = self.now
            self.tell(key, self.now, None)

    def fill(self) -> None:
        """A history reaches back into an ended gap, or to its beginning."""
        told = [gap for gap in self.ledger.values() if gap.end_ms is not None and not gap.filled]
        told = [gap for gap in told if gap.kind != "mute" and gap.end_ms != gap.start_ms]
        if told:
            gap = self.chance.choice(told)
            first, last = minute(gap.start_ms), minute(gap.end_ms or 0)
            start = self.chance.choice((first, self.chance.randint(first, last - 1)))
            self.unheard[gap.exchange, gap.stream] -= set(range(start, last))
            self.tell((gap.exchange, gap.stream), start, last, filled=True)

    def hear(self) -> None:
        exchange = self.chance.choice(EXCHANGES)
        self.heard[exchange] = self.now
        self.ears.heard(exchange, at(self.now))

    def restart(self) -> None:
        stopped = self.now
        for key in sorted(self.opened):
            self.end(key)
        self.now += self.chance.choice((1, 20, 300, 2000))
        if self.now - stopped < DAY:
            for name in EXCHANGES:
                self.unheard[name, PROCESS] |= set(range(stopped, self.now))
                self.tell((name, PROCESS), stopped, self.now)
        else:  # nothing of before counts any more
            self.ledger.clear()
            self.unheard.clear()
        self.begin(self.now if self.now - stopped >= DAY else 0)
        for name in EXCHANGES:
            self.opened[name, "all"] = self.now
            self.tell((name, "all"), self.now, None)
            if self.chance.random() < 0.7:
                self.end((name, "all"))

    def pass_time(self) -> None:
        self.now += self.chance.choice((1, 1, 7, 45, 200, 900))

    def since(self, key: Key) -> int:
        """When an open silence began: minutes of its own stream, or of no process, right before."""
        minute, before = self.opened[key], self.unheard[key] | self.unheard[key[0], PROCESS]
        while minute - 1 in before:
            minute -= 1
        return minute

    def open_of(self, exchange: str) -> list[Key]:
        return [key for key in self.opened if key[0] == exchange]

    def silent(self, exchange: str, after: int) -> bool:
        spanning = any(self.since(key) <= after for key in self.open_of(exchange))
        return spanning and self.heard[exchange] <= after

    def counts(self, exchange: str, after: int) -> bool:
        """No stream lacks a minute of the window, unless it was silent for all that is told."""
        for key, minutes in list(self.unheard.items()):
            if key[0] == exchange:
                told = {m for m in minutes if key not in self.opened or m < self.since(key)}
                if max(told, default=-1) >= after:
                    return False
        for key in self.open_of(exchange):
            since = self.since(key)
            if after < (since + DAY if since > self.start + 1 else since):
                return False
        return True

    def complete(self, exchange: str | None, span: int) -> bool:
        names, after = ((exchange,) if exchange else EXCHANGES), self.now - span
        silent = all(self.silent(name, after) for name in names)
        return self.start <= after and not silent and all(self.counts(n, after) for n in names)

    def missing(self, exchange: str, first: int) -> set[int]:
        """Minutes from the first one on that a stream lacks."""
        lacking = {
            m for key, minutes in self.unheard.items() if key[0] == exchange for m in minutes
        }
        for key in self.open_of(exchange):
            lacking |= set(range(self.opened[key], self.now))
        return {m for m in lacking if m >= first}

    def check(self) -> None:
        ears, now_ms = self.ears, at(self.now)
        for span in SPANS:
            span_ms, after = span * MINUTE_MS, self.now - span
            for scope in (None, *EXCHANGES):
                assert ears.complete(scope, span_ms, now_ms) is self.complete(scope, span), scope
            hearing = ears.hearing(None, span_ms, now_ms)
            silent = {name for name in EXCHANGES if self.silent(name, after)}
            assert set(hearing.heard) == set(EXCHANGES) - silent
            assert 0 <= hearing.since_ms - at(self.start) <= MINUTE_MS
            for name in EXCHANGES:
                assert ears.silent(name, at(after)) is (name in silent)
                first = max(after, self.start)
                lacking = self.missing(name, first)
                watched = self.now - first
                share = 1 - len(lacking) / watched if watched else 0.0
                assert ears.coverage(name, span_ms, now_ms) == share
                first = max(after, minute(hearing.since_ms))
                told = {m for m in self.told(hearing.deaf, name) if m >= first}
                assert told == self.missing(name, first)

    def told(self, deaf: tuple[Deaf, ...], exchange: str) -> Iterator[int]:
        for gap in deaf:
            if gap.exchange == exchange:
                yield from range(minute(gap.from_ms), minute(gap.to_ms or at(self.now)))


def at(minutes: int) -> int:
    return START + minutes * MINUTE_MS


def minute(at_ms: int) -> int:
    return (at_ms - START) // MINUTE_MS


@pytest.mark.parametrize("part", range(4))
def test_hearing_is_what_plain_sets_of_minutes_say(part: int) -> None:
    for seed in range(part, times(LIVES), 4):
        life = Life(random.Random(seed))
        acts = [
            life.lose, life.lose, life.find, life.find, life.change_reason, life.fill, life.hear,
            life.pass_time, life.pass_time, life.pass_time, life.restart,
        ]  # fmt: skip
        try:
            for _ in range(5):
                for _ in range(8):
                    life.chance.choice(acts)()
                life.check()
        except AssertionError as error:
            raise AssertionError(f"in the life of seed {seed}: {error}") from error
