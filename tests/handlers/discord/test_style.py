"""What a message looks like on Discord, and what text from outside cannot do there."""

import discord
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.pictures.chart import Picture
from bot.wording.text import (
    Bold,
    Button,
    Code,
    Details,
    Message,
    Moment,
    Note,
    Paragraph,
    Table,
    Tone,
)
from handlers.discord.buttons import buttons_view
from handlers.discord.limits import fitting, size
from handlers.discord.pictures import MOST, Pictured
from handlers.discord.style import len_of, styled, worded

MOMENT = Moment(1_795_311_660_000)


def embed_of(*blocks: object, tone: Tone = Tone.CALM) -> discord.Embed:
    (embed,) = styled(Message(("head",), blocks, tone=tone)).embeds  # type: ignore[arg-type]
    return embed


def test_a_head_alone_needs_no_embed() -> None:
    assert styled(Message(("Paused.",))).embeds == ()


def test_the_head_is_fit_for_a_lock_screen() -> None:
    text = styled(Message((Bold("$526M+"), " since ", MOMENT, ": ", Code("/liqs"))))
    assert text.content == "$526M+ since 01:41 UTC: `/liqs`"


def test_times_are_each_readers_own_so_a_note_with_one_is_no_footer() -> None:
    embed = embed_of(
        Paragraph((("at ", MOMENT),)),
        Paragraph((("at ", MOMENT),), title="Split"),
        Note(("off since ", MOMENT)),
        Note(("samples",)),
    )
    assert embed.description == "at <t:1795311660:t>"
    assert embed.fields[0].value == "at <t:1795311660:t>"
    assert embed.fields[1].name == "\u200b"
    assert embed.fields[1].value == "off since <t:1795311660:t>"
    assert embed.footer.text == "samples"


def test_why_it_matters_is_prose_and_what_is_in_it_a_field() -> None:
    embed = embed_of(
        Paragraph((("Largest hour in 92 days.",),), title="Why it matters"),
        Paragraph((("BTC ", Bold("$205M")),), title="What is in it"),
        Details((("BTC open interest −4.8%",),)),
    )
    assert embed.description == "Largest hour in 92 days."
    assert [(field.name, field.value) for field in embed.fields] == [
        ("What is in it", "BTC **$205M**"),
        ("Details", "BTC open interest −4.8%"),
    ]


def test_a_chart_stands_in_the_embed_where_there_is_one() -> None:
    words = Message(("head",), (Note(("n",)),))
    shown = replace(words, picture=Picture(b"png", "d1", "a chart"))
    assert styled(words).embeds[0].image.url is None
    assert styled(shown).embeds[0].image.url == "attachment://chart.png"
    assert styled(words, pictured=True).embeds[0].image.url == "attachment://chart.png"
    assert worded(shown).picture is None


def test_only_the_latest_messages_with_charts_are_remembered() -> None:
    pictured = Pictured()
    for message in range(MOST + 1):
        pictured.add(message)
    assert 0 not in pictured
    assert MOST in pictured


def test_there_is_always_a_footer() -> None:
    assert embed_of(Paragraph((("a fact",),))).footer.text == "Liqwatch"


def test_several_notes_share_the_footer() -> None:
    assert embed_of(Note(("one",)), Note(("two",))).footer.text == "one · two"


def test_a_table_keeps_its_columns_in_a_code_block() -> None:
    table = Table((("", "total"), ("BTC", "$205M"), ("ETH", "$1M")))
    assert embed_of(table).description == "```\n     total\nBTC  $205M\nETH    $1M\n```"


def test_details_are_a_field() -> None:
    field = embed_of(Details((("Bybit $168M",), ("rest",)))).fields[0]
    assert (field.name, field.value, field.inline) == ("Details", "Bybit $168M\nrest", False)


@pytest.mark.parametrize(
    ("tone", "colour"),
    [
        (Tone.LONG, 0xD64545),
        (Tone.SHORT, 0x2E9E6B),
        (Tone.EVEN, 0x7A828E),
        (Tone.CALM, 0x4C7BD9),
    ],
)
def test_the_tone_is_the_colour(tone: Tone, colour: int) -> None:
    embed = embed_of(Note(("n",)), tone=tone)
    assert embed.colour is not None
    assert embed.colour.value == colour


