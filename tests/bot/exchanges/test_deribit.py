"""Deribit's trades, of which some are liquidations, and its tables, one trap at a time."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from bot.errors import ParseError
from bot.exchanges import EXCHANGES
from bot.exchanges.dialect import Ack, Answer, Marks, Other, Pong
from bot.market import ONE, Instrument, Side
from tests.bot.exchanges.frames import RECEIVED, events, read, table

DIALECT = EXCHANGES["deribit"]
URLS = {"ws": "ws://h", "rest": "http://h"}


def contract(symbol: str, coin: str, quote: str, linear: bool) -> Instrument:
    return Instrument("deribit", symbol, coin, quote, ONE, linear)


BTC_PERPETUAL = contract("BTC-PERPETUAL", "BTC", "USD", linear=False)
SOL_USDC = contract("SOL_USDC-PERPETUAL", "SOL", "USDC", linear=True)
LISTED = table(BTC_PERPETUAL, SOL_USDC)


def trade(**changes: object) -> dict[str, Any]:
    """A taker's liquidation; ``None`` takes a field away."""
    default = {
        "timestamp": 1789670094099, "price": 88120.5, "amount": 5120.0, "direction": "sell",
        "index_price": 88131.07, "instrument_name": "BTC-PERPETUAL", "trade_seq": 271252854,
        "mark_price": 88129.4, "tick_direction": 2, "contracts": 512.0, "trade_id": "403691824",
        "liquidation": "T",
    }  # fmt: skip
    return {key: value for key, value in (default | changes).items() if value is not None}


def option(name: str = "BTC-25DEC26-100000-C", **changes: object) -> dict[str, Any]:
    premium = {"price": 0.0175, "amount": 2.5, "contracts": 2.5, "iv": 41.01, "mark_price": 0.0173}
    return trade(**({"instrument_name": name} | premium | changes))


def told(*trades: Mapping[str, object], channel: str = "trades.future.any.100ms") -> dict[str, Any]:
    params = {"channel": channel, "data": list(trades)}
    return {"jsonrpc": "2.0", "method": "subscription", "params": params}


def answered(result: object, request: object = 3) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": request, "result": result, "usIn": 1, "usOut": 2, "usDiff": 1}


def beat(kind: str) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "method": "heartbeat", "params": {"type": kind}}


TICKER = {
    "jsonrpc": "2.0", "method": "subscription",
    "params": {
        "channel": "ticker.BTC-PERPETUAL.agg2",
        "data": {
            "timestamp": 1789670094086, "state": "open", "stats": {"volume": 11897.2},
            "instrument_name": "BTC-PERPETUAL", "mark_price": 88129.4, "index_price": 88131.07,
        },
    },
}  # fmt: skip
REFUSED = {
    "jsonrpc": "2.0", "id": 3,
    "error": {"code": 10028, "message": "too_many_requests", "data": None},
}  # fmt: skip
SAMPLES: list[Any] = [
    told(trade()),
    told(trade(liquidation=None), trade(liquidation="MT"), trade(liquidation="M")),
    told(trade(instrument_name="SOL_USDC-PERPETUAL", price=211.4, amount=40)),
    told(option(), option("XRP_USDC-25DEC26-0d625-P"), channel="trades.option.any.100ms"),
    told(trade(liquidation=None)),
    TICKER,
    answered(["trades.future.any.100ms"]),
    answered({"version": "1.2.26"}, 0),
    answered("ok"),
    REFUSED,
    beat("test_request"),
    beat("heartbeat"),
]


def listed(**changes: object) -> dict[str, object]:
    return {
        "instrument_name": "BTC-PERPETUAL", "base_currency": "BTC", "quote_currency": "USD",
        "instrument_type": "reversed", "is_active": True, "kind": "future", "contract_size": 10.0,
    } | changes  # fmt: skip


TABLES: list[Any] = [answered([listed()]), answered([listed(instrument_type="linear"), listed()])]
PAGES: list[Any] = [
    answered({"trades": [trade(), trade(timestamp=1789670094100, trade_id="2")], "has_more": True}),
    answered({"trades": [option(), trade(liquidation="MT")], "has_more": False}),
]


