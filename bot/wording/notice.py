"""What is said about the bot itself."""

from collections.abc import Sequence
from pathlib import Path

from bot.ports import Accounts, Found, SourceStatus
from bot.rules import Destination, Notice
from bot.wording.alert import alert_message
from bot.wording.numbers import bracketed, clock, count, duration, named, together
from bot.wording.reasons import NOT_WANTED, by_kind
from bot.wording.sample import sample_alert
from bot.wording.text import Message, Paragraph

NAMED = 3
"""Exchanges that a notice names before it counts them."""

_NOWHERE = Destination("", 0, 0, True)


def notice_message(notice: Notice) -> Message:
    """One or two plain sentences; a ``test`` shows the invented event, marked as such."""
    if notice.kind != "test":
        return Message(head=(notice.text,))
    sample = alert_message(sample_alert(_NOWHERE, notice.at_ms), notice.at_ms)
    if not notice.text:
        return sample
    return Message(
        head=sample.head,
        blocks=(Paragraph(((notice.text,),)), *sample.blocks),
        buttons=sample.buttons,
        tone=sample.tone,
    )


def not_hearing(lost: Sequence[SourceStatus], since_ms: int, asked: int) -> str:
    """``⚠️ Not hearing Binance since 14:02 UTC (blocked in this region, HTTP 451). ...``

    At least one of the ``asked`` exchanges, lost since ``since_ms`` at the earliest.
    """
    reasons = {source.reason for source in lost}
    why = bracketed(reasons.pop()) if len(reasons) == 1 else ""
    whom = f"any of {asked} exchanges" if len(lost) == asked > 1 else _names(lost)
    text = f"⚠️ Not hearing {whom} since {clock(since_ms)}{why}."
    if reasons:
        return f"{text} Why: /sources."
    return f"{text} Totals miss {'it' if len(lost) == 1 else 'them'}."


def hearing_again(found: Sequence[SourceStatus], from_ms: int, to_ms: int) -> str:
    """``Binance is back after 12 min. It has no history, so 14:02–14:14 UTC stays unknown.``"""
    back = "is back" if len(found) == 1 else "are back"
    text = f"{_names(found)} {back} after {duration(to_ms - from_ms)}."
    between = _between(from_ms, to_ms)
    without = [source for source in found if not source.history]
    if not without:
        whose = "Its history is" if len(found) == 1 else "Their histories are"
        return f"{text} {whose} asked for {between}."
    if len(without) == len(found):
        has = "It has" if len(found) == 1 else "They have"
        return f"{text} {has} no history, so {between} stays unknown."
    have = "has" if len(without) == 1 else "have"
    return f"{text} {_names(without)} {have} no history: {between} stays unknown there."


def silent(source: SourceStatus, since_ms: int) -> str:
    """``⚠️ Bybit is connected, but silent since 13:40 UTC while the market moves. ...``"""
    since = f"silent since {clock(since_ms)} while the market moves"
    return f"⚠️ {named(source.exchange)} is connected, but {since}. Totals may miss it."


def speaking_again(source: SourceStatus, from_ms: int, to_ms: int) -> str:
    """``Bybit speaks again after 25 min. 13:40–14:05 UTC stays in doubt.``"""
    again = f"{named(source.exchange)} speaks again after {duration(to_ms - from_ms)}"
    return f"{again}. {_between(from_ms, to_ms)} stays in doubt."


def unreadable(source: SourceStatus, since_ms: int) -> str:
    """``⚠️ HTX: 3% of its frames unreadable since 14:02 UTC. ...``"""
    what = f"{source.reason or 'some of its frames unreadable'} since {clock(since_ms)}"
    return f"⚠️ {named(source.exchange)}: {what}. Totals miss a part; liqwatch quarantine shows it."


def readable_again(source: SourceStatus, from_ms: int, to_ms: int) -> str:
    """``HTX is readable again after 12 min. A part of 14:02–14:14 UTC stays unknown.``"""
    again = f"{named(source.exchange)} is readable again after {duration(to_ms - from_ms)}"
    return f"{again}. A part of {_between(from_ms, to_ms)} stays unknown."


def inverted(source: SourceStatus) -> str:
    """``⚠️ Gate: prices say that its sides are read the wrong way round. ...``"""
    name = named(source.exchange)
    told = "prices say that its sides are read the wrong way round"
    return f"⚠️ {name}: {told}. Its longs may be shorts: /sources {source.exchange}."


def righted(source: SourceStatus) -> str:
    """``Gate: prices agree with its sides again.``"""
    return f"{named(source.exchange)}: prices agree with its sides again."


def restarted(away_ms: int | None, found: Found, fates: Accounts) -> str:
    """``Back after 6 min. 41 alerts were waiting: 38 sent, 3 merged, 0 lost, at most 1 twice.``

    Once all of ``found`` have ended, or some of them are still open. ``away_ms`` None: unknown.
    """
    dead = by_kind(fates.reasons)
    unwanted = sum(dead[kind] for kind in NOT_WANTED)
    told = [f"{count(fates.sent)} sent"]
    told += [f"{count(fates.merged)} merged"] if fates.merged else []
    told += [f"{count(unwanted)} not wanted any more"] if unwanted else []
    told += [f"{count(fates.open)} still waiting"] if fates.open else []
    told.append(f"{count(fates.dead - unwanted)} lost")
    told.append(f"at most {count(found.unclear)} twice" if found.unclear else "none twice")
    back = "Back" if away_ms is None else f"Back after {duration(away_ms)}"
    alerts = "1 alert was" if found.open == 1 else f"{count(found.open)} alerts were"
    return f"{back}. {alerts} waiting: {', '.join(told)}."


def unaccounted(accounts: Accounts) -> str:
    """The outbox's identity does not hold: a fault of this program or of the disk."""
    a = accounts
    parts = f"{count(a.sent)} sent, {count(a.merged)} merged, {count(a.dead)} dead"
    told = f"{count(a.created)} notifications, but {parts} and {count(a.open)} open"
    return f"⚠️ The outbox does not add up: {told}. Keep a liqwatch backup, and report it."


def disk_filling(free: int, folder: Path) -> str:
    """``free`` in bytes."""
    told = f"{_bytes(free)} are free in {folder}"
    return f"⚠️ The disk is nearly full: {told}. Make room: once it is full, nothing can be saved."


def disk_roomy(free: int) -> str:
    return f"The disk has room again: {_bytes(free)} are free."


def _bytes(number: int) -> str:
    """``412 MB``, ``1.2 GB``, ``12 GB``"""
    if number < 1_000_000_000:
        return f"{number // 1_000_000} MB"
    return f"{number / 1_000_000_000:.{int(number < 10_000_000_000)}f} GB"


def _names(sources: Sequence[SourceStatus]) -> str:
    """``Binance, OKX, Gate and 3 more``"""
    names = [named(source.exchange) for source in sources]
    if len(names) > NAMED + 1:
        names = [*names[:NAMED], f"{len(names) - NAMED} more"]
    return together(names)


def _between(from_ms: int, to_ms: int) -> str:
    return f"{clock(from_ms).removesuffix(' UTC')}–{clock(to_ms)}"
