"""BitMEX's frames and its many kinds of contracts, one trap at a time."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from bot.errors import ParseError
from bot.exchanges import EXCHANGES
from bot.exchanges.dialect import Ack, Marks, Other, Pong, Stream
from bot.market import Instrument, Side
from tests.bot.exchanges.frames import RECEIVED, events, read, table

DIALECT = EXCHANGES["bitmex"]
URLS = {"ws": "ws://h", "rest": "http://h"}


def contract(symbol: str, coin: str, quote: str, size: str, linear: bool) -> Instrument:
    return Instrument("bitmex", symbol, coin, quote, Decimal(size), linear)


XBTUSD = contract("XBTUSD", "BTC", "USD", "1", linear=False)
XBTUSDT = contract("XBTUSDT", "BTC", "USDT", "0.000001", linear=True)
ETHUSD = contract("ETHUSD", "ETH", "", "1", linear=True)
LISTED = table(XBTUSD, XBTUSDT, ETHUSD)


def order(**changes: object) -> dict[str, Any]:
    default = {
        "orderID": "0f3a2b1c-0000-4d5e-8f90-a1b2c3d4e5f6", "symbol": "XBTUSD", "side": "Sell",
        "price": 88123.5, "leavesQty": 12300,
    }  # fmt: skip
    return default | changes


def told(*orders: Mapping[str, object], action: str = "insert") -> dict[str, Any]:
    return {"table": "liquidation", "action": action, "data": list(orders)}


def quote(*rows: Mapping[str, object], action: str = "update") -> dict[str, Any]:
    return {"table": "instrument", "action": action, "data": list(rows)}


ACK = {
    "success": True, "subscribe": "liquidation",
    "request": {"op": "subscribe", "args": ["liquidation"]},
}  # fmt: skip
REFUSED = {
    "status": 400, "error": "Unknown or expired symbol.", "meta": {},
    "request": {"op": "subscribe", "args": ["instrument:FOO"]},
}  # fmt: skip
WELCOME = {
    "info": "Welcome to the BitMEX Realtime API.", "version": "2026-01-01T00:00:00.000Z",
    "timestamp": "2026-11-25T12:00:00.000Z", "docs": "https://h/", "heartbeatEnabled": False,
    "limit": {"remaining": 39},
}  # fmt: skip
MARK = quote({"symbol": "XBTUSD", "markPrice": 88001.25, "timestamp": "2026-11-25T12:00:00.500Z"})
SAMPLES: list[Any] = [
    told(order()),
    told(order(symbol="XBTUSDT"), order(symbol="NEWUSDT", orderID="b")),
    told(order(symbol="ETHUSD")),
    told(action="partial"),
    told({"orderID": "a", "leavesQty": 400, "symbol": "XBTUSD"}, action="update"),
    told({"orderID": "a", "symbol": "XBTUSD"}, action="delete"),
    MARK,
    quote({"symbol": "XBTUSD", "openValue": 538432500000}),
    ACK,
    REFUSED,
    WELCOME,
    b"pong",
]


def row(**changes: object) -> dict[str, Any]:
    default: dict[str, Any] = {
        "symbol": "XBTUSD", "rootSymbol": "XBT", "state": "Open", "typ": "FFWCSX",
        "underlying": "XBT", "quoteCurrency": "USD", "settlCurrency": "XBt",
        "multiplier": -100000000, "underlyingToSettleMultiplier": -100000000,
        "isQuanto": False, "isInverse": True, "markPrice": 88001.25,
    }  # fmt: skip
    return {key: value for key, value in (default | changes).items() if value is not ...}


LINEAR = {
    "settlCurrency": "USDt", "quoteCurrency": "USDT", "isInverse": False, "multiplier": 1,
    "underlyingToPositionMultiplier": 1_000_000, "quoteToSettleMultiplier": 1_000_000,
    "underlyingToSettleMultiplier": ...,
}  # fmt: skip
TABLES: list[Any] = [[row(), row(**LINEAR | {"symbol": "XBTUSDT"})], [row(isQuanto=True)]]


def test_a_sold_order_closed_a_long() -> None:
    (event,) = events("bitmex", told(order(side="Sell")), LISTED)
    assert (event.exchange, event.symbol, event.coin) == ("bitmex", "XBTUSD", "BTC")
    assert (event.side, event.price) == (Side.LONG, Decimal("88123.5"))
    (event,) = events("bitmex", told(order(side="Buy")), LISTED)
    assert event.side is Side.SHORT


def test_there_is_no_time_but_ours_and_the_order_is_known_by_its_id() -> None:
    (event,) = events("bitmex", told(order(orderID="abc")), LISTED)
    assert (event.time_ms, event.received_ms) == (RECEIVED, RECEIVED)
    assert event.key == ("bitmex", "abc")


@pytest.mark.parametrize(
    ("symbol", "contracts", "price", "notional"),
    [
        ("XBTUSD", 12300, 88123.5, Decimal(12300)),
        ("XBTUSDT", 1_000_000, 88123.5, Decimal("88123.5")),
        ("ETHUSD", 100, 3000.05, None),
        ("NEWUSDT", 100, 1.5, None),
    ],
)
def test_inverse_and_linear_contracts_are_dollars_and_others_are_unpriced(
    symbol: str, contracts: int, price: float, notional: Decimal | None
) -> None:
    message = told(order(symbol=symbol, leavesQty=contracts, price=price))
    (event,) = events("bitmex", message, LISTED)
    assert (event.quantity, event.notional) == (Decimal(contracts), notional)


@pytest.mark.parametrize(
    ("symbol", "coin"),
    [
        ("XBTUSD", "BTC"), ("XBTZ26", "BTC"), ("ETHUSDT", "ETH"), ("ETHUSDTZ26", "ETH"),
        ("1000PEPEUSDT", "PEPE"), ("1000000MOGUSDT", "MOG"), ("AUSD", "A"), ("USDTUSDC", "USDT"),
        ("ETHUSD_ETH", "ETH"), ("ODD", "ODD"), ("USD", "USD"),
    ],
)  # fmt: skip
def test_an_unlisted_contract_tells_its_coin_and_no_value(symbol: str, coin: str) -> None:
    (event,) = events("bitmex", told(order(symbol=symbol)))
    assert (event.coin, event.notional) == (coin, None)


def test_every_order_of_a_frame_counts_even_equal_ones() -> None:
    message = told(order(leavesQty=1), order(leavesQty=2), order(leavesQty=1))
    assert [event.quantity for event in events("bitmex", message, LISTED)] == [1, 2, 1]


@pytest.mark.parametrize("action", ["partial", "update", "delete"])
def test_only_an_insert_is_news(action: str) -> None:
    assert read("bitmex", told(order(), action=action), LISTED) == Other()
    assert read("bitmex", told(), LISTED) == Other()


def test_prices_stay_as_exact_as_they_are_written() -> None:
    frame = json.dumps(told(order(symbol="XBTUSDT"))).replace("88123.5", "0.10000000000000000001")
    (event,) = events("bitmex", frame, LISTED)
    assert event.price == Decimal("0.10000000000000000001")


def test_quotes_tell_a_mark_only_when_it_changed() -> None:
    assert read("bitmex", MARK) == Marks((("XBTUSD", 88001.25),))
    for silent in ({}, {"markPrice": None}, {"markPrice": 0}, {"markPrice": -1.5}):
        assert read("bitmex", quote({"symbol": "XBTUSD", **silent})) == Marks()
    first = quote({"symbol": "XBTUSD", "markPrice": 7, "state": "Open"}, action="partial")
    assert read("bitmex", first) == Marks((("XBTUSD", 7.0),))


def test_answers_belong_to_the_request_that_waits() -> None:
    assert read("bitmex", ACK) == Ack("", accepted=True)
    reason = "400 Unknown or expired symbol."
    assert read("bitmex", REFUSED) == Ack("", accepted=False, reason=reason)
    limit = {"status": 429, "error": "Rate limit exceeded, retry in 1 seconds."}
    assert read("bitmex", limit) == Ack(
        "", accepted=False, reason="429 Rate limit exceeded, retry in 1 seconds."
    )


def test_greetings_and_pongs_and_other_tables_are_understood() -> None:
    assert read("bitmex", WELCOME) == Other()
    assert read("bitmex", {"table": "trade", "action": "insert", "data": [{}]}) == Other()
    assert read("bitmex", "pong") == read("bitmex", b"pong") == Pong()
    assert DIALECT.heartbeat.payload == "ping"


@pytest.mark.parametrize(
    "changes",
    [
        {"price": 0}, {"price": -1}, {"price": None}, {"price": "NaN"}, {"leavesQty": 0},
        {"leavesQty": -5}, {"leavesQty": None}, {"leavesQty": 10**14}, {"side": "sell"},
        {"side": ""}, {"symbol": ""}, {"symbol": "A B"}, {"orderID": None}, {"orderID": ""},
        {"orderID": "x" * 41},
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ParseError):
        read("bitmex", told(order(**changes)), LISTED)


@pytest.mark.parametrize(
    "frame",
    [
        "", "{}", "[]", "ping", "7", "null", b"\xff", "[" * 9_000, '{"a":' * 9_000,
        '{"table":5}', '{"table":"liquidation"}', '{"table":"liquidation","action":"insert"}',
        '{"table":"liquidation","action":"upsert","data":[]}',
        '{"table":"liquidation","action":"insert","data":{}}',
        '{"table":"liquidation","action":"insert","data":[{}]}',
        '{"table":"instrument","action":"update","data":[{"markPrice":1}]}',
        '{"success":"yes","subscribe":"liquidation"}', json.dumps(told(order()))[:-2],
    ],
)  # fmt: skip
def test_broken_frames_are_refused(frame: bytes | str) -> None:
    with pytest.raises(ParseError):
        read("bitmex", frame, LISTED)


@pytest.mark.parametrize(
    ("listed", "canary"),
    [((XBTUSD, XBTUSDT), "XBTUSD"), ((XBTUSDT, ETHUSD), "XBTUSDT"), ((), "XBTUSDT")],
)
def test_the_canary_is_the_bitcoin_contract_that_is_listed(
    listed: tuple[Instrument, ...], canary: str
) -> None:
    (stream,) = DIALECT.streams(table(*listed), URLS)
    assert stream == Stream(
        "realtime", "ws://h/realtime", ("liquidation",), (f"instrument:{canary}",)
    )


def test_each_topic_is_asked_for_alone() -> None:
    topics = ("liquidation", "instrument:XBTUSD")
    assert DIALECT.batches(topics) == (("liquidation",), ("instrument:XBTUSD",))
    asked = json.loads(DIALECT.subscribe(("liquidation",), "1"))
    assert asked == {"op": "subscribe", "args": ["liquidation"]}


def listing(*rows: Mapping[str, object]) -> list[Instrument]:
    found, following = DIALECT.instruments(json.dumps(rows).encode(), "")
    assert following is None
    return found


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, XBTUSD),
        (LINEAR | {"symbol": "XBTUSDT"}, XBTUSDT),
        (LINEAR | {"symbol": "1000PEPEUSDT", "underlying": "1000PEPE", "multiplier": 100,
                   "underlyingToPositionMultiplier": 10_000},
         contract("1000PEPEUSDT", "PEPE", "USDT", "0.0001", linear=True)),
        (LINEAR | {"symbol": "ETHUSD", "underlying": "ETH", "quoteCurrency": "USD",
                   "settlCurrency": "XBt", "isQuanto": True, "multiplier": 100}, ETHUSD),
        ({"symbol": "ETHUSD_ETH", "underlying": "ETH", "settlCurrency": "Gwei",
          "multiplier": -1_000_000_000, "underlyingToSettleMultiplier": -1_000_000_000},
         contract("ETHUSD_ETH", "ETH", "USD", "1", linear=False)),
        ({"symbol": "XBTEURZ26", "quoteCurrency": "EUR"},
         contract("XBTEURZ26", "BTC", "", "1", linear=True)),
        (LINEAR | {"symbol": "ETHXBT", "underlying": "ETH", "quoteCurrency": "XBT"},
         contract("ETHXBT", "ETH", "XBT", "0.000001", linear=True)),
        (LINEAR | {"symbol": "NEWUSDT", "underlying": "NEW",
                   "underlyingToPositionMultiplier": None},
         contract("NEWUSDT", "NEW", "", "1", linear=True)),
    ],
)  # fmt: skip
def test_the_table_tells_what_a_contract_stands_for(
    changes: dict[str, object], expected: Instrument
) -> None:
    assert listing(row(**changes)) == [expected]


def test_what_does_not_trade_and_what_is_no_derivative_is_left_out() -> None:
    spot = row(symbol="XBT_USDT", typ="IFXXXP", settlCurrency=None)
    index = row(symbol=".BXBT", typ="MRCXXX", underlying="XBT", multiplier=None)
    settled = row(symbol="XBTU26", state="Settled")
    nonsense = row(symbol="BAD", underlying="")
    assert listing(spot, index, settled, nonsense, row()) == [XBTUSD]


def test_a_size_that_cannot_be_written_exactly_costs_only_its_contract() -> None:
    third = row(**LINEAR | {"symbol": "ODDUSDT", "underlyingToPositionMultiplier": 3})
    assert listing(third, row()) == [XBTUSD]


def test_everything_that_trades_is_asked_for_at_once() -> None:
    assert DIALECT.listings(URLS) == ("http://h/api/v1/instrument/active",)


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b'{"error":{"message":"Rate limit exceeded","name":"RateLimitError"}}', b"[5]",
     b'[{"symbol":1}]', b"<html>"],
)  # fmt: skip
def test_a_table_that_is_none_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError):
        DIALECT.instruments(body, "")
