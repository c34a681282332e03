"""What the demo shows around the chat: the welcome, how far it is, and the final comparison."""

from collections.abc import Sequence
from decimal import Decimal

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


def welcome(interactive: bool) -> RenderableType:
    """What the next minute will show, and what can be typed."""
    text = (
        "One hour of a flush in about a minute: an invented tape, played by three exchanges on "
        "this machine over real WebSockets in the wire formats of Binance, Bybit and OKX. The bot "
        "hears it as it would the real ones; this terminal is its chat."
    )
    if interactive:
        text += "\n\nType while it plays: /liqs   /alert BTC 5m long > 10m   /alerts   /help"
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


def comparison(tape: Sums, reading: Reading, accounts: Accounts) -> tuple[RenderableType, bool]:
    """The tape's own arithmetic beside what the bot says; True when they agree to the cent."""
    table = Table(box=box.SIMPLE_HEAD, title_justify="left")
    for name in ("", "the tape", "the bot", ""):
        table.add_column(name, justify="left" if not name else "right")
    rows = _amounts(tape, reading)
    for name, ours, said in rows:
        same = cents(ours) == cents(said)
        table.add_row(name, f"${cents(ours):,}", f"${cents(said):,}", "=" if same else "DIFFERS")
    counted = tape.orders == reading.count
    table.add_row("orders", f"{tape.orders:,}", f"{reading.count:,}", "=" if counted else "DIFFERS")
    agree = counted and all(cents(ours) == cents(said) for _, ours, said in rows)
    verdict = (
        Text("The bot's hour equals the tape's to the cent.", style="bold green")
        if agree
        else Text("The bot's hour is not the tape's.", style="bold red")
    )
    delivered = Text(
        f"Alerts: {accounts.created} created = {accounts.sent} sent + {accounts.merged} merged"
        f" + {accounts.dead} held back + {accounts.open} open.",
        style="dim",
    )
    return Panel(Group(table, verdict, delivered), title="At the end", title_align="left"), agree


def _amounts(tape: Sums, reading: Reading) -> Sequence[tuple[str, Decimal, Decimal]]:
    return (
        ("longs", tape.long, dollars(reading.long)),
        ("shorts", tape.short, dollars(reading.short)),
        ("total", tape.total, dollars(reading.total)),
    )


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"))
