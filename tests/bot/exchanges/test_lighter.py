"""Lighter's numbered markets, trades and notices, one trap at a time."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from bot.errors import ParseError
from bot.exchanges import EXCHANGES
from bot.exchanges.dialect import Ack, Answer, Events, Marks, Other, Pong
from bot.market import Instrument, Side
from tests.bot.exchanges.frames import events, read, table

DIALECT = EXCHANGES["lighter"]
URLS = {"ws": "ws://h", "rest": "http://h"}
TIME_MS = 1_789_670_094_099


def contract(market: int, coin: str) -> Instrument:
    return Instrument("lighter", str(market), coin, "USDC", Decimal(1), linear=True)


LISTED = table(contract(1, "BTC"), contract(18, "BONK"))


def trade(**changes: object) -> dict[str, Any]:
    default = {
        "trade_id": 19000000001, "trade_id_str": "19000000001", "tx_hash": "00ab",
        "type": "liquidation", "market_id": 1, "size": "0.02500", "price": "87000.5",
        "usd_amount": "2175.012500", "ask_id": 1, "bid_id": 2, "is_maker_ask": True,
        "block_height": 9, "timestamp": TIME_MS, "taker_position_size_before": "-0.02500",
    }  # fmt: skip
    return default | changes


def told(*forced: Mapping[str, object], market: int = 1) -> dict[str, Any]:
    return {
        "type": "update/trade", "channel": f"trade:{market}", "nonce": 12345,
        "trades": [trade(type="trade", trade_id=7)], "liquidation_trades": list(forced),
    }  # fmt: skip


def stats(market: int, mark: str) -> dict[str, Any]:
    return {"symbol": "X", "market_id": market, "index_price": "1", "mark_price": mark}


def market_stats(channel: str, body: object) -> dict[str, Any]:
    return {"type": "update/market_stats", "channel": channel, "timestamp": TIME_MS,
            "market_stats": body}  # fmt: skip


ALL = market_stats("market_stats:all", {"1": stats(1, "87010.2"), "18": stats(18, "0.0262")})
SUBSCRIBED = told(trade()) | {"type": "subscribed/trade"}
REFUSED = {"error": {"code": 30005, "message": "Invalid Channel:  (99999)"}}
SAMPLES: list[Any] = [
    told(trade()),
    told(trade(is_maker_ask=False), trade(trade_id=8, type="deleverage"), trade(trade_id=9)),
    told(trade(market_id=18, size="4580", price="0.0262", usd_amount="119.996000"), market=18),
    told(trade(market_id=77)),
    told(),
    {"type": "update/trade", "channel": "trade:1", "nonce": 1, "trades": []},
    told() | {"liquidation_trades": None},
    SUBSCRIBED,
    ALL,
    market_stats("market_stats:1", stats(1, "87010.2")),
    ALL | {"type": "subscribed/market_stats"},
    REFUSED,
    {"error": {"code": 30003, "message": "Already Subscribed to : trade:1"}},
    {"type": "error", "code": 30012, "channel": "trade:1", "message": "failed to subscribe"},
    {"type": "ping"},
    {"type": "pong"},
    {"type": "connected", "session_id": "8d354239"},
    {"type": "unsubscribed", "channel": "trade:1"},
    {"type": "update/height", "channel": "height", "height": 5},
]


def listing(*markets: Mapping[str, object], code: int = 200) -> bytes:
    return json.dumps({"code": code, "order_books": list(markets)}).encode()


def market(number: int, symbol: str, **changes: object) -> dict[str, Any]:
    default = {"symbol": symbol, "market_id": number, "market_type": "perp", "status": "active",
               "taker_fee": "0.0000", "supported_size_decimals": 4}  # fmt: skip
    return default | changes


TABLES: list[Any] = [
    listing(market(1, "BTC"), market(18, "1000BONK"), market(2048, "ETH/USDC", market_type="spot"))
]


def test_a_taker_who_bought_was_a_short() -> None:
    (event,) = events("lighter", told(trade(is_maker_ask=True)), LISTED)
    assert (event.exchange, event.symbol, event.coin) == ("lighter", "1", "BTC")
    assert (event.side, event.time_ms, event.id) == (Side.SHORT, TIME_MS, "19000000001")
    (event,) = events("lighter", told(trade(is_maker_ask=False)), LISTED)
    assert event.side is Side.LONG


def test_dollars_are_the_exchanges_own_and_price_and_size_are_exact() -> None:
    (event,) = events("lighter", told(trade(usd_amount="2175.01")), LISTED)
    assert (event.price, event.quantity) == (Decimal("87000.5"), Decimal("0.02500"))
    assert event.notional == Decimal("2175.01")
    message = told(trade(market_id=18, size="4580", price="0.0262", usd_amount=""))
    (event,) = events("lighter", message, LISTED)
    assert (event.coin, event.notional) == ("BONK", Decimal("4580") * Decimal("0.0262"))


def test_only_liquidations_are_events_and_other_trades_show_that_data_flows() -> None:
    kinds = ("liquidation", "deleverage", "market-settlement", "trade", "liquidation")
    message = told(*(trade(type=kind, trade_id=n) for n, kind in enumerate(kinds)))
    assert [event.id for event in events("lighter", message, LISTED)] == ["0", "4"]
    assert read("lighter", told(), LISTED) == Marks()
    assert read("lighter", told() | {"liquidation_trades": None}) == Marks()
    assert read("lighter", {"type": "update/trade", "channel": "trade:1"}) == Marks()


def test_a_market_without_a_name_is_unpriced() -> None:
    (event,) = events("lighter", told(trade(market_id=77)), LISTED)
    assert (event.symbol, event.coin, event.notional) == ("77", "77", None)


def test_old_trades_come_with_the_answer_and_are_dropped() -> None:
    assert read("lighter", SUBSCRIBED, LISTED) == Ack("", accepted=True)


def test_a_refusal_belongs_to_the_request_that_waits() -> None:
    reason = "30005 Invalid Channel:  (99999)"
    assert read("lighter", REFUSED) == Ack("", accepted=False, reason=reason)
    flat = {"type": "error", "code": 30012, "channel": "trade:1", "message": "failed to subscribe"}
    expected = Ack("", accepted=False, reason="30012 failed to subscribe")
    assert read("lighter", flat) == expected
    already = {"error": {"code": 30003, "message": "Already Subscribed to : trade:1"}}
    assert read("lighter", already) == Ack("", accepted=True)


def test_the_exchanges_ping_is_answered_and_ours_too() -> None:
    assert read("lighter", {"type": "ping"}) == Answer('{"type":"pong"}')
    assert read("lighter", {"type": "pong"}) == Pong()
    assert DIALECT.heartbeat.payload == '{"type":"ping"}'
    assert DIALECT.heartbeat.every_s < 120


def test_the_canary_tells_the_mark_prices_of_all_markets() -> None:
    assert read("lighter", ALL) == Marks((("1", 87010.2), ("18", 0.0262)))
    assert read("lighter", market_stats("market_stats:1", stats(1, "5"))) == Marks((("1", 5.0),))
    assert read("lighter", market_stats("market_stats:1", stats(1, ""))) == Marks()


@pytest.mark.parametrize(
    "changes",
    [
        {"price": "NaN"}, {"price": "0"}, {"price": "-2"}, {"size": "0"}, {"size": "Infinity"},
        {"size": "1e20"}, {"size": None}, {"size": 1}, {"timestamp": 1789670094},
        {"is_maker_ask": "true"}, {"market_id": "1"}, {"trade_id": None}, {"usd_amount": "-1"},
        {"usd_amount": "1e12"}, {"usd_amount": "x"},
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ParseError):
        read("lighter", told(trade(**changes)), LISTED)


@pytest.mark.parametrize(
    "frame",
    ["", "{}", "[]", "pong", b"\xff", "[" * 9_000, '{"type":7}', '{"channel":"trade:1"}',
     '{"type":"update/trade","liquidation_trades":{}}', '{"type":"update/market_stats"}',
     '{"type":"update/market_stats","channel":"market_stats:all","market_stats":[]}',
     '{"error":"no"}', json.dumps(told(trade()))[:-3]],
)  # fmt: skip
def test_broken_frames_are_refused(frame: bytes | str) -> None:
    with pytest.raises(ParseError):
        read("lighter", frame)


@pytest.mark.parametrize(("count", "connections"), [(1, 1), (250, 1), (450, 1), (600, 2)])
def test_no_connection_is_asked_for_more_than_lighter_allows(count: int, connections: int) -> None:
    listed = table(*(contract(number, "COIN") for number in range(count)))
    streams = DIALECT.streams(listed, URLS)
    assert len(streams) == connections
    topics = [topic for stream in streams for topic in stream.topics]
    assert sorted(topics) == sorted(f"trade/{symbol}" for symbol in listed)
    assert all(len((*stream.topics, *stream.canaries)) <= 500 for stream in streams)
    assert streams[0].url == "ws://h/stream"
    assert streams[0].canaries == ("market_stats/all",)
    assert DIALECT.streams({}, URLS) == ()


def test_one_channel_a_request_and_fewer_than_200_messages_a_minute() -> None:
    assert DIALECT.batches(("trade/1", "trade/2")) == (("trade/1",), ("trade/2",))
    asked = json.loads(DIALECT.subscribe(("trade/1",), "3"))
    assert asked == {"type": "subscribe", "channel": "trade/1"}
    pings = 60 / DIALECT.heartbeat.every_s
    assert 60 / DIALECT.budget.request_gap_s + pings < 200


def test_the_table_names_the_perpetuals_that_trade_now() -> None:
    assert DIALECT.listings(URLS) == ("http://h/api/v1/orderBooks",)
    body = listing(
        market(1, "BTC"),
        market(18, "1000BONK"),
        market(2048, "ETH/USDC", market_type="spot"),
        market(40, "OLD", status="inactive"),
        market(41, "A B"),
    )
    assert DIALECT.instruments(body, "") == (list(LISTED.values()), None)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"code":23000,"message":"Too Many Requests!"}', listing(code=500)]
)
def test_a_table_that_is_none_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError):
        DIALECT.instruments(body, "")


def test_every_sample_is_understood() -> None:
    kinds = {type(read("lighter", sample, LISTED)) for sample in SAMPLES}
    assert kinds == {Events, Marks, Ack, Answer, Pong, Other}
