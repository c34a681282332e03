"""Bitget's frames and tables, one trap at a time."""

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

DIALECT = EXCHANGES["bitget"]
URLS = {"ws": "ws://h", "rest": "http://h"}
KINDS = ("usdt-futures", "usdc-futures", "coin-futures")


def contract(symbol: str, coin: str, quote: str) -> Instrument:
    return Instrument("bitget", symbol, coin, quote, Decimal(1), linear=False)


BTC = contract("BTCUSDT", "BTC", "USDT")
BTCPERP = contract("BTCPERP", "BTC", "USDC")
BTC_CM = contract("BTCUSD_CM", "BTC", "USD")
BONK = contract("1000BONKUSDT", "BONK", "USDT")
LISTED = table(BTC, BTCPERP, BTC_CM, BONK)


def order(**changes: object) -> dict[str, Any]:
    """One liquidation; ``...`` takes a field away."""
    default: dict[str, object] = {
        "symbol": "BTCUSDT", "side": "buy", "price": "61250.5", "amount": "1225.01",
        "ts": "1789670094099",
    }  # fmt: skip
    return {key: value for key, value in (default | changes).items() if value is not ...}


def told(*orders: Mapping[str, object], kind: str = KINDS[0], action: str = "update") -> Any:
    arg = {"instType": kind, "topic": "liquidation"}
    return {"data": list(orders), "arg": arg, "action": action, "ts": 1789670094412}


def ticker(**changes: object) -> dict[str, Any]:
    quote = {"lastPrice": "61300.2", "markPrice": "61301.25", "indexPrice": "61310.7"}
    arg = {"instType": "usdt-futures", "topic": "ticker", "symbol": "BTCUSDT"}
    return {"data": [quote | changes], "arg": arg, "action": "snapshot", "ts": 1789670094412}


ACK = {
    "event": "subscribe", "arg": {"instType": "usdt-futures", "topic": "liquidation"},
    "connId": "0a1b2c3d4e",
}  # fmt: skip
REFUSED = {"event": "error", "arg": ACK["arg"], "code": "30016", "msg": "Param error"}
SAMPLES: list[Any] = [
    told(order()),
    told(order(), order(symbol="1000BONKUSDT", side="sell", price="0.0199", amount="83.580")),
    told(order(symbol="BTCPERP"), kind="usdc-futures"),
    told(order(symbol="BTCUSD_CM"), order(symbol="ETHCMZ26"), kind="coin-futures"),
    told(order(symbol="NEWUSDT")),
    told(order(), action="snapshot"),
    told(),
    ticker(),
    ACK,
    REFUSED,
    REFUSED | {"code": 30016, "arg": None},
    {"arg": {"instType": "spot", "topic": "publicTrade", "symbol": "X"}, "data": [{"p": "1"}]},
    b"pong",
]


@pytest.mark.parametrize(("word", "side"), [("buy", Side.LONG), ("sell", Side.SHORT)])
def test_the_side_is_the_positions(word: str, side: Side) -> None:
    (event,) = events("bitget", told(order(side=word)), LISTED)
    assert (event.exchange, event.symbol, event.coin) == ("bitget", "BTCUSDT", "BTC")
    assert (event.side, event.price) == (side, Decimal("61250.5"))
    assert (event.time_ms, event.received_ms) == (1789670094099, RECEIVED)


@pytest.mark.parametrize(
    ("kind", "symbol", "coin", "price"),
    [
        ("usdt-futures", "BTCUSDT", "BTC", "61250.5"),
        ("usdt-futures", "1000BONKUSDT", "BONK", "0.0199"),
        ("usdc-futures", "BTCPERP", "BTC", "61250.5"),
        ("coin-futures", "BTCUSD_CM", "BTC", "61250.5"),
    ],
)
@pytest.mark.parametrize("listed", [LISTED, {}])
def test_an_amount_is_dollars_whatever_the_price_and_the_table(
    listed: Mapping[str, Instrument], kind: str, symbol: str, coin: str, price: str
) -> None:
    """37.722858 in the documentation's example is dollars, not as many bitcoins."""
    message = told(order(symbol=symbol, price=price, amount="37.722858"), kind=kind)
    (event,) = events("bitget", message, listed)
    assert (event.coin, event.quantity) == (coin, Decimal("37.722858"))
    assert event.notional == Decimal("37.722858")


