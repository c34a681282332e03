"""What a flush is made of, and when it is told."""

from itertools import pairwise

import msgspec

from bot.clock import HOUR_MS, MINUTE_MS, SECOND_MS
from bot.events import Event
from bot.flush.bars import MARKET, UNTRIED
from bot.flush.book import NO_LIMIT, PRICES
from bot.flush.flush import Severity, Stage
from bot.flush.flushes import Flushes, opened
from bot.flush.telling import Known
from bot.history.standing import Standing
from bot.market import USD, Side
from tests.bot.flush.story import listener, log, market, news_of, opening, pass_to
from tests.bot.flush.tapes import EXCHANGES, at, heard, order, tape, ticked

MILLION = 1_000_000 * USD
CALM = (0.05, 0.05)


def test_it_begins_with_the_very_order_that_reaches_the_bar_in_a_second_minute() -> None:
    flush = opening(listener())
    assert flush.stage is Stage.ONSET
    assert flush.stages[0].at_ms == at("02:05") + 900
    assert flush.start_ms == at("02:04")
    assert flush.total == 12 * MILLION
    assert flush.bar == MARKET.floor
    assert (flush.id, flush.short_id) == (1, "F1")
    assert flush.first.worst_minute.at_ms == at("02:05")
    assert flush.first.worst_5m.at_ms == at("02:05") + 900


def test_a_quiet_minute_may_lie_between_and_two_may_not() -> None:
    near, far = listener(), listener()
    for flushes in (near, far):
        flushes.handle(heard(order(at("02:04"), 6)))
    assert near.handle(heard(order(at("02:06") + 59 * SECOND_MS, 6)))
    assert not far.handle(heard(order(at("02:07"), 6)))


def test_before_there_is_a_day_of_history_it_takes_more() -> None:
    least = UNTRIED * 5
    assert opening(listener(quiet=False), millions=least - 0.1).coin == "BTC"
    flush = opening(listener(quiet=False), millions=least)
    assert (flush.coin, flush.bar, flush.baseline) == (None, least * MILLION, 0)


def test_longs_and_shorts_together_do_not_reach_the_bar_of_one_side() -> None:
    flushes = listener()
    for minute in range(10):
        for side in Side:
            at_ms = at("02:04") + minute * MINUTE_MS
            assert not flushes.handle(heard(order(at_ms, 4.9, side, coin=f"C{minute}{side}")))[1:]
    assert all(flush.coin is not None for flush in flushes.flushes())


def test_coins_that_are_each_too_small_are_a_flush_together() -> None:
    events: list[Event] = [
        heard(order(at("02:04") + minute * MINUTE_MS + 100 * number, 0.6, coin=f"C{number}"))
        for minute in range(2)
        for number in range(10)
    ]
    assert log(news_of(events), coins=True) == "02:05:00 all onset $11M 100% longs"


def test_a_coins_flush_folds_into_the_markets_and_one_that_opens_takes_it_in() -> None:
    flushes = listener()
    events: list[Event] = [
        heard(order(at("02:04"), 1.5, coin="SOL")),
        heard(order(at("02:05"), 1.5, coin="SOL")),
        heard(order(at("02:06"), 6)),
        heard(order(at("02:07"), 6)),
    ]
    assert log(news_of(events, flushes), coins=True).splitlines() == [
        "02:05:00 SOL onset $3.0M 100% longs",
        "02:06:00 SOL building $3.0M 100% longs",
        "02:07:00 all onset $12M 100% longs",
        "02:07:00 SOL folded $3.0M 100% longs within 2",
        "02:07:00 BTC onset $12M 100% longs within 2",
    ]


def test_a_coins_flush_after_the_markets_is_its_own() -> None:
    flushes = listener()
    opening(flushes)
    pass_to(flushes, "02:30")
    flushes.handle(heard(order(at("02:31"), 2, coin="SOL")))
    told = flushes.handle(heard(order(at("02:32"), 2, coin="SOL")))
    assert [(news.flush.coin, news.flush.within) for news in told] == [("SOL", None)]


