"""Hyperliquid as it is documented: half of an open interest that counts both sides."""

import json

import pytest

from bot.clock import HOUR_MS, MINUTE_MS
from bot.errors import ParseError
from bot.structure import STRUCTURE
from bot.structure.facts import ALL, Measure
from bot.structure.source import RefusedError
from tests.bot.structure.asking import NOW, Asked, a_double, hours_of
from tests.doubles.structure_world import Coin

M = Measure
STATES = "open interest"


def test_the_documented_answer_is_understood() -> None:
    source = STRUCTURE["hyperliquid"]()
    question = source.questions(["BTC"], NOW)[0]
    body = (
        b'[{"universe":[{"name":"BTC","szDecimals":5,"maxLeverage":50}]},[{"dayNtlVlm":'
        b'"1169046.29406","funding":"0.0000125","impactPxs":["14.3047","14.3444"],"markPx":'
        b'"14.3161","midPx":"14.314","openInterest":"688.11","oraclePx":"14.32","premium":'
        b'"0.00031774","prevDayPx":"15.322"}]]'
    )
    told = {one.measure: one for one in source.read(question, body, NOW).facts if one.coin == "BTC"}
    assert told[M.OI].value == pytest.approx(344.055)
    assert told[M.OI_USD].value == pytest.approx(344.055 * 14.3161)
    assert told[M.FUNDING].value == 0.0000125
    assert told[M.VOLUME].value == 1169046.29406
    assert told[M.MARK].at_ms == NOW


def test_a_coin_is_told_by_one_answer_for_all() -> None:
    told = Asked("hyperliquid").ask(STATES)
    values = {measure: told.now(measure) for measure in Measure if told.now(measure) is not None}
    assert values == pytest.approx(
        {M.OI: 1_000, M.OI_USD: 60_030_000, M.MARK: 60_030, M.FUNDING: 0.000_01,
         M.VOLUME: 14_400_000}
    )  # fmt: skip


def test_all_coins_together_are_those_that_are_still_listed() -> None:
    """One that was taken off still has a state, and one that nobody holds has no price."""
    told = Asked("hyperliquid").ask(STATES)
    assert told.now(M.OI_USD, ALL) == pytest.approx(1_000 * (60_030 + 3_003))


def test_a_coin_without_a_price_costs_the_others_nothing() -> None:
    told = Asked("hyperliquid", coins=["FRESH", "BTC"]).ask(STATES)
    assert {one.coin for one in told.facts} == {ALL, "BTC"}
    assert told.now(M.MARK) == 60_030


def test_a_contract_of_a_thousand_coins_is_told_in_coins() -> None:
    double = a_double()
    double.hyperliquid.coins["PEPE"] = Coin(price=0.000_01, oi=5e9, units=1_000)
    told = Asked("hyperliquid", double, ["PEPE"]).ask()
    assert told.now(M.MARK, "PEPE") == pytest.approx(0.000_01)
    assert told.now(M.OI, "PEPE") == pytest.approx(5e9)
    assert told.now(M.OI_USD, "PEPE") == pytest.approx(50_000)
    assert told.bars(MINUTE_MS, "PEPE")[NOW - NOW % MINUTE_MS].close == pytest.approx(0.000_01)
    assert {one.coin for one in told.facts} == {ALL, "PEPE"}


def test_funding_is_told_by_the_hour_for_ninety_days() -> None:
    told = Asked("hyperliquid").ask(STATES, "older funding")
    assert len(hours_of(told.of(M.FUNDING))) == 90 * 24
    assert {one.value for one in told.of(M.FUNDING)} == {0.000_01}


def test_candles_have_prices_and_no_dollars() -> None:
    told = Asked("hyperliquid").ask("candles", "older candles")
    bar = told.bars(MINUTE_MS)[NOW - NOW % MINUTE_MS]
    assert bar.close == 60_030
    assert bar.volume is None
    assert len(told.bars(HOUR_MS)) >= 45 * 24


def test_weights_are_at_least_those_that_the_exchange_counts() -> None:
    told = Asked("hyperliquid").ask()
    assert sum(one.weight for one in told.asked) >= told.double.hyperliquid.weight


def test_a_coin_that_is_not_listed_is_not_asked_for() -> None:
    told = Asked("hyperliquid", coins=["NOSUCH", "BTC"]).ask(STATES)
    assert {one.coin for one in told.source.questions(told.coins, NOW)} == {"", "BTC"}


def test_states_that_do_not_stand_beside_their_contracts_are_refused() -> None:
    asked = Asked("hyperliquid")
    state = {"dayNtlVlm": "1", "funding": "0", "markPx": "1", "openInterest": "1"}
    body = json.dumps([{"universe": [{"name": "BTC"}, {"name": "ETH"}]}, [state]]).encode()
    with pytest.raises(ParseError, match="2 contracts"):
        asked.put_document(asked.question(STATES), body)


def test_a_list_of_nothing_is_refused() -> None:
    asked = Asked("hyperliquid")
    with pytest.raises(RefusedError):
        asked.put_document(asked.question(STATES), b'[{"universe":[]},[]]')


def test_candles_of_another_span_or_coin_are_refused() -> None:
    asked = Asked("hyperliquid")
    bar = {"s": "BTC", "i": "1h", "t": 0, "o": "1", "h": "1", "l": "1", "c": "1"}
    bar["t"] = NOW - NOW % HOUR_MS
    for changed in ({}, {"i": "1m", "s": "ETH"}):
        with pytest.raises(ParseError):
            body = json.dumps([{**bar, **changed}]).encode()
            asked.put_document(asked.question("candles"), body)
