"""dYdX's own record of trades: what is asked for, and how its pages join."""

import pytest

from bot.errors import ParseError
from bot.exchanges.dialect import Missed
from bot.exchanges.dydx import Dydx
from tests.bot.exchanges.frames import RECEIVED, events, missed, table
from tests.bot.exchanges.test_dydx import (
    CREATED_MS,
    LISTED,
    URLS,
    answer,
    contract,
    told,
    trade,
)

DIALECT = Dydx()
HISTORY = DIALECT.history


def first_page(since_ms: int, until_ms: int) -> str:
    (stream,) = DIALECT.streams(table(contract("BTC-USD", "BTC")), URLS)
    (url,) = HISTORY.pages(Missed(stream, since_ms, until_ms, LISTED, URLS))
    return url


def test_a_row_of_the_history_is_the_event_that_the_frame_told() -> None:
    assert HISTORY.exact
    url = first_page(CREATED_MS - 10, CREATED_MS)
    assert url == (
        "http://h/v4/trades/perpetualMarket/BTC-USD?limit=1000"
        "&createdBeforeOrAt=2026-09-17T18%3A33%3A19.100Z"
    )
    body = answer({}, {"type": "LIMIT", "id": "x"})
    (row,), following = HISTORY.read(body, url, missed(CREATED_MS - 10, LISTED), RECEIVED)
    (event,) = events("dydx", told(trade()), LISTED)
    assert (row, row.key, following) == (event, event.key, None)


def test_a_markets_address_is_found_again_however_it_is_spelt() -> None:
    market = contract("A,B,0X1-USD", "A")
    (stream,) = DIALECT.streams(table(market), URLS)
    (url,) = HISTORY.pages(Missed(stream, 0, CREATED_MS, table(market), URLS))
    assert "/A%2CB%2C0X1-USD?" in url
    (row,), _ = HISTORY.read(answer({}), url, missed(CREATED_MS, table(market)), RECEIVED)
    assert row.symbol == "A,B,0X1-USD"


def test_pages_follow_until_the_gaps_beginning() -> None:
    url = first_page(CREATED_MS - 60_000, CREATED_MS)
    block = {"createdAt": "2026-09-17T18:33:18.000Z"}
    full = answer(*[{"id": f"{n}"} for n in range(600)], *[{"id": "cut"} | block] * 400)
    rows, following = HISTORY.read(full, url, missed(CREATED_MS - 60_000, LISTED), RECEIVED)
    assert [row.id for row in rows] == [f"{n}" for n in range(600)]
    assert following == url.replace("19.100Z", "18.001Z")
    rest = answer({"id": "late"}, {"id": "cut"} | block)
    rows, last = HISTORY.read(rest, following, missed(CREATED_MS, LISTED), RECEIVED)
    assert ([row.id for row in rows], last) == (["cut"], None)
    assert HISTORY.read(answer(), url, missed(CREATED_MS, LISTED), RECEIVED) == ([], None)


def test_more_trades_of_one_block_than_a_page_holds_leave_the_gap_open() -> None:
    url = first_page(CREATED_MS - 60_000, CREATED_MS)
    with pytest.raises(ParseError):
        HISTORY.read(answer(*[{}] * 1000), url, missed(CREATED_MS - 60_000, LISTED), RECEIVED)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"errors":[{"msg":"Too many requests"}]}', answer({"price": "0"})]
)
def test_a_history_that_is_none_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError):
        HISTORY.read(body, first_page(0, CREATED_MS), missed(0, LISTED), RECEIVED)
    with pytest.raises(ParseError):
        HISTORY.read(answer({}), "http://h/BTC-USD", missed(0, LISTED), RECEIVED)
