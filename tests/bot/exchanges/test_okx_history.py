"""What OKX still knows of a gap: addresses, pages, and where its record ends."""

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest

from bot.errors import ParseError
from bot.exchanges import EXCHANGES
from bot.exchanges.dialect import Missed, Page, Stream
from bot.market import Instrument, Liquidation
from tests.bot.exchanges.frames import ETH_SWAP, RECEIVED, events, missed, okx, table

DIALECT = EXCHANGES["okx"]
HISTORY = DIALECT.history
BASE = "http://h/api/v5/public/liquidation-orders"
ETH = f"{BASE}?instType=SWAP&uly=ETH-USDT&state=filled&limit=100"
SINCE = 1_789_660_000_000


def future(symbol: str) -> Instrument:
    return Instrument("okx", symbol, "BTC", "USD", Decimal(100), linear=False)


def page(times: Iterable[object]) -> dict[str, Any]:
    details = [{"ts": str(time), "time": str(time)} for time in times]
    rows = okx(*details)["data"] if details else []
    return {"code": "0", "msg": "", "data": [row | {"totalLoss": "0"} for row in rows]}


def read(body: object, url: str = ETH, since_ms: int = SINCE) -> Page:
    assert HISTORY is not None
    gap = missed(since_ms, table(ETH_SWAP))
    return HISTORY.read(json.dumps(body).encode(), url, gap, RECEIVED)


def times(found: Iterable[Liquidation]) -> list[int]:
    return [event.time_ms for event in found]


def test_each_underlying_of_each_kind_is_asked_for_once() -> None:
    assert HISTORY is not None
    symbols = ("BTC-USD-270326", "BTC-USD-270625", "BTC-USD_UM_XPERP-310404")
    listed = table(ETH_SWAP, *map(future, symbols))
    (stream,) = DIALECT.streams(listed, {"ws": "ws://h"})
    asked = HISTORY.pages(Missed(stream, SINCE, RECEIVED, listed, {"rest": "http://h"}))
    assert asked == (f"{BASE}?instType=FUTURES&uly=BTC-USD&state=filled&limit=100", ETH)
    swaps = Stream("public", "ws://h", ("SWAP",))
    asked = HISTORY.pages(Missed(swaps, SINCE, RECEIVED, listed, {"rest": "http://h"}))
    assert asked == (ETH,)


def test_a_row_is_the_event_that_its_frame_was() -> None:
    detail = {"side": "buy", "posSide": "short", "bkPx": "4100.50", "sz": "13.0"}
    (heard,) = events("okx", okx({"side": "buy", "bkPx": "4100.5"}), table(ETH_SWAP))
    (told,), _ = read({"code": "0", "data": okx(detail)["data"]})
    assert told == heard
    assert (told.key, hash(told.key)) == (heard.key, hash(heard.key))
    assert HISTORY is not None and HISTORY.exact


def test_a_page_that_is_not_full_is_the_last() -> None:
    found, following = read(page(range(SINCE + 99, SINCE, -1)))
    assert (len(found), following) == (99, None)
    assert read(page([])) == ([], None)


def test_a_page_that_reaches_back_beyond_the_gap_is_the_last() -> None:
    found, following = read(page(range(SINCE + 98, SINCE - 2, -1)))
    assert (len(found), following) == (100, None)


def test_a_full_page_leaves_its_oldest_millisecond_to_the_next() -> None:
    cut = SINCE + 500
    found, following = read(page([*range(cut + 98, cut, -1), cut, cut]))
    assert times(found) == list(range(cut + 98, cut, -1))
    assert following == f"{ETH}&after={cut + 1}"
    rest, following = read(page([cut, cut, cut, SINCE - 1]), following)
    assert (times(rest), following) == ([cut, cut, cut, SINCE - 1], None)


def test_the_record_is_not_taken_for_complete_where_it_breaks_off() -> None:
    following = f"{ETH}&after={SINCE + 500}"
    with pytest.raises(ParseError, match="ends after a full page"):
        read(page([]), following)
    with pytest.raises(ParseError, match="no older"):
        read(page([SINCE + 600, SINCE + 500]), following)
    with pytest.raises(ParseError, match="millisecond"):
        read(page([SINCE + 1] * 100))


def test_margin_is_left_out() -> None:
    body = {"code": "0", "data": okx(inst="ETH-USDT", kind="MARGIN")["data"]}
    assert read(body) == ([], None)


@pytest.mark.parametrize(
    "body",
    [
        {"code": "50011", "msg": "Too Many Requests", "data": []},
        {"code": "50015", "msg": "Either parameter uly or instFamily is required", "data": []},
        {"code": "0"}, {"code": "0", "data": {}}, [], "", page(["now"]), page([5]),
    ],
)  # fmt: skip
def test_what_is_no_page_is_refused(body: object) -> None:
    with pytest.raises(ParseError, match="okx history"):
        read(body)