@pytest.mark.parametrize(
    ("kind", "symbol", "coin"),
    [
        ("usdt-futures", "NEWUSDT", "NEW"), ("usdt-futures", "币USDT", "币"),
        ("usdc-futures", "1000PEPEPERP", "PEPE"), ("coin-futures", "BTCUSD", "BTC"),
        ("coin-futures", "BTCUSDZ26", "BTC"), ("coin-futures", "ETHCMZ26", "ETH"),
        ("coin-futures", "XCMUSD_CM", "XCM"),
    ],
)  # fmt: skip
def test_an_unlisted_contract_is_named_by_its_kind(kind: str, symbol: str, coin: str) -> None:
    (event,) = events("bitget", told(order(symbol=symbol), kind=kind))
    assert (event.symbol, event.coin, event.notional) == (symbol, coin, Decimal("1225.01"))


@pytest.mark.parametrize(
    ("kind", "symbol"),
    [
        ("usdt-futures", "BTCEUR"),
        ("usdc-futures", "BTCUSDT"),
        ("susdt-futures", "BTCUSDT"),
        ("", "B"),
    ],
)
def test_money_that_nobody_named_has_no_value(kind: str, symbol: str) -> None:
    (event,) = events("bitget", told(order(symbol=symbol), kind=kind))
    assert (event.symbol, event.coin, event.notional) == (symbol, symbol, None)


def test_every_order_of_a_frame_counts_even_equal_ones() -> None:
    message = told(order(amount="1"), order(amount="2"), order(amount="1"))
    assert [event.quantity for event in events("bitget", message, LISTED)] == [1, 2, 1]


def test_a_snapshot_is_old_and_an_empty_frame_says_nothing() -> None:
    assert read("bitget", told(order(), action="snapshot"), LISTED) == Other()
    assert read("bitget", told(), LISTED) == Other()


def test_its_live_amounts_keep_all_their_digits() -> None:
    (event,) = events("bitget", told(order(amount="98.765432109876")), LISTED)
    assert event.notional == Decimal("98.765432109876")


