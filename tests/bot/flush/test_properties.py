"""What holds for any tape, against sums that are added up naively."""

from collections import defaultdict
from random import Random

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clock import DAY_MS, MINUTE_MS, SECOND_MS
from bot.events import Event, Heard, Recalled, Tick
from bot.flush.flush import Flush, Severity, Span, Stage
from bot.flush.flushes import Flushes, FlushState, opened
from bot.flush.news import FlushNews
from bot.market import Gap, Liquidation, Side, usd
from bot.ports.record import Series
from tests.bot.flush.story import news_of
from tests.bot.flush.tapes import COINS, EXCHANGES, MIDNIGHT, heard, order, tape
from tests.torture import times

START_MS = MIDNIGHT - 2 * DAY_MS
"""Since when these machines have heard the market, in silence until midnight."""

STRETCHES = st.lists(
    st.tuples(
        st.integers(1, 30),
        st.sampled_from([0.0, 0.2, 1.5, 6.0, 12.0, 40.0]),
        st.sampled_from([0.0, 0.1, 0.9, 1.0]),
    ),
    min_size=1,
    max_size=8,
)
"""Minutes, millions a minute, and the share of longs."""

LULLS_MS = st.sampled_from([0, 0, 20 * MINUTE_MS, 100 * MINUTE_MS, 9 * 60 * MINUTE_MS])


def invented(stretches: list[tuple[int, float, float]], lull_ms: int, seed: int) -> list[Event]:
    """A tape with late orders, gaps, orders that were recalled, and long lulls."""
    random = Random(seed)
    events: list[Event] = []
    now_ms = MIDNIGHT
    missed: list[Liquidation] = []
    for minutes, millions, longs in stretches:
        for _ in range(minutes * 3):
            now_ms += random.randrange(5, 35) * SECOND_MS
            side = Side.LONG if random.random() < longs else Side.SHORT
            at_ms = now_ms - random.choice([0, 0, 0, 5, 50, 70]) * SECOND_MS + random.randrange(900)
            coin, exchange = random.choice(COINS), random.choice(sorted(EXCHANGES))
            events.append(Tick(now_ms))
            price = 90_000 + random.randrange(-900, 900)
            one = order(at_ms, millions * random.random(), side, coin, exchange, price, now_ms)
            if random.random() < 0.1:
                missed.append(one)
            else:
                events.append(heard(one))
            if missed and random.random() < 0.02:
                events.append(Recalled(missed[0].exchange, tuple(missed), now_ms))
                missed = []
            if random.random() < 0.02:
                events.append(Gap(exchange, "all", now_ms - SECOND_MS, None, "closed"))
            if random.random() < 0.02:
                events.append(Gap(exchange, "all", now_ms - MINUTE_MS, now_ms, "closed"))
        now_ms += random.choice([0, lull_ms])
    events += [Tick(now_ms + hour * 60 * MINUTE_MS + 1) for hour in range(18)]
    return events


TAPES = st.builds(invented, STRETCHES, LULLS_MS, st.integers(0, 1_000))


class Archive:
    """Minute sums of what was taken in, as storage keeps them."""

    def __init__(self) -> None:
        self.orders: list[tuple[int, Liquidation]] = []
        self.now_ms = START_MS

    def take(self, event: Event) -> None:
        if isinstance(event, Tick):
            self.now_ms = max(self.now_ms, event.now_ms)
        elif isinstance(event, Heard | Recalled):
            self.now_ms = max(self.now_ms, event.received_ms)
            oldest_ms = self.now_ms - MINUTE_MS if isinstance(event, Heard) else 0
            self.orders += [
                (min(one.time_ms, self.now_ms), one)
                for one in event.events
                if one.time_ms >= oldest_ms
            ]

    def series(self, coin: str | None) -> Series:
        sums: dict[int, list[int]] = defaultdict(lambda: [0, 0])
        for at_ms, one in self.orders:
            if coin in (None, one.coin) and one.notional is not None:
                sums[at_ms - at_ms % MINUTE_MS][one.side] += usd(one.notional)
        starts = sorted(sums)
        return Series(
            MINUTE_MS, starts, [sums[at][0] for at in starts], [sums[at][1] for at in starts]
        )

    def seed(self, flushes: Flushes) -> Flushes:
        for coin in (None, *COINS):
            flushes.seed(coin, self.series(coin), START_MS)
        return flushes


def machine() -> Flushes:
    return Flushes(EXCHANGES, opened(START_MS))


