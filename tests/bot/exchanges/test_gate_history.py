"""Gate's own record of liquidations and its own sums: what is asked for, and what is read."""

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from yarl import URL

from bot.errors import ParseError
from bot.exchanges import EXCHANGES
from bot.exchanges.dialect import History, Missed, OwnSums, Page
from bot.feed.filling import unlike
from bot.market import Side
from tests.bot.exchanges.frames import RECEIVED, events, missed
from tests.bot.exchanges.test_gate import BTC, BTC_USD, BTC_USD1, LISTED, URLS, order, told

DIALECT = EXCHANGES["gate"]
FIRST = 1_789_669_000
"""A second."""


def history() -> History:
    assert DIALECT.history is not None
    return DIALECT.history


def own_sums() -> OwnSums:
    assert DIALECT.own_sums is not None
    return DIALECT.own_sums


def pages(stream: int, since_ms: int, until_ms: int) -> tuple[str, ...]:
    streams = DIALECT.streams(LISTED, URLS)
    return history().pages(Missed(streams[stream], since_ms, until_ms, LISTED, URLS))


def span(url: str) -> tuple[int, int]:
    query = parse_qs(urlsplit(url).query)
    return int(query["from"][0]), int(query["to"][0])


def page(first: int, last: int) -> str:
    return f"http://h/api/v4/futures/usdt/liq_orders?from={first}&to={last}&limit=1000"


def row(**changes: object) -> dict[str, Any]:
    default: dict[str, Any] = {
        "time": FIRST, "contract": "BTC_USDT", "size": 600, "order_size": -600,
        "order_price": "61250.5", "fill_price": "61301.7", "left": 0,
    }  # fmt: skip
    return {key: value for key, value in (default | changes).items() if value is not ...}


def recalled(*rows: Mapping[str, object], url: str = page(FIRST, FIRST + 3599)) -> Page:
    return history().read(json.dumps(rows).encode(), url, missed(FIRST * 1000, LISTED), RECEIVED)


def test_the_past_is_asked_for_hour_by_hour_and_no_second_twice() -> None:
    asked = pages(0, FIRST * 1000 + 999, FIRST * 1000 + 2 * 3_600_000 + 10_000)
    assert [span(url) for url in asked] == [
        (FIRST, FIRST + 3599), (FIRST + 3600, FIRST + 7199), (FIRST + 7200, FIRST + 7210),
    ]  # fmt: skip
    assert asked[0] == page(FIRST, FIRST + 3599)
    assert urlsplit(pages(1, 0, 1)[0]).path == "/api/v4/futures/btc/liq_orders"
    assert urlsplit(pages(2, 0, 1)[0]).path == "/api/v4/futures/usd1/liq_orders"


@pytest.mark.parametrize(("size", "side"), [(-600, Side.LONG), (600, Side.SHORT)])
def test_a_rows_side_is_its_orders(size: int, side: Side) -> None:
    ((event,), following) = recalled(row(order_size=size, size=-size))
    assert (event.side, event.quantity) == (side, Decimal(600))
    assert event.price == Decimal("61250.5")
    assert (event.time_ms, event.received_ms, following) == (FIRST * 1000, RECEIVED, None)
    assert event.notional == Decimal("3675.03")


def test_the_operators_choice_is_about_frames_and_not_about_the_record() -> None:
    chosen = DIALECT.choose({"negative_size": "short"}).history
    assert chosen is not None
    body = json.dumps([row()]).encode()
    (event,), _ = chosen.read(body, page(FIRST, FIRST), missed(0, LISTED), RECEIVED)
    assert event.side is Side.LONG


def test_what_was_left_of_an_order_does_not_count() -> None:
    left = [row(left=250), row(left=-250), row(order_size="600.5", left="0.25")]
    assert [event.quantity for event in recalled(*left)[0]] == [350, 350, Decimal("600.25")]
    assert recalled(row(left=600), row(left=700), row(order_size=0)) == ([], None)


def test_a_liquidation_that_was_heard_is_known_again_in_the_record() -> None:
    heard = events("gate", told(order(size=-600, time=FIRST * 1000 + 730)), LISTED)
    rows, _ = recalled(row(), row(order_size=-5))
    assert not history().exact
    assert rows[0].notional == heard[0].notional
    assert [event.quantity for event in unlike(rows, heard)] == [5]


def test_an_order_without_a_price_has_that_of_its_fills() -> None:
    ((event,), _) = recalled(row(order_price="0"))
    assert event.price == Decimal("61301.7")


