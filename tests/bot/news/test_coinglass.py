"""CoinGlass's articles and calendar, in the shapes that its documentation shows."""

import json

import pytest

from bot.errors import ParseError
from bot.news.coinglass import Articles, Calendar
from bot.sentences.case import Headline

AT = 1_795_310_000_000
ARTICLES = Articles("https://api.example", "a-key")
CALENDAR = Calendar("https://api.example", "a-key")


def answer(*rows: dict[str, object]) -> bytes:
    return json.dumps({"code": "0", "data": rows}).encode()


def test_an_article_is_quoted_with_its_paper() -> None:
    row: dict[str, object] = {
        "article_picture": "https://x",
        "article_title": "Rates <b>stay</b>",
        "article_content": "<p>...</p>",
        "source_name": "A PAPER",
        "article_release_time": AT,
    }
    told = ARTICLES.read(answer(row, row | {"article_title": ""}), "application/json")
    assert told == [Headline("A PAPER, CoinGlass", "Rates stay", AT)]


def test_important_data_with_an_exact_time_are_headlines() -> None:
    row: dict[str, object] = {
        "calendar_name": "CPI (YoY)(Oct)",
        "country_name": "United States",
        "importance_level": 3,
        "publish_timestamp": AT,
        "published_value": "3.1%",
        "has_exact_publish_time": 1,
    }
    rows = (row, row | {"importance_level": 1}, row | {"has_exact_publish_time": 0})
    told = CALENDAR.read(answer(*rows), "")
    assert told == [Headline("CoinGlass calendar", "United States: CPI (YoY)(Oct) 3.1%", AT)]


def test_the_key_is_sent_as_a_header_and_the_span_is_recent() -> None:
    asked = CALENDAR.request(AT)
    assert asked.headers == {"CG-API-KEY": "a-key"}
    assert asked.url == "https://api.example/api/calendar/economic-data"
    assert int(asked.params["start_time"]) < AT == int(asked.params["end_time"])
    assert not asked.movable
    assert ARTICLES.request(AT).params["language"] == "en"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"code":"401","msg":"Upgrade plan"}', "CoinGlass refuses: Upgrade plan"),
        (b'{"code":400}', "no reason"),
        (b'{"code":"0","data":{}}', "not what its documentation says"),
        (b"<html>", "not what its documentation says"),
        (b"[" * 5000, "not what its documentation says"),
    ],
)
def test_a_refusal_is_a_reason(body: bytes, reason: str) -> None:
    with pytest.raises(ParseError, match=reason):
        ARTICLES.read(body, "")