@pytest.mark.parametrize(
    ("liquidated", "direction", "side"),
    [
        ("T", "sell", Side.LONG),
        ("T", "buy", Side.SHORT),
        ("M", "sell", Side.SHORT),
        ("M", "buy", Side.LONG),
    ],
)
def test_who_was_liquidated_and_what_the_taker_did_tell_the_side(
    liquidated: str, direction: str, side: Side
) -> None:
    message = told(trade(liquidation=liquidated, direction=direction))
    (event,) = events("deribit", message, LISTED)
    assert (event.side, event.id, event.coin) == (side, "403691824", "BTC")
    assert (event.time_ms, event.received_ms) == (1789670094099, RECEIVED)


@pytest.mark.parametrize("direction", ["sell", "buy"])
def test_both_liquidated_are_one_long_and_one_short_with_ids_of_their_own(direction: str) -> None:
    both = events("deribit", told(trade(liquidation="MT", direction=direction)), LISTED)
    assert sorted(event.side for event in both) == [Side.LONG, Side.SHORT]
    assert both[0].id == "403691824"
    assert len({event.key for event in both}) == 2
    assert {event.notional for event in both} == {5120}


def test_an_ordinary_trade_is_none_of_them_but_a_sign_of_life() -> None:
    ordinary = trade(liquidation=None)
    assert read("deribit", told(ordinary, ordinary)) == Marks()
    assert [e.id for e in events("deribit", told(ordinary, trade(trade_id="8")))] == ["8"]


def test_inverse_amounts_are_dollars_and_linear_ones_coins() -> None:
    (event,) = events("deribit", told(trade(amount=5120.0)), LISTED)
    assert (event.quantity, event.price, event.notional) == (5120, Decimal("88120.5"), 5120)
    message = told(trade(instrument_name="SOL_USDC-PERPETUAL", price=211.4, amount=40))
    (event,) = events("deribit", message, LISTED)
    assert (event.coin, event.notional) == ("SOL", Decimal("8456.0"))


@pytest.mark.parametrize(
    ("name", "coin", "notional"),
    [
        ("ETH-PERPETUAL", "ETH", 5120),
        ("BTC-25DEC26", "BTC", 5120),
        ("BTC-5DEC26", "BTC", 5120),
        ("ETH_USDC-25DEC26", "ETH", 5120 * 4100),
        ("PAXG_USDC-PERPETUAL", "PAXG", 5120 * 4100),
        ("BTC_EURR-PERPETUAL", "BTC", None),
        ("BTC-FS-25DEC26_PERP", "BTC", None),
        ("BTC_USDC", "BTC", None),
    ],
)
def test_a_contract_that_is_not_listed_is_known_by_its_name(
    name: str, coin: str, notional: int | None
) -> None:
    (event,) = events("deribit", told(trade(instrument_name=name, price=4100)))
    assert (event.symbol, event.coin, event.notional) == (name, coin, notional)


@pytest.mark.parametrize(
    ("name", "coin"),
    [
        ("BTC-25DEC26-100000-C", "BTC"),
        ("ETH-5DEC26-4100-P", "ETH"),
        ("XRP_USDC-25DEC26-0d625-P", "XRP"),
        ("BTC_USDC-25DEC26-100000-C", "BTC"),
    ],
)
def test_an_option_is_worth_its_underlying_and_keeps_its_own_price(name: str, coin: str) -> None:
    (event,) = events("deribit", told(option(name, amount=2.5, index_price=88131.07)), LISTED)
    assert (event.coin, event.price, event.quantity) == (coin, Decimal("0.0175"), Decimal("2.5"))
    assert event.notional == Decimal("220327.675")


def test_an_option_without_an_index_or_on_one_in_other_money_is_unpriced() -> None:
    message = told(option(index_price=None), option("BTC_EURR-25DEC26-100000-C"))
    assert [event.notional for event in events("deribit", message)] == [None, None]


def test_the_ticker_tells_the_mark_price() -> None:
    assert read("deribit", TICKER) == Marks((("BTC-PERPETUAL", 88129.4),))


