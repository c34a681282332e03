"""RSS and Atom are read; what is neither, or has no times, is said to be."""

from itertools import pairwise

import pytest

from bot.errors import ParseError
from bot.news.feed import MOST_ENTRIES, Syndicated
from bot.sentences.case import Headline
from tests.bot.news.stand import atom, rss

AT = 1_795_310_000_000
FEED = Syndicated("https://www.news.example/rss?x=1")


def test_rss_is_read() -> None:
    read = FEED.read(rss(("Rates stay", AT), ("A &lt;b&gt;bold&lt;/b&gt; move", AT - 60_000)), "")
    assert read == [
        Headline("news.example", "Rates stay", AT),
        Headline("news.example", "A bold move", AT - 60_000),
    ]


def test_atom_is_read() -> None:
    read = FEED.read(atom(("Rates &lt;i&gt;stay&lt;/i&gt;", AT)), "application/atom+xml")
    assert read == [Headline("news.example", "Rates stay", AT)]


def test_another_zone_is_the_same_moment() -> None:
    item = "<item><title>x</title><pubDate>Sun, 22 Nov 2026 02:33:20 +0100</pubDate></item>"
    body = f'<rss version="2.0"><channel>{item}</channel></rss>'.encode()
    assert [each.at_ms for each in FEED.read(body, "")] == [1_795_311_200_000]


def test_an_item_without_a_time_is_left_out_and_a_feed_of_them_is_not_read() -> None:
    assert [h.title for h in FEED.read(rss(("a", None), ("b", AT)), "")] == ["b"]
    with pytest.raises(ParseError, match="no time"):
        FEED.read(rss(("a", None), ("b", None)), "")


def test_an_empty_feed_is_read_and_has_nothing() -> None:
    assert FEED.read(rss(), "") == []


@pytest.mark.parametrize(
    "body", [b"", b"<html><body>Just a moment</body></html>", b"{}", b"\x00" * 99]
)
def test_what_is_no_feed_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError, match="no RSS or Atom feed"):
        FEED.read(body, "text/html")


def test_entities_are_not_expanded_and_no_file_is_opened() -> None:
    laughs = '<!ENTITY a "ha">'
    for last, entity in pairwise("abcdefghij"):
        laughs += f'<!ENTITY {entity} "{f"&{last};" * 10}">'
    for declared in (laughs, '<!ENTITY j SYSTEM "file:///etc/hostname">'):
        body = (
            f'<?xml version="1.0"?><!DOCTYPE rss [{declared}]><rss version="2.0"><channel><item>'
            "<title>x &j;</title><pubDate>Sun, 22 Nov 2026 01:33:20 GMT</pubDate></item>"
            "</channel></rss>"
        )
        assert all(len(each.title) < 10 for each in FEED.read(body.encode(), "text/xml"))


def test_a_body_that_looks_like_an_address_or_a_path_is_not_opened() -> None:
    for body in (b"http://127.0.0.1:1/", b"/etc/hostname"):
        with pytest.raises(ParseError, match="no RSS or Atom feed"):
            FEED.read(body, "")


def test_only_the_first_entries_are_taken() -> None:
    assert len(FEED.read(rss(*[("x", AT)] * (MOST_ENTRIES + 50)), "")) == MOST_ENTRIES


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.coindesk.com/arc/rss", "coindesk.com"),
        ("https://feeds.bbci.co.uk/x", "bbci.co.uk"),
        ("https://rss.example/", "rss.example"),
    ],
)
def test_a_feed_is_named_by_its_host(url: str, name: str) -> None:
    assert Syndicated(url).name == name
