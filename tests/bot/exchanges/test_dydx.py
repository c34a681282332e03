"""dYdX's trades, markets and pages of history, one trap at a time."""

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

DIALECT = EXCHANGES["dydx"]
URLS = {"ws": "ws://h", "rest": "http://h"}
CREATED = "2026-09-17T18:33:19.099Z"
CREATED_MS = 1_789_669_999_099


def contract(ticker: str, coin: str) -> Instrument:
    return Instrument("dydx", ticker, coin, "USD", Decimal(1), linear=True)


LISTED = table(contract("BTC-USD", "BTC"), contract("ETH-USD", "ETH"))


def trade(**changes: object) -> dict[str, Any]:
    default = {
        "id": "0651a2b30000000200000005", "side": "SELL", "size": "0.25", "price": "87000.5",
        "type": "LIQUIDATED", "createdAt": CREATED,
    }  # fmt: skip
    return default | changes


def told(*trades: Mapping[str, object], market: str = "BTC-USD") -> dict[str, Any]:
    return {
        "type": "channel_data", "connection_id": "c", "message_id": 7, "id": market,
        "channel": "v4_trades", "version": "2.4.0", "contents": {"trades": list(trades)},
    }  # fmt: skip


def batch(*parts: dict[str, Any], channel: str = "v4_trades") -> dict[str, Any]:
    return told() | {"type": "channel_batch_data", "channel": channel, "contents": list(parts)}


ORACLE = {
    "oraclePrices": {
        "BTC-USD": {"oraclePrice": "87010.25", "effectiveAt": CREATED, "effectiveAtHeight": "9",
                    "marketId": 0},
        "ETH-USD": {"oraclePrice": "4100", "effectiveAt": CREATED, "effectiveAtHeight": "9",
                    "marketId": 1},
    }
}  # fmt: skip
FUNDING = {"trading": {"BTC-USD": {"nextFundingRate": "0.0000125", "trades24H": 120}}}
MARKS = batch(FUNDING, ORACLE, channel="v4_markets")
SUBSCRIBED = {
    "type": "subscribed", "connection_id": "c", "message_id": 1, "channel": "v4_trades",
    "id": "BTC-USD", "contents": {"trades": [trade(createdAtHeight="9")]},
}  # fmt: skip
LIMIT_REACHED = "Per-connection subscription limit reached for v4_trades (limit=32)."
REFUSED = {"type": "error", "message": LIMIT_REACHED, "connection_id": "c", "message_id": 33}
TWICE = REFUSED | {"message": "Invalid subscribe message: already subscribed (v4_trades-BTC-USD)"}
SAMPLES: list[Any] = [
    told(trade()),
    told(trade(type="LIMIT"), trade(), trade(side="BUY", id="b")),
    told(trade(type="LIMIT")),
    told(trade(), market="NEW,RAYDIUM,5GWPU.X-USD"),
    batch({"trades": [trade()]}, {"trades": [trade(id="c", type="DELEVERAGED")]}),
    MARKS,
    told() | {"channel": "v4_markets", "contents": FUNDING},
    told() | {"channel": "v4_candles", "contents": []},
    SUBSCRIBED,
    SUBSCRIBED | {"channel": "v4_markets", "contents": {"markets": {}}},
    REFUSED,
    TWICE,
    {"type": "connected", "connection_id": "c", "message_id": 0},
    {"type": "unsubscribed", "connection_id": "c", "message_id": 9, "channel": "v4_trades"},
]


def listing(**markets: str) -> bytes:
    rows = {f"{name}-USD": {"ticker": f"{name}-USD", "status": status, "clobPairId": "0"}
            for name, status in markets.items()}  # fmt: skip
    return json.dumps({"markets": rows}).encode()


def answer(*trades: Mapping[str, object]) -> bytes:
    return json.dumps({"trades": [trade(createdAtHeight="9") | dict(t) for t in trades]}).encode()


TABLES: list[Any] = [listing(BTC="ACTIVE", ETH="ACTIVE", OLD="FINAL_SETTLEMENT")]
PAGES: list[Any] = [
    answer({}, {"type": "LIMIT", "id": "x"}, {"side": "BUY", "id": "b"}),
    answer(*[{"id": f"{n}"} for n in range(900)], *[{"createdAt": "2026-09-17T18:33:18Z"}] * 100),
    answer(),
]


def test_a_sold_liquidation_closed_a_long() -> None:
    (event,) = events("dydx", told(trade(side="SELL")), LISTED)
    assert (event.exchange, event.symbol, event.coin) == ("dydx", "BTC-USD", "BTC")
    assert (event.side, event.time_ms) == (Side.LONG, CREATED_MS)
    assert (event.price, event.quantity) == (Decimal("87000.5"), Decimal("0.25"))
    assert event.notional == Decimal("87000.5") * Decimal("0.25")
    assert event.id == "0651a2b30000000200000005"
    (event,) = events("dydx", told(trade(side="BUY")), LISTED)
    assert event.side is Side.SHORT


def test_only_liquidations_among_the_trades_are_events() -> None:
    kinds = ("LIMIT", "LIQUIDATED", "DELEVERAGED", "TWAP_SUBORDER", "LIQUIDATED")
    message = told(*(trade(type=kind, id=f"{n}") for n, kind in enumerate(kinds)))
    assert [event.id for event in events("dydx", message, LISTED)] == ["1", "4"]
    assert read("dydx", told(trade(type="LIMIT"))) == Marks()
    assert read("dydx", told()) == Marks()


