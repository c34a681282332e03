"""Whatever is said, Telegram can read it, and reads the words that were meant."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.wording.text import (
    Bold,
    Button,
    Code,
    Details,
    Line,
    Message,
    Moment,
    Note,
    Paragraph,
    Table,
)
from handlers.telegram import style
from handlers.telegram.signs import cut
from tests.doubles.telegram_html import MalformedError, parse, utf16

AT_MS = 1_795_311_660_000
NASTY = st.text(
    st.one_of(st.sampled_from("<>&\"'/=;#\n\u202e\u2066\u200f\x00\ud800😀𝔸b "), st.characters()),
    max_size=40,
)
SPANS = st.one_of(
    NASTY,
    NASTY.map(Bold),
    NASTY.map(Code),
    st.builds(Moment, st.integers(0, 4_000_000_000_000), st.sampled_from("tdfR")),
)
LINES = st.lists(SPANS, max_size=4).map(tuple)
MANY = st.lists(LINES, max_size=4).map(tuple)
BLOCKS = st.one_of(
    MANY.map(Paragraph),
    MANY.map(Details),
    LINES.map(Note),
    st.lists(st.lists(NASTY, max_size=4).map(tuple), max_size=4).map(
        lambda rows: Table(tuple(rows))
    ),
)
MESSAGES = st.builds(Message, LINES, st.lists(BLOCKS, max_size=5).map(tuple))


@given(MESSAGES)
@settings(max_examples=150, deadline=None)
def test_every_message_is_read_as_the_words_that_were_meant(message: Message) -> None:
    parsed = parse(style.html(message))
    assert parsed.text == style.bare(message)
    assert utf16(parsed.text) <= 4096


@given(NASTY)
@settings(max_examples=100, deadline=None)
def test_text_from_outside_never_becomes_markup(text: str) -> None:
    parsed = parse(style.html(Message((text, Bold("sure")))))
    assert {entity.kind for entity in parsed.entities} <= {"bold"}
    turned = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    shown = re.sub(f"[{turned}]", "", text).encode("utf-16", "replace").decode("utf-16")
    kept = re.sub(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", " ", shown).replace("?", "")
    assert parsed.text.replace("\ufffd", "").replace("?", "") == kept.replace("\ufffd", "") + "sure"


@given(st.lists(LINES, min_size=1, max_size=3), st.integers(1, 60), st.sampled_from("ab😀<"))
@settings(max_examples=30, deadline=None)
def test_no_message_and_no_caption_is_ever_too_long(
    lines: list[Line], times: int, filler: str
) -> None:
    long = Paragraph(tuple(("x", Bold(filler * 90 * times)) for _ in range(times)))
    message = Message(lines[0], (long, Details(long.lines), Table(((filler * 300,),) * times)))
    whole = parse(style.html(message)).text
    below = parse(style.html(message, style.LONGEST_CAPTION)).text
    assert utf16(whole) <= 4096
    assert utf16(below) <= 1024
    assert below == style.bare(message, style.LONGEST_CAPTION)
    if style.fits(message, style.LONGEST_CAPTION):
        assert below == whole


@pytest.mark.parametrize("characters", [900, 1_000])
def test_a_message_of_a_thousand_characters_fits_below_a_picture(characters: int) -> None:
    lines = tuple(("x" * 49,) for _ in range(characters // 50))
    assert style.fits(Message((), (Paragraph(lines),)), style.LONGEST_CAPTION)


def test_what_does_not_fit_is_left_out_in_whole_lines_and_said_to_be() -> None:
    lines: tuple[Line, ...] = tuple((f"line {number} ", Bold("x" * 90)) for number in range(60))
    text = parse(style.html(Message(("Head",), (Paragraph(lines), Note(("the end",)))))).text
    *shown, last = text.splitlines()
    assert shown == ["Head", *(f"line {number} {'x' * 90}" for number in range(len(shown) - 1))]
    assert len(shown) > 30
    assert last == "…"


def test_a_head_that_is_too_long_is_cut() -> None:
    parsed = parse(style.html(Message(("<😀" * 3000,), (Paragraph((("below",),)),))))
    assert parsed.text.startswith("<😀<😀")
    assert parsed.text.endswith("…\nbelow")


def test_an_alert_looks_like_the_storyboard() -> None:
    message = Message(
        ("🔻 $526M+ liquidated in 1 h",),
        (
            Paragraph((("Largest hour in 92 days.",),)),
            Paragraph((("Longs ", Bold("$458M"), " at ", Moment(AT_MS)), ("next",))),
            Details((("BTC > $1",),)),
            Note(("At least.",)),
            Paragraph((("your alert: ", Code("all 1h > 500m")),)),
        ),
    )
    assert style.html(message) == (
        "<b>🔻 $526M+ liquidated in 1 h</b>\n"
        "Largest hour in 92 days.\n\n"
        'Longs <b>$458M</b> at <tg-time unix="1795311660" format="t">01:41 UTC</tg-time>\nnext\n'
        "<blockquote expandable>BTC &gt; $1</blockquote>\n"
        "<i>At least.</i>\n"
        "your alert: <code>all 1h &gt; 500m</code>"
    )


def test_a_table_is_set_left_then_right() -> None:
    table = Table((("", "total", "longs"), ("BTC", "$205M", "91%"), ("rest", "$6M", "8%")))
    assert style.html(Message((), (table,))) == (
        "<pre>      total  longs\nBTC   $205M    91%\nrest    $6M     8%</pre>"
    )


def test_each_kind_of_time_is_one_that_telegram_knows() -> None:
    moments = [Moment(AT_MS, kind) for kind in ("t", "d", "f", "R")]
    parsed = parse(style.html(Message((), (Paragraph(((*moments,),)),))))
    formats = [entity.attributes["format"] for entity in parsed.entities]
    assert formats == ["t", "d", "dt", "r"]


def test_buttons_carry_actions_and_links_and_leave_out_what_telegram_refuses() -> None:
    rows = (
        (Button("Mute", "mute|1h"), Button("Long", "ä" * 33)),
        (Button("In private", url="https://t.me/x?start=y"),),
        (Button("nothing", "x" * 65),),
    )
    keyboard = style.keyboard(Message(("?",), buttons=rows))
    assert keyboard is not None
    shown = [[(b.text, b.callback_data, b.url) for b in row] for row in keyboard.inline_keyboard]
    assert shown == [
        [("Mute", "mute|1h", None)],
        [("In private", None, "https://t.me/x?start=y")],
    ]
    assert style.keyboard(Message(("?",))) is None


@pytest.mark.parametrize(("most", "left"), [(0, ""), (1, "a"), (2, "a"), (3, "a😀"), (9, "a😀b")])
def test_a_cut_never_splits_a_character(most: int, left: str) -> None:
    assert cut("a😀b", most) == left


@pytest.mark.parametrize(
    "html", ["a < b", "<b>x", "<b><i>x</b></i>", "<br>x", "x</b>", "<pre><b>x"]
)
def test_the_checker_refuses_what_telegram_refuses(html: str) -> None:
    with pytest.raises(MalformedError):
        parse(html)


def test_the_checker_takes_what_telegram_takes() -> None:
    assert parse("a & b &lt;&#39;&#x27; <b>x</b>").text == "a & b <'' x"
