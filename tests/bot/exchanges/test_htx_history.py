"""HTX's own record of liquidations: what is asked for, and where it ends."""

import json
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.errors import ParseError
from bot.exchanges import EXCHANGES
from bot.exchanges.dialect import History, Missed, Page
from tests.bot.exchanges.frames import RECEIVED, events, missed
from tests.bot.exchanges.test_htx import LISTED, URLS, coin_m, order, told

DIALECT = EXCHANGES["htx"]
HOUR_MS = 3_600_000


def history() -> History:
    assert DIALECT.history is not None
    return DIALECT.history


def pages(number: int, hours: int = 1) -> list[tuple[str, dict[str, list[str]]]]:
    """Path and query of what is asked for the stream of this number."""
    stream = DIALECT.streams(LISTED, URLS)[number]
    asked = history().pages(Missed(stream, 1_000, 1_000 + hours * HOUR_MS, LISTED, URLS))
    return [(urlsplit(url).path, parse_qs(urlsplit(url).query)) for url in asked]


def test_the_past_is_asked_for_by_contract_and_futures_by_coin() -> None:
    path, query = pages(0)[0]
    assert path == "/linear-swap-api/v3/swap_liquidation_orders"
    assert query == {
        "contract": ["BTC-USDT"], "trade_type": ["0"], "direct": ["prev"],
        "start_time": ["1000"], "end_time": [str(1_000 + HOUR_MS)],
    }  # fmt: skip
    assert [query["contract"] for _, query in pages(0)] == [["BTC-USDT"], ["BTC-USDT-261225"]]
    assert [(path, query["contract"]) for path, query in pages(1)] == [
        ("/swap-api/v3/swap_liquidation_orders", ["BTC-USD"])
    ]
    assert [(path, query["symbol"]) for path, query in pages(2)] == [
        ("/api/v3/contract_liquidation_orders", ["ETH"])
    ]


def test_a_question_about_the_past_spans_two_hours_at_most() -> None:
    spans = [(int(q["start_time"][0]), int(q["end_time"][0])) for _, q in pages(1, hours=5)]
    starts = [1_000, 1_000 + 2 * HOUR_MS, 1_000 + 4 * HOUR_MS]
    assert spans == list(zip(starts, [*starts[1:], 1_000 + 5 * HOUR_MS], strict=True))


PAGE = "http://h/linear-swap-api/v3/swap_liquidation_orders?contract=BTC-USDT&direct=prev"


def recalled(*rows: Mapping[str, object], url: str = PAGE) -> Page:
    body = json.dumps({"code": 200, "msg": "", "data": list(rows), "ts": 1}).encode()
    return history().read(body, url, missed(1789670000000, LISTED), RECEIVED)


def test_a_row_is_read_as_its_frame_was() -> None:
    ((event,), _) = recalled(order(query_id=452057, volume="250.000", symbol="USDT"))
    assert [event] == events("htx", told(order()), LISTED)
    ((event,), _) = recalled(coin_m("BTC-USD", query_id=111000, amount=1.01))
    assert [event] == events("htx", told(coin_m("BTC-USD")), LISTED)


def test_rows_are_followed_back_until_none_is_older() -> None:
    rows = [order(query_id=n) for n in (452057, 452051)]
    _, following = recalled(*rows)
    assert following == f"{PAGE}&from_id=452051"
    older, last = recalled(rows[1], order(query_id=452049), url=following)
    assert (len(older), last) == (1, f"{PAGE}&from_id=452049")
    assert recalled(url=f"{PAGE}&from_id=452049") == ([], None)
    assert recalled(rows[1], url=following) == ([], None)


def test_what_is_older_than_was_asked_ends_the_walk() -> None:
    rows, following = recalled(order(query_id=5, created_at=1789669999999))
    assert (len(rows), following) == (1, None)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b'{"code":1067,"msg":"bad","data":null}', b'{"code":200,"data":[{}]}',
        b'{"status":"error","err_code":1,"err_msg":"offline"}',
    ],
)  # fmt: skip
def test_a_history_that_is_none_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError):
        history().read(body, PAGE, missed(0, LISTED), RECEIVED)


def test_its_rows_are_not_taken_for_exact_and_are_asked_for_slowly() -> None:
    assert not history().exact
    assert history().gap_s >= 3 / 120
