"""Bitfinex's frames and its past, one trap at a time."""

import json
from decimal import Decimal
from typing import Any

import pytest

from bot.errors import ParseError
from bot.exchanges.bitfinex import Bitfinex
from bot.exchanges.dialect import Ack, Closing, Marks, Missed, Other, Pong, Stream
from bot.market import Instrument, Side
from tests.bot.exchanges.frames import RECEIVED, events, missed, read, table

DIALECT = Bitfinex()
PAST = DIALECT.history
URLS = {"ws": "ws://h", "rest": "http://h"}
AT = 1_789_670_094_099
PAGE = "http://h/v2/liquidations/hist?start={}&end={}&limit=500&sort=-1"


def contract(symbol: str, coin: str, quote: str) -> Instrument:
    return Instrument("bitfinex", symbol, coin, quote, Decimal(1), linear=True)


BTC = contract("BTCF0:USTF0", "BTC", "USDT")
ALGO = contract("ALGF0:USTF0", "ALGO", "USDT")
LISTED = table(BTC, ALGO)


def position(
    symbol: str = "tBTCF0:USTF0",
    amount: float = -0.25,
    *,
    entry: float | None = 87000.125,
    price: float | None = 88123.5,
    executed: int | None = 0,
    own_id: int = 171000001,
    at: float = AT,
) -> list[Any]:
    return ["pos", own_id, at, None, symbol, amount, entry, None, executed, 1, None, price]


def told(*positions: list[Any]) -> list[Any]:
    return [91684, list(positions or (position(),))]


def quotes(mark: object = 88001.25) -> list[Any]:
    inner = [AT, None, 88002.5, 88003, None, 1e7, None, AT + 9, 1e-5, 3, None, 2e-5, None, None]
    return [335856, [*inner, mark, None, None, 4321.5, None, None, None, 0.0005, 0.0025]]


WELCOME = {"event": "info", "version": 2, "serverId": "x", "platform": {"status": 1}}
ACK = {"event": "subscribed", "channel": "status", "chanId": 91684, "key": "liq:global"}
REFUSED = {
    "event": "error", "msg": "key: invalid", "code": 10300, "channel": "status", "key": "deriv:x",
}  # fmt: skip
SAMPLES: list[Any] = [
    told(),
    told(position(price=None), position(amount=2.5), position("tALGF0:USTF0", 1e-8)),
    told(position("tBTCUSD"), position(executed=1)),
    [91684, []],
    [91684, "hb"],
    [91684, [position()], 7, 1593566593351],
    quotes(),
    quotes(None),
    WELCOME,
    ACK,
    REFUSED,
    {"event": "pong", "ts": 1511545528111, "cid": 1},
    {"event": "info", "code": 20051, "msg": "Stopping. Please try to reconnect"},
    {"event": "conf", "status": "OK"},
]
TABLES: list[Any] = [
    [["BTCF0:USTF0", "ALGF0:USTF0"], [["BTCF0", "BTC"], ["ALGF0", "ALG"]], [["ALG", "ALGO"]]],
]
PAGES: list[Any] = [[[position()], [position("tALGF0:USTF0", at=AT - 9)]], [[position("tBTCUSD")]]]


def test_a_positive_amount_is_a_long_liquidated() -> None:
    (event,) = events("bitfinex", told(position(amount=0.25)), LISTED)
    assert (event.exchange, event.symbol, event.coin) == ("bitfinex", "BTCF0:USTF0", "BTC")
    assert (event.side, event.quantity, event.price) == (
        Side.LONG,
        Decimal("0.25"),
        Decimal("88123.5"),
    )
    assert event.notional == Decimal("22030.875")
    assert (event.time_ms, event.received_ms) == (AT, RECEIVED)
    (event,) = events("bitfinex", told(position(amount=-0.25)), LISTED)
    assert (event.side, event.quantity) == (Side.SHORT, Decimal("0.25"))


@pytest.mark.parametrize("price", [None, 0])
def test_without_a_price_of_its_own_it_has_no_value(price: float | None) -> None:
    """The other price is the one at which the position was entered."""
    (event,) = events("bitfinex", told(position(price=price)), LISTED)
    assert (event.price, event.notional) == (Decimal("87000.125"), None)
    assert (event.symbol, event.coin) == ("BTCF0:USTF0", "BTC")
    (event,) = events("bitfinex", told(position()[:11]), LISTED)
    assert event.notional is None


def test_executions_of_a_trigger_do_not_count_again() -> None:
    message = told(position(executed=1), position(executed=0), position(executed=1))
    assert len(events("bitfinex", message, LISTED)) == 1
    assert read("bitfinex", told(position(executed=1)), LISTED) == Other()


