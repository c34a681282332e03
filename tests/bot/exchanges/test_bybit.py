"""Bybit's frames, topics and tables, one trap at a time."""

import json
from decimal import Decimal
from typing import Any

import pytest

from bot.errors import ParseError
from bot.exchanges import EXCHANGES
from bot.exchanges.dialect import Ack, Marks, Other, Pong
from bot.market import Instrument, Side
from tests.bot.exchanges.frames import bybit, events, read, table

DIALECT = EXCHANGES["bybit"]
URLS = {"ws": "ws://h", "rest": "http://h"}


def contract(symbol: str, linear: bool) -> Instrument:
    return Instrument("bybit", symbol, "BTC", "USDT" if linear else "USD", Decimal(1), linear)


def quote(kind: str = "snapshot", **changes: object) -> dict[str, Any]:
    data = {"symbol": "BTCUSDT", "lastPrice": "64010.2", "bid1Price": "64010"} | changes
    return {"topic": "tickers.BTCUSDT", "type": kind, "data": data, "cs": 1, "ts": 1789670094412}


OLD = {
    "topic": "liquidation.GALAUSDT",
    "data": {"price": "2", "side": "Buy", "size": "16", "symbol": "GALAUSDT",
             "updatedTime": 1673251091822},
}  # fmt: skip
ROWS = [
    {"symbol": "1000PEPEUSDT", "contractType": "LinearPerpetual", "status": "Trading",
     "baseCoin": "1000PEPE", "quoteCoin": "USDT", "settleCoin": "USDT"},
    {"symbol": "SOONUSDT", "contractType": "LinearPerpetual", "status": "PreLaunch",
     "baseCoin": "SOON", "quoteCoin": "USDT"},
    {"symbol": "BTCUSDZ25", "contractType": "InverseFutures", "status": "Trading",
     "baseCoin": "BTC", "quoteCoin": "USD"},
]  # fmt: skip
LISTED = table(contract("BTCUSDT", linear=True), contract("BTCUSD", linear=False))
SAMPLES: list[Any] = [
    bybit(),
    bybit({"s": "BTCUSDT"}, {"s": "BTCUSDT", "S": "Sell"}),
    bybit({"s": "BTCUSD", "v": "300"}),
    OLD,
    OLD | {"data": [OLD["data"]]},
    quote(markPrice="64012.5"),
    quote("delta"),
    {"success": True, "ret_msg": "", "conn_id": "c", "req_id": "12", "op": "subscribe"},
    {"success": False, "ret_msg": "error:handler not found", "req_id": "1", "op": "subscribe"},
    {"success": True, "ret_msg": "pong", "conn_id": "c", "req_id": "", "op": "ping"},
    {"topic": "publicTrade.BTCUSDT", "data": [{"S": "Buy", "p": "1"}]},
]
TABLES: list[Any] = [
    {"retCode": 0, "result": {"list": ROWS, "nextPageCursor": "a=b&c"}},
    {"retCode": 0, "result": {"list": ROWS[:1]}},
]


def test_a_bybit_buy_is_a_long_liquidated() -> None:
    (event,) = events("bybit", bybit({"S": "Buy"}))
    assert event.side is Side.LONG
    assert (event.coin, event.notional) == ("ICP", Decimal("19.7") * Decimal("2.585"))
    (event,) = events("bybit", bybit({"S": "Sell"}))
    assert event.side is Side.SHORT


def test_every_entry_of_a_frame_is_an_event() -> None:
    message = bybit({"v": "1"}, {"v": "2"}, {"v": "1"})
    assert [event.quantity for event in events("bybit", message)] == [1, 2, 1]


@pytest.mark.parametrize(
    ("symbol", "coin", "notional"),
    [
        ("BTCUSDT", "BTC", 20),
        ("BTCPERP", "BTC", 20),
        ("BTCUSDT-26DEC25", "BTC", 20),
        ("BTC-26DEC25", "BTC", 20),
        ("SHIB1000USDT", "SHIB", 20),
        ("1000000MOGUSDT", "MOG", 20),
        ("1000BONKPERP", "BONK", 20),
        ("BTCUSD", "BTC", 10),
        ("DOTUSD", "DOT", 10),
        ("BTCUSDZ25", "BTC", 10),
        ("ETHBTC", "ETH", None),
    ],
)
def test_an_unlisted_symbol_tells_what_its_quantity_counts(
    symbol: str, coin: str, notional: int | None
) -> None:
    (event,) = events("bybit", bybit({"s": symbol, "v": "10", "p": "2"}))
    assert (event.coin, event.notional) == (coin, notional)


def test_the_table_knows_better_than_the_name() -> None:
    message = bybit({"s": "ODDUSD", "v": "10", "p": "2"})
    (event,) = events("bybit", message, table(contract("ODDUSD", linear=True)))
    assert event.notional == 20


