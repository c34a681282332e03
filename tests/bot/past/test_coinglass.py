"""CoinGlass's answers: what its documentation shows, what it refuses, and nonsense."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import HOUR_MS
from bot.errors import ParseError
from bot.market import USD
from bot.past.coinglass import Refusal, history_query, read_exchanges, read_history
from bot.ports import PastSum

START = 1_658_966_400_000


def answer(*rows: object, **changes: object) -> bytes:
    return json.dumps({"code": "0", "msg": "success", "data": list(rows)} | changes).encode()


def row(time: object = START, long: object = "1.5", short: object = 2) -> dict[str, object]:
    return {
        "time": time,
        "aggregated_long_liquidation_usd": long,
        "aggregated_short_liquidation_usd": short,
    }


def test_a_documented_answer_is_read_exactly_whatever_its_order() -> None:
    body = b"""{"code":"0","msg":"success","data":[
        {"time":1659052800000,"aggregated_long_liquidation_usd":5345708.23191,
         "aggregated_short_liquidation_usd":"6454875.54909"},
        {"time":1658966400000,"aggregated_long_liquidation_usd":5916885.14234,
         "aggregated_short_liquidation_usd":12969583.87632}]}"""
    assert read_history(200, body, "BTC", 4 * HOUR_MS) == [
        PastSum("BTC", "", START, 4 * HOUR_MS, 591_688_514_234_000, 1_296_958_387_632_000),
        PastSum(
            "BTC", "", 1_659_052_800_000, 4 * HOUR_MS, 534_570_823_191_000, 645_487_554_909_000
        ),
    ]


def test_seconds_are_understood_and_a_multiple_is_its_coin() -> None:
    read = read_history(200, answer(row(START // 1000)), "1000PEPE", HOUR_MS)
    assert read == [PastSum("PEPE", "", START, HOUR_MS, 3 * USD // 2, 2 * USD)]


@pytest.mark.parametrize("body", [answer(), answer(data=None), b'{"code":0}'])
def test_nothing_in_an_interval_is_no_row(body: bytes) -> None:
    assert read_history(200, body, "BTC", HOUR_MS) == []


@pytest.mark.parametrize(
    ("status", "code", "message", "kind"),
    [
        (200, "400", "Invalid API key provided", "key"),
        (200, "400", "API key missing.", "key"),
        (401, "401", "", "key"),
        (200, "401", "Upgrade plan", "plan"),
        (401, "40001", "Upgrade plan", "plan"),
        (200, "403", "The requested interval is not available for your current API plan.", "span"),
        (429, "429", "Too Many Requests", "rate"),
        (200, 429, "Too Many Requests", "rate"),
        (200, "400", "The requested coin is not supported", "other"),
        (500, "0", "Server Error", "other"),
    ],
)
def test_a_refusal_says_what_is_missing(status: int, code: object, message: str, kind: str) -> None:
    body = json.dumps({"code": code, "msg": message}).encode()
    for refusal in (read_history(status, body, "BTC", HOUR_MS), read_exchanges(status, body)):
        assert isinstance(refusal, Refusal) and refusal.kind == kind


def test_what_coinglass_says_is_shown_without_control_characters() -> None:
    refusal = read_history(200, b'{"code":"500","msg":"a\\u001b[2Jb\\n"}', "BTC", HOUR_MS)
    assert isinstance(refusal, Refusal)
    assert refusal.sentence == "CoinGlass refuses with code 500: a[2Jb"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b'{"msg":"success"}',
        answer(data={}),
        answer({}),
        answer(row(time="now")),
        answer(row(time=START + 1)),
        answer(row(time=5)),
        answer(row(long=-1)),
        answer(row(long="NaN")),
        answer(row(short="1e999999999")),
        answer(row(short=50_000_000_001)),
        answer(row(short=None)),
        b"[" * 100_000,
    ],
)
def test_nonsense_is_a_parse_error(body: bytes) -> None:
    with pytest.raises(ParseError):
        read_history(200, body, "BTC", HOUR_MS)


@pytest.mark.parametrize("body", [answer(), answer(1), answer(data=None)])
def test_no_exchanges_is_a_parse_error(body: bytes) -> None:
    with pytest.raises(ParseError):
        read_exchanges(200, body)


@given(st.one_of(st.binary(max_size=80), st.binary(max_size=60).map(lambda b: answer()[:-2] + b)))
def test_any_bytes_raise_a_parse_error_at_most(body: bytes) -> None:
    for read in (
        lambda: read_history(200, body, "BTC", HOUR_MS),
        lambda: read_exchanges(200, body),
    ):
        try:
            read()
        except ParseError:
            continue


def test_a_page_is_asked_for_in_milliseconds() -> None:
    assert history_query("BTC", ["OKX", "Binance"], HOUR_MS, START, START + HOUR_MS) == {
        "exchange_list": "OKX,Binance",
        "symbol": "BTC",
        "interval": "1h",
        "limit": "1000",
        "start_time": "1658966400000",
        "end_time": "1658970000000",
    }