@pytest.mark.parametrize(
    "symbol", ["tBTCUSD", "tBTC:USTF0", "tTESTBTCF0:TESTUSDTF0", "BTCF0:USTF0"]
)
def test_margin_and_paper_positions_are_left_out(symbol: str) -> None:
    assert read("bitfinex", told(position(symbol)), LISTED) == Other()
    assert len(events("bitfinex", told(position(symbol), position()), LISTED)) == 1


@pytest.mark.parametrize(
    ("symbol", "coin", "priced"),
    [
        ("tBTCF0:USTF0", "BTC", True),
        ("t1000PEPEF0:USTF0", "PEPE", True),
        ("tEUROPE50IXF0:USTF0", "EUROPE50IX", True),
        ("tETHF0:BTCF0", "ETH", False),
        ("tBTCF0:EUTF0", "BTC", False),
    ],
)
def test_an_unlisted_pair_is_priced_where_its_quote_is_a_dollar(
    symbol: str, coin: str, priced: bool
) -> None:
    (event,) = events("bitfinex", told(position(symbol, 2.0, price=3)))
    assert (event.coin, event.notional) == (coin, 6 if priced else None)


def test_the_same_step_has_the_same_identity_however_it_is_spelt() -> None:
    def key(written: str) -> object:
        frame = json.dumps(told()).replace("-0.25", written)
        (event,) = events("bitfinex", frame, LISTED)
        return event.key

    assert key("-0.25") == key("-0.250") == key("-25e-2")
    assert key("-0.25") != key("-0.24")


def test_steps_of_one_position_and_twins_are_events_each() -> None:
    steps = [position(amount=-0.25), position(amount=-0.125), position(own_id=7)]
    found = events("bitfinex", told(*steps, position(own_id=7)), LISTED)
    assert len(found) == 4
    assert len({event.key for event in found}) == 3


def test_fractions_of_a_millisecond_are_dropped() -> None:
    (event,) = events("bitfinex", told(position(at=AT + 0.2002)), LISTED)
    assert event.time_ms == AT


def test_an_array_of_numbers_is_the_quotes_of_bitcoin() -> None:
    assert read("bitfinex", quotes()) == Marks((("BTCF0:USTF0", 88001.25),))
    for silent in (None, "x", 0, -1.5, [1]):
        assert read("bitfinex", quotes(silent)) == Marks()
    assert read("bitfinex", [335856, [AT, None]]) == Marks()


@pytest.mark.parametrize("message", [[91684, "hb"], [91684, []], [1, "cs", 5], WELCOME])
def test_heartbeats_and_greetings_say_nothing_of_liquidations(message: object) -> None:
    assert read("bitfinex", message) == Other()


def test_answers_belong_to_the_request_that_waits() -> None:
    assert read("bitfinex", ACK) == Ack("", accepted=True)
    assert read("bitfinex", REFUSED) == Ack("", accepted=False, reason="10300 key: invalid")
    assert read("bitfinex", {"event": "pong", "ts": 1, "cid": 1}) == Pong()
    assert json.loads(DIALECT.heartbeat.payload or "") == {"event": "ping", "cid": 1}


@pytest.mark.parametrize(("code", "asks"), [(20051, True), (20060, False), (20061, True)])
def test_a_restart_and_the_end_of_maintenance_ask_to_reconnect(code: int, asks: bool) -> None:
    notice = {"event": "info", "code": code, "msg": "please"}
    assert read("bitfinex", notice) == (Closing(f"{code} please") if asks else Other())


