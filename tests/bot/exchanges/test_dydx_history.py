"""dYdX's own record of trades: what is asked for, and how its pages join."""

import pytest

from bot.errors import ParseError
from bot.exchanges.dydx import Dydx
from tests.bot.exchanges.frames import RECEIVED, events, table
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
    (url,) = HISTORY.pages(stream, since_ms, until_ms, LISTED, URLS)
    return url


def test_a_row_of_the_history_is_the_event_that_the_frame_told() -> None:
    assert HISTORY.exact
    url = first_page(CREATED_MS - 10, CREATED_MS)
    assert url == (
        "http://h/v4/trades/perpetualMarket/BTC-USD?limit=1000"
        "&createdBeforeOrAt=2026-09-17T18%3A33%3A19.100Z"
    )
    body = answer({}, {"type": "LIMIT", "id": "x"})
    (row,), following = HISTORY.read(body, url, CREATED_MS - 10, RECEIVED, LISTED)
    (event,) = events("dydx", told(trade()), LISTED)
    assert (row, row.key, following) == (event, event.key, None)


def test_a_markets_address_is_found_again_however_it_is_spelt() -> None:
    market = contract("A,B,0X1-USD", "A")
    (stream,) = DIALECT.streams(table(market), URLS)
    (url,) = HISTORY.pages(stream, 0, CREATED_MS, table(market), URLS)
    assert "/A%2CB%2C0X1-USD?" in url
    (row,), _ = HISTORY.read(answer({}), url, CREATED_MS, RECEIVED, table(market))
    assert row.symbol == "A,B,0X1-USD"


def test_pages_follow_until_the_gaps_beginning() -> None:
    url = first_page(CREATED_MS - 60_000, CREATED_MS)
    block = {"createdAt": "2026-09-17T18:33:18.000Z"}
    full = answer(*[{"id": f"{n}"} for n in range(600)], *[{"id": "cut"} | block] * 400)
    rows, following = HISTORY.read(full, url, CREATED_MS - 60_000, RECEIVED, LISTED)
    assert [row.id for row in rows] == [f"{n}" for n in range(600)]
    assert following == url.replace("19.100Z", "18.001Z")
    rows, last = HISTORY.read(
        answer({"id": "late"}, {"id": "cut"} | block), following, CREATED_MS, RECEIVED, LISTED
    )
    assert ([row.id for row in rows], last) == (["cut"], None)
    assert HISTORY.read(answer(), url, CREATED_MS, RECEIVED, LISTED) == ([], None)


def test_more_trades_of_one_block_than_a_page_holds_leave_the_gap_open() -> None:
    url = first_page(CREATED_MS - 60_000, CREATED_MS)
    with pytest.raises(ParseError):
        HISTORY.read(answer(*[{}] * 1000), url, CREATED_MS - 60_000, RECEIVED, LISTED)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"errors":[{"msg":"Too many requests"}]}', answer({"price": "0"})]
)
def test_a_history_that_is_none_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError):
        HISTORY.read(body, first_page(0, CREATED_MS), 0, RECEIVED, LISTED)
    with pytest.raises(ParseError):
        HISTORY.read(answer({}), "http://h/v4/trades/perpetualMarket/BTC-USD", 0, RECEIVED, LISTED)