def test_a_batch_is_read_like_its_parts() -> None:
    message = batch({"trades": [trade(size="1")]}, {"trades": [trade(size="2"), trade(size="1")]})
    assert [event.quantity for event in events("dydx", message, LISTED)] == [1, 2, 1]


@pytest.mark.parametrize(
    ("market", "coin", "notional"),
    [
        ("PEPE-USD", "PEPE", 20),
        ("1INCH-USD", "1INCH", 20),
        ("BUFFI,RAYDIUM,5GWPUWAUBQZGF6KJ.X-USD", "BUFFI", 20),
        ("ETH-BTC", "ETH", None),
    ],
)
def test_a_markets_name_tells_all_there_is_to_know(
    market: str, coin: str, notional: int | None
) -> None:
    (event,) = events("dydx", told(trade(size="10", price="2"), market=market))
    assert (event.coin, event.notional) == (coin, notional)


def test_old_trades_come_with_the_answer_and_are_dropped() -> None:
    assert read("dydx", SUBSCRIBED, LISTED) == Ack("", accepted=True)


def test_a_refusal_belongs_to_the_request_that_waits() -> None:
    assert read("dydx", REFUSED) == Ack("", accepted=False, reason=LIMIT_REACHED)
    assert read("dydx", TWICE) == Ack("", accepted=True)


def test_the_canary_tells_oracle_prices() -> None:
    assert read("dydx", MARKS) == Marks((("BTC-USD", 87010.25), ("ETH-USD", 4100.0)))
    alone = told() | {"channel": "v4_markets", "contents": FUNDING}
    assert read("dydx", alone) == Marks()


@pytest.mark.parametrize(
    "changes",
    [
        {"price": "NaN"}, {"price": "0"}, {"price": "-2"}, {"size": "0"}, {"size": "Infinity"},
        {"size": "1e20"}, {"size": None}, {"size": 1}, {"side": "LONG"}, {"id": ""}, {"id": 7},
        {"createdAt": "1789670094"}, {"createdAt": "2026-09-17T18:33:19"}, {"createdAt": None},
        {"createdAt": "0001-01-01T00:00:00+14:00"}, {"createdAt": "9999-12-31T23:59:59Z"},
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ParseError):
        read("dydx", told(trade(**changes)), LISTED)


@pytest.mark.parametrize(
    "frame",
    [
        "", "{}", "[]", "pong", b"\xff", "[" * 9_000, '{"type":7}', '{"type":"channel_data"}',
        '{"type":"channel_data","channel":"v4_trades"}', json.dumps(told(trade()))[:-3],
        json.dumps(told(trade(), market="")), json.dumps(told() | {"contents": {"trades": {}}}),
        json.dumps(batch() | {"contents": {"trades": []}}), '{"type":"hello"}',
    ],
)  # fmt: skip
def test_broken_frames_are_refused(frame: bytes | str) -> None:
    with pytest.raises(ParseError):
        read("dydx", frame)


def test_each_connection_keeps_to_its_32_markets_and_has_a_canary() -> None:
    listed = table(*(contract(f"COIN{number}-USD", "COIN") for number in range(300)))
    streams = DIALECT.streams(listed, URLS)
    assert all(len(stream.topics) <= 28 for stream in streams)
    assert sorted(topic for stream in streams for topic in stream.topics) == sorted(listed)
    assert {stream.canaries for stream in streams} == {("v4_markets",)}
    assert {stream.url for stream in streams} == {"ws://h/v4/ws"}
    assert DIALECT.streams({}, URLS) == ()


def test_one_market_a_request_and_two_requests_a_second() -> None:
    assert DIALECT.batches(("A-USD", "B-USD")) == (("A-USD",), ("B-USD",))
    assert json.loads(DIALECT.subscribe(("A-USD",), "1")) == {
        "type": "subscribe", "channel": "v4_trades", "id": "A-USD",
    }  # fmt: skip
    assert json.loads(DIALECT.subscribe(("v4_markets",), "2")) == {
        "type": "subscribe", "channel": "v4_markets", "batched": True,
    }  # fmt: skip
    assert DIALECT.budget.request_gap_s >= 0.5


def test_the_table_holds_what_trades_now() -> None:
    assert DIALECT.listings(URLS) == ("http://h/v4/perpetualMarkets",)
    body = listing(BTC="ACTIVE", OLD="FINAL_SETTLEMENT", SOON="INITIALIZING", ETH="ACTIVE")
    assert DIALECT.instruments(body, "") == (list(LISTED.values()), None)
    odd = json.dumps({"markets": {"x": {"ticker": "no name", "status": "ACTIVE"},
                                   "y": {"ticker": "BTC-USD", "status": "ACTIVE"}}})  # fmt: skip
    assert DIALECT.instruments(odd.encode(), "")[0] == [LISTED["BTC-USD"]]


@pytest.mark.parametrize("body", [b"", b"[]", b'{"errors":[{"msg":"x"}]}', b'{"markets":[]}'])
def test_a_table_that_is_none_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError):
        DIALECT.instruments(body, "")


def test_every_sample_is_understood() -> None:
    kinds = {type(read("dydx", sample, LISTED)) for sample in SAMPLES}
    assert kinds == {Events, Marks, Ack, Other}
