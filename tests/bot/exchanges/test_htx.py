"""HTX's gzipped frames, its three markets and its tables, one trap at a time."""

import gzip
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from bot.errors import ParseError
from bot.exchanges import EXCHANGES
from bot.exchanges.dialect import Ack, Answer, Closing, Marks, Other
from bot.market import Instrument, Side
from tests.bot.exchanges.frames import RECEIVED, events, read, table

DIALECT = EXCHANGES["htx"]
URLS = {"ws": "ws://h", "rest": "http://h"}


def contract(symbol: str, coin: str, quote: str, size: str, linear: bool) -> Instrument:
    return Instrument("htx", symbol, coin, quote, Decimal(size), linear)


BTC = contract("BTC-USDT", "BTC", "USDT", "0.001", linear=True)
BTC_DATED = contract("BTC-USDT-261225", "BTC", "USDT", "0.001", linear=True)
BTC_SWAP = contract("BTC-USD", "BTC", "USD", "100", linear=False)
ETH_FUTURE = contract("ETH261225", "ETH", "USD", "10", linear=False)
LISTED = table(BTC, BTC_DATED, BTC_SWAP, ETH_FUTURE)


def order(**changes: object) -> dict[str, Any]:
    """Of USDT-M; ``None`` takes a field away."""
    default = {
        "symbol": "BTC", "contract_code": "BTC-USDT", "direction": "sell", "offset": "close",
        "volume": 250, "price": 88120.4, "created_at": 1789670094099, "amount": 0.25,
        "trade_turnover": 22030.1, "contract_type": "swap", "pair": "BTC-USDT",
        "business_type": "swap", "trade_partition": "USDT",
    }  # fmt: skip
    return {key: value for key, value in (default | changes).items() if value is not None}


def coin_m(code: str, **changes: object) -> dict[str, Any]:
    return {
        "symbol": code[:3], "contract_code": code, "direction": "buy", "offset": "close",
        "volume": 231, "price": 4100.5, "created_at": 1789670094099,
    } | changes  # fmt: skip


def told(*orders: Mapping[str, object], topic: str = "BTC-USDT") -> dict[str, Any]:
    return {
        "op": "notify", "topic": f"public.{topic}.liquidation_orders", "ts": 1789670094112,
        "data": list(orders),
    }  # fmt: skip


def packed(message: object) -> bytes:
    return gzip.compress(json.dumps(message).encode(), mtime=0)


ACK = {
    "op": "sub", "cid": "7", "topic": "public.*.liquidation_orders", "ts": 1789670000000,
    "err-code": 0,
}  # fmt: skip
REFUSED = {"op": "sub", "cid": "7", "ts": 1789670000000, "err-code": 1002, "err-msg": "No right."}
INFO = {
    "op": "notify", "topic": "public.btc-usdt.contract_info", "ts": 1789670000000,
    "event": "snapshot", "data": [{"contract_code": "BTC-USDT", "contract_size": 0.001}],
}  # fmt: skip
SAMPLES: list[Any] = [
    told(order(), order(contract_code="NEW-USDT"), topic="*"),
    told(coin_m("BTC-USD")),
    told(coin_m("ETH261225"), coin_m("XRP261225")),
    packed(told(order())),
    INFO,
    ACK,
    REFUSED,
    {"op": "ping", "ts": "1789676447110"},
    {"op": "ping", "ts": 1789676447110},
    {"op": "close", "ts": 1789676447110},
    {"op": "error", "ts": 1789676447110},
]
TABLES: list[Any] = [
    {"status": "ok", "data": [{"contract_code": "BTC-USDT", "contract_size": 0.001}], "ts": 1},
    {"status": "ok", "data": [{"contract_code": "ETH261225", "contract_size": 10}]},
]
PAGES: list[Any] = [
    {"code": 200, "msg": "", "data": [order(query_id=9), order(query_id="8")], "ts": 1},
    {"code": 200, "msg": "", "data": [coin_m("BTC-USD", query_id=7)], "ts": 1},
]


def test_a_sold_order_closed_a_long() -> None:
    (event,) = events("htx", told(order(direction="sell")), LISTED)
    assert (event.exchange, event.symbol, event.coin) == ("htx", "BTC-USDT", "BTC")
    assert (event.side, event.price) == (Side.LONG, Decimal("88120.4"))
    assert (event.time_ms, event.received_ms) == (1789670094099, RECEIVED)
    (event,) = events("htx", told(order(direction="buy")), LISTED)
    assert event.side is Side.SHORT


