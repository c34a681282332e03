"""The answer to *Why?*: aligned, short enough, and honest about what could not be checked."""

from msgspec.structs import replace

from bot.sentences.case import Case, Headline
from bot.sentences.judging import judge
from bot.wording.text import Table, plain
from bot.wording.why import LABEL, why_message
from handlers.telegram.style import html
from tests.bot.sentences.golden import CASE, at
from tests.bot.sentences.later import CLOSED, CROWDED, FADING, SECOND
from tests.bot.wording.events import lines


def rows(case: Case = CASE) -> list[str]:
    message = why_message(case, judge(case))
    return [row[0] for block in message.blocks if isinstance(block, Table) for row in block.rows]


def test_labels_stand_on_the_left_and_evidence_begins_in_one_column() -> None:
    for row in rows():
        assert row[LABEL - 1] == " "
        assert row[LABEL] != " "
        assert not row.endswith(" ")


def test_what_shares_a_reason_shares_a_row() -> None:
    open_ones = [row[LABEL:] for row in rows() if row.startswith(("not checked", " "))]
    assert open_ones[0].startswith("open interest at its lowest (")
    assert "volatility now and at its peak, futures volume of the window" in "\n".join(open_ones)
    reasons = [row[row.index("(") :] for row in open_ones]
    assert len(set(reasons)) == len(reasons)


def test_what_was_checked_and_does_not_hold_is_named() -> None:
    last = lines(why_message(CASE, judge(CASE)))[-1]
    assert last.startswith("As of TIME. Checked and not so: all clear, ended, second wave")


def test_it_fits_into_one_message_whatever_is_told() -> None:
    for case in (CASE, FADING, CLOSED, SECOND, CROWDED):
        message = why_message(case, judge(case))
        assert sum(len(line) + 1 for line in lines(message)) < 4096
        assert "…" not in html(message)


def test_without_a_flush_the_head_names_the_window_alone() -> None:
    case = replace(CASE, flush=None)
    assert plain(why_message(case, judge(case)).head) == "Why? · all coins · 1 h"


def test_a_headline_is_no_markup() -> None:
    title = "<b>Rates</b> & <script>alert(1)</script> [x](http://x)"
    assert CASE.news is not None
    news = replace(CASE.news, headlines=(Headline("a.example", title, at(-5)),))
    shown = html(why_message(replace(CASE, news=news), judge(replace(CASE, news=news))))
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown
