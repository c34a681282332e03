"""Charts, quotes and files where nothing but letters can be shown."""

from io import StringIO
from pathlib import Path

from rich.console import Console

from bot.delivery.outcomes import Delivered
from bot.pictures.chart import Picture
from bot.wording.text import File, Message, Paragraph
from handlers.console.folder import Folder
from handlers.console.notify import HERE
from handlers.console.platform import ConsolePlatform
from tests.clocks import ManualClock
from tests.fakes import Furnished
from tests.handlers.commands.flushed import OVER, flushing

PICTURE = Picture(b"png", "d1", "Liquidations by the minute: the largest at 02:41")
FILES = (File("F311.csv", b"a,b"), File("F311.json", b"{}"))


def terminal(folder: Path | None = None) -> tuple[ConsolePlatform, StringIO]:
    told = StringIO()
    return ConsolePlatform(Console(file=told, width=80), ManualClock(), folder=folder), told


def test_of_a_chart_its_words_are_shown() -> None:
    chat, told = terminal()
    chat.screen.show(Message(("Flush",), (Paragraph((("a fact",),)),), picture=PICTURE))
    shown = told.getvalue()
    assert "[chart: Liquidations by the minute: the largest at 02:41]" in shown
    assert shown.index("a fact") < shown.index("[chart:")


def test_a_chart_under_a_head_alone_is_shown_too() -> None:
    chat, told = terminal()
    chat.screen.show(Message(("Flush",), picture=PICTURE))
    assert "Flush" in told.getvalue()
    assert "[chart:" in told.getvalue()


async def test_an_answer_to_an_earlier_message_is_set_in_and_an_edit_is_not() -> None:
    chat, told = terminal()
    words = Message(("Flush",))
    assert await chat.notifier.deliver(HERE, words, "L1") == Delivered(1)
    assert await chat.notifier.deliver(HERE, words, "L2", quotes=1) == Delivered(2)
    assert await chat.notifier.deliver(HERE, words, "L2", edits=2, quotes=1) == Delivered(2)
    tops = [line.index("╭") for line in told.getvalue().splitlines() if "╭" in line]
    assert tops == [0, 2, 0]
    assert max(map(len, told.getvalue().splitlines())) <= 80


def test_files_are_in_a_folder_of_their_own(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    first, again = folder.keep(FILES), folder.keep(FILES)
    assert first == again
    assert [path.read_bytes() for path in first] == [b"a,b", b"{}"]
    own = only(tmp_path)
    assert own.stat().st_mode & 0o077 == 0
    assert folder.keep([File("../../../out.csv", b"x")]) == [own / "out.csv"]


async def test_an_answers_files_are_named_below_it(tmp_path: Path) -> None:
    chat, told = terminal(tmp_path)
    here = await flushing(OVER)
    await chat.obey("/flush 300", here.house)
    buttons = chat.screen.buttons.items()
    number = next(n for n, button in buttons if button.action == "casefiles|300")
    await chat.obey(str(number), here.house)
    own = only(tmp_path)
    assert told.getvalue().splitlines()[-3:] == [
        f"Saved: {own}/F300.{ending}" for ending in ("png", "csv", "json")
    ]


def only(folder: Path) -> Path:
    """What alone is in it."""
    (inside,) = folder.iterdir()
    return inside


async def test_a_folder_that_cannot_be_written_to_is_one_sentence(tmp_path: Path) -> None:
    chat, told = terminal(tmp_path / "missing")
    await chat.give(FILES)
    assert told.getvalue() == "I could not write the files (No such file or directory).\n"
    await chat.obey("/liqs", Furnished().house)
    assert "Liquidations" in told.getvalue()
