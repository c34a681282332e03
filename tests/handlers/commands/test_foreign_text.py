"""What a person typed comes back as words: never as markup, a mention, a link or a button."""

import asyncio
import re
import unicodedata
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rules import Destination
from bot.wording.text import Bold, Code, Details, Line, Message, Note, Paragraph, Table
from handlers.commands import COMMANDS
from handlers.routing.router import act, answer
from handlers.routing.typed import readable
from handlers.talk import Reply
from handlers.telegram.style import bare, html
from tests.doubles.telegram_html import parse
from tests.handlers.asking import GROUP, PRIVATE, SERVER, a_request, ask, say, words
from tests.handlers.commands.flushed import Flushing
from tests.torture import times

PAYLOADS = (
    "<b>BTC</b>", "<a href='tg://user?id=1'>x</a>", "<script>", "&lt;b&gt;", "&#60;b&#62;",
    "</code>", "**BTC**", "__BTC__", "`BTC`", "```BTC", "||BTC||", "> BTC",
    "[x](https://evil.example)", "https://evil.example", "tg://resolve?domain=x",
    "t.me/evil", "discord.gg/evil", "@everyone", "@here", "<@1>", "<@&1>", "<#1>", "</liqs:1>",
    "<t:0:R>", "<:x:1>",
    "@durov", "#tag", "x@evil.example",
    "BT\u202eC", "\u2066BTC\u2069", "BT\u200bC", "\u200f", "BTC\x00", "BTC\x1b[31m", "B\u0301" * 40,
    "BTC|mute|1h", "run|stop|", "{0.__class__}", "%(x)s", "$(reboot)", "'; drop table rule; --",
)  # fmt: skip

SHAPES = ("{}", "{} 1h", "BTC {}", "BTC 1h > {}", "BTC {} > 50m", "{} long > 50m", "order > {}")

TEXTS = st.builds(
    str.format, st.sampled_from(SHAPES), st.one_of(st.sampled_from(PAYLOADS), st.text(max_size=40))
)
LINKED = re.compile(r"[@#]|://|\b(?:t\.me|discord\.gg)|\w\.(?:example|me|gg)\b")
OPTIONS = (
    "coin", "window", "exchange", "metric", "above", "rule", "span", "share", "severity", "stage",
    "how", "number", "of",
)  # fmt: skip


@settings(max_examples=times(300), deadline=None)
@given(name=st.sampled_from([*COMMANDS, "moon"]), text=TEXTS)
def test_typed_text_comes_back_as_plain_words(name: str, text: str) -> None:
    asyncio.run(_typed(name, text))


@settings(max_examples=times(200), deadline=None)
@given(
    name=st.sampled_from([*COMMANDS]),
    form=st.sampled_from(["", "add", "list", "remove"]),
    options=st.dictionaries(st.sampled_from(OPTIONS), TEXTS, max_size=5),
)
def test_a_filled_form_comes_back_as_plain_words(
    name: str, form: str, options: dict[str, str]
) -> None:
    asyncio.run(_filled(name, form, options))


@pytest.mark.parametrize("payload", PAYLOADS)
async def test_an_unknown_name_is_repeated_letter_by_letter_or_refused(payload: str) -> None:
    asked = "/liqs {}", "/alert {} 1h > 50m", "/sources {}", "/mute {}", "/follow {}", "/flush {}"
    for typed in asked:
        told = words(await ask(typed.format(payload), Flushing()))
        hidden = any(unicodedata.category(sign).startswith("C") for sign in payload)
        assert ("invisible" in told) == hidden
        assert told


async def _typed(name: str, text: str) -> None:
    here = Flushing()
    for at in (PRIVATE, GROUP):
        _is_harmless(await ask(f"/{name} {text}", here, at))
    _is_harmless(await say(text, here))
    _is_harmless(await act(f"run|{name}|{text}", a_request(), here.house))
    _is_harmless(await act(text, a_request(), here.house))


async def _filled(name: str, form: str, options: dict[str, str]) -> None:
    here = Flushing()
    mine = Destination("discord", 4711, direct=True)
    for at in (mine, SERVER):
        request = a_request(at=at, form=form, options=options)
        _is_harmless(await answer(name, request, here.house))


def _is_harmless(reply: Reply) -> None:
    assert _shows(reply.toast)
    if reply.message is None:
        return
    message = reply.message
    assert all(_shows(text) for text in _texts(message))
    for button in (button for row in message.buttons for button in row):
        assert _shows(button.label)
        assert button.label.strip()
        assert readable(button.action) == button.action
        assert button.action.count("|") <= 4
        assert not button.url or button.url.startswith("https://t.me/liqwatch_bot?start=")
        assert button.url.partition("=")[2].replace("-", "").replace("_", "").isalnum() or (
            not button.url
        )
    assert not any(LINKED.search(text) for text in _loose(message))
    read = parse(html(message))
    assert read.text == bare(message)
    assert {one.kind for one in read.entities} <= {
        "bold", "italic", "code", "pre", "blockquote", "date_time",
    }  # fmt: skip


def _loose(message: Message) -> Iterator[str]:
    """Where a chat looks for mentions and links by itself: all but code and tables."""
    lines = [message.head]
    for block in message.blocks:
        match block:
            case Paragraph(lines=told) | Details(lines=told):
                lines += told
            case Note(line=line):
                lines.append(line)
    for line in lines:
        yield "".join(span for span in line if isinstance(span, str))
        yield from (span.text for span in line if isinstance(span, Bold))


def _shows(text: str) -> bool:
    """Nothing in it hides, or turns the direction in which it is read."""
    return not any(unicodedata.category(sign).startswith("C") for sign in text)


def _texts(message: Message) -> Iterator[str]:
    yield from _spans(message.head)
    for block in message.blocks:
        match block:
            case Paragraph(lines=lines) | Details(lines=lines):
                for line in lines:
                    yield from _spans(line)
            case Table(rows=rows):
                for row in rows:
                    yield from row
            case Note(line=line):
                yield from _spans(line)


def _spans(line: Line) -> Iterator[str]:
    for span in line:
        if isinstance(span, str):
            yield span
        elif isinstance(span, (Bold, Code)):
            yield span.text
