"""OKX's frames and tables, one trap at a time."""

import json
from decimal import Decimal
from typing import Any

import pytest

from bot.errors import ParseError
from bot.exchanges import EXCHANGES
from bot.exchanges.dialect import Ack, Closing, Marks, Other, Pong
from bot.market import Instrument, Side
from tests.bot.exchanges.frames import ETH_SWAP, events, okx, read, table

DIALECT = EXCHANGES["okx"]
BTC_FUTURE = Instrument("okx", "BTC-USD-270326", "BTC", "USD", Decimal(100), linear=False)
LISTED = table(ETH_SWAP, BTC_FUTURE)


def marked(price: object = "64012.5") -> dict[str, Any]:
    row = {"instType": "SWAP", "instId": "BTC-USDT-SWAP", "markPx": price, "ts": "1789670094412"}
    return {"arg": {"channel": "mark-price", "instId": "BTC-USDT-SWAP"}, "data": [row]}


ACK = {"id": "5", "event": "subscribe", "arg": {"channel": "liquidation-orders"}, "connId": "c"}
REFUSED = {"id": "5", "event": "error", "code": "60018", "msg": "Wrong URL", "connId": "c"}
NOTICE = {"event": "notice", "code": "64008", "msg": "The connection will soon be closed"}
SAMPLES: list[Any] = [
    okx(),
    okx({}, {"side": "buy"}, inst="BTC-USD_UM_XPERP-310404", kind="FUTURES"),
    okx({"sz": "7"}, inst="BTC-USD-270326", kind="FUTURES"),
    okx(inst="BTC-USDT", kind="MARGIN"),
    {"arg": {"channel": "liquidations", "instId": "X-USD-SWAP"},
     "data": okx()["data"][0]["details"]},
    {"table": "swap/liquidation", "data": [{"instrument_id": "X-USD-SWAP", "type": "3",
     "price": "1", "size": "2", "created_at": "2020-12-18T00:30:58.374Z"}]},
    marked(),
    ACK,
    REFUSED,
    NOTICE,
    b"pong",
    {"event": "unsubscribe", "arg": {"channel": "liquidation-orders"}},
    {"arg": {"channel": "books"}, "data": [[1, 2]]},
]  # fmt: skip
CONTRACT = {
    "instId": "BTC-USDT-SWAP", "ctVal": "0.01", "ctMult": "1", "ctValCcy": "BTC", "uly": "BTC-USDT",
    "instFamily": "BTC-USDT", "settleCcy": "USDT", "ctType": "linear", "state": "live",
}  # fmt: skip
TABLES: list[Any] = [
    {"code": "0", "msg": "", "data": [CONTRACT]},
    {"code": "0", "data": [CONTRACT, CONTRACT | {"instId": "BTC-USD-SWAP", "ctType": "inverse"}]},
]
PAGES: list[Any] = [
    {"code": "0", "msg": "", "data": okx({}, {"ts": "1789666400000"}, {"side": "buy"})["data"]},
    {"code": "0", "msg": "", "data": []},
]


def test_a_sold_order_closed_a_long_whatever_the_position_side_says() -> None:
    (event,) = events("okx", okx({"side": "sell", "posSide": "net"}))
    assert event.side is Side.LONG
    (event,) = events("okx", okx({"side": "buy", "posSide": "net"}))
    assert event.side is Side.SHORT


def test_contracts_are_worth_what_the_table_says() -> None:
    (event,) = events("okx", okx({"sz": "13", "bkPx": "4100.5"}), table(ETH_SWAP))
    assert (event.quantity, event.notional) == (13, Decimal("5330.65"))
    assert (event.coin, event.time_ms) == ("ETH", 1789669898955)


def test_a_contract_of_unknown_size_is_heard_and_unpriced() -> None:
    (event,) = events("okx", okx(inst="NEW-USDT-SWAP"))
    assert (event.coin, event.quantity, event.notional) == ("NEW", 13, None)


def test_every_detail_of_every_row_is_an_event() -> None:
    message = okx({"sz": "1"}, {"sz": "2"})
    message["data"] = [*message["data"], *okx({"sz": "3"})["data"]]
    assert [event.quantity for event in events("okx", message)] == [1, 2, 3]


def test_margin_counts_coins_and_is_left_out() -> None:
    assert read("okx", okx(inst="BTC-USDT", kind="MARGIN")) == Other()