@pytest.mark.parametrize(
    "changes",
    [
        {"p": "NaN"}, {"p": "0"}, {"p": "-2"}, {"p": "1e309"}, {"v": "0"}, {"v": "Infinity"},
        {"v": "1e20", "p": "1"}, {"v": None}, {"T": 1789670094}, {"T": "x"}, {"S": "Long"},
        {"s": ""}, {"s": "A B"}, {"v": "1" * 150},
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ParseError):
        read("bybit", bybit(changes))


@pytest.mark.parametrize(
    "frame",
    [
        "", "{}", "[]", "pong", '{"topic":"allLiquidation.X","data":{}}', '{"topic":5}',
        '{"topic":"allLiquidation.X","data":[{}]}', '{"topic":"liquidation.X","data":{}}',
        json.dumps(bybit())[:-2], b"\xff", "{" * 9_000,
        '{"a":[' * 9_000, '{"topic":"allLiquidation.X","rows":[]}',
    ],
)  # fmt: skip
def test_broken_frames_are_refused(frame: bytes | str) -> None:
    with pytest.raises(ParseError):
        read("bybit", frame)


@pytest.mark.parametrize(
    "message",
    [
        {"topic": "kline.5.BTCUSDT", "type": "snapshot", "data": [{"open": "1"}]},
        {"topic": "publicTrade.BTCUSDT", "data": [bybit()]},
        {"success": True, "ret_msg": "", "op": "unsubscribe", "req_id": "1"},
    ],
)
def test_other_topics_are_none_of_our_business(message: object) -> None:
    assert read("bybit", message) == Other()


def test_quotes_tell_the_mark_price_when_it_changed() -> None:
    assert read("bybit", quote(markPrice="64012.5")) == Marks((("BTCUSDT", 64012.5),))
    assert read("bybit", quote("delta")) == Marks()
    assert read("bybit", quote(markPrice="0")) == Marks()
    with pytest.raises(ParseError):
        read("bybit", quote(markPrice=5))


def test_answers_name_their_request() -> None:
    ack = {"success": True, "ret_msg": "", "conn_id": "c", "req_id": "12", "op": "subscribe"}
    assert read("bybit", ack) == Ack("12", accepted=True)
    text = "error:handler not found,topic:allLiquidation.FOOUSDT"
    refused = ack | {"success": False, "ret_msg": text}
    assert read("bybit", refused) == Ack("12", accepted=False, reason=text)
    pong = {"success": True, "ret_msg": "pong", "conn_id": "c", "req_id": "", "op": "ping"}
    assert read("bybit", pong) == Pong()


def test_the_old_topic_still_means_the_position() -> None:
    (event,) = events("bybit", OLD)
    assert (event.side, event.coin, event.notional) == (Side.LONG, "GALA", 32)


def listing(count: int) -> dict[str, Instrument]:
    linear = [contract(f"COIN{n:04}USDT", linear=True) for n in range(count)]
    return table(*linear, contract("BTCUSD", linear=False))


@pytest.mark.parametrize("count", [0, 1, 500, 850, 3_000])
def test_no_connection_is_asked_for_more_than_bybit_allows(count: int) -> None:
    listed = listing(count)
    streams = DIALECT.streams(listed, URLS)
    assert all(len(json.dumps(stream.topics)) < 19_000 for stream in streams)
    topics = [topic for stream in streams for topic in stream.topics]
    assert sorted(topics) == sorted(f"allLiquidation.{symbol}" for symbol in listed)
    batches = [batch for stream in streams for batch in DIALECT.batches(stream.topics)]
    assert [topic for batch in batches for topic in batch] == topics
    assert all(len(batch) <= 200 for batch in batches)


def test_linear_and_inverse_have_their_own_addresses() -> None:
    linear, inverse = DIALECT.streams(listing(1), URLS)
    assert (linear.name, linear.url) == ("linear-1", "ws://h/v5/public/linear")
    assert (inverse.url, inverse.topics) == ("ws://h/v5/public/inverse", ("allLiquidation.BTCUSD",))
    assert DIALECT.streams({}, URLS) == ()


def test_on_every_connection_quotes_of_its_own_kind_tell_that_data_flows() -> None:
    for stream in DIALECT.streams(listing(850), URLS):
        symbol = "BTCUSDT" if stream.url.endswith("linear") else "BTCUSD"
        assert stream.canaries == (f"tickers.{symbol}",)
    assert DIALECT.batches(("tickers.BTCUSDT",)) == (("tickers.BTCUSDT",),)


def test_a_newcomer_moves_no_other_topic() -> None:
    before = DIALECT.streams(listing(850), URLS)
    newcomer = contract("AAAUSDT", linear=True)
    after = DIALECT.streams(listing(850) | table(newcomer), URLS)
    assert len(before) == len(after) == 3
    for old, new in zip(before, after, strict=True):
        assert set(new.topics) - set(old.topics) <= {"allLiquidation.AAAUSDT"}
        assert set(old.topics) <= set(new.topics)


def test_a_batch_is_asked_for_in_bybits_words() -> None:
    asked = json.loads(DIALECT.subscribe(("allLiquidation.A", "allLiquidation.B"), "3"))
    assert asked == {
        "req_id": "3",
        "op": "subscribe",
        "args": ["allLiquidation.A", "allLiquidation.B"],
    }
    assert json.loads(DIALECT.heartbeat.payload or "")["op"] == "ping"


def test_the_table_is_read_page_by_page() -> None:
    body = {"retCode": 0, "result": {"list": ROWS, "nextPageCursor": "a=b&c"}}
    url = DIALECT.listings(URLS)[0]
    found, following = DIALECT.instruments(json.dumps(body).encode(), url)
    assert found == [
        Instrument("bybit", "1000PEPEUSDT", "PEPE", "USDT", Decimal(1), linear=True),
        Instrument("bybit", "BTCUSDZ25", "BTC", "USD", Decimal(1), linear=False),
    ]
    base = "http://h/v5/market/instruments-info?limit=1000&category=linear"
    assert following == f"{base}&cursor=a%3Db%26c"
    assert DIALECT.instruments(json.dumps(body).encode(), following)[1] == following
    assert DIALECT.instruments(json.dumps(body).encode(), "")[1] is None
    body["result"] = {"list": [], "nextPageCursor": ""}
    assert DIALECT.instruments(json.dumps(body).encode(), url) == ([], None)


@pytest.mark.parametrize("body", [b"", b"[]", b'{"retCode":10006,"retMsg":"limit","result":{}}'])
def test_a_table_that_is_none_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError):
        DIALECT.instruments(body, "")
