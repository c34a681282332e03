"""Deribit's own record of trades: what is asked for, and how its pages join."""

import json
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.errors import ParseError
from bot.exchanges import EXCHANGES
from bot.exchanges.dialect import History, Missed, Page
from bot.market import Instruments
from tests.bot.exchanges.frames import RECEIVED, events, missed
from tests.bot.exchanges.test_deribit import LISTED, REFUSED, URLS, contract, option, told, trade

DIALECT = EXCHANGES["deribit"]
PAGE = "http://h/api/v2/public/get_last_trades_by_currency_and_time?currency=BTC&start_timestamp=5"


def history() -> History:
    assert DIALECT.history is not None
    return DIALECT.history


def pages(listed: Instruments) -> list[dict[str, list[str]]]:
    (stream,) = DIALECT.streams(listed, URLS)
    asked = history().pages(Missed(stream, 1_000, 9_000, listed, URLS))
    paths = {urlsplit(url).path for url in asked}
    assert paths == {"/api/v2/public/get_last_trades_by_currency_and_time"}
    return [parse_qs(urlsplit(url).query) for url in asked]


def test_the_past_is_asked_for_by_currency_and_kind() -> None:
    asked = [(q["currency"][0], q["kind"][0]) for q in pages(LISTED)]
    assert asked == [(c, k) for c in ("BTC", "ETH", "USDC") for k in ("future", "option")]
    first = pages(LISTED)[0]
    assert (first["start_timestamp"], first["end_timestamp"]) == (["1000"], ["9000"])
    assert first["count"] == ["1000"]


def test_a_currency_that_is_listed_is_asked_for_too_and_without_a_table_the_known_ones() -> None:
    sol = contract("SOL-PERPETUAL", "SOL", "USD", linear=False)
    assert "SOL" in {q["currency"][0] for q in pages({"SOL-PERPETUAL": sol})}
    assert {q["currency"][0] for q in pages({})} == {"BTC", "ETH", "USDC"}


def recalled(*trades: Mapping[str, object], has_more: bool = False, url: str = PAGE) -> Page:
    result = {"trades": list(trades), "has_more": has_more}
    body = json.dumps({"jsonrpc": "2.0", "result": result, "usIn": 1}).encode()
    return history().read(body, url, missed(5, LISTED), RECEIVED)


def test_a_row_is_the_very_event_that_its_frame_told() -> None:
    rows = [trade(), option(trade_id="9"), trade(liquidation="MT", trade_id="10")]
    found, following = recalled(*rows)
    assert (found, following) == (events("deribit", told(*rows), LISTED), None)
    assert history().exact


def test_ordinary_trades_are_left_out() -> None:
    assert recalled(trade(liquidation=None)) == ([], None)
    assert recalled() == ([], None)


def test_the_last_millisecond_of_a_full_page_is_told_by_the_next_one() -> None:
    rows = [trade(timestamp=1789670094000 + n, trade_id=str(n)) for n in (3, 1, 3, 2)]
    found, following = recalled(*rows, has_more=True)
    assert [event.id for event in found] == ["1", "2"]
    assert following is not None
    query = parse_qs(urlsplit(following).query)
    assert query == {"currency": ["BTC"], "start_timestamp": ["1789670094003"]}


def test_a_full_page_without_a_liquidation_has_a_next_one_all_the_same() -> None:
    rows = [trade(timestamp=1789670094000 + n, liquidation=None) for n in (1, 2)]
    found, following = recalled(*rows, has_more=True)
    assert (found, following is None) == ([], False)


def test_a_page_that_leads_no_further_is_refused_rather_than_lost() -> None:
    rows = [trade(), trade(trade_id="2")]
    found, following = recalled(*rows, has_more=True)
    assert found == [] and following is not None
    with pytest.raises(ParseError):
        recalled(*rows, has_more=True, url=following)


@pytest.mark.parametrize(
    "body", [b"", b"[]", json.dumps(REFUSED).encode(), b'{"result":{}}', b'{"result":{"trades":5}}']
)
def test_a_history_that_is_none_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError):
        history().read(body, PAGE, missed(0, LISTED), RECEIVED)


def test_it_is_asked_within_the_day_that_it_answers_for() -> None:
    assert history().reach_s < 24 * 3600 - 60
