"""Addresses say what they were made to say, and nothing twice."""

import pytest

from bot.exchanges.addresses import query_of, time_in, with_query, with_time

START = 1_789_670_094_000


def test_a_field_is_asked_once_and_the_others_stay() -> None:
    url = with_query("http://h/rows?symbol=A%2CB&limit=5", {"after": "7", "limit": "9"})
    assert url == "http://h/rows?symbol=A%2CB&limit=9&after=7"
    assert query_of(url) == {"symbol": "A,B", "limit": "9", "after": "7"}
    assert query_of("http://h/rows") == {}


def test_a_time_in_an_address_is_read_as_it_was_written() -> None:
    url = with_time("http://h/history?symbol=PF_XBTUSD", "lastTime", START + 7)
    assert url == "http://h/history?symbol=PF_XBTUSD&lastTime=2026-09-17T18%3A34%3A54.007Z"
    assert time_in(url, "lastTime") == START + 7
    again = with_time(url, "lastTime", START)
    assert again.count("lastTime") == 1
    with pytest.raises(ValueError, match="isoformat"):
        time_in("http://h/history", "lastTime")