class Record:
    """Answers as Gate does: the newest rows of a span first, and no more than fit a page."""

    def __init__(self, seconds: list[int]) -> None:
        self._seconds = sorted(seconds, reverse=True)
        self.asked: list[tuple[int, int]] = []

    def answer(self, url: str) -> bytes:
        first, last = span(url)
        self.asked.append((first, last))
        inside = [second for second in self._seconds if first <= second <= last]
        return json.dumps([row(time=second) for second in inside[:1000]]).encode()

    def walk(self, url: str | None) -> list[int]:
        found: list[int] = []
        while url is not None:
            events, url = history().read(self.answer(url), url, missed(0, LISTED), RECEIVED)
            found += [event.time_ms // 1000 for event in events]
        return found


@pytest.mark.parametrize(
    "second",
    [
        lambda n: FIRST + n % 3600,  # all the hour long
        lambda n: FIRST + 3599 - n % 7,  # at its end
        lambda n: FIRST + n % 7,  # at its beginning
        lambda n: FIRST + 1800 + n % 3 * 300,
    ],
)
@pytest.mark.parametrize("count", [0, 999, 1000, 2500])
def test_an_hour_that_does_not_fit_a_page_is_told_in_pieces(
    second: Callable[[int], int], count: int
) -> None:
    seconds = [second(n) for n in range(count)]
    record = Record(seconds)
    assert sorted(record.walk(page(FIRST, FIRST + 3599))) == sorted(seconds)
    assert all(last - first < 3600 for first, last in record.asked)
    assert max(last for _, last in record.asked) == FIRST + 3599
    assert len(record.asked) < 40


def test_a_second_that_does_not_fit_a_page_is_an_error_and_not_a_loss() -> None:
    with pytest.raises(ParseError, match="more in a second"):
        Record([FIRST + 100] * 1000).walk(page(FIRST, FIRST + 3599))


def test_what_remains_to_be_asked_is_noted_where_it_is_not_sent() -> None:
    _, following = recalled(*[row()] * 1000)
    assert following is not None
    assert span(following) == (FIRST, FIRST + 1799)
    sent = URL(following).with_fragment(None)
    assert str(FIRST + 3599) not in sent.raw_path_qs
    assert str(FIRST + 3599) in following


@pytest.mark.parametrize(
    "changes",
    [
        {"order_size": ...}, {"order_size": "NaN"}, {"left": None}, {"left": "NaN"},
        {"order_price": "0", "fill_price": "0"}, {"order_price": "-1"}, {"time": 5},
        {"time": "now"}, {"contract": ""}, {"order_size": 10**16},
    ],
)  # fmt: skip
def test_rows_that_cannot_be_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ParseError, match="gate liq_orders"):
        recalled(row(), row(**changes))


@pytest.mark.parametrize("body", [b"", b"{}", b'{"label":"INVALID_PARAM_VALUE"}', b"[5]", b"\xff"])
def test_a_record_that_is_none_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError, match="gate liq_orders"):
        history().read(body, page(FIRST, FIRST), missed(0, LISTED), RECEIVED)


HOUR_MS = 1_789_668_000_000


def stat(hours: int, **changes: object) -> dict[str, Any]:
    default: dict[str, Any] = {
        "time": HOUR_MS // 1000 + hours * 3600, "long_liq_usd": 1250.55, "short_liq_usd": 0,
        "long_liq_size": 3, "lsr_taker": 1.5, "mark_price": "61301.25",
    }  # fmt: skip
    return {key: value for key, value in (default | changes).items() if value is not ...}


def summed(*rows: Mapping[str, object]) -> tuple[Decimal, Decimal] | None:
    return own_sums().read(json.dumps(rows).encode(), HOUR_MS)


@pytest.mark.parametrize(
    ("instrument", "currency"), [(BTC, "usdt"), (BTC_USD, "btc"), (BTC_USD1, "usd1")]
)
def test_its_own_sums_are_asked_for_by_contract(instrument: Any, currency: str) -> None:
    url = own_sums().address(instrument, HOUR_MS, URLS)
    assert urlsplit(url).path == f"/api/v4/futures/{currency}/contract_stats"
    query = parse_qs(urlsplit(url).query)
    assert (query["contract"], query["interval"]) == ([instrument.symbol], ["1h"])
    assert query["from"] == [str(HOUR_MS // 1000)]


def test_its_own_sums_are_those_of_the_hour_that_was_asked_for() -> None:
    others = [stat(-1, long_liq_usd=7), stat(1, long_liq_usd=9)]
    assert summed(stat(0), *others) == (Decimal("1250.55"), Decimal(0))
    assert summed(*others, stat(0, short_liq_usd="17.25")) == (Decimal("1250.55"), Decimal("17.25"))


def test_an_hour_that_is_not_told_is_unknown_and_not_zero() -> None:
    assert summed() is None
    assert summed(stat(-1), stat(1)) is None


@pytest.mark.parametrize(
    "changes",
    [{"long_liq_usd": -1}, {"long_liq_usd": "NaN"}, {"short_liq_usd": "Infinity"},
     {"short_liq_usd": ...}, {"time": "x"}],
)  # fmt: skip
def test_sums_that_cannot_be_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ParseError, match="gate contract_stats"):
        summed(stat(0, **changes))
