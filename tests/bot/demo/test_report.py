"""What the demo shows around the chat."""

from decimal import Decimal
from io import StringIO

from rich.console import Console, RenderableType

from bot.demo.report import Shown, comparison, welcome
from bot.demo.tape import Sums
from bot.ports import Accounts
from tests.fakes import a_reading

TAPE = Sums(Decimal(4_400_000), Decimal(3_800_000), 120)
SENT = Accounts(created=5, sent=5, merged=0, dead=0, open=0)
SHOWN = Shown(sent=5, rang=2, edited=21, ended="closed")


def test_the_end_compares_to_the_cent_and_counts_rings() -> None:
    panel, agree = comparison(TAPE, a_reading(), SENT, SHOWN)
    told = plain(panel)
    assert agree
    assert "5 messages, of which 2 rang; 21 edits." in told
    assert "rung 3 times at most" in told
    assert "The flush is closed." in told
    assert "5 created = 5 sent" in told


def test_an_hour_that_differs_by_a_cent_is_said_to_differ() -> None:
    other = Sums(TAPE.long + Decimal("0.01"), TAPE.short, TAPE.orders)
    panel, agree = comparison(other, a_reading(), SENT, SHOWN)
    assert not agree
    assert "DIFFERS" in plain(panel)


def test_the_welcome_says_what_is_invented() -> None:
    for second_wave in (False, True):
        told = plain(welcome(interactive=True, second_wave=second_wave))
        assert told.count("invented") >= 2
        assert "90 days" in told
        assert ("second wave" in told) == second_wave


def plain(shown: RenderableType) -> str:
    """On one line, without frames."""
    console = Console(file=StringIO(), width=200)
    console.print(shown)
    assert isinstance(console.file, StringIO)
    return " ".join(console.file.getvalue().replace("┃", " ").replace("│", " ").split())
