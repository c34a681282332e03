"""Bybit as it is documented: one side of open interest, any interval of funding, wide books."""

import json

import pytest

from bot.clock import HOUR_MS, MINUTE_MS
from bot.errors import ParseError
from bot.structure.facts import ALL, Measure
from bot.structure.source import RefusedError
from tests.bot.structure.asking import NOW, Asked, a_double, hours_of
from tests.doubles.structure_world import Coin

M = Measure
TICKERS = "open interest"


def test_a_coin_is_told_by_its_usdt_perpetual_and_its_usdt_pair() -> None:
    double = a_double()
    double.bybit.wide = True
    told = Asked("bybit", double).ask()
    values = {measure: told.now(measure) for measure in Measure if told.now(measure) is not None}
    assert values == pytest.approx(
        {
            M.OI: 1_000, M.OI_USD: 60_010_000, M.MARK: 60_010, M.FUNDING: 0.000_01,
            M.VOLUME: 14_400_000, M.SPOT_VOLUME: 1_440_000, M.LONG_ACCOUNTS: 0.6,
            M.BIDS_1: 100_000, M.ASKS_1: 200_000, M.BIDS_2: 200_000, M.ASKS_2: 400_000,
            M.SPOT_BIDS_1: 30_000, M.SPOT_ASKS_1: 40_000,
            M.SPOT_BIDS_2: 60_000, M.SPOT_ASKS_2: 80_000,
        }
    )  # fmt: skip


@pytest.mark.parametrize("single", [True, False])
def test_open_interest_is_that_of_one_side_also_where_only_both_are_told(single: bool) -> None:
    double = a_double()
    double.bybit.single = single
    told = Asked("bybit", double).ask(TICKERS, "older open interest")
    assert {one.value for one in told.of(M.OI)} == {1_000.0}
    assert told.now(M.OI_USD) == pytest.approx(60_010_000)


def test_all_coins_together_are_the_usdt_perpetuals_and_nothing_else() -> None:
    """In the list are contracts in USDC and with an expiry too."""
    told = Asked("bybit").ask(TICKERS)
    assert told.now(M.OI_USD, ALL) == pytest.approx(1_000 * (60_010 + 3_001))


@pytest.mark.parametrize("hours", [1, 4, 8])
def test_funding_is_told_per_hour_whatever_its_interval(hours: int) -> None:
    double = a_double()
    double.bybit.coins["BTC"].hours = hours
    told = Asked("bybit", double).ask(TICKERS, "older funding")
    assert {round(one.value, 9) for one in told.of(M.FUNDING)} == {0.000_01}
    assert len(hours_of(told.of(M.FUNDING))) >= 90 * 24 / hours


def test_a_contract_of_a_thousand_coins_is_told_in_coins() -> None:
    double = a_double()
    double.bybit.coins["PEPE"] = Coin(price=0.000_01, oi=5e9, units=1_000)
    double.bybit.wide = True
    told = Asked("bybit", double, ["PEPE"]).ask()
    assert told.now(M.MARK, "PEPE") == pytest.approx(0.000_01)
    assert {round(one.value) for one in told.of(M.OI, "PEPE")} == {5_000_000_000}
    assert told.now(M.OI_USD, "PEPE") == pytest.approx(50_000)
    assert told.now(M.BIDS_1, "PEPE") == pytest.approx(100_000)
    assert told.bars(MINUTE_MS, "PEPE")[NOW - NOW % MINUTE_MS].close == pytest.approx(0.000_01)


def test_fields_that_are_empty_before_a_market_opens_are_not_told() -> None:
    asked = Asked("bybit")
    row = {"symbol": "BTCUSDT", "turnover24h": "0", "markPrice": "", "fundingRate": "",
           "openInterest": "2", "openInterestValue": "8", "fundingIntervalHour": ""}  # fmt: skip
    told = asked.put_document(asked.question(TICKERS), _answer({"list": [row]}))
    assert {one.measure: one.value for one in told.facts if one.coin == "BTC"} == {
        M.VOLUME: 0, M.OI: 1, M.OI_USD: 4,
    }  # fmt: skip


def test_where_the_wide_book_of_futures_is_refused_the_short_one_is_asked_for() -> None:
    told = Asked("bybit").ask()
    assert told.refused == [("order book depth", "refused with code 10001")]
    paths = [one.path for one in told.asked if one.what == "order book depth"]
    assert [path.partition("?")[0] for path in paths] == [
        "/v5/market/full_orderbook", "/v5/market/orderbook",
    ]  # fmt: skip
    assert told.now(M.BIDS_1) == pytest.approx(100_000)


def test_a_limit_is_no_reason_to_take_the_short_book() -> None:
    double = a_double()
    double.faults = {"/bybit/v5/market/full_orderbook": "refused"}
    asked = Asked("bybit", double)
    with pytest.raises(RefusedError) as refusal:
        asked.put(asked.question("order book depth"))
    assert refusal.value.wait_s >= 5
    assert "full_orderbook" in asked.question("order book depth").path


def test_a_short_book_of_tiny_ticks_gives_no_depth() -> None:
    double = a_double()
    double.bybit.coins["BTC"].asks = [(step * 1e-6, 1.0) for step in range(1, 2_000)]
    told = Asked("bybit", double).ask()
    assert told.now(M.ASKS_1) is None
    assert told.now(M.BIDS_1) is not None


def test_history_reaches_back_ninety_days_for_open_interest_and_funding() -> None:
    double = a_double()
    double.bybit.coins["BTC"].past = lambda at: (60_000.0, at / HOUR_MS, 0.000_02)
    told = Asked("bybit", double).ask("older candles", "older open interest", "older funding")
    assert len(told.bars(HOUR_MS)) == 1_000
    assert set(range(NOW - NOW % MINUTE_MS - 24 * HOUR_MS, NOW, MINUTE_MS)) <= set(
        told.bars(MINUTE_MS)
    )
    assert len(hours_of(told.of(M.OI))) == 90 * 24
    assert all(one.value == pytest.approx(one.at_ms / HOUR_MS) for one in told.of(M.OI))
    assert min(one.at_ms for one in told.of(M.FUNDING)) <= NOW - 89 * 24 * HOUR_MS


def test_a_coin_that_is_not_listed_is_not_asked_for() -> None:
    told = Asked("bybit", coins=["NOSUCH", "BTC"]).ask(TICKERS, "spot volume")
    assert {one.coin for one in told.source.questions(told.coins, NOW)} == {"", "BTC"}


def test_an_error_in_an_answer_of_http_200_is_a_refusal() -> None:
    double = a_double()
    double.faults = {"/bybit": "refused"}
    asked = Asked("bybit", double)
    with pytest.raises(RefusedError, match="10006") as refusal:
        asked.put(asked.question(TICKERS))
    assert refusal.value.wait_s > 0


def test_an_answer_about_another_contract_is_refused() -> None:
    asked = Asked("bybit")
    book = {"s": "ETHUSDT", "b": [["1", "1"]], "a": [["2", "1"]], "ts": NOW}
    with pytest.raises(ParseError, match="ETHUSDT"):
        asked.put_document(asked.question("order book depth"), _answer(book))


def _answer(result: object) -> bytes:
    told = {"retCode": 0, "retMsg": "OK", "result": result, "retExtInfo": {}, "time": NOW}
    return json.dumps(told).encode()
