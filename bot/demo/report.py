"""What the demo shows around the chat: the welcome, how far it is, and the final comparison."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from rich import box
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from bot.clock import as_datetime
from bot.demo.tape import Sums
from bot.figures import Reading
from bot.market import dollars
from bot.ports import Accounts
from bot.wording.numbers import money, share

BAR = 24


MOST_RINGS = 3
"""A person who follows with the defaults is rung no more often in a whole story."""


class Shown(NamedTuple):
    """Messages of the story: new ones, those of them that rang, and edits; how it ended."""

    sent: int
    rang: int
    edited: int
    ended: str


def welcome(interactive: bool, second_wave: bool) -> RenderableType:
    """What the next minutes will show, and what can be typed."""
    after = "with a second wave, in about another" if second_wave else "in half a minute more"
    text = (
        f"One hour of a flush in about a minute, and the hours after it {after}: an invented tape, "
        "played by three exchanges on this machine over real WebSockets in the wire formats of "
        "Binance, Bybit and OKX. Open interest, funding, books and candles come from four sources "
        "beside them, Hyperliquid too, and are invented as well; so are the 90 days before, by "
        "which ranks are told. The bot hears it as it would the real ones; this terminal is its "
        "chat. Of messages that a chat would edit, the new headline is shown (✎)."
    )
    if interactive:
        text += "\n\nType while it plays: /flush   /why   /market BTC   /liqs   /alerts   /help"
    return Panel(text, title="Liqwatch demo", title_align="left", box=box.HEAVY, width=80)


def progress(reading: Reading, played: float) -> str:
    """One line: the market's time, the hour so far, and how much of the tape was played."""
    bar = "█" * round(played * BAR)
    side = "longs" if reading.long >= reading.short else "shorts"
    heavier = max(reading.long, reading.short)
    figures = (
        f"{money(reading.total)}+ in 1 h · {share(heavier, reading.total)} {side}"
        if reading.total
        else "nothing yet"
    )
    at = as_datetime(reading.at_ms).strftime("%H:%M:%S")
    return f"{at}  {bar:░<{BAR}}  {played:4.0%}   {figures}"


def comparison(
    tape: Sums, reading: Reading, accounts: Accounts, shown: Shown
) -> tuple[RenderableType, bool]:
    """The tape's own arithmetic beside what the bot says; True when they agree to the cent."""
    table = Table(box=box.SIMPLE_HEAD, title_justify="left")
    for name in ("", "the tape", "the bot", ""):
        table.add_column(name, justify="left" if not name else "right")
    amounts = _amounts(tape, reading)
    for name, ours, said in amounts:
        same = cents(ours) == cents(said)
        table.add_row(name, f"${cents(ours):,}", f"${cents(said):,}", "=" if same else "DIFFERS")
    counted = tape.orders == reading.count
    table.add_row("orders", f"{tape.orders:,}", f"{reading.count:,}", "=" if counted else "DIFFERS")
    agree = counted and all(cents(ours) == cents(said) for _, ours, said in amounts)
    verdict = (
        Text("The bot's hour equals the tape's to the cent.", style="bold green")
        if agree
        else Text("The bot's hour is not the tape's.", style="bold red")
    )
    delivered = Text(
        f"Outbox: {accounts.created} created = {accounts.sent} sent + {accounts.merged} merged"
        f" + {accounts.dead} held back + {accounts.open} open.",
        style="dim",
    )
    rows = (table, verdict, Text(), _rung(shown), delivered)
    return Panel(Group(*rows), title="At the end", title_align="left"), agree


def _rung(shown: Shown) -> Text:
    """``4 messages in the whole story, 3 of them rang (...), 41 edits.``"""
    told = f"{shown.sent} messages, of which {shown.rang} rang; {shown.edited} edits."
    limit = f" Who follows with the defaults is rung {MOST_RINGS} times at most."
    ended = f" The flush is {shown.ended}." if shown.ended else ""
    return Text(told + limit + ended)


def _amounts(tape: Sums, reading: Reading) -> Sequence[tuple[str, Decimal, Decimal]]:
    return (
        ("longs", tape.long, dollars(reading.long)),
        ("shorts", tape.short, dollars(reading.short)),
        ("total", tape.total, dollars(reading.total)),
    )


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"))
