"""Gate's frames and tables, one trap at a time."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from bot.errors import ParseError
from bot.exchanges import EXCHANGES
from bot.exchanges.dialect import Ack, Closing, Events, Marks, Other, Pong
from bot.market import Instrument, Side
from tests.bot.exchanges.frames import RECEIVED, events, read, table

DIALECT = EXCHANGES["gate"]
URLS = {"ws": "ws://h", "rest": "http://h"}


def contract(symbol: str, coin: str, quote: str, size: str, linear: bool = True) -> Instrument:
    return Instrument("gate", symbol, coin, quote, Decimal(size), linear)


BTC = contract("BTC_USDT", "BTC", "USDT", "0.0001")
PEPE = contract("PEPE_USDT", "PEPE", "USDT", "10000000")
BTC_USD = contract("BTC_USD", "BTC", "USD", "1", linear=False)
BTC_USD1 = contract("BTC_USD1", "BTC", "USD1", "0.0001")
LISTED = table(BTC, PEPE, BTC_USD, BTC_USD1)


def order(**changes: object) -> dict[str, Any]:
    """One liquidation; ``...`` takes a field away."""
    default: dict[str, object] = {
        "contract": "BTC_USDT", "price": "61250.5", "size": -400, "time": 1789670094099,
    }  # fmt: skip
    return {key: value for key, value in (default | changes).items() if value is not ...}


def pushed(channel: str, result: object, event: str = "update") -> dict[str, Any]:
    times = {"time": 1789670094, "time_ms": 1789670094412}
    return times | {"channel": f"futures.{channel}", "event": event, "result": result}


def told(*orders: Mapping[str, object]) -> dict[str, Any]:
    return pushed("public_liquidates", list(orders))


TICKER = pushed(
    "tickers",
    [
        {"contract": "BTC_USDT", "last": "61300", "mark_price": "61301.25", "total_size": "73648"},
        {"contract": "NEW_USDT", "last": "0", "mark_price": ""},
    ],
)
BOOK = pushed("obu", {"t": 1789670094400, "s": "ob.BTC_USD.50", "U": 5, "u": 6, "b": [["1", "0"]]})
ACK = pushed("public_liquidates", {"status": "success"}, "subscribe") | {"id": 3, "payload": ["x"]}
REFUSED = pushed("tickers", {"status": "fail"}, "subscribe") | {
    "id": 4, "error": {"code": 2, "message": "no such contract: NOPE_USDT"},
}  # fmt: skip
PONG = pushed("pong", None, "")
UPGRADE = pushed("system", {"type": "upgrade", "msg": "the connection will soon be closed"})
SAMPLES: list[Any] = [
    told(order()),
    told(order(size="12.5"), order(size="-0.5", contract="PEPE_USDT", price="0.0000034")),
    told(order(contract="BTC_USD"), order(contract="BTC_USD1"), order(contract="NEW_USDT")),
    pushed("public_liquidates", order(time=1789670094)),
    pushed("public_liquidates", order(time=..., time_ms=1789670094099)),
    told(order(size=0)),
    TICKER,
    BOOK,
    ACK,
    REFUSED,
    PONG,
    UPGRADE,
    pushed("contract_stats", [{"contract": "BTC_USDT"}]),
]


@pytest.mark.parametrize(("size", "side"), [(-400, Side.LONG), (400, Side.SHORT)])
def test_a_negative_size_is_a_sold_order_and_closed_a_long(size: int, side: Side) -> None:
    (event,) = events("gate", told(order(size=size)), LISTED)
    assert (event.exchange, event.symbol, event.coin) == ("gate", "BTC_USDT", "BTC")
    assert (event.side, event.quantity) == (side, Decimal(400))
    assert event.price == Decimal("61250.5")
    assert (event.time_ms, event.received_ms) == (1789670094099, RECEIVED)


def test_the_operator_can_say_that_the_sign_is_the_position() -> None:
    frame = json.dumps(told(order(size=-400), order(size=400)))

    def sides(chosen: Mapping[str, str]) -> list[Side]:
        parsed = DIALECT.choose(chosen).parse(frame, RECEIVED, LISTED)
        assert isinstance(parsed, Events)
        return [event.side for event in parsed.liquidations]

    assert sides({"negative_size": "short"}) == [Side.SHORT, Side.LONG]
    assert sides({"negative_size": "long"}) == sides({}) == [Side.LONG, Side.SHORT]
    assert [event.side for event in events("gate", frame, LISTED)] == [Side.LONG, Side.SHORT]


def test_a_sign_that_was_settled_is_no_doubt_any_more() -> None:
    assert DIALECT.choices == {"negative_size": ("long", "short")}
    settled = DIALECT.choose({"negative_size": "long"}).doubts
    assert "sign" in DIALECT.doubts[0]
    assert DIALECT.choose({}).doubts == DIALECT.doubts
    assert settled == DIALECT.doubts[1:]


@pytest.mark.parametrize(
    ("symbol", "size", "price", "notional"),
    [
        ("BTC_USDT", -2500, "61250.5", "15312.625"),
        ("BTC_USDT", "-0.5", "60000", "3"),
        ("PEPE_USDT", 3, "0.0000034", "102"),
        ("BTC_USD", 700, "61250.5", "700"),
        ("BTC_USD1", 10, "60000", "60"),
        ("NEW_USDT", 10, "60000", None),
    ],
)
def test_contracts_are_worth_what_the_table_says(
    symbol: str, size: object, price: str, notional: str | None
) -> None:
    (event,) = events("gate", told(order(contract=symbol, size=size, price=price)), LISTED)
    assert event.notional == (None if notional is None else Decimal(notional))


@pytest.mark.parametrize(
    ("symbol", "coin"),
    [
        ("NEW_USDT", "NEW"), ("1000BONK_USDT", "BONK"), ("ETH_USD", "ETH"), ("ODD", "ODD"),
        ("币安人生_USDT", "币安人生"), ("TWO_PARTS_USDT", "TWO_PARTS"),
    ],
)  # fmt: skip
def test_an_unlisted_contract_tells_its_coin_and_no_value(symbol: str, coin: str) -> None:
    (event,) = events("gate", told(order(contract=symbol)))
    assert (event.symbol, event.coin, event.notional) == (symbol, coin, None)


def test_sizes_may_be_numbers_or_texts_and_keep_their_digits() -> None:
    sizes = [-23, "-23", "-77.25", "0.00000000000000000001"]
    found = events("gate", told(*(order(size=size) for size in sizes)), LISTED)
    assert [event.quantity for event in found] == [abs(Decimal(str(size))) for size in sizes]


def test_an_order_may_come_alone_and_in_seconds() -> None:
    array = events("gate", told(order()), LISTED)
    assert events("gate", pushed("public_liquidates", order()), LISTED) == array
    (event,) = events("gate", told(order(time=1789670094)), LISTED)
    assert event.time_ms == 1789670094000
    (event,) = events("gate", told(order(time=1789670094, time_ms=1789670094099)), LISTED)
    assert event.time_ms == 1789670094099


def test_every_order_of_a_frame_counts_even_equal_ones() -> None:
    message = told(order(size=-1), order(size=2), order(size=-1))
    assert [event.quantity for event in events("gate", message, LISTED)] == [1, 2, 1]


def test_less_than_a_whole_contract_is_told_as_none_and_is_no_error() -> None:
    assert read("gate", told(order(size=0)), LISTED) == Other()
    assert read("gate", told(), LISTED) == Other()
    found = events("gate", told(order(size=0), order(size=-7), order(size="0")), LISTED)
    assert [event.quantity for event in found] == [7]


@pytest.mark.parametrize(
    "changes",
    [
        {"price": "0"}, {"price": "-1"}, {"price": "NaN"}, {"price": None}, {"price": ...},
        {"size": "NaN"}, {"size": "sNaN"}, {"size": "Infinity"}, {"size": None}, {"size": ...},
        {"size": "1e300"}, {"size": 10**15}, {"time": ...}, {"time": 0}, {"time": -5},
        {"time": "1789670094099"}, {"time": 1789670094099000}, {"contract": ""},
        {"contract": "A B_USDT"}, {"contract": None},
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ParseError):
        read("gate", told(order(**changes)), LISTED)


@pytest.mark.parametrize(
    "frame",
    [
        "", "{}", "[]", "7", "null", "pong", b"\xff", "[" * 9_000, '{"channel":5}',
        '{"event":"update","result":[]}', '{"channel":"futures.public_liquidates"}',
        '{"channel":"futures.public_liquidates","event":"update"}',
        '{"channel":"futures.public_liquidates","event":"update","result":null}',
        '{"channel":"futures.public_liquidates","event":"update","result":[[]]}',
        '{"channel":"futures.public_liquidates","event":"all","result":[]}',
        '{"channel":"futures.tickers","event":"update","result":[{"mark_price":"1"}]}',
        '{"channel":"futures.system","event":"update","result":[]}',
        '{"channel":"futures.tickers","event":"subscribe","error":"no"}',
        json.dumps(told(order()))[:-2],
    ],
)  # fmt: skip
def test_broken_frames_are_refused_in_gates_name(frame: bytes | str) -> None:
    with pytest.raises(ParseError, match="gate"):
        read("gate", frame, LISTED)


def test_tickers_tell_marks_and_an_order_book_that_data_flows() -> None:
    assert read("gate", TICKER) == Marks((("BTC_USDT", 61301.25),))
    assert read("gate", BOOK) == Marks()


def test_answers_name_their_request_where_they_can() -> None:
    assert read("gate", ACK) == Ack("3", accepted=True)
    assert read("gate", ACK | {"error": None}) == Ack("3", accepted=True)
    reason = "2 no such contract: NOPE_USDT"
    assert read("gate", REFUSED) == Ack("4", accepted=False, reason=reason)
    unread = {"channel": "", "event": "", "error": {"code": 1, "message": "need json scheme"}}
    assert read("gate", unread) == Ack("", accepted=False, reason="1 need json scheme")


def test_pongs_notices_and_other_channels_are_understood() -> None:
    assert read("gate", PONG) == Pong()
    assert isinstance(read("gate", UPGRADE), Closing)
    assert read("gate", pushed("system", {"type": "other"})) == Other()
    assert read("gate", pushed("trades", [{"size": 1}])) == Other()
    assert json.loads(DIALECT.heartbeat.payload or "") == {"channel": "futures.ping"}
    assert DIALECT.heartbeat.every_s < 30


def test_each_currency_of_settlement_has_a_connection_with_something_chatty_on_it() -> None:
    streams = DIALECT.streams(LISTED, URLS)
    assert [(each.name, each.url) for each in streams] == [
        ("usdt", "ws://h/v4/ws/usdt"), ("btc", "ws://h/v4/ws/btc"), ("usd1", "ws://h/v4/ws/usd1"),
    ]  # fmt: skip
    assert {each.topics for each in streams} == {("!all",)}
    assert all(each.canaries for each in streams)


def test_each_topic_is_asked_for_alone_and_on_its_channel() -> None:
    topics = [t for each in DIALECT.streams({}, URLS) for t in (*each.topics, *each.canaries)]
    batches = DIALECT.batches(tuple(dict.fromkeys(topics)))
    asked = [json.loads(DIALECT.subscribe(b, str(n))) for n, b in enumerate(batches, 1)]
    assert [(wish["id"], wish["channel"], wish["payload"]) for wish in asked] == [
        (1, "futures.public_liquidates", ["!all"]),
        (2, "futures.tickers", ["BTC_USDT"]),
        (3, "futures.obu", ["ob.BTC_USD.50"]),
        (4, "futures.obu", ["ob.BTC_USD1.50"]),
        (5, "futures.obu", ["ob.ETH_USD1.50"]),
    ]
    assert {wish["event"] for wish in asked} == {"subscribe"}


def row(**changes: object) -> dict[str, Any]:
    default: dict[str, Any] = {
        "name": "BTC_USDT", "type": "direct", "quanto_multiplier": "0.0001", "status": "trading",
        "mark_price": "61301.25", "order_size_min": 1, "in_delisting": False,
        "enable_decimal": False,
    }  # fmt: skip
    return default | changes


INVERSE = row(name="BTC_USD", type="inverse", quanto_multiplier="0")
TABLES: list[Any] = [[row(), row(name="PEPE_USDT", quanto_multiplier="10000000")], [INVERSE]]


def listing(*rows: Mapping[str, object]) -> list[Instrument]:
    found, following = DIALECT.instruments(json.dumps(rows).encode(), "")
    assert following is None
    return found


def test_the_table_tells_what_a_contract_stands_for() -> None:
    usd1 = row(name="BTC_USD1", quanto_multiplier=0.0001)
    pepe = row(name="PEPE_USDT", quanto_multiplier="10000000", status="delisting")
    assert listing(row(), pepe, INVERSE, usd1) == [BTC, PEPE, BTC_USD, BTC_USD1]
    assert listing(row(name="1000BONK_USDT", quanto_multiplier="10"))[0].coin == "BONK"


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "ETH_USD", "type": "direct", "quanto_multiplier": "0.000001"},
        {"name": "ETH_USD", "type": "inverse", "quanto_multiplier": "10"},
        {"name": "ETH_USDT", "type": "unheard of"},
    ],
)
def test_what_is_neither_linear_nor_one_dollar_stays_unpriced(changes: dict[str, Any]) -> None:
    (found,) = listing(row(**changes))
    assert (found.coin, found.notional(Decimal(5), Decimal(3000))) == ("ETH", None)


def test_nonsense_costs_only_its_row() -> None:
    bad = [row(name=""), row(name="A B_USDT"), row(quanto_multiplier="0"),
           row(quanto_multiplier="NaN"), row(quanto_multiplier="-1")]  # fmt: skip
    assert listing(*bad, row()) == [BTC]


def test_the_contracts_of_each_currency_are_listed() -> None:
    assert DIALECT.listings(URLS) == (
        "http://h/api/v4/futures/usdt/contracts",
        "http://h/api/v4/futures/btc/contracts",
        "http://h/api/v4/futures/usd1/contracts",
    )


@pytest.mark.parametrize(
    "body", [b"", b"{}", b'{"label":"TOO_MANY","message":"x"}', b"[5]", b'[{"name":1}]', b"<html>"]
)
def test_a_table_that_is_none_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError, match="gate"):
        DIALECT.instruments(body, "")


PAGES: list[Any] = [
    [
        {"time": 1789669000, "contract": "BTC_USDT", "size": 600, "order_size": -600,
         "order_price": "61250.5", "fill_price": "61300.1", "left": 0},
        {"time": 1789669001, "contract": "NEW_USDT", "size": "-4.5", "order_size": "4.5",
         "order_price": "1.5", "fill_price": "1.4", "left": "1"},
    ],
    [],
]  # fmt: skip
SUMS: list[Any] = [
    [
        {"time": RECEIVED // 3_600_000 * 3600 + n * 3600, "long_liq_usd": 1250.5 * n,
         "short_liq_usd": "17.25", "long_liq_size": 3, "mark_price": "61301.25"}
        for n in range(2)
    ]
]  # fmt: skip