@pytest.mark.parametrize(
    ("hostile", "dead"),
    [
        ("@everyone", "@\u200beveryone"),
        ("@here", "@\u200bhere"),
        ("<@&123456789012345678>", "\\<@\u200b&123456789012345678>"),
        ("<@123456789012345678>", "\\<@\u200b123456789012345678>"),
        ("<#1>", "\\<#1>"),
        ("<t:0:R>", "\\<t:0:R>"),
        ("</liqs:1>", "\\</liqs:1>"),
        ("<:x:1>", "\\<:x:1>"),
        ("**bold**", "\\*\\*bold\\*\\*"),
        ("__x__ ~~y~~ ||z||", "\\_\\_x\\_\\_ \\~\\~y\\~\\~ \\|\\|z\\|\\|"),
        ("`code`", "\\`code\\`"),
        ("[a](https://b.example)", "\\[a](https://b.example)"),
        ("# title", "\\# title"),
        ("> quote", "\\> quote"),
        ("a\nb", "a b"),
        ("a\u202eb", "ab"),
        ("\\*", "\\\\\\*"),
    ],
)
def test_text_from_outside_comes_out_dead(hostile: str, dead: str) -> None:
    assert styled(Message((hostile,))).content == dead
    assert embed_of(Paragraph(((hostile,),))).description == dead
    assert embed_of(Paragraph(((Bold(hostile),),))).description == f"**{dead}**"


def test_code_and_tables_cannot_be_left_from_inside() -> None:
    assert styled(Message((Code("a`b``` @everyone"),))).content == "`aˋbˋˋˋ @\u200beveryone`"
    description = embed_of(Table((("```", "@everyone"),))).description or ""
    assert description.count("```") == 2
    assert "@everyone" not in description


TEXT = st.text(max_size=30) | st.text(st.sampled_from("*`_~|<@#>[]()aé🔻"), max_size=1500)
LINE = st.lists(
    TEXT | st.builds(Bold, TEXT) | st.builds(Code, TEXT) | st.just(MOMENT), max_size=4
).map(tuple)
LINES = st.lists(LINE, max_size=8).map(tuple)
BLOCK = (
    st.builds(Paragraph, LINES, st.text(max_size=300))
    | st.builds(Details, LINES)
    | st.builds(Note, LINE)
    | st.builds(Table, st.lists(st.lists(TEXT, max_size=3).map(tuple), max_size=6).map(tuple))
)


@settings(max_examples=60, deadline=None)
@given(LINE, st.lists(BLOCK, max_size=30).map(tuple))
def test_nothing_is_ever_too_long_for_discord(head: tuple[str, ...], blocks: tuple[Note]) -> None:
    text = styled(Message(head, blocks))
    assert size(text.content) <= 2_000
    for embed in text.embeds:
        assert len_of(embed) <= 6_000
        assert len(embed) <= 6_000
        assert size(embed.description or "") <= 4_096
        assert 1 <= size(embed.footer.text or "") <= 2_048
        assert len(embed.fields) <= 25
        assert all(
            (field.value or "").strip() and size(field.value or "") <= 1_024
            for field in embed.fields
        )
        assert all(
            (field.name or "").strip() and size(field.name or "") <= 256 for field in embed.fields
        )
        assert (embed.description or "").count("```") % 2 == 0


@given(st.lists(st.text(st.characters(exclude_characters="\n"), max_size=40)), st.integers(3, 200))
def test_only_whole_lines_are_kept(lines: list[str], limit: int) -> None:
    kept = fitting(lines, limit)
    assert size(kept) <= limit
    if kept != "\n".join(lines) and kept:
        *whole, last = kept.split("\n")
        assert last == "…"
        assert whole == lines[: len(whole)]


async def test_no_more_buttons_than_discord_takes() -> None:
    rows = tuple(tuple(Button(f"{r}{c}", f"verb|{r}{c}") for c in range(7)) for r in range(5))
    view = buttons_view(((Button("first", "verb|0"),), *rows))
    components = view.to_components()
    assert len(components) <= 5
    assert all(len(row["components"]) <= 5 for row in components)
    assert view.is_finished()


async def test_a_link_is_a_link_and_the_chosen_one_stands_out() -> None:
    view = buttons_view(((Button("Open", url="https://example.org"), Button("• 1h", "a|1h")),))
    link, chosen = view.to_components()[0]["components"]
    assert link["url"] == "https://example.org"
    assert chosen["style"] == discord.ButtonStyle.primary.value


def test_words_alone_hold_everything_and_no_markup() -> None:
    text = worded(
        Message(
            (Bold("$526M+"), " in 1 h"),
            (
                Paragraph((("BTC ", Bold("*−4.9%*")),), title="Split"),
                Table((("BTC", "$1"),)),
                Note(("samples",)),
            ),
        ),
        "<@&7>",
    )
    assert text.embeds == ()
    lines = text.content.split("\n")
    assert lines == ["<@&7> $526M+ in 1 h", "BTC \\*−4.9%\\*", "BTC  $1", "samples"]


def test_words_alone_are_never_too_long() -> None:
    long = Message(("head",), (Paragraph(tuple(("x" * 50,) for _ in range(99))),))
    assert size(worded(long, "<@&7>").content) <= 2_000
