"""What cannot be told from one frame: budgets, quality, plausible sides, and odd silence."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bot.exchanges.dialect import Budget
from bot.feed.board import Board, Quote
from bot.feed.budget import Connects
from bot.feed.early import Early
from bot.feed.plausibility import Plausibility
from bot.feed.quality import Quality
from bot.feed.suspicion import Suspicion
from bot.market import Liquidation, Side

MINUTE = 60_000


@given(st.lists(st.floats(0, 50), max_size=60), st.integers(1, 30), st.floats(1, 100))
def test_no_span_ever_holds_more_connects_than_the_budget(
    pauses: list[float], connects: int, per_s: float
) -> None:
    budget, now, times = Connects(Budget(connects, per_s)), 0.0, []
    for pause in pauses:
        now += pause
        wait = budget.take(now)
        assert wait >= 0
        times.append(now + wait)
    for first, later in zip(times, times[connects:], strict=False):
        assert later - first >= per_s * (1 - 1e-9)


def test_a_first_connect_waits_for_nobody() -> None:
    assert Connects(Budget(3, 60)).take(5.0) == 0


def test_half_of_an_ample_budget_is_taken_at_once_and_the_rest_lasts() -> None:
    budget, now, waits = Connects(Budget(60, 3600)), 0.0, []
    for _ in range(100):
        waits.append(budget.take(now))
        now += waits[-1] + 5
    assert waits[:30] == [0] * 30
    assert max(waits[30:]) <= 120


def test_who_was_not_reached_counted_nothing() -> None:
    budget = Connects(Budget(2, 60))
    for _ in range(5):
        assert budget.take(0.0) == 0
        budget.give_back()


@given(st.lists(st.tuples(st.integers(0, 5_000), st.booleans()), max_size=200))
def test_quality_is_that_of_the_last_minute(frames: list[tuple[int, bool]]) -> None:
    quality, now, told = Quality(), 1_000_000, []
    for pause, bad in frames:
        now += pause
        quality.frame(now, bad)
        told.append((now // 1000, bad))
        last = [b for second, b in told if second > (now - MINUTE) // 1000]
        assert quality.share(now) == sum(last) / len(last)
        assert quality.degraded(now) is (sum(last) > 0.01 * len(last))


def test_quality_heals_by_time_alone() -> None:
    quality = Quality()
    quality.frame(1_000_000, bad=True)
    assert quality.degraded(1_000_000)
    assert quality.bad_since_ms == 1_000_000
    assert not quality.degraded(1_000_000 + MINUTE + 1_000)


def hear(plausibility: Plausibility, many: int, side: Side, price: float) -> None:
    for _ in range(many):
        plausibility.hear(side, price, 100.0)


def test_longs_below_the_mark_and_shorts_above_it_are_plausible() -> None:
    plausibility = Plausibility()
    hear(plausibility, 40, Side.LONG, 99.0)
    hear(plausibility, 40, Side.SHORT, 101.0)
    assert not plausibility.inverted


def test_sides_that_contradict_prices_are_found_after_a_whole_sample() -> None:
    plausibility = Plausibility()
    hear(plausibility, 49, Side.SHORT, 99.0)
    assert not plausibility.inverted
    hear(plausibility, 1, Side.LONG, 101.0)
    assert plausibility.inverted
    hear(plausibility, 16, Side.LONG, 99.0)
    assert not plausibility.inverted


def test_fills_at_the_mark_and_marks_of_other_units_tell_nothing() -> None:
    plausibility = Plausibility()
    hear(plausibility, 60, Side.SHORT, 99.9)
    hear(plausibility, 60, Side.SHORT, 0.0999)
    assert not plausibility.inverted


def btc(price: float) -> Quote:
    return Quote("binance", "BTCUSDT", price, 0)


def test_silence_is_odd_only_after_its_span_and_with_a_moving_market() -> None:
    suspicion = Suspicion(silence_s=600)
    suspicion.begin(0, 100)
    assert not suspicion.odd(599_999, 1_000, btc(50_000.0))
    assert suspicion.odd(600_000, 150, btc(50_000.0))
    assert not suspicion.odd(600_000, 149, btc(50_400.0))
    assert suspicion.odd(600_001, 149, btc(50_500.0))


def test_a_price_that_moved_and_came_back_has_moved() -> None:
    suspicion = Suspicion(silence_s=600)
    suspicion.begin(0, 0)
    for at, price in ((1, 100.0), (2, 98.9), (3, 100.0)):
        assert not suspicion.odd(at, 0, btc(price))
    assert suspicion.odd(600_000, 0, btc(100.0))


def test_an_exchange_with_a_few_a_day_is_never_odd_nor_one_that_is_not_connected() -> None:
    assert not Suspicion(None).odd(10**9, 10**6, None)
    suspicion = Suspicion(silence_s=1)
    assert not suspicion.odd(10**9, 10**6, None)
    suspicion.begin(0, 0)
    suspicion.pause()
    assert not suspicion.odd(10**9, 10**6, None)


def test_a_contracts_own_mark_comes_before_the_coins_and_old_marks_are_none() -> None:
    board = Board()
    board.mark("binance", "1000PEPEUSDT", "PEPE", 0.01, 1_000)
    assert board.price("bybit", "PEPEUSDT", "PEPE", 1_000) == 0.01
    board.mark("bybit", "PEPEUSDT", "PEPE", 0.00001, 2_000)
    assert board.price("binance", "1000PEPEUSDT", "PEPE", 2_000) == 0.01
    assert board.price("okx", "PEPE-USDT-SWAP", "PEPE", 2_000) == 0.00001
    assert board.price("okx", "PEPE-USDT-SWAP", "PEPE", 40_000) is None


def test_a_dated_future_does_not_speak_for_its_coin_beside_a_perpetual() -> None:
    board = Board()
    board.mark("binance", "BTCUSDT_270326", "BTC", 61_500.0, 1_000)
    board.mark("binance", "BTCUSDT", "BTC", 60_000.0, 1_000)
    board.mark("binance", "BTCUSDT_270326", "BTC", 61_500.0, 4_000)
    assert board.price("bybit", "BTCPERP", "BTC", 4_000) == 60_000.0


def test_two_contracts_that_take_turns_are_no_price_that_moves() -> None:
    board, suspicion = Board(), Suspicion(silence_s=600)
    suspicion.begin(0, 0)
    for at_ms in range(0, 700_000, 1_000):
        board.mark("binance", "BTCUSD_PERP", "BTC", 60_900.0, at_ms)
        board.mark("okx", "BTC-USDT-SWAP", "BTC", 60_000.0, at_ms)
        assert not suspicion.odd(at_ms, 0, board.quote("BTC", at_ms))
    board.mark("okx", "BTC-USDT-SWAP", "BTC", 60_000.0, 800_000)
    assert not suspicion.odd(800_000, 0, board.quote("BTC", 800_000)), "another contract, no move"
    board.mark("okx", "BTC-USDT-SWAP", "BTC", 60_600.0, 801_000)
    assert suspicion.odd(801_000, 0, board.quote("BTC", 801_000))


def test_what_others_heard_leaves_out_ones_own() -> None:
    board = Board()
    board.heard("binance", 5)
    board.heard("okx", 2)
    assert board.orders_elsewhere("binance") == 2
    assert board.orders_elsewhere("htx") == 7


def order_of(time_ms: int) -> Liquidation:
    one = Decimal(1)
    return Liquidation("toy", "BTCUSDT", "BTC", Side.LONG, one, one, one, time_ms, time_ms)


def test_times_of_the_future_are_said_for_a_minute_and_clocks_may_differ() -> None:
    early, now = Early(), 1_000_000
    early.hear([order_of(now + MINUTE)], now)
    assert early.ahead_ms(now) == 0
    early.hear([order_of(now), order_of(now + 2 * MINUTE)], now)
    early.hear([order_of(now)], now)
    assert early.ahead_ms(now + MINUTE) == 2 * MINUTE
    assert early.ahead_ms(now + MINUTE + 1) == 0