@settings(max_examples=times(10), deadline=None)
@given(TAPES)
def test_stages_and_severity_never_go_back_and_one_flush_runs_a_scope_and_side(
    events: list[Event],
) -> None:
    told: dict[int, Flush] = {}
    closed: set[int] = set()
    flushes = machine()
    for event in events:
        for news in flushes.handle(event):
            flush = news.flush
            before = told.get(flush.id)
            assert flush.id not in closed
            assert list(flush.stages) == sorted(flush.stages, key=lambda entry: entry.stage)
            assert len({entry.stage for entry in flush.stages}) == len(flush.stages)
            assert [e.at_ms for e in flush.stages] == sorted(e.at_ms for e in flush.stages)
            if before is not None:
                assert flush.stages[: len(before.stages)] == before.stages
                assert flush.severity >= before.severity >= Severity.MINOR
                assert len(flush.waves) >= len(before.waves)
                assert flush.start_ms == before.start_ms
            told[flush.id] = flush
            if flush.stage is Stage.CLOSED:
                closed.add(flush.id)
        scopes = [(life.coin, life.side) for life in flushes.state().lives]
        assert len(scopes) == len(set(scopes))
    assert told.keys() == closed


@settings(max_examples=times(10), deadline=None)
@given(TAPES, st.data())
def test_a_restart_anywhere_tells_the_same_story(events: list[Event], data: st.DataObject) -> None:
    told = news_of(events, machine())
    cut = data.draw(st.integers(0, len(events)))
    archive, first = Archive(), machine()
    before = news_of(events[:cut], first)
    for event in events[:cut]:
        archive.take(event)
    stored = msgspec.json.encode(first.state())
    again = archive.seed(Flushes(EXCHANGES, msgspec.json.decode(stored, type=FlushState)))
    assert msgspec.json.encode(again.state()) == stored
    assert before + news_of(events[cut:], again) == told


@settings(max_examples=times(10), deadline=None)
@given(TAPES)
def test_totals_and_worst_spans_are_those_of_the_tape(events: list[Event]) -> None:
    archive, flushes = Archive(), machine()
    for event in events:
        archive.take(event)
        for news in flushes.handle(event):
            if news.what != "grew" or not news.flush.id % 3:
                _compare(archive, news)


def _compare(archive: Archive, news: FlushNews) -> None:
    for wave in news.flush.waves:
        until_ms = archive.now_ms + 1 if wave.end_ms is None else wave.end_ms
        its = [
            (at_ms, one, usd(one.notional))
            for at_ms, one in archive.orders
            if wave.start_ms <= at_ms < until_ms
            and news.flush.coin in (None, one.coin)
            and one.notional is not None
        ]
        assert wave.count == len(its)
        assert wave.long == sum(amount for _, one, amount in its if one.side is Side.LONG)
        assert wave.total == sum(amount for _, _, amount in its)
        assert wave.largest is not None
        assert wave.largest.usd == max(amount for _, _, amount in its)
        for splits in (wave.coins, wave.exchanges):
            assert sum(split.total for split in splits) == wave.total
            assert sum(split.long for split in splits) == wave.long
            totals = [split.total for split in splits]
            assert totals == sorted(totals, reverse=True)
        for split in wave.coins:
            assert split.total == sum(amount for _, one, amount in its if one.coin == split.name)
        sums: dict[int, int] = defaultdict(int)
        for at_ms, _, amount in its:
            sums[at_ms // MINUTE_MS] += amount
        _compare_span(sums, wave.worst_minute, 1)
        _compare_span(sums, wave.worst_5m, 5)
        _compare_span(sums, wave.worst_15m, 15)
        _compare_span(sums, wave.worst_hour, 60)


def _compare_span(sums: dict[int, int], span: Span, length: int) -> None:
    firsts = range(min(sums) - length, max(sums) + 1)
    worst = max(sum(sums.get(first + step, 0) for step in range(length)) for first in firsts)
    assert span.total == worst


@settings(max_examples=times(1), deadline=None)
@given(st.integers(0, 10_000))
def test_quiet_weeks_raise_nothing(seed: int) -> None:
    random = Random(seed)
    plan = [
        (f"{hour}:00", random.choice([0.05, 0.2, 0.9]), random.choice([0.05, 0.2, 0.9]))
        for hour in range(7 * 24)
    ]
    assert news_of(tape(plan, f"{7 * 24}:00", seed)) == []
