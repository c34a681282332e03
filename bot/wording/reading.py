"""The answers to ``/liqs``, ``/imbalance`` and ``/top``."""

from collections.abc import Sequence

from bot.figures import Reading, Split
from bot.history.known import Sidedness
from bot.history.standing import Standing
from bot.market import USD, Side
from bot.wording.buttons import alert_me_row, coin_row, refresh_row, window_row
from bot.wording.coverage import coverage_note, is_young, plus, silence
from bot.wording.history import common_line, normal_part
from bot.wording.lines import (
    exchange_shares_line,
    exchanges,
    heavier,
    largest_line,
    leaders,
    more,
    scope,
    sided,
)
from bot.wording.numbers import (
    UNKNOWN,
    alike,
    count,
    duration,
    money,
    named,
    share,
    signed,
    window_name,
)
from bot.wording.text import Block, Bold, Line, Message, Moment, Note, Paragraph, Span, Table

TELLING = 1_000_000 * USD
"""Below this total an imbalance is three orders and not a mood."""

TOLD_WINDOWS = ("5m", "15m", "1h", "4h", "24h")
_TABLE_COINS = 4
_TOP_COINS = 10


def liqs_message(
    reading: Reading, others: Sequence[Reading] = (), standing: Standing | None = None
) -> Message:
    """``reading`` is what was asked; ``others`` the same scope over the other windows.

    ``standing``: how unusual the reading is, where that is known.

    Buttons: ``liqs|<coin or all>|<window>[|exchange]`` and ``alertme|<coin or all>|<window>``.
    """
    over = window_name(reading.span_ms)
    buttons = (
        window_row("liqs", reading, TOLD_WINDOWS),
        coin_row("liqs", reading),
        (*refresh_row("liqs", reading), *alert_me_row(reading)),
    )
    head = (
        f"Liquidations · {scope(reading.coin, reading.exchange)} · {duration(reading.span_ms)}",
    )
    nothing = silence(reading, reading.coin or "", duration(reading.span_ms))
    if nothing is not None:
        windows = _windows_lines(others, reading, over)
        extra = (Paragraph(tuple(windows), title="More"),) if windows else ()
        return Message(head, (*nothing[:1], *extra, *nothing[1:]), buttons)
    facts: list[Line] = _windows_lines(others, reading, over)
    if reading.largest is not None:
        facts.append(largest_line(reading.largest))
    if reading.coin is None and reading.exchange is None:
        facts.append(exchange_shares_line(reading))
    blocks: list[Block] = [Paragraph((_total_line(reading, standing),)), *_parts_table(reading)]
    if facts:
        blocks.append(Paragraph(tuple(facts), title="More"))
    return Message(head, (*blocks, coverage_note(reading)), buttons)


def imbalance_message(
    reading: Reading, others: Sequence[Reading] = (), sides: Sidedness | None = None
) -> Message:
    """As ``liqs_message``; ``sides``: how common one-sidedness is. Buttons
    ``imbalance|<coin or all>|<window>``."""
    buttons = (
        window_row("imbalance", reading, TOLD_WINDOWS),
        coin_row("imbalance", reading),
        refresh_row("imbalance", reading),
    )
    where = scope(reading.coin, reading.exchange)
    over = duration(reading.span_ms)
    head = (f"Imbalance · {where} · {over}",)
    nothing = silence(reading, reading.coin or "", over)
    if nothing is not None:
        return Message(head, nothing, buttons)
    blocks: list[Block] = [Paragraph((_balance_line(reading),)), *_balance_table(reading, others)]
    leading = [coin for coin in reading.coins[:_TABLE_COINS] if coin.total >= TELLING]
    if reading.coin is None and leading:
        told = " · ".join(f"{coin.name} {signed(_imbalance(coin))}" for coin in leading)
        blocks.append(Paragraph(((told,),), title="Coins"))
    if (common := common_line(reading, sides)) is not None:
        blocks.append(Paragraph((common,)))
    note = ("+1 only longs, 0 even, −1 only shorts. ", *coverage_note(reading).line)
    return Message(head, (*blocks, Note(note)), buttons)