def test_a_minute_at_the_bar_is_looked_at_again_every_ten_seconds_only() -> None:
    flushes = listener()
    opening(flushes)
    for held in flushes.state().book.minutes.values():
        assert held.limit == held.coins["BTC"].limit == NO_LIMIT


def test_growth_is_told_every_ten_seconds_at_most_and_from_a_twentieth_on() -> None:
    events: list[Event] = [
        heard(order(at("02:04") + second * SECOND_MS, 0.5)) for second in range(180)
    ]
    told = [
        (now_ms, news.flush.total)
        for now_ms, news in news_of(events)
        if news.flush.coin is None and news.what == "grew"
    ]
    assert len(told) > 5
    for (before_ms, before), (now_ms, total) in pairwise(told):
        assert now_ms - before_ms >= 10 * SECOND_MS
        assert total >= before
    assert market(news_of(ticked(events, "02:08")))[-1].what == "grew"


def test_an_order_that_is_too_late_or_of_unknown_worth_is_in_no_sum() -> None:
    flushes = listener()
    opening(flushes)
    now_ms = at("02:05") + 10 * SECOND_MS
    late = order(now_ms - MINUTE_MS - 1, 3, received_ms=now_ms)
    just = order(now_ms - MINUTE_MS, 1, received_ms=now_ms)
    unpriced = msgspec.structs.replace(just, notional=None)
    flushes.handle(heard(late, just, unpriced))
    assert flushes.flushes()[0].total == 13 * MILLION


def test_one_bad_print_is_no_low() -> None:
    flushes = listener()
    opening(flushes)
    prices = (89_000.0, 88_900.0, 1.0, 88_800.0, 89_100.0)
    for second, price in enumerate(prices):
        flushes.handle(heard(order(at("02:06") + second, 1, price=price)))
    assert flushes.flushes()[0].first.low == 88_900.0


def test_the_price_of_a_minute_follows_its_last_orders() -> None:
    flushes = listener()
    opening(flushes)
    for number in range(2 * PRICES):
        price = 90_000 if number < PRICES else 80_000
        flushes.handle(heard(order(at("02:06") + number, 0.1, price=price)))
    assert flushes.flushes()[0].first.low == 80_000


def test_prices_that_are_told_are_better_than_those_of_liquidations() -> None:
    flushes = listener()
    opening(flushes)
    for price in (86_540.0, 91_000.0):
        flushes.price("BTC", at("02:05") + 500, price)
    told = flushes.flushes()[0].first
    assert (told.low, told.high) == (86_540.0, 91_000.0)


def test_severity_goes_by_the_rank_of_the_hour_and_only_rises() -> None:
    ranks = iter([1, *[50] * 1_000])

    def rank(coin: str | None, total: int, at_ms: int) -> Standing | None:
        return Standing(HOUR_MS, total, next(ranks), 61, 92.0, 0.97, 0, 99.0)

    flushes = Flushes(EXCHANGES, listener().state(), Known(rank=rank))
    assert opening(flushes).severity is Severity.SEVERE
    assert all(
        told.flush.severity is Severity.SEVERE
        for told in pass_to(flushes, "03:00")
        if told.flush.coin is None
    )


def test_flushes_are_numbered_on() -> None:
    flushes = Flushes(EXCHANGES, opened(at("00:00"), next_id=312))
    assert opening(flushes, millions=20).short_id == "F312"


def test_of_equal_orders_the_earlier_is_the_largest() -> None:
    flushes = listener()
    opening(flushes)
    largest = flushes.flushes()[0].first.largest
    assert largest is not None
    assert largest.time_ms == at("02:04") + 100


def test_the_book_holds_twenty_minutes_and_no_more() -> None:
    flushes = listener()
    for event in tape([("02:00", 6, 1)], "04:00"):
        flushes.handle(event)
        assert len(flushes.state().book.minutes) <= 21
