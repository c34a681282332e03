"""Frames in quarantine are shown so that they can do nothing to the terminal."""

import io
import json

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from bot.ports import BadFrame
from bot.quarantine import harmless, show_quarantine

AT = 1_789_670_000_000
EVIL = BadFrame("okx", b'{"a":"\x1b[2J\x00\xff\xc2\x9b[31m"}[red]', "not JSON: \x1b]0;x\x07 …", AT)


def shown(*frames: BadFrame, as_json: bool = False) -> str:
    out = io.StringIO()
    show_quarantine(frames, as_json, Console(file=out, width=80, force_terminal=True))
    return out.getvalue()


def test_nothing_in_quarantine_is_one_sentence() -> None:
    assert shown().splitlines() == ["No frame is in quarantine: all that came could be read."]
    assert json.loads(shown(as_json=True)) == []


def test_a_frame_is_shown_with_its_time_its_exchange_and_its_reason() -> None:
    out = io.StringIO()
    frame = BadFrame("bybit", b'{"topic":1}', "a topic that is none", AT)
    show_quarantine([frame], False, Console(file=out, width=30))
    assert out.getvalue().splitlines() == [
        "2026-09-17 18:33:20 UTC  Bybit  a topic that is none",
        '    {"topic":1}',
    ]


def test_control_characters_and_markup_reach_no_terminal() -> None:
    told = shown(EVIL)
    own = ("\x1b[1m", "\x1b[0m", "\x1b[2m")  # bold, plain, dim: Rich's, not the frame's
    for code in own:
        told = told.replace(code, "")
    assert all(c.isprintable() for c in told.replace("\n", ""))
    assert r"\x1b[2J\x00\xff\xc2\x9b[31m" in told and "[red]" in told
    assert r"not JSON: \x1b]0;x\x07 …" in told


def test_a_long_frame_is_cut_and_whole_in_json() -> None:
    frame = BadFrame("okx", b"x" * 4096, "too odd", AT)
    assert "x… " not in shown(frame) and "(4,096 bytes)" in shown(frame)
    assert len(shown(frame)) < 300
    (told,) = json.loads(shown(frame, as_json=True))
    assert told == {"received": AT, "exchange": "okx", "reason": "too odd", "frame": "x" * 4096}


def test_the_newest_stays_last() -> None:
    frames = [BadFrame("okx", b"", f"number {n}", AT + n) for n in range(100)]
    assert [told["reason"] for told in json.loads(shown(*frames, as_json=True))] == [
        f"number {n}" for n in range(100)
    ]


@given(st.binary(max_size=60))
def test_any_bytes_can_be_read_back_from_what_is_shown(raw: bytes) -> None:
    assert harmless(raw).isascii() and harmless(raw).isprintable()
    assert harmless(raw).encode().decode("unicode_escape").encode("latin-1") == raw
