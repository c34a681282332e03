"""The recorder against a naive one, and what it forgets."""

from collections.abc import Sequence
from decimal import Decimal
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.casebook import recorder as room
from bot.casebook.recorder import KEPT_MS, MOST, PRICED, PRICES, Minute, Recorder
from bot.clock import HOUR_MS, MINUTE_MS
from bot.events import Event, Heard, Recalled, Tick
from bot.market import USD, Gap, Liquidation, Side, usd
from tests.bot.flush.tapes import MIDNIGHT, heard, order

COINS = ("BTC", "ETH", "SOL")


class Naive:
    """Keeps every order that counts, with when it came; answers by looking at all of them."""

    def __init__(self, since_ms: int) -> None:
        self.since = -(-since_ms // MINUTE_MS)
        self.now_ms = since_ms
        self.orders: list[tuple[int, Liquidation, bool]] = []

    def hear(self, event: Event) -> None:
        if isinstance(event, Tick):
            self.now_ms = max(self.now_ms, event.now_ms)
        if not isinstance(event, Heard | Recalled):
            return
        self.now_ms = max(self.now_ms, event.received_ms)
        for each in event.events:
            late = isinstance(event, Heard) and each.time_ms < self.now_ms - MINUTE_MS
            minute = min(each.time_ms, self.now_ms) // MINUTE_MS
            if each.notional is None or late or minute < self.first:
                continue
            quotes = self.now_ms // MINUTE_MS - minute < PRICED
            self.orders.append((minute, each, quotes))

    @property
    def first(self) -> int:
        return max(self.since, (self.now_ms - KEPT_MS) // MINUTE_MS)

    def minutes(self, coin: str | None) -> list[Minute]:
        last = self.now_ms // MINUTE_MS
        return [self.minute(coin, number) for number in range(self.first, last + 1)]

    def minute(self, coin: str | None, number: int) -> Minute:
        all_ = [(each, quotes) for minute, each, quotes in self.orders if minute == number]
        its = [each for each, _ in all_ if coin in (None, each.coin)]
        prices = [float(e.price) for e, quotes in all_ if quotes and e.coin == (coin or "BTC")]
        middle = median(prices[-PRICES:]) if prices else None
        return Minute(
            number * MINUTE_MS,
            sum(usd(each.notional or Decimal()) for each in its if each.side is Side.LONG),
            sum(usd(each.notional or Decimal()) for each in its if each.side is Side.SHORT),
            len(its),
            middle,
            middle,
            middle,
        )


@st.composite
def tapes(draw: st.DrawFn) -> list[Event]:
    now_ms, events = MIDNIGHT, list[Event]()
    for _ in range(draw(st.integers(1, 40))):
        now_ms += draw(st.sampled_from([0, 900, 20_000, MINUTE_MS, 7 * MINUTE_MS, 6 * HOUR_MS]))
        kind = draw(st.sampled_from(["tick", "heard", "heard", "heard", "recalled"]))
        if kind == "tick":
            events.append(Tick(now_ms))
            continue
        late = st.sampled_from([-5_000, 0, 30_000, 59_000, 4 * MINUTE_MS, 3 * HOUR_MS])
        orders = tuple(
            order(
                now_ms - draw(late),
                draw(st.floats(0.01, 9)),
                draw(st.sampled_from(Side)),
                draw(st.sampled_from(COINS)),
                price=draw(st.floats(1, 90_000)),
            )
            for _ in range(draw(st.integers(1, 4)))
        )
        made = Heard if kind == "heard" else Recalled
        events.append(made("bybit", orders, now_ms))
    return events


@settings(max_examples=80, deadline=None)
@given(tapes(), st.sampled_from([0, 30_000, 2 * HOUR_MS]))
def test_minutes_are_those_of_a_naive_recorder(events: Sequence[Event], later_ms: int) -> None:
    recorder, naive = Recorder(MIDNIGHT + later_ms), Naive(MIDNIGHT + later_ms)
    for event in events:
        recorder.hear(event)
        naive.hear(event)
    for coin in (None, *COINS):
        assert recorder.minutes(coin, 0, MIDNIGHT * 2) == naive.minutes(coin)


@settings(max_examples=30, deadline=None)
@given(tapes())
def test_what_sentences_look_at_adds_up(events: Sequence[Event]) -> None:
    recorder = Recorder(MIDNIGHT)
    for event in events:
        recorder.hear(event)
    scopes = (None, *COINS)
    by_scope = {coin: recorder.minutes(coin, 0, MIDNIGHT * 2) for coin in scopes}
    for coin in scopes:
        for place, told in enumerate(recorder.sums(coin, 0, MIDNIGHT * 2)):
            market, btc, its = (by_scope[each][place] for each in (None, "BTC", coin))
            assert (told.btc, told.btc + told.alts) == (btc.total, market.total)
            assert (told.own, told.count) == (
                None if coin in (None, "BTC") else its.total,
                its.count,
            )
            assert (told.low, told.close, told.high) == (its.low, its.close, its.high)


def test_the_tape_tells_the_same_as_what_was_heard() -> None:
    orders = [order(MIDNIGHT + 7_000 * n, 1.0, coin=COINS[n % 3]) for n in range(200)]
    live, started = Recorder(MIDNIGHT), Recorder(MIDNIGHT)
    for each in orders:
        live.hear(heard(each))
    started.recall(orders)
    assert live.sums("ETH", 0, MIDNIGHT * 2) == started.sums("ETH", 0, MIDNIGHT * 2)


def test_nothing_is_told_of_the_time_before_it_listened_nor_of_time_to_come() -> None:
    recorder = Recorder(MIDNIGHT + 1)
    recorder.hear(Tick(MIDNIGHT + 3 * MINUTE_MS))
    starts = [minute.start_ms for minute in recorder.minutes(None, 0, MIDNIGHT * 2)]
    assert starts == [MIDNIGHT + n * MINUTE_MS for n in (1, 2, 3)]
    assert recorder.known_from_ms(None) == MIDNIGHT + MINUTE_MS
    within = recorder.minutes(None, MIDNIGHT + MINUTE_MS + 1, MIDNIGHT + 3 * MINUTE_MS)
    assert [minute.start_ms for minute in within] == [MIDNIGHT + 2 * MINUTE_MS]


def test_an_order_of_unknown_worth_is_in_no_sum() -> None:
    recorder = Recorder(MIDNIGHT)
    unpriced = Liquidation(
        "bybit", "X", "X", Side.LONG, Decimal(1), Decimal(1), None, MIDNIGHT, MIDNIGHT
    )
    recorder.hear(heard(unpriced))
    assert recorder.minutes(None, 0, MIDNIGHT * 2)[0].count == 0


def test_a_price_from_elsewhere_takes_the_place_of_the_orders() -> None:
    recorder = Recorder(MIDNIGHT)
    recorder.hear(heard(order(MIDNIGHT, 1.0, price=80_000)))
    for price in (90_000.0, 89_000.0, 89_500.0):
        recorder.price("BTC", MIDNIGHT + 1_000, price)
    recorder.hear(heard(order(MIDNIGHT + 2_000, 1.0, price=80_000)))
    told = recorder.minutes(None, 0, MIDNIGHT * 2)[0]
    assert (told.low, told.close, told.high) == (89_000.0, 89_500.0, 90_000.0)


def test_of_many_coins_the_smallest_are_forgotten_and_the_whole_stays_whole() -> None:
    recorder = Recorder(MIDNIGHT)
    names = ["BTC", *(f"C{number}" for number in range(MOST + 9))]
    for size, name in enumerate(names):
        recorder.hear(heard(order(MIDNIGHT, 0.1 + size, coin=name)))
    recorder.hear(Tick(MIDNIGHT + MINUTE_MS))
    later = MIDNIGHT + MINUTE_MS + 1
    recorder.hear(heard(order(later, 3.0, coin="C0")))
    recorder.hear(Tick(later + MINUTE_MS))
    recorder.hear(heard(order(later + MINUTE_MS, 2.0, coin="C0")))
    whole = recorder.minutes(None, 0, MIDNIGHT * 2)
    assert whole[0].long == sum(round((0.1 + n) * 10) * USD * 100_000 for n in range(len(names)))
    assert whole[1].long == 3_000_000 * USD
    assert [m.long for m in recorder.minutes("C0", 0, MIDNIGHT * 2)] == [2_000_000 * USD]
    assert recorder.minutes("BTC", 0, MIDNIGHT * 2)[0].count == 1
    assert recorder.minutes(f"C{MOST + 8}", 0, MIDNIGHT * 2)[0].count == 1


def test_its_memory_does_not_grow_with_time() -> None:
    recorder = Recorder(MIDNIGHT)
    for minute in range(0, 2 * KEPT_MS // MINUTE_MS):
        recorder.hear(heard(order(MIDNIGHT + minute * MINUTE_MS, 1.0, coin=COINS[minute % 3])))
    held = recorder.minutes(None, 0, MIDNIGHT * 2)
    assert len(held) == KEPT_MS // MINUTE_MS + 1
    kept = sum(len(cells) for cells in recorder._coins.values())
    assert kept <= len(held)
    quoted = [cell for cells in recorder._coins.values() for cell in cells.values() if cell.quotes]
    assert len(quoted) <= room.PRICED


@pytest.mark.parametrize("event", [Gap("bybit", "all", MIDNIGHT, None, "closed")])
def test_what_is_no_market_event_changes_nothing(event: Event) -> None:
    recorder = Recorder(MIDNIGHT)
    recorder.hear(event)
    assert recorder.minutes(None, 0, MIDNIGHT * 2)[0].count == 0
