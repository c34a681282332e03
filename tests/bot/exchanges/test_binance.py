"""Binance's frames, one trap at a time."""

import json
from decimal import Decimal
from typing import Any

import pytest

from bot.errors import ParseError
from bot.exchanges import EXCHANGES
from bot.exchanges.dialect import Ack, Marks, Other, Parsed
from bot.market import EXACT, Instrument, Instruments, Side
from tests.bot.exchanges.frames import (
    BTCUSD_PERP,
    RECEIVED,
    binance,
    binance_order,
    events,
    read,
    table,
)

DIALECT = EXCHANGES["binance"]
SEPARATE = DIALECT.choose({"coin_m": "separate"})
COIN_M = {"s": "BTCUSD_PERP", "z": "3", "q": "3", "p": "64000", "ap": "64100.5"}
BTCUSDT = Instrument("binance", "BTCUSDT", "BTC", "USDT", Decimal(1), linear=True)
LISTED = table(BTCUSDT, BTCUSD_PERP)


def mark(symbol: str = "BTCUSDT", price: object = "64012.5") -> dict[str, object]:
    return {
        "e": "markPriceUpdate", "E": 1789670094412, "s": symbol, "p": price, "ap": "64010.1",
        "P": "64003.2", "i": "64015.3", "r": "0.0001", "T": 1789689600000, "st": 1,
    }  # fmt: skip


def own_stream(**changes: object) -> dict[str, object]:
    """As the host of COIN-M wraps it when asked for the stream of one contract."""
    return {"stream": "btcusd_perp@forceOrder", "data": binance({"st": 2}, **COIN_M, **changes)}


SAMPLES: list[Any] = [
    binance(),
    binance(S="BUY", s="NEWUSDT", ap="0", z=None),
    binance({"st": 2, "ps": "BTCUSD"}, **COIN_M),
    {"stream": "!forceOrder@arr", "data": binance()},
    [binance(), binance(z="0"), binance(st=2, s="NEWUSD_PERP")],
    own_stream(),
    [mark(), mark("ETHUSDT", "3000")],
    {"stream": "!markPrice@arr", "data": [mark()]},
    {"stream": "btcusd_perp@markPrice", "data": mark("BTCUSD_PERP")},
    {"result": None, "id": 1},
    {"result": ["!forceOrder@arr"], "id": 3},
    {"code": 2, "msg": "Invalid request"},
    {"error": {"code": 2, "msg": "Invalid request"}, "id": 7},
    {"e": "24hrTicker", "E": 1789670094412, "s": "BTCUSDT", "o": "0.0010"},
]
TABLES: list[Any] = [
    {"symbols": [
        {"symbol": "1000PEPEUSDT", "pair": "1000PEPEUSDT", "status": "SETTLING",
         "contractType": "PERPETUAL", "baseAsset": "1000PEPE", "quoteAsset": "USDT"},
        {"symbol": "BTCUSDT", "baseAsset": "BTC", "quoteAsset": "USDT"}]},
    {"timezone": "UTC", "symbols": [
        {"symbol": "BTCUSD_PERP", "pair": "BTCUSD", "contractStatus": "TRADING",
         "contractSize": 100, "baseAsset": "BTC", "quoteAsset": "USD"}]},
]  # fmt: skip


def test_a_sold_order_closed_a_long() -> None:
    (event,) = events("binance", binance(S="SELL"))
    assert (event.exchange, event.symbol, event.coin) == ("binance", "BTCUSDT", "BTC")
    assert (event.side, event.quantity, event.price) == (
        Side.LONG,
        Decimal("0.014"),
        Decimal(64100),
    )
    assert event.notional == Decimal("897.400")
    assert (event.time_ms, event.received_ms) == (1789670094099, RECEIVED)


def test_a_bought_order_closed_a_short() -> None:
    (event,) = events("binance", binance(S="BUY"))
    assert event.side is Side.SHORT


