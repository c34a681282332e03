"""Kraken Futures' trades, products and pages of history, one trap at a time."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from bot.errors import ParseError
from bot.exchanges import EXCHANGES
from bot.exchanges.dialect import Ack, Events, Marks, Other
from bot.market import Instrument, Side
from tests.bot.exchanges.frames import events, read, table

DIALECT = EXCHANGES["kraken"]
URLS = {"ws": "ws://h", "rest": "http://h"}
TIME_MS = 1_789_669_999_099


def contract(symbol: str, coin: str, linear: bool = True) -> Instrument:
    return Instrument("kraken", symbol, coin, "USD", Decimal(1), linear)


PF_XBTUSD = contract("PF_XBTUSD", "BTC")
PI_XBTUSD = contract("PI_XBTUSD", "BTC", linear=False)
LISTED = table(PF_XBTUSD, PI_XBTUSD)


def trade(**changes: object) -> dict[str, Any]:
    default = {
        "feed": "trade", "product_id": "PF_XBTUSD", "uid": "0b6b2c4e-1d0f-4c55-9c0e-7a3f2b1d9e88",
        "side": "sell", "type": "liquidation", "seq": 4711, "time": TIME_MS, "qty": 0.25,
        "price": 87000.5,
    }  # fmt: skip
    return default | changes


TICKER = {
    "feed": "ticker", "product_id": "PF_XBTUSD", "time": TIME_MS, "bid": 87000.0, "ask": 87001.0,
    "markPrice": 87000.61960357119, "index": 87002.1, "tag": "perpetual", "suspended": False,
}  # fmt: skip
ACK = {"event": "subscribed", "feed": "trade", "product_ids": ["PF_XBTUSD"]}
INVALID = "Couldn't subscribe to invalid product `PF_NOTHINGUSD`"
SAMPLES: list[Any] = [
    trade(),
    trade(product_id="PI_XBTUSD", side="buy", qty=12000, uid="b"),
    trade(product_id="FI_ETHUSD_261225", qty=3, price=5.494e-6),
    trade(type="fill"),
    {"feed": "trade_snapshot", "product_id": "PF_XBTUSD", "trades": [trade(), trade(type="fill")]},
    TICKER,
    {"feed": "ticker", "product_id": "PF_XBTUSD", "bid": 1.0},
    {"feed": "heartbeat", "time": TIME_MS},
    {"feed": "book", "product_id": "PF_XBTUSD", "side": "buy", "seq": 1, "price": 1, "qty": 0},
    ACK,
    {"event": "subscribed_failed", "feed": "trade", "product_ids": ["PF_XBTUSD"]},
    {"event": "alert", "message": INVALID},
    {"event": "alert", "message": "Already subscribed to feed, re-requesting"},
    {"event": "error", "message": "Invalid product id"},
    {"event": "info", "version": 1},
    {"event": "unsubscribed", "feed": "trade", "product_ids": ["PF_XBTUSD"]},
]


def product(symbol: str, kind: str, **changes: object) -> dict[str, Any]:
    default = {"symbol": symbol, "type": kind, "tradeable": True, "contractSize": 1,
               "tickSize": 0.5}  # fmt: skip
    return default | changes


def listing(*products: Mapping[str, object]) -> bytes:
    return json.dumps({"result": "success", "instruments": list(products)}).encode()


def row(**changes: object) -> dict[str, Any]:
    default = {
        "time": "2026-09-17T18:33:19.099Z", "trade_id": 100, "price": 87000.5, "size": "0.25",
        "side": "sell", "type": "liquidation", "uid": "0b6b2c4e-1d0f-4c55-9c0e-7a3f2b1d9e88",
    }  # fmt: skip
    return default | changes


def answer(*rows: Mapping[str, object]) -> bytes:
    return json.dumps({"result": "success", "history": list(rows)}).encode()


TABLES: list[Any] = [
    listing(
        product("PF_XBTUSD", "flexible_futures", base="BTC", quote="USD"),
        product("FI_ETHUSD_261225", "futures_inverse"),
        product("rr_xbtusd", "spot index", tradeable=False, contractSize=None),
    )
]
PAGES: list[Any] = [
    answer(row(), row(type="fill"), row(size=0.25, side="buy", uid="b")),
    answer(*[row()] * 90, *[row(time="2026-09-17T18:33:15.000Z")] * 10),
    answer(),
]


def test_a_sold_liquidation_closed_a_long() -> None:
    (event,) = events("kraken", trade(side="sell"), LISTED)
    assert (event.exchange, event.symbol, event.coin) == ("kraken", "PF_XBTUSD", "BTC")
    assert (event.side, event.time_ms) == (Side.LONG, TIME_MS)
    assert event.id == "0b6b2c4e-1d0f-4c55-9c0e-7a3f2b1d9e88"
    (event,) = events("kraken", trade(side="buy"), LISTED)
    assert event.side is Side.SHORT


def test_linear_contracts_count_coins_and_inverse_ones_dollars() -> None:
    (event,) = events("kraken", trade(), LISTED)
    assert event.notional == Decimal("0.25") * Decimal("87000.5")
    (event,) = events("kraken", trade(product_id="PI_XBTUSD", qty=12000), LISTED)
    assert event.notional == 12000


def test_numbers_are_taken_as_they_are_written() -> None:
    frame = json.dumps(trade()).replace("0.25", "200803000.0").replace("87000.5", "5.494e-6")
    (event,) = events("kraken", frame)
    assert (event.quantity, event.price) == (Decimal("200803000.0"), Decimal("0.000005494"))


@pytest.mark.parametrize(
    ("symbol", "coin", "notional"),
    [
        ("PF_XBTUSD", "BTC", 20),
        ("PF_PEPEUSD", "PEPE", 20),
        ("PF_AAPLxUSD", "AAPLX", 20),
        ("FF_XBTUSD_260227", "BTC", 20),
        ("PI_XBTUSD", "BTC", 10),
        ("FI_ETHUSD_261225", "ETH", 10),
        ("PV_XRPXBT", "XRPXBT", None),
        ("PF_ETHEUR", "ETHEUR", None),
        ("RR_XBTUSD", "BTC", None),
        ("odd", "ODD", None),
    ],
)
def test_an_unlisted_product_tells_its_kind_or_nothing(
    symbol: str, coin: str, notional: int | None
) -> None:
    (event,) = events("kraken", trade(product_id=symbol, qty=10, price=2))
    assert (event.coin, event.notional) == (coin, notional)


@pytest.mark.parametrize("kind", ["fill", "assignment", "termination", "block"])
def test_other_trades_show_that_data_flows(kind: str) -> None:
    assert read("kraken", trade(type=kind), LISTED) == Marks()


def test_the_snapshot_of_old_trades_is_dropped() -> None:
    snapshot = {"feed": "trade_snapshot", "product_id": "PF_XBTUSD", "trades": [trade()]}
    assert read("kraken", snapshot, LISTED) == Other()


def test_the_canary_tells_the_mark_price() -> None:
    assert read("kraken", TICKER) == Marks((("PF_XBTUSD", 87000.61960357119),))
    assert read("kraken", {"feed": "ticker", "product_id": "PF_XBTUSD"}) == Marks()


def test_answers_belong_to_the_request_that_waits() -> None:
    assert read("kraken", ACK) == Ack("", accepted=True)
    already = {"event": "alert", "message": "Already subscribed to feed, re-requesting"}
    assert read("kraken", already) == Ack("", accepted=True)
    refused = {"event": "alert", "message": INVALID}
    assert read("kraken", refused) == Ack("", accepted=False, reason=INVALID)
    failed = ACK | {"event": "subscribed_failed"}
    assert read("kraken", failed) == Ack("", accepted=False, reason="subscribed_failed")


@pytest.mark.parametrize(
    "changes",
    [
        {"price": 0}, {"price": -2}, {"price": "NaN"}, {"qty": 0}, {"qty": 1e20}, {"qty": None},
        {"time": 1789670094}, {"time": "x"}, {"side": "long"}, {"product_id": ""},
        {"product_id": "A B"}, {"uid": "x" * 41}, {"uid": 5}, {"price": [1]},
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ParseError):
        read("kraken", trade(**changes), LISTED)


@pytest.mark.parametrize(
    "frame",
    ["", "{}", "[]", "pong", b"\xff", "[" * 9_000, '{"feed":7}', '{"feed":"trade","type":7}',
     '{"feed":"trade","type":"liquidation"}', json.dumps(trade())[:-3], '{"price":1}'],
)  # fmt: skip
def test_broken_frames_are_refused(frame: bytes | str) -> None:
    with pytest.raises(ParseError):
        read("kraken", frame)


def test_products_are_asked_for_one_by_one_on_several_connections() -> None:
    listed = table(*(contract(f"PF_COIN{number}USD", "COIN") for number in range(350)))
    streams = DIALECT.streams(listed, URLS)
    topics = [topic for stream in streams for topic in stream.topics]
    assert sorted(topics) == sorted(f"trade:{symbol}" for symbol in listed)
    assert all(len(stream.topics) <= 100 for stream in streams)
    assert {(stream.url, stream.canaries) for stream in streams} == {
        ("ws://h/ws/v1", ("ticker:PF_XBTUSD",))
    }
    assert all(len(batch) == 1 for stream in streams for batch in DIALECT.batches(stream.topics))
    assert DIALECT.streams({}, URLS) == ()


def test_feed_and_product_are_named_apart() -> None:
    assert json.loads(DIALECT.subscribe(("trade:FI_XBTUSD_261225",), "1")) == {
        "event": "subscribe", "feed": "trade", "product_ids": ["FI_XBTUSD_261225"],
    }  # fmt: skip
    assert json.loads(DIALECT.subscribe(("ticker:PF_XBTUSD",), "2"))["feed"] == "ticker"
    assert DIALECT.heartbeat.payload is None
    assert DIALECT.heartbeat.every_s < 60


def test_the_table_tells_kind_coin_and_size() -> None:
    assert DIALECT.listings(URLS) == ("http://h/derivatives/api/v3/instruments",)
    body = listing(
        product("PF_XBTUSD", "flexible_futures", base="BTC", quote="USD"),
        product("PI_XBTUSD", "futures_inverse", base="XBT", quote="USD"),
        product("PF_PEPEUSD", "flexible_futures"),
        product("FI_ETHUSD_261225", "futures_inverse", contractSize=10),
        product("PV_XRPXBT", "futures_vanilla", base="XRP", quote="XBT"),
        product("FF_ODDUSD_261225", "futures_vanilla", contractSize=0.001),
        product("PF_OLDUSD", "flexible_futures", tradeable=False),
        product("PF_BADUSD", "flexible_futures", contractSize=-1),
        product("rr_xbtusd", "spot index", tradeable=False, contractSize=None),
    )
    found, following = DIALECT.instruments(body, "")
    assert following is None
    assert found == [
        PF_XBTUSD,
        PI_XBTUSD,
        contract("PF_PEPEUSD", "PEPE"),
        Instrument("kraken", "FI_ETHUSD_261225", "ETH", "USD", Decimal(10), linear=False),
        Instrument("kraken", "PV_XRPXBT", "XRP", "", Decimal(1), linear=True),
        Instrument("kraken", "FF_ODDUSD_261225", "ODD", "", Decimal("0.001"), linear=True),
    ]


@pytest.mark.parametrize("body", [b"", b"[]", b'{"result":"error","error":"apiLimitExceeded"}'])
def test_a_table_that_is_none_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError):
        DIALECT.instruments(body, "")


def test_every_sample_is_understood() -> None:
    kinds = {type(read("kraken", sample, LISTED)) for sample in SAMPLES}
    assert kinds == {Events, Marks, Ack, Other}
