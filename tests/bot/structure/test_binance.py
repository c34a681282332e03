"""Binance as it is documented: its USDT perpetual, its funding of any interval, its spot pair."""

import json

import pytest

from bot.clock import HOUR_MS, MINUTE_MS
from bot.errors import ParseError
from bot.structure import STRUCTURE
from bot.structure.facts import Fact, Measure
from bot.structure.source import Question, RefusedError
from tests.bot.structure.asking import NOW, Asked, a_double, hours_of
from tests.doubles.structure_world import Coin

M = Measure


def test_the_documented_answers_are_understood() -> None:
    source = STRUCTURE["binance"]()
    source.questions(["BTC"], NOW)
    interest = Question("open interest", "BTC", "rest", "", 1.0, kind="interest")
    body = b'{"openInterest":"10659.509","symbol":"BTCUSDT","time":1589437530011}'
    assert source.read(interest, body, NOW).facts == (
        Fact("binance", "BTC", M.OI, 1589437530011, 10659.509),
    )
    premiums = Question("price", "", "rest", "", 1.0, kind="premiums")
    intervals = Question("funding", "", "rest", "", 1.0, kind="intervals")
    source.read(intervals, b"[]", NOW)
    body = (
        b'[{"symbol":"BTCUSDT","markPrice":"11793.63104562","indexPrice":"11781.80495970",'
        b'"estimatedSettlePrice":"11781.16138815","lastFundingRate":"0.00038246",'
        b'"nextFundingTime":1597392000000,"interestRate":"0.00010000","time":1597370495002}]'
    )
    mark, funding = source.read(premiums, body, NOW).facts
    assert (mark.measure, mark.value) == (M.MARK, 11793.63104562)
    assert (funding.measure, funding.value) == (M.FUNDING, 0.00038246 / 8)


def test_a_coin_is_told_by_its_usdt_perpetual_and_its_usdt_pair() -> None:
    told = Asked("binance").ask()
    values = {measure: told.now(measure) for measure in Measure if told.now(measure) is not None}
    assert values == pytest.approx(
        {
            M.OI: 1_000, M.MARK: 60_000, M.FUNDING: 0.000_01, M.VOLUME: 14_400_000,
            M.SPOT_VOLUME: 1_440_000, M.LONG_ACCOUNTS: 0.6,
            M.BIDS_1: 100_000, M.ASKS_1: 200_000, M.BIDS_2: 200_000, M.ASKS_2: 400_000,
            M.SPOT_BIDS_1: 30_000, M.SPOT_ASKS_1: 40_000,
            M.SPOT_BIDS_2: 60_000, M.SPOT_ASKS_2: 80_000,
        }
    )  # fmt: skip


def test_facts_carry_the_exchanges_own_time() -> None:
    told = Asked("binance").ask("price", "open interest", "order book depth")
    assert [one.at_ms for one in told.of(M.OI)] == [NOW - 500]
    assert [one.at_ms for one in told.of(M.BIDS_1)] == [NOW - 100]


@pytest.mark.parametrize("hours", [1, 4, 8])
def test_funding_is_told_per_hour_whatever_its_interval(hours: int) -> None:
    double = a_double()
    double.binance.coins["BTC"].hours = hours
    told = Asked("binance", double).ask("funding", "price", "older funding")
    assert told.now(M.FUNDING) == pytest.approx(0.000_01)
    assert {round(one.value, 9) for one in told.of(M.FUNDING)} == {0.000_01}
    assert len(hours_of(told.of(M.FUNDING))) >= 90 * 24 / hours


def test_no_funding_is_told_before_the_intervals_are_known() -> None:
    told = Asked("binance").ask("price")
    assert told.now(M.MARK) == 60_000
    assert told.now(M.FUNDING) is None


def test_a_contract_of_a_thousand_coins_is_told_in_coins() -> None:
    double = a_double()
    double.binance.coins["PEPE"] = Coin(price=0.000_01, oi=5e9, units=1_000)
    told = Asked("binance", double, ["PEPE"]).ask()
    assert told.now(M.MARK, "PEPE") == pytest.approx(0.000_01)
    assert told.now(M.OI, "PEPE") == pytest.approx(5e9)
    assert told.of(M.OI, "PEPE")[-1].value == pytest.approx(5e9)
    assert told.now(M.BIDS_1, "PEPE") == pytest.approx(100_000)
    assert told.now(M.SPOT_BIDS_1, "PEPE") == pytest.approx(30_000)
    for spot in (False, True):
        bar = told.bars(MINUTE_MS, "PEPE", spot)[NOW - NOW % MINUTE_MS]
        assert bar.close == pytest.approx(0.000_01)