@pytest.mark.parametrize(
    "changes",
    [
        {"bkPx": "NaN"}, {"bkPx": "0"}, {"bkPx": ""}, {"sz": "-13"}, {"sz": "1e309"}, {"sz": None},
        {"ts": "1789669898"}, {"ts": "now"}, {"ts": ""}, {"ts": "9" * 5_000}, {"side": "net"},
        {"sz": "1e15"}, {"sz": "3" * 200},
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ParseError):
        read("okx", okx(changes), table(ETH_SWAP))


@pytest.mark.parametrize(
    "frame",
    [
        "", "{}", "[]", "ping!", '{"arg":{}}', '{"arg":{"channel":"liquidation-orders"},"data":{}}',
        '{"arg":{"channel":"liquidation-orders"},"data":[{"details":[]}]}', '{"event":5}',
        '{"arg":{"channel":"liquidations"},"data":[{}]}',
        '{"table":"swap/liquidation","data":[{}]}', json.dumps(okx())[:-1], b"\xff",
        '{"arg":' * 9_000, '{"arg":{"channel":"liquidation-orders"},"rows":[]}',
    ],
)  # fmt: skip
def test_broken_frames_are_refused(frame: bytes | str) -> None:
    with pytest.raises(ParseError):
        read("okx", frame)


@pytest.mark.parametrize(
    "message",
    [
        {"arg": {"channel": "tickers", "instId": "X"}, "data": [{"last": "1"}]},
        {"arg": {"channel": "books"}, "data": [[1, 2]]},
        {"event": "channel-conn-count", "channel": "tickers", "connCount": "1", "connId": "c"},
        {"event": "unsubscribe", "arg": {"channel": "liquidation-orders"}},
    ],
)
def test_other_channels_are_none_of_our_business(message: object) -> None:
    assert read("okx", message) == Other()


def test_answers_and_notices() -> None:
    assert read("okx", ACK) == Ack("5", accepted=True)
    assert read("okx", REFUSED) == Ack("5", accepted=False, reason="60018 Wrong URL")
    assert read("okx", NOTICE) == Closing("64008 The connection will soon be closed")
    assert read("okx", "pong") == read("okx", b"pong") == Pong()


def test_a_mark_price_tells_that_data_flows() -> None:
    (stream,) = DIALECT.streams({}, {"ws": "wss://h:8443"})
    (canary,) = DIALECT.batches(stream.canaries)
    assert json.loads(DIALECT.subscribe(canary, "3"))["args"] == [
        {"channel": "mark-price", "instId": "BTC-USDT-SWAP"}
    ]
    assert read("okx", marked()) == Marks((("BTC-USDT-SWAP", 64012.5),))
    assert read("okx", marked("")) == Marks()
    with pytest.raises(ParseError):
        read("okx", marked(None))


def test_each_kind_is_asked_for_with_an_id_of_its_own() -> None:
    (stream,) = DIALECT.streams({}, {"ws": "wss://h:8443"})
    assert stream.url == "wss://h:8443/ws/v5/public"
    batches = DIALECT.batches(stream.topics)
    asked = [json.loads(DIALECT.subscribe(b, str(i))) for i, b in enumerate(batches)]
    assert [wish["args"] for wish in asked] == [
        [{"channel": "liquidation-orders", "instType": "SWAP"}],
        [{"channel": "liquidation-orders", "instType": "FUTURES"}],
    ]
    assert [(wish["id"], wish["op"]) for wish in asked] == [("0", "subscribe"), ("1", "subscribe")]


def test_its_first_frame_is_old_news_and_its_text_ping_comes_in_time() -> None:
    assert DIALECT.opens_with_old_news
    assert DIALECT.heartbeat.payload == "ping"
    assert DIALECT.heartbeat.every_s <= 25


def listing(**fields: str) -> list[Instrument]:
    row = {"ctMult": "1", "state": "live", "uly": "", "instFamily": "", "settleCcy": ""}
    body = {"code": "0", "msg": "", "data": [row | fields]}
    found, following = DIALECT.instruments(json.dumps(body).encode(), "")
    assert following is None
    return found


@pytest.mark.parametrize(
    ("fields", "coin", "quote", "size", "linear"),
    [
        ({"instId": "BTC-USDT-SWAP", "ctVal": "0.01", "ctValCcy": "BTC", "uly": "BTC-USDT"},
         "BTC", "USDT", "0.01", True),
        ({"instId": "BTC-USD-SWAP", "ctVal": "100", "ctValCcy": "USD", "uly": "BTC-USD"},
         "BTC", "USD", "100", False),
        ({"instId": "PEPE-USDT-SWAP", "ctVal": "10", "ctMult": "1000000", "ctValCcy": "PEPE",
          "instFamily": "PEPE-USDT"}, "PEPE", "USDT", "10000000", True),
        ({"instId": "BTC-USD_UM_XPERP-310404", "ctVal": "0.01", "ctValCcy": "BTC",
          "instFamily": "BTC-USD_UM_XPERP"}, "BTC", "USD", "0.01", True),
        ({"instId": "ETH-BTC-SWAP", "ctVal": "1", "ctValCcy": "ETH", "uly": "ETH-BTC"},
         "ETH", "BTC", "1", True),
        ({"instId": "SOL-USDC-SWAP", "ctVal": "1", "ctValCcy": "SOL"}, "SOL", "USDC", "1", True),
        ({"instId": "USDC-USDT-SWAP", "ctVal": "10", "ctValCcy": "USDC", "uly": "USDC-USDT",
          "ctType": "linear"}, "USDC", "USDT", "10", True),
        ({"instId": "BTC-USD-SWAP", "ctVal": "100", "uly": "BTC-USD", "ctType": "inverse"},
         "BTC", "USD", "100", False),
    ],
)  # fmt: skip
def test_the_table_tells_what_a_contract_stands_for(
    fields: dict[str, str], coin: str, quote: str, size: str, linear: bool
) -> None:
    expected = Instrument("okx", fields["instId"], coin, quote, Decimal(size), linear)
    assert listing(**fields) == [expected]


def test_an_inverse_contract_is_priced_without_a_price() -> None:
    (btc,) = listing(instId="BTC-USD-SWAP", ctVal="100", ctValCcy="USD", uly="BTC-USD")
    (event,) = events("okx", okx({"sz": "7"}, inst="BTC-USD-SWAP"), table(btc))
    assert event.notional == 700


def test_a_contract_that_is_not_open_yet_has_no_size_and_is_left_out() -> None:
    assert listing(instId="SOON-USDT-SWAP", ctVal="", ctValCcy="") == []


def test_both_kinds_are_listed() -> None:
    assert DIALECT.listings({"rest": "http://h"}) == (
        "http://h/api/v5/public/instruments?instType=SWAP",
        "http://h/api/v5/public/instruments?instType=FUTURES",
    )


@pytest.mark.parametrize("body", [b"", b'{"code":"50011","msg":"limit","data":[]}', b'{"data":5}'])
def test_a_table_that_is_none_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError):
        DIALECT.instruments(body, "")