@pytest.mark.parametrize("average", ["0", "0.0000", "", None])
def test_without_an_average_price_the_limit_price_counts(average: str | None) -> None:
    (event,) = events("binance", binance(ap=average))
    assert event.notional == Decimal("0.014") * Decimal("64000.5")


def test_without_a_filled_quantity_the_asked_one_counts() -> None:
    (event,) = events("binance", binance(z=None))
    assert event.quantity == Decimal("0.020")


def test_an_order_that_filled_nothing_closed_nothing() -> None:
    assert read("binance", binance(z="0", ap="0", X="EXPIRED")) == Other()


@pytest.mark.parametrize(
    "message",
    [
        {"stream": "!forceOrder@arr", "data": binance()},
        {"stream": "btcusdt@forceOrder", "data": binance()},
        {"stream": "!forceOrder@arr", "data": [binance()]},
        [binance()],
    ],
)
def test_wrapped_or_in_an_array_it_is_the_same_event(message: object) -> None:
    assert events("binance", message) == events("binance", binance())


def test_an_array_keeps_equal_events_and_their_order() -> None:
    message = [binance(z="1"), binance(z="2"), binance(z="0"), binance(z="1")]
    assert [event.quantity for event in events("binance", message)] == [1, 2, 1]


def test_other_events_beside_it_in_an_array_are_left_out() -> None:
    ticker = {"e": "24hrTicker", "o": "0.0010"}
    assert events("binance", [ticker, binance()]) == events("binance", binance())
    with pytest.raises(ParseError):
        read("binance", [{"renamed": 1}, binance()])


@pytest.mark.parametrize(
    "message",
    [
        binance({"st": 2, "ps": "BTCUSD"}, **COIN_M),
        binance(st=2, ps="BTCUSD", **COIN_M),
        binance(ps="BTCUSD", **COIN_M),
        binance(**COIN_M),
    ],
)
def test_coin_m_counts_contracts_wherever_the_frame_says_so(message: object) -> None:
    (event,) = events("binance", message, table(BTCUSD_PERP))
    assert (event.coin, event.quantity, event.notional) == ("BTC", 3, 300)
    (unpriced,) = events("binance", message)
    assert (unpriced.coin, unpriced.notional) == ("BTC", None)


@pytest.mark.parametrize(
    ("symbol", "coin", "priced"),
    [
        ("BTCUSDT_260327", "BTC", True),
        ("1000PEPEUSDT", "PEPE", True),
        ("1INCHUSDT", "1INCH", True),
        ("4USDT", "4", True),
        ("BTCUSDC", "BTC", True),
        ("BTCFDUSD", "BTC", True),
        ("币安人生USDT", "币安人生", True),
        ("ETHBTC", "ETH", False),
        ("BTCEUR", "BTC", False),
        ("BTCUSD_260327", "BTC", False),
        ("NOQUOTE", "NOQUOTE", False),
    ],
)
def test_an_unlisted_symbol_is_priced_where_its_quote_is_a_dollar(
    symbol: str, coin: str, priced: bool
) -> None:
    (event,) = events("binance", binance(s=symbol, z="2", ap="3"))
    assert (event.coin, event.notional) == (coin, 6 if priced else None)


def test_a_product_of_many_digits_stays_exact() -> None:
    (event,) = events("binance", binance(z="12345.678901234567", ap="98765.432109876543"))
    assert event.notional == Decimal(12345678901234567 * 98765432109876543).scaleb(-24, EXACT)


