"""Kraken's own record of trades: what is asked for, and how its pages join."""

import pytest

from bot.errors import ParseError
from bot.exchanges.dialect import Missed
from bot.exchanges.kraken import Kraken
from bot.market import Side
from tests.bot.exchanges.frames import RECEIVED, events, missed, table
from tests.bot.exchanges.test_kraken import (
    LISTED,
    PF_XBTUSD,
    TIME_MS,
    URLS,
    answer,
    row,
    trade,
)

DIALECT = Kraken()
HISTORY = DIALECT.history


def first_page(until_ms: int = TIME_MS) -> str:
    (stream,) = DIALECT.streams(table(PF_XBTUSD), URLS)
    (url,) = HISTORY.pages(Missed(stream, 0, until_ms, LISTED, URLS))
    return url


def test_the_history_tells_what_the_frames_told() -> None:
    url = first_page()
    assert url == (
        "http://h/derivatives/api/v3/history?symbol=PF_XBTUSD&lastTime=2026-09-17T18%3A33%3A19.100Z"
    )
    body = answer(row(), row(type="fill"), row(size=0.25, side="buy", uid="b"))
    (first, second), following = HISTORY.read(body, url, missed(0, LISTED), RECEIVED)
    (event,) = events("kraken", trade(), LISTED)
    assert (first, following) == (event, None)
    assert (second.side, second.quantity) == (Side.SHORT, event.quantity)


def test_pages_of_a_hundred_follow_until_the_gaps_beginning() -> None:
    url = first_page()
    old = "2026-09-17T18:33:15.000Z"
    full = answer(*[row(uid=f"{n}") for n in range(60)], *[row(uid="cut", time=old)] * 40)
    rows, following = HISTORY.read(full, url, missed(TIME_MS - 60_000, LISTED), RECEIVED)
    assert len(rows) == 60
    assert following == url.replace("19.100Z", "15.001Z")
    rows, last = HISTORY.read(answer(row(), row(time=old)), following, missed(0, LISTED), RECEIVED)
    assert ([event.time_ms for event in rows], last) == ([TIME_MS - 4_099], None)
    reached = HISTORY.read(full, url, missed(TIME_MS, LISTED), RECEIVED)
    assert (len(reached[0]), reached[1]) == (100, None)


def test_a_hundred_trades_of_one_millisecond_leave_the_gap_open() -> None:
    with pytest.raises(ParseError):
        HISTORY.read(answer(*[row()] * 100), first_page(), missed(0, LISTED), RECEIVED)


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b'{"result":"error","error":"notFound"}', answer(row(price=0)),
     answer(row(time="yesterday"))],
)  # fmt: skip
def test_a_history_that_is_none_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError):
        HISTORY.read(body, first_page(), missed(0, LISTED), RECEIVED)
    with pytest.raises(ParseError):
        HISTORY.read(answer(row()), "http://h/?symbol=PF_XBTUSD", missed(0, LISTED), RECEIVED)