@pytest.mark.parametrize(
    "changed",
    [
        position(amount=0), position(price=-1), position(price=None, entry=None),
        position(price=None, entry=0), position(at=1574697680), position(at=1e300),
        position(amount=1e12), position("tBT CF0:USTF0"), position("t" + "A" * 40 + "F0:USTF0"),
        ["trade", *position()[1:]], position()[:8], [*position()[:5], "NaN", *position()[6:]],
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(changed: list[Any]) -> None:
    with pytest.raises(ParseError):
        read("bitfinex", told(changed), LISTED)


@pytest.mark.parametrize(
    "frame",
    [
        "", "{}", "[]", "[1]", "7", "null", "pong", b"\xff", "[" * 9_000, '{"a":' * 9_000,
        "[1,{}]", "[1,null]", "[1,[[]]]", '[1,["pos"]]', '[1,[["pos"]]]', "[1,[{}]]",
        '{"event":5}', '{"event":"error","code":"x"}', json.dumps(told())[:-2],
    ],
)  # fmt: skip
def test_broken_frames_are_refused(frame: bytes | str) -> None:
    with pytest.raises(ParseError):
        read("bitfinex", frame, LISTED)


def test_one_connection_carries_liquidations_and_the_canary() -> None:
    (stream,) = DIALECT.streams(LISTED, URLS)
    assert stream == Stream("status", "ws://h/ws/2", ("liq:global",), ("deriv:tBTCF0:USTF0",))
    asked = [
        json.loads(DIALECT.subscribe(batch, "1"))
        for batch in DIALECT.batches(stream.topics + stream.canaries)
    ]
    assert asked == [
        {"event": "subscribe", "channel": "status", "key": "liq:global"},
        {"event": "subscribe", "channel": "status", "key": "deriv:tBTCF0:USTF0"},
    ]


def test_the_table_names_coins_as_others_do() -> None:
    pairs = [
        "BTCF0:USTF0", "ALGF0:USTF0", "ETHF0:BTCF0", "BTCF0:EUTF0", "TESTBTCF0:TESTUSDTF0",
        "NEWF0:USTF0", "BTCUSD", " F0:USTF0",
    ]  # fmt: skip
    under = [["BTCF0", "BTC"], ["ALGF0", "ALG"], ["USTF0", "UST"], ["EUTF0", "EUT"]]
    spelling = [["ALG", "ALGO"], ["UST", "USDt"], ["EUT", "EURt"], ["BTCF0", "BTC-PERP"]]
    body = json.dumps([pairs, under, spelling]).encode()
    assert DIALECT.instruments(body, "") == (
        [
            BTC,
            ALGO,
            contract("ETHF0:BTCF0", "ETH", "BTC"),
            contract("BTCF0:EUTF0", "BTC", "EURT"),
            contract("NEWF0:USTF0", "NEW", "USDT"),
        ],
        None,
    )
    (address,) = DIALECT.listings(URLS)
    assert address.startswith("http://h/v2/conf/pub:list:pair:futures,")
    assert BTC.in_dollars and not contract("BTCF0:EUTF0", "BTC", "EURT").in_dollars


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[[]]", b'["error",11010,"ratelimit: error"]', b"[[1],[],[]]", b"<html>"]
)
def test_a_table_that_is_none_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError):
        DIALECT.instruments(body, "")


def past(*rows: list[Any]) -> bytes:
    return json.dumps([[row] for row in rows]).encode()


def test_the_past_is_asked_for_by_the_interval() -> None:
    (stream,) = DIALECT.streams(LISTED, URLS)
    (page,) = PAST.pages(Missed(stream, AT - 5_000, AT, LISTED, URLS))
    assert page == PAGE.format(AT - 5_000, AT)
    assert PAST.gap_s >= 20.0


def test_a_row_of_the_past_is_the_event_that_the_frame_told() -> None:
    page = PAGE.format(AT - 5_000, AT + 5_000)
    rows = past(position(), position(executed=1), position("tBTCUSD"))
    (row,), _ = PAST.read(rows, page, missed(AT - 5_000, LISTED), RECEIVED)
    (event,) = events("bitfinex", told(position(at=AT + 0.2002)), LISTED)
    assert PAST.exact
    assert row == event
    assert row.key == event.key


def test_the_past_is_read_back_to_the_beginning_of_the_gap() -> None:
    since, until = AT - 5_000, AT + 5_000
    rows = past(position(at=AT + 30), position("tBTCUSD", at=AT + 10), position(at=AT + 20))
    found, following = PAST.read(rows, PAGE.format(since, until), missed(since, LISTED), RECEIVED)
    assert [event.time_ms for event in found] == [AT + 30, AT + 20]
    assert following == PAGE.format(since, AT + 10)
    again = past(position("tBTCUSD", at=AT + 10))
    assert PAST.read(again, following, missed(since, LISTED), RECEIVED) == ([], None)
    assert PAST.read(b"[]", following, missed(since, LISTED), RECEIVED) == ([], None)
    beyond = past(position(at=since))
    assert PAST.read(beyond, following, missed(since, LISTED), RECEIVED)[1] is None


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b'["error",11010,"ratelimit: error"]', b'[[["pos"]]]', past(position(amount=0))],
)
def test_a_past_that_is_none_is_refused(body: bytes) -> None:
    page = PAGE.format(AT - 5_000, AT)
    with pytest.raises(ParseError):
        PAST.read(body, page, missed(AT - 5_000), RECEIVED)
    with pytest.raises(ParseError):
        PAST.read(past(position()), "", missed(AT), RECEIVED)