@pytest.mark.parametrize(
    "changes",
    [
        {"ap": "NaN"}, {"ap": "-1"}, {"ap": "1e309"}, {"ap": "Infinity"}, {"ap": "1e400000"},
        {"ap": "0", "p": "0"}, {"ap": None, "p": None}, {"ap": "x"}, {"ap": []},
        {"z": "sNaN"}, {"z": "-0.1"}, {"z": "1e-400000"}, {"z": None, "q": "0"}, {"z": True},
        {"z": "9" * 200}, {"z": "1", "ap": "50000000001"},
        {"T": 1789670094}, {"T": 1789670094099000}, {"T": -1}, {"T": "1789670094099"}, {"T": 1.5},
        {"T": None}, {"S": "sell"}, {"S": "CLOSE"}, {"S": None}, {"s": None}, {"s": ""},
        {"s": "BTC USDT"}, {"s": "A" * 41}, {"s": "\u202eBTCUSDT"}, {"s": 5},
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ParseError):
        read("binance", binance(**changes))


@pytest.mark.parametrize(
    "frame",
    [
        "", "{", "null", "7", '"forceOrder"', "[", "{}", "[1]", "[[]]",
        b"\xff\xfe", b'{"e":"forceOrder","x":"\xff"}', "[" * 100_000, '{"a":' * 50_000,
        json.dumps(binance())[:-3], json.dumps(binance()) + "}",
        '{"e":"forceOrder"}', '{"e":"forceOrder","order":{}}', '{"e":"forceOrder","o":null}',
        '{"e":"forceOrder","o":[]}', '{"event":"forceOrder","o":5}', '{"e":5}', "\ud800",
    ],
)  # fmt: skip
def test_broken_and_renamed_frames_are_refused(frame: bytes | str) -> None:
    with pytest.raises(ParseError):
        read("binance", frame)


@pytest.mark.parametrize(
    "message",
    [
        {"e": "markPriceUpdate", "E": 1789670094412, "s": "BTCUSDT", "p": "1", "T": 1789670094412},
        {"e": "24hrTicker", "E": 1789670094412, "s": "BTCUSDT", "o": "0.0010"},
        {"stream": "btcusdt@ticker", "data": {"e": "24hrTicker", "o": "0.0010"}},
        [{"e": "markPriceUpdate", "s": "BTCUSDT"}],
        {"result": ["!forceOrder@arr"], "id": 3},
    ],
)
def test_other_streams_are_none_of_our_business(message: object) -> None:
    assert read("binance", message) == Other()


def test_mark_prices_come_for_every_symbol_at_once_or_for_one() -> None:
    told = Marks((("BTCUSDT", 64012.5), ("ETHUSDT", 3000.0)))
    rows = [mark(), mark("ETHUSDT", "3000")]
    assert read("binance", rows) == told
    assert read("binance", {"stream": "!markPrice@arr", "data": rows}) == told
    one = {"stream": "btcusd_perp@markPrice", "data": mark("BTCUSD_PERP", "1")}
    assert read("binance", one) == Marks((("BTCUSD_PERP", 1.0),))


def test_a_mark_price_that_cannot_be_is_left_out() -> None:
    odd = [mark(price=price) for price in ("0", "-1", "NaN", "inf", "", "x")]
    assert read("binance", [*odd, mark()]) == Marks((("BTCUSDT", 64012.5),))
    assert read("binance", [mark(price=5)]) == Other()


def test_answers_to_a_subscription_name_their_request() -> None:
    assert read("binance", {"result": None, "id": 1}) == Ack("1", accepted=True)
    refused = Ack("7", accepted=False, reason="2 Invalid request")
    assert read("binance", {"code": 2, "msg": "Invalid request", "id": 7}) == refused
    assert read("binance", {"error": {"code": 2, "msg": "Invalid request"}, "id": 7}) == refused
    assert read("binance", {"code": 0, "msg": "Unknown property"}) == Ack(
        "", accepted=False, reason="0 Unknown property"
    )


def test_one_connection_under_market_carries_everything() -> None:
    (stream,) = DIALECT.streams(LISTED, {"ws": "ws://localhost:1"})
    assert stream.url == "ws://localhost:1/market/ws"
    (batch,) = DIALECT.batches(stream.topics)
    asked = json.loads(DIALECT.subscribe(batch, "4"))
    assert asked == {"method": "SUBSCRIBE", "params": ["!forceOrder@arr"], "id": 4}
    assert stream.canaries == ("!markPrice@arr",)


def test_where_it_is_chosen_coin_m_has_a_connection_and_a_topic_for_each_contract() -> None:
    urls = {"ws": "ws://u", "coin_ws": "ws://c"}
    market, coin = SEPARATE.streams(LISTED, urls)
    assert (market,) == DIALECT.streams(LISTED, urls)
    assert (coin.url, coin.topics) == ("ws://c/stream", ("btcusd_perp@forceOrder",))
    assert coin.canaries == ("btcusd_perp@markPrice",)
    assert SEPARATE.streams(table(BTCUSDT), urls) == (market,)
    assert [len(batch) for batch in SEPARATE.batches(("x",) * 250)] == [100, 100, 50]


def separately(message: object, listed: Instruments = LISTED) -> Parsed:
    return SEPARATE.parse(json.dumps(message), RECEIVED, listed)


@pytest.mark.parametrize("listed", [LISTED, {}], ids=["listed", "unlisted"])
def test_where_it_is_chosen_coin_m_counts_on_its_own_streams_alone(listed: Instruments) -> None:
    merged = binance({"st": 2, "ps": "BTCUSD"}, **COIN_M)
    assert separately(merged, listed) == Other()
    assert separately({"stream": "!forceOrder@arr", "data": merged}, listed) == Other()
    assert separately([merged, binance()], listed) == read("binance", binance(), listed)
    assert separately(own_stream(), listed) == read("binance", own_stream(), listed)
    assert separately(binance(), listed) == read("binance", binance(), listed)
    assert separately([mark()]) == read("binance", [mark()])


def test_by_default_coin_m_counts_where_all_comes_and_that_is_said() -> None:
    merged = binance({"st": 2, "ps": "BTCUSD"}, **COIN_M)
    again = DIALECT.choose({}).parse(json.dumps(merged), RECEIVED, LISTED)
    assert again == read("binance", merged, LISTED)
    assert len(events("binance", merged, LISTED)) == 1
    assert DIALECT.doubts and not SEPARATE.doubts
    assert SEPARATE.choose({"coin_m": "merged"}).doubts == DIALECT.doubts


def test_redirecting_rest_redirects_both_tables() -> None:
    own = {**DIALECT.urls, "rest": "http://localhost:1"}
    assert DIALECT.listings(own) == (
        "http://localhost:1/fapi/v1/exchangeInfo",
        "http://localhost:1/dapi/v1/exchangeInfo",
    )
    assert DIALECT.listings(DIALECT.urls)[1] == "https://dapi.binance.com/dapi/v1/exchangeInfo"
    both = {**own, "coin_rest": "http://localhost:2"}
    assert DIALECT.listings(both)[1] == "http://localhost:2/dapi/v1/exchangeInfo"


def test_both_tables_are_read_whatever_the_status() -> None:
    body = json.dumps(
        {
            "timezone": "UTC",
            "symbols": [
                {"symbol": "1000PEPEUSDT", "pair": "1000PEPEUSDT", "status": "SETTLING",
                 "contractType": "PERPETUAL", "baseAsset": "1000PEPE", "quoteAsset": "USDT"},
                {"symbol": "BTCUSD_PERP", "pair": "BTCUSD", "contractStatus": "TRADING",
                 "contractSize": 100, "baseAsset": "BTC", "quoteAsset": "USD"},
                {"symbol": "BADUSD_PERP", "contractSize": -1, "baseAsset": "X",
                 "quoteAsset": "USD"},
            ],
        }
    )  # fmt: skip
    pepe = Instrument("binance", "1000PEPEUSDT", "PEPE", "USDT", Decimal(1), linear=True)
    assert DIALECT.instruments(body.encode(), "") == ([pepe, BTCUSD_PERP], None)


@pytest.mark.parametrize("body", [b"", b"{}", b'{"symbols":[{"symbol":1}]}', b"\xff", b"<html>"])
def test_a_table_that_is_none_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError):
        DIALECT.instruments(body, "")


def test_the_order_may_be_given_without_the_fields_we_do_not_need() -> None:
    order = {k: v for k, v in binance_order().items() if k in ("s", "S", "T", "z", "ap")}
    assert events("binance", {"e": "forceOrder", "o": order}) == events("binance", binance())