@pytest.mark.parametrize(
    "changes",
    [
        {"price": "0"}, {"price": "-1"}, {"price": "NaN"}, {"price": ""}, {"price": ...},
        {"amount": "0"}, {"amount": "-5"}, {"amount": "Infinity"}, {"amount": "1e12"},
        {"amount": ...}, {"side": "long"}, {"side": ...}, {"ts": "1789670094"}, {"ts": "now"},
        {"ts": ""}, {"ts": ...}, {"symbol": ""}, {"symbol": "A BUSDT"}, {"symbol": ...},
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ParseError):
        read("bitget", told(order(**changes)), LISTED)


@pytest.mark.parametrize(
    "frame",
    [
        "", "{}", "[]", "ping", "7", "null", b"\xff", "[" * 9_000, '{"arg":{}}', '{"event":5}',
        '{"arg":{"topic":"liquidation"},"action":"update"}',
        '{"arg":{"topic":"liquidation"},"action":"update","data":{}}',
        '{"arg":{"topic":"liquidation"},"action":"replace","data":[]}',
        '{"arg":{"topic":"liquidation"},"data":[]}',
        '{"arg":{"topic":"ticker","symbol":"X"},"data":{"markPrice":"1"}}',
        json.dumps(told(order()))[:-2],
    ],
)  # fmt: skip
def test_broken_frames_are_refused(frame: bytes | str) -> None:
    with pytest.raises(ParseError, match="bitget"):
        read("bitget", frame, LISTED)


def test_a_ticker_tells_the_mark_of_the_contract_it_was_asked_for() -> None:
    assert read("bitget", ticker()) == Marks((("BTCUSDT", 61301.25),))
    for silent in ("", "0", "-1"):
        assert read("bitget", ticker(markPrice=silent)) == Marks()


def test_answers_belong_to_the_request_that_waits() -> None:
    assert read("bitget", ACK) == Ack("", accepted=True)
    refused = Ack("", accepted=False, reason="30016 Param error")
    assert read("bitget", REFUSED) == refused
    assert read("bitget", REFUSED | {"code": 30016}) == refused
    assert read("bitget", {"event": "unsubscribe", "arg": ACK["arg"]}) == Other()


def test_its_text_ping_comes_in_time_and_is_answered() -> None:
    assert read("bitget", "pong") == read("bitget", b"pong") == Pong()
    assert DIALECT.heartbeat.payload == "ping"
    assert DIALECT.heartbeat.every_s < 30


def test_one_connection_to_the_newer_socket_carries_all_kinds() -> None:
    (stream,) = DIALECT.streams(LISTED, URLS)
    assert stream == Stream("public", "ws://h/v3/ws/public", KINDS, ("BTCUSDT",))
    batches = DIALECT.batches((*stream.topics, *stream.canaries))
    asked = [json.loads(DIALECT.subscribe(batch, "1")) for batch in batches]
    assert {wish["op"] for wish in asked} == {"subscribe"}
    assert [wish["args"] for wish in asked] == [
        *([{"instType": kind, "topic": "liquidation"}] for kind in KINDS),
        [{"instType": "usdt-futures", "topic": "ticker", "symbol": "BTCUSDT"}],
    ]


def row(**changes: object) -> dict[str, Any]:
    default: dict[str, Any] = {
        "symbol": "BTCUSDT", "category": "USDT-FUTURES", "baseCoin": "BTC", "quoteCoin": "USDT",
        "quantityMultiplier": "0.0001", "type": "perpetual", "status": "online",
    }  # fmt: skip
    return default | changes


def table_of(*rows: Mapping[str, object], code: str = "00000") -> dict[str, Any]:
    return {"code": code, "msg": "success", "requestTime": 1789670094412, "data": list(rows)}


TABLES: list[Any] = [
    table_of(row(), row(symbol="1000BONKUSDT", baseCoin="1000BONK")),
    table_of(row(symbol="BTCUSD_CM", quoteCoin="USD")),
]


def listing(*rows: Mapping[str, object]) -> list[Instrument]:
    found, following = DIALECT.instruments(json.dumps(table_of(*rows)).encode(), "")
    assert following is None
    return found


def test_the_table_names_coin_and_money_of_each_contract() -> None:
    assert listing(
        row(),
        row(symbol="BTCPERP", quoteCoin="USDC"),
        row(symbol="BTCUSD_CM", quoteCoin="USD", status="limit_open"),
        row(symbol="1000BONKUSDT", baseCoin="1000BONK"),
    ) == [BTC, BTCPERP, BTC_CM, BONK]


def test_a_contract_of_other_money_is_listed_and_unpriced() -> None:
    (found,) = listing(row(symbol="BTCEUR", quoteCoin="EUR"))
    (event,) = events("bitget", told(order(symbol="BTCEUR")), table(found))
    assert (event.coin, event.notional) == ("BTC", None)


def test_nonsense_costs_only_its_row() -> None:
    bad = [row(symbol=""), row(symbol="A B"), row(baseCoin="")]
    assert listing(*bad, row()) == [BTC]


def test_each_kind_is_listed() -> None:
    assert DIALECT.listings(URLS) == (
        "http://h/api/v3/market/instruments?category=USDT-FUTURES",
        "http://h/api/v3/market/instruments?category=USDC-FUTURES",
        "http://h/api/v3/market/instruments?category=COIN-FUTURES",
    )


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{}", b"[]", b'{"code":"00000","msg":"success"}', b"<html>",
        json.dumps(table_of(row(), code="40034")).encode(),
        json.dumps(table_of({"symbol": 1})).encode(),
    ],
)  # fmt: skip
def test_a_table_that_is_none_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError, match="bitget"):
        DIALECT.instruments(body, "")


def test_what_is_assumed_and_what_is_left_out_is_said() -> None:
    assert DIALECT.publication.kind == "sampled"
    assert "coin-margined" in " ".join(DIALECT.doubts)
    assert DIALECT.history is None