def top_message(reading: Reading) -> Message:
    """The leading coins and exchanges of one window, of one coin its exchanges.

    Buttons: ``top|<coin or all>|<window>``.
    """
    over = duration(reading.span_ms)
    on = f" on {named(reading.exchange)}" if reading.exchange else ""
    where = f" · {scope(reading.coin, reading.exchange)}" if reading.coin else on
    head = (f"Top {'exchanges' if reading.coin else 'coins'}{where} · {over}",)
    buttons = (window_row("top", reading, TOLD_WINDOWS), refresh_row("top", reading))
    nothing = silence(reading, reading.coin or "", over)
    if nothing is not None:
        return Message(head, nothing, buttons)
    blocks: list[Block] = [Paragraph((_total_line(reading),))]
    if reading.coin is None:
        blocks.append(_table(leaders(reading.coins, _TOP_COINS, "rest")))
    if reading.exchange is None:
        blocks.append(_table(leaders(exchanges(reading), _TOP_COINS, more(reading, _TOP_COINS))))
    if reading.largest is not None:
        blocks.append(Paragraph((largest_line(reading.largest),)))
    return Message(head, (*blocks, coverage_note(reading)), buttons)


def _total_line(reading: Reading, standing: Standing | None = None) -> Line:
    usual = None if is_young(reading) else normal_part(standing)
    orders = "1 order" if reading.count == 1 else f"{count(reading.count)} orders"
    total = Bold(f"{money(reading.total)}{plus(reading)}")
    return (total, f" · {sided(reading, heavier(reading))} · {usual or orders}")


def _parts_table(reading: Reading) -> list[Block]:
    """Of all coins the leading ones; of one coin its exchanges; of one of one, nothing."""
    if reading.coin is None:
        return [_table(leaders(reading.coins, _TABLE_COINS, "rest"))]
    if reading.exchange is None:
        return [_table(leaders(exchanges(reading), _TABLE_COINS, more(reading, _TABLE_COINS)))]
    return []


def _table(parts: Sequence[Split]) -> Table:
    amounts = alike([part.total for part in parts])
    rows = (
        (part.name, amount, share(part.long, part.total))
        for part, amount in zip(parts, amounts, strict=True)
    )
    return Table((("", "total", "longs"), *rows))


def _windows_lines(others: Sequence[Reading], asked: Reading, over: str) -> list[Line]:
    """``5m $16M · 15m $89M · 4h $556M · 24h $771M``.

    Windows that have not run their whole span hold the same: they are told once, with their start.
    """
    shown = [
        reading
        for reading in sorted(others, key=lambda reading: reading.span_ms)
        if window_name(reading.span_ms) in TOLD_WINDOWS and window_name(reading.span_ms) != over
    ]
    amounts = alike([reading.total for reading in shown])
    line: list[Span] = []
    for reading, amount in zip(shown, amounts, strict=True):
        dot = " · " if line else ""
        if not is_young(reading):
            line.append(f"{dot}{window_name(reading.span_ms)} {amount}")
        elif not is_young(asked):
            line += [f"{dot}since ", Moment(reading.hearing.since_ms), f" {amount}"]
            break
    return [tuple(line)] if line else []


def _balance_line(reading: Reading) -> Line:
    over = duration(reading.span_ms)
    if reading.total < TELLING:
        orders = "1 order" if reading.count == 1 else f"{count(reading.count)} orders"
        return (f"Too little to tell: {money(reading.total)} in {orders}. I need $1M.",)
    told = f"{money(reading.total)}{plus(reading)}"
    side = heavier(reading)
    of = f"{share(_side(reading, side), reading.total)} of {told} were {side.word}s"
    return (Bold(signed(reading.imbalance or 0.0)), f" over {over}: {of}")


def _side(reading: Reading, side: Side) -> int:
    return reading.long if side is Side.LONG else reading.short


def _balance_table(reading: Reading, others: Sequence[Reading]) -> list[Block]:
    spans = {other.span_ms: other for other in (*others, reading)}
    shown = [
        spans[span_ms]
        for span_ms in sorted(spans)
        if window_name(span_ms) in TOLD_WINDOWS or span_ms == reading.span_ms
    ]
    amounts = alike([other.total for other in shown])
    rows = (
        _balance_row(other, amount, known=other is reading or not is_young(other))
        for other, amount in zip(shown, amounts, strict=True)
    )
    return [Table((("", "longs", "imb.", "total"), *rows))]


def _balance_row(reading: Reading, amount: str, known: bool) -> tuple[str, ...]:
    name = window_name(reading.span_ms)
    if not known:
        return (name, UNKNOWN, UNKNOWN, UNKNOWN)
    if reading.total < TELLING:
        return (name, UNKNOWN, UNKNOWN, amount)
    return (name, share(reading.long, reading.total), signed(reading.imbalance or 0.0), amount)


def _imbalance(part: Split) -> float:
    return (part.long - part.short) / part.total