def test_usdt_m_is_worth_its_turnover_not_contracts_times_price() -> None:
    (event,) = events("htx", told(order(volume=250, trade_turnover=22030.1)), LISTED)
    assert (event.quantity, event.notional) == (250, Decimal("22030.1"))


def test_usdt_m_needs_no_table_for_its_turnover() -> None:
    (event,) = events("htx", told(order(contract_code="NEW-USDT", trade_turnover="339.4656")))
    assert (event.coin, event.notional) == ("NEW", Decimal("339.4656"))


def test_without_a_turnover_the_table_prices_and_without_both_nothing_does() -> None:
    message = told(order(trade_turnover=None), order(trade_turnover=0))
    assert [event.notional for event in events("htx", message, LISTED)] == [Decimal("22030.1")] * 2
    assert [event.notional for event in events("htx", message)] == [None, None]


def test_a_turnover_in_other_money_than_dollars_is_unpriced() -> None:
    (event,) = events("htx", told(order(contract_code="BTC-EUR")), LISTED)
    assert event.notional is None


def test_coin_m_is_worth_contracts_of_dollars() -> None:
    (event,) = events("htx", told(coin_m("BTC-USD", volume=3)), LISTED)
    assert (event.coin, event.side, event.notional) == ("BTC", Side.SHORT, 300)
    (event,) = events("htx", told(coin_m("ETH261225", volume=3)), LISTED)
    assert (event.coin, event.notional) == ("ETH", 30)


@pytest.mark.parametrize(
    ("code", "coin"),
    [("BTC-USD", "BTC"), ("ETH261225", "ETH"), ("1000PEPE-USDT", "PEPE"), ("1INCH-USDT", "1INCH"),
     ("BTC-USDT-261225", "BTC")],
)  # fmt: skip
def test_an_unknown_contract_is_heard_and_unpriced(code: str, coin: str) -> None:
    (event,) = events("htx", told(coin_m(code)))
    assert (event.symbol, event.coin, event.notional) == (code, coin, None)


def test_equal_orders_of_one_frame_are_two() -> None:
    first, second = events("htx", told(order(), order()), LISTED)
    assert first == second


def test_frames_come_gzipped_and_plain() -> None:
    message = told(order())
    assert read("htx", packed(message), LISTED) == read("htx", message, LISTED)
    assert events("htx", packed(message), LISTED)


@pytest.mark.parametrize(
    "frame",
    [
        packed(told(order()))[:-9],
        packed(told(order()))[:20],
        gzip.compress(b" " * (32 * 1024 * 1024 + 1), mtime=0),
        b"\x1f\x8bgarbage",
        gzip.compress(b"\xff{}", mtime=0),
    ],
)
def test_a_frame_that_cannot_be_unpacked_is_refused(frame: bytes) -> None:
    with pytest.raises(ParseError):
        read("htx", frame)


@pytest.mark.parametrize("value", ['"1789676447110"', "1789676447110", '"\\u0031"'])
def test_a_ping_is_answered_byte_for_byte(value: str) -> None:
    frame = f'{{"op" : "ping" , "ts" : {value} }}'
    answer = Answer(f'{{"op":"pong","ts":{value}}}')
    assert read("htx", frame) == read("htx", gzip.compress(frame.encode(), mtime=0)) == answer


@pytest.mark.parametrize("value", ["null", "[1]", "{}", "true", '"' + "1" * 60 + '"', '"\\q"'])
def test_what_is_no_ping_is_not_sent_back(value: str) -> None:
    with pytest.raises(ParseError):
        read("htx", f'{{"op":"ping","ts":{value}}}')


def test_answers_and_notices() -> None:
    assert read("htx", ACK) == Ack("7", accepted=True)
    assert read("htx", ACK | {"err-code": 2014}) == Ack("7", accepted=True)
    assert read("htx", REFUSED) == Ack("7", accepted=False, reason="1002 No right.")
    assert read("htx", {"op": "error", "ts": 1}) == Ack("", accepted=False)
    assert read("htx", {"op": "close", "ts": 1}) == Closing("HTX closes the connection")
    assert read("htx", {"op": "unsub", "cid": "7", "err-code": 0}) == Other()
    assert read("htx", {"op": "pong", "ts": "1", "err-code": 2011, "err-msg": "x"}) == Other()


def test_the_canary_tells_no_price_and_other_topics_are_none_of_our_business() -> None:
    assert read("htx", INFO) == Marks()
    assert read("htx", INFO | {"topic": "public.BTC-USDT.funding_rate"}) == Other()
    assert read("htx", told()) == Other()


