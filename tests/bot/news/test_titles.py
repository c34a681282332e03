"""Titles from outside become one plain line."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.titles import LONGEST, plain_title


@pytest.mark.parametrize(
    ("told", "plain"),
    [
        ("Rates stay", "Rates stay"),
        ("<b>Rates</b> <a href='x'>stay</a>", "Rates stay"),
        ("Rates<br>stay", "Rates stay"),
        ("AT&amp;T &#8217;s &lt;3", "AT&T ’s <3"),
        ("Bitcoin &amp;#8217;s day", "Bitcoin ’s day"),
        ("BTC < 90k & ETH > 3k", "BTC < 90k & ETH > 3k"),
        ("<script>alert(1)</script>Rates<style>b{}</style>", "Rates"),
        ("Rates\n\t stay\u2028now\u00a0", "Rates stay now"),
        ("\u202eevil\u202c \u2066x\u2069 z\u200bz\u0007", "evil x zz"),
        ("😀 to the 🌙", "😀 to the 🌙"),
        ("   ", ""),
    ],
)
def test_a_title_loses_markup_and_control_characters(told: str, plain: str) -> None:
    assert plain_title(told) == plain


def test_a_long_title_is_cut() -> None:
    cut = plain_title("word " * 100)
    assert len(cut) <= LONGEST
    assert cut.endswith("…")


@given(st.text(max_size=400))
def test_whatever_comes_is_one_short_line_without_controls(text: str) -> None:
    title = plain_title(text)
    assert len(title) <= LONGEST
    assert title == title.strip()
    assert all(not unicodedata.category(sign).startswith("C") for sign in title)
    assert "\n" not in title
