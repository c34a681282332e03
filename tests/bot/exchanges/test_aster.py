"""Aster speaks as Binance does, under its own name: what is its own, and that nothing leaks."""

import json
from decimal import Decimal
from typing import Any

import pytest

from bot.errors import ParseError
from bot.exchanges import EXCHANGES
from bot.exchanges.dialect import Ack, Marks, Other, Stream
from bot.market import Instrument, Side
from tests.bot.exchanges.frames import RECEIVED, binance, binance_order, events, read, table

DIALECT = EXCHANGES["aster"]
URLS = {"ws": "ws://h", "rest": "http://h"}


def contract(symbol: str, coin: str, quote: str = "USDT") -> Instrument:
    return Instrument("aster", symbol, coin, quote, Decimal(1), linear=True)


BTC = contract("BTCUSDT", "BTC")
PEPE = contract("1000PEPEUSDT", "PEPE")
LISTED = table(BTC, PEPE)


def mark(symbol: str, price: str) -> dict[str, Any]:
    return {
        "e": "markPriceUpdate", "E": 1789670094412, "s": symbol, "p": price, "i": price,
        "P": price, "r": "0.00010000", "T": 1789675200000,
    }  # fmt: skip


MARKS = [mark("BTCUSDT", "64105.25"), mark("1000PEPEUSDT", "0.0125")]
SAMPLES: list[Any] = [
    binance(),
    binance(s="1000PEPEUSDT", S="BUY"),
    binance(s="NEWUSD1"),
    binance(ap="0"),
    binance(z="0", ap="0", X="EXPIRED"),
    {"stream": "!forceOrder@arr", "data": binance()},
    [binance(), binance(z="0")],
    MARKS,
    {"stream": "!markPrice@arr", "data": MARKS},
    {"result": None, "id": 1},
    {"code": 2, "msg": "Invalid request"},
    {"error": {"code": 2, "msg": "Invalid request"}, "id": 7},
]
ROW = {"contractType": "PERPETUAL", "status": "TRADING", "quoteAsset": "USDT"}
ROWS = [
    ROW | {"symbol": "BTCUSDT", "baseAsset": "BTC"},
    ROW | {"symbol": "1000PEPEUSDT", "baseAsset": "1000PEPE"},
    ROW | {"symbol": "SOLUSD1", "baseAsset": "SOL", "quoteAsset": "USD1"},
    ROW | {"symbol": "", "baseAsset": "BAD"},
]
TABLES: list[Any] = [{"assets": [{"asset": "USDT"}], "symbols": ROWS}]


def test_a_sold_order_closed_a_long_on_aster() -> None:
    (event,) = events("aster", binance(S="SELL"), LISTED)
    assert (event.exchange, event.symbol, event.coin) == ("aster", "BTCUSDT", "BTC")
    assert (event.side, event.price) == (Side.LONG, Decimal(64100))
    assert event.notional == Decimal("897.400")
    assert (event.time_ms, event.received_ms) == (1789670094099, RECEIVED)
    (event,) = events("aster", binance(S="BUY"), LISTED)
    assert event.side is Side.SHORT


@pytest.mark.parametrize(
    ("symbol", "coin", "notional"),
    [
        ("BTCUSDT", "BTC", 6),
        ("1000PEPEUSDT", "PEPE", 6),
        ("SOLUSD1", "SOL", 6),
        ("ETHBTC", "ETH", None),
        ("NOQUOTE", "NOQUOTE", None),
    ],
)
def test_an_unlisted_symbol_is_asters_too(symbol: str, coin: str, notional: int | None) -> None:
    (event,) = events("aster", binance(s=symbol, z="2", ap="3"))
    assert (event.exchange, event.coin, event.notional) == ("aster", coin, notional)


def test_the_same_order_is_not_the_same_event_on_two_exchanges() -> None:
    (ours,), (theirs,) = events("aster", binance()), events("binance", binance())
    assert ours.key != theirs.key
    assert ours.key[1:] == theirs.key[1:]


def test_unfilled_and_incomplete_orders_are_read_as_on_binance() -> None:
    assert read("aster", binance(z="0", ap="0", X="EXPIRED"), LISTED) == Other()
    (event,) = events("aster", binance(ap="0"), LISTED)
    assert (event.exchange, event.price) == ("aster", Decimal("64000.5"))
    twins = [binance(z="1"), binance(z="2"), binance(z="1")]
    assert [event.quantity for event in events("aster", twins, LISTED)] == [1, 2, 1]


@pytest.mark.parametrize("message", [MARKS, {"stream": "!markPrice@arr", "data": MARKS}])
def test_mark_prices_show_that_it_is_heard(message: object) -> None:
    expected = Marks((("BTCUSDT", 64105.25), ("1000PEPEUSDT", 0.0125)))
    assert read("aster", message, LISTED) == expected


def test_answers_name_their_request() -> None:
    assert read("aster", {"result": None, "id": 1}) == Ack("1", accepted=True)
    refused = Ack("7", accepted=False, reason="2 Invalid request")
    assert read("aster", {"error": {"code": 2, "msg": "Invalid request"}, "id": 7}) == refused


@pytest.mark.parametrize(
    "frame",
    [
        "", "{}", "[1]", "null", b"\xff", "[" * 9_000, '{"e":"forceOrder"}',
        json.dumps(binance())[:-3], json.dumps(binance(T=1789670094)),
        json.dumps(binance(ap="NaN")), json.dumps(binance(S="LONG")),
        json.dumps(binance(s="BTC USDT")), json.dumps(binance(z="-1")),
    ],
)  # fmt: skip
def test_broken_frames_are_refused_in_asters_name(frame: bytes | str) -> None:
    with pytest.raises(ParseError) as refusal:
        read("aster", frame, LISTED)
    assert "binance" not in str(refusal.value)


def test_one_connection_without_a_path_for_the_market() -> None:
    (stream,) = DIALECT.streams(LISTED, URLS)
    assert stream == Stream("market", "ws://h/ws", ("!forceOrder@arr",), ("!markPrice@arr",))
    asked = json.loads(DIALECT.subscribe(stream.topics, "4"))
    assert asked == {"method": "SUBSCRIBE", "params": ["!forceOrder@arr"], "id": 4}
    assert DIALECT.lifetime_s is not None and DIALECT.lifetime_s < 24 * 3600


def test_nothing_of_coin_m_is_asters() -> None:
    assert (DIALECT.doubts, dict(DIALECT.choices)) == ((), {})
    assert DIALECT.choose({"coin_m": "merged"}).streams(LISTED, URLS) == DIALECT.streams(
        LISTED, URLS
    )
    assert set(DIALECT.urls) == {"ws", "rest"}


def test_the_table_is_read_in_asters_name() -> None:
    assert DIALECT.listings(URLS) == ("http://h/fapi/v1/exchangeInfo",)
    body = json.dumps(TABLES[0]).encode()
    assert DIALECT.instruments(body, "") == ([BTC, PEPE, contract("SOLUSD1", "SOL", "USD1")], None)


@pytest.mark.parametrize("body", [b"", b"{}", b'{"code":-1003,"msg":"limit"}', b"<html>"])
def test_a_table_that_is_none_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError, match="aster"):
        DIALECT.instruments(body, "")


def test_the_order_may_be_given_without_the_fields_we_do_not_need() -> None:
    order = {k: v for k, v in binance_order().items() if k in ("s", "S", "T", "z", "ap")}
    assert events("aster", {"e": "forceOrder", "o": order}) == events("aster", binance())