def test_a_coin_that_is_not_listed_is_not_asked_for() -> None:
    told = Asked("binance", coins=["NOSUCH", "BTC"]).ask("price", "spot volume")
    later = told.source.questions(told.coins, NOW)
    assert {one.coin for one in later} == {"", "BTC"}


def test_a_coin_without_a_spot_pair_has_futures_only() -> None:
    double = a_double()
    double.binance.coins["BTC"].spot = False
    told = Asked("binance", double).ask()
    assert told.now(M.SPOT_VOLUME) is None
    assert told.now(M.VOLUME) is not None


def test_a_book_of_tiny_ticks_that_does_not_reach_a_percent_gives_no_depth() -> None:
    double = a_double()
    double.binance.coins["BTC"].bids = [(step * 1e-6, 1.0) for step in range(1, 2_000)]
    told = Asked("binance", double).ask("order book depth")
    assert told.now(M.BIDS_1) is None
    assert told.now(M.ASKS_1) == pytest.approx(200_000)


def test_spot_candles_tell_what_takers_bought() -> None:
    bar = Asked("binance").ask("spot candles").bars(MINUTE_MS, spot=True)[NOW - NOW % MINUTE_MS]
    assert bar.volume == pytest.approx(1_000)
    assert bar.taker_buys == pytest.approx(550)


def test_history_reaches_back_far_enough_for_baselines_on_the_first_day() -> None:
    double = a_double()
    double.binance.coins["BTC"].past = lambda at: (60_000.0, at / HOUR_MS, 0.000_02)
    told = Asked("binance", double).ask("funding", "price", *OLDER)
    hours = told.bars(HOUR_MS)
    assert set(range(NOW - NOW % HOUR_MS - 45 * 24 * HOUR_MS, NOW, HOUR_MS)) <= set(hours)
    assert len(told.bars(MINUTE_MS)) == 1_500
    past = told.of(M.OI)
    assert len(hours_of(past)) >= 719
    assert all(one.value == pytest.approx(one.at_ms / HOUR_MS) for one in past)
    funding = [one for one in told.of(M.FUNDING) if one.at_ms < NOW - HOUR_MS]
    assert min(one.at_ms for one in funding) <= NOW - 89 * 24 * HOUR_MS
    assert {round(one.value, 9) for one in funding} == {0.000_02}


def test_history_of_a_contract_that_has_none_is_empty_and_no_mistake() -> None:
    double = a_double()
    double.faults = {"/binance/futures/data/openInterestHist": "empty",
                     "/binance/fapi/v1/fundingRate": "empty"}  # fmt: skip
    told = Asked("binance", double).ask(*OLDER)
    assert not told.of(M.OI)
    assert not told.of(M.FUNDING)


def test_an_answer_about_another_contract_is_refused() -> None:
    asked = Asked("binance")
    question = asked.question("open interest")
    body = json.dumps({"openInterest": "1", "symbol": "ETHUSDT", "time": NOW}).encode()
    with pytest.raises(ParseError, match="ETHUSDT"):
        asked.source.read(question, body, NOW)


@pytest.mark.parametrize("hours", [0, 25])
def test_an_interval_that_cannot_be_is_refused(hours: int) -> None:
    asked = Asked("binance")
    body = json.dumps([{"symbol": "BTCUSDT", "fundingIntervalHours": hours}]).encode()
    with pytest.raises(ParseError):
        asked.source.read(asked.question("funding"), body, NOW)


def test_no_ratio_at_all_is_a_refusal() -> None:
    asked = Asked("binance")
    with pytest.raises(RefusedError):
        asked.source.read(asked.question("account ratio"), b"[]", NOW)


def test_weights_are_at_least_those_that_the_exchange_counts() -> None:
    """Spot's, scaled to the limit of futures."""
    told = Asked("binance").ask()
    weights = {
        role: sum(q.weight for q in told.asked if q.role == role) for role in told.source.urls
    }
    assert weights["rest"] >= told.double.binance.weight
    assert weights["spot"] * 6_000 / 2_400 >= 0.95 * told.double.spot.weight


OLDER = ("older candles", "older open interest", "older funding")