@pytest.mark.parametrize(
    "changes",
    [
        {"price": "NaN"}, {"price": 0}, {"price": -4.5}, {"amount": 0}, {"amount": "1e309"},
        {"amount": 6e10}, {"amount": "3" * 200}, {"timestamp": 1789670094}, {"timestamp": "now"},
        {"liquidation": "X"}, {"direction": "zero"}, {"instrument_name": ""}, {"trade_id": ""},
        {"instrument_name": "-PERPETUAL"}, {"trade_id": "\u202e"}, {"trade_id": 5},
        {"price": None}, {"instrument_name": "BTC\n-PERPETUAL"},
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ParseError):
        read("deribit", told(trade(**changes)))


@pytest.mark.parametrize("index", ["NaN", 0, -1, 1e12, "1e309"])
def test_an_index_that_cannot_be_is_refused(index: object) -> None:
    with pytest.raises(ParseError):
        read("deribit", told(option(index_price=index)))


@pytest.mark.parametrize(
    "frame",
    [
        "", "{}", "[]", "5", b"\xff", json.dumps(told(trade()))[:-1], '{"method":5}',
        '{"method":"subscription"}', '{"method":"subscription","params":{"channel":5}}',
        '{"method":"subscription","params":{"channel":"trades.option.any.100ms"}}',
        '{"method":"subscription","params":{"channel":"trades.option.any.100ms","data":{}}}',
        '{"method":"subscription","params":{"channel":"ticker.X.agg2","data":{}}}',
        '{"id":3,"result":{}}', '{"id":3,"result":null}', '{"id":3}', '{"error":"x"}',
        '{"result":' * 9_000,
    ],
)  # fmt: skip
def test_broken_frames_are_refused(frame: bytes | str) -> None:
    with pytest.raises(ParseError):
        read("deribit", frame)


def test_an_answer_lists_the_channels_that_were_accepted() -> None:
    accepted = read("deribit", answered(["trades.future.any.100ms"]))
    assert isinstance(accepted, Ack)
    assert (accepted.request, accepted.accepted) == ("3", True)
    assert accepted.only == ("trades.future.any.100ms",)
    nothing = read("deribit", answered([]))
    assert isinstance(nothing, Ack) and nothing.only == () and nothing.reason
    refused = Ack("3", accepted=False, reason="10028 too_many_requests")
    assert read("deribit", REFUSED) == refused


def test_pings_go_both_ways() -> None:
    ping = DIALECT.heartbeat.payload
    assert ping is not None
    assert json.loads(ping)["method"] == "public/test"
    assert read("deribit", answered({"version": "1.2.26"}, json.loads(ping)["id"])) == Pong()
    assert read("deribit", beat("test_request")) == Answer(ping)
    assert read("deribit", beat("heartbeat")) == Other()


def test_other_messages_are_none_of_our_business() -> None:
    assert read("deribit", answered("ok")) == Other()
    assert read("deribit", told(channel="platform_state")) == Other()
    assert read("deribit", {"jsonrpc": "2.0", "method": "news", "params": {}}) == Other()


def test_futures_and_options_come_on_one_connection_with_a_ticker_beside_them() -> None:
    (stream,) = DIALECT.streams(LISTED, URLS)
    assert stream.url == "ws://h/ws/api/v2"
    assert stream.topics == ("trades.future.any.100ms", "trades.option.any.100ms")
    assert stream.canaries == ("ticker.BTC-PERPETUAL.agg2",)
    batches = DIALECT.batches((*stream.topics, *stream.canaries))
    asked = [json.loads(DIALECT.subscribe(batch, str(i))) for i, batch in enumerate(batches, 1)]
    assert [wish["id"] for wish in asked] == [1, 2, 3]
    assert {wish["method"] for wish in asked} == {"public/subscribe"}
    assert asked[0]["params"] == {"channels": ["trades.future.any.100ms"]}


def test_the_table_tells_inverse_from_linear_and_what_trades() -> None:
    linear = {"base_currency": "SOL", "quote_currency": "USDC", "instrument_type": "linear"}
    rows = [
        listed(),
        listed(instrument_name="SOL_USDC-PERPETUAL", **linear),
        listed(instrument_name="OLD-PERPETUAL", is_active=False),
        listed(instrument_name=""),
    ]
    found = DIALECT.instruments(json.dumps(answered(rows)).encode(), "")
    assert found == ([BTC_PERPETUAL, SOL_USDC], None)


def test_futures_of_all_currencies_are_listed_and_options_need_no_table() -> None:
    assert DIALECT.listings(URLS) == (
        "http://h/api/v2/public/get_instruments?currency=any&kind=future",
    )


@pytest.mark.parametrize("body", [b"", b"[]", json.dumps(REFUSED).encode(), b'{"result":5}'])
def test_a_table_that_is_none_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError):
        DIALECT.instruments(body, "")


def test_how_options_count_is_said() -> None:
    assert any("option" in doubt for doubt in DIALECT.doubts)