@pytest.mark.parametrize(
    "changes",
    [
        {"price": "NaN"}, {"price": 0}, {"price": -1.5}, {"volume": 0}, {"volume": "1e309"},
        {"volume": None}, {"created_at": 1789670094}, {"created_at": "now"}, {"direction": "long"},
        {"contract_code": ""}, {"contract_code": "a b"}, {"contract_code": "-USDT"},
        {"trade_turnover": "NaN"}, {"trade_turnover": -1}, {"trade_turnover": 5e13},
        {"trade_turnover": "3" * 200},
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ParseError):
        read("htx", told(order(**changes)))


@pytest.mark.parametrize(
    "frame",
    [
        "", "{}", "[]", "5", b"\xff", json.dumps(told(order()))[:-1], '{"op":5}', '{"op":"sub"}',
        '{"op":"sub","err-code":{}}', '{"op":"ping"}',
        '{"op":"notify","topic":"public.*.liquidation_orders"}',
        '{"op":"notify","topic":"public.*.liquidation_orders","data":{}}',
        '{"op":"notify","topic":"public.*.liquidation_orders","data":[5]}', '{"data":' * 9_000,
    ],
)  # fmt: skip
def test_broken_frames_are_refused(frame: bytes | str) -> None:
    with pytest.raises(ParseError):
        read("htx", frame)


def test_each_market_has_a_connection_and_a_canary_on_it() -> None:
    usdt_m, swaps, futures = DIALECT.streams(LISTED, URLS)
    assert [s.url for s in (usdt_m, swaps, futures)] == [
        "ws://h/linear-swap-notification", "ws://h/swap-notification", "ws://h/notification",
    ]  # fmt: skip
    canaries = [s.canaries for s in (usdt_m, swaps, futures)]
    assert canaries == [
        ("public.BTC-USDT.contract_info",),
        ("public.BTC-USD.contract_info",),
        ("public.BTC.contract_info",),
    ]
    assert DIALECT.data_s is not None and DIALECT.data_s >= 120


def test_usdt_m_is_asked_for_swaps_and_then_for_all_kinds() -> None:
    stream = DIALECT.streams({}, URLS)[0]
    batches = DIALECT.batches(stream.topics)
    asked = [json.loads(DIALECT.subscribe(batch, str(i))) for i, batch in enumerate(batches, 1)]
    everything = "public.*.liquidation_orders"
    assert asked == [
        {"op": "sub", "cid": "1", "topic": everything},
        {"op": "sub", "cid": "2", "topic": everything, "business_type": "all"},
    ]


def listing(**fields: object) -> list[Instrument]:
    body = {"status": "ok", "data": [fields], "ts": 1789670000000}
    found, following = DIALECT.instruments(json.dumps(body).encode(), "")
    assert following is None
    return found


@pytest.mark.parametrize(
    ("code", "size", "expected"),
    [
        ("BTC-USDT", 0.001, BTC),
        ("BTC-USDT-261225", 0.001, BTC_DATED),
        ("BTC-USD", 100, BTC_SWAP),
        ("ETH261225", 10.0, ETH_FUTURE),
        ("1000FLOKI-USDT", 10, contract("1000FLOKI-USDT", "FLOKI", "USDT", "10", linear=True)),
    ],
)
def test_the_tables_tell_what_a_contract_stands_for(
    code: str, size: float, expected: Instrument
) -> None:
    assert listing(contract_code=code, contract_size=size, contract_status=1) == [expected]


def test_a_nonsense_row_costs_only_itself() -> None:
    rows = [
        {"contract_code": "BTC-USDT", "contract_size": 0.001},
        {"contract_code": "BAD-USDT", "contract_size": 0},
    ]
    body = json.dumps({"status": "ok", "data": rows}).encode()
    assert DIALECT.instruments(body, "")[0] == [BTC]


def test_all_three_tables_are_asked_for() -> None:
    assert DIALECT.listings(URLS) == (
        "http://h/linear-swap-api/v1/swap_contract_info?business_type=all",
        "http://h/swap-api/v1/swap_contract_info",
        "http://h/api/v1/contract_contract_info",
    )


@pytest.mark.parametrize("body", [b"", b"[]", b'{"status":"error","err_code":1067}', b'{"data":5}'])
def test_a_table_that_is_none_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError):
        DIALECT.instruments(body, "")


def test_what_it_does_not_say_of_itself_is_said() -> None:
    assert DIALECT.publication.kind == "complete"
    assert len(DIALECT.doubts) == 1
