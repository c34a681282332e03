"""What an alert says."""

from bot.clock import MINUTE_MS, SECOND_MS
from bot.figures import Reading
from bot.rules import Alert
from bot.wording.buttons import alert_rows
from bot.wording.coverage import coverage_note
from bot.wording.headline import headline, headline_tone
from bot.wording.lines import (
    coin_sides_line,
    coins_line,
    exchanges_line,
    joined,
    largest_line,
    split_line,
)
from bot.wording.numbers import duration
from bot.wording.rules import whose
from bot.wording.sample import SAMPLE_RULE, sample_alert
from bot.wording.text import Block, Bold, Details, Line, Message, Moment, Note, Paragraph, Span

LATE_MS = 30 * SECOND_MS

ORDERS = ("order", "largest")
"""Metrics of single orders, which are not "at least" anything."""


def alert_message(alert: Alert, now_ms: int, short_id: str = "") -> Message:
    """One alert. ``now_ms`` is the market's time of sending: what is late says so.

    The sample (``sample_alert``) comes marked as a test, silent and without buttons.
    """
    if alert.rule.id == SAMPLE_RULE:
        return _test(alert)
    return Message(
        head=(headline(alert),),
        blocks=(*_body(alert), Note(_last_line(alert, now_ms, short_id))),
        buttons=alert_rows(alert.rule.id, alert.why, alert.flush),
        tone=headline_tone(alert),
        loud=not alert.quiet,
    )


def _test(alert: Alert) -> Message:
    return Message(
        head=("TEST · invented numbers",),
        blocks=(
            Paragraph(((Bold(headline(alert)),),), title="Headline"),
            *_body(alert),
            Note(("A real one has buttons below.",)),
        ),
        tone=headline_tone(alert),
    )


def _body(alert: Alert) -> list[Block]:
    blocks: list[Block] = []
    told = alert.told
    if told.lead:
        blocks.append(Paragraph((told.lead,), title="Why it matters"))
    facts = (*_facts(alert), *told.facts)
    if facts:
        blocks.append(Paragraph(facts, title="What is in it"))
    details = (*told.details, *_details(alert))
    if details:
        blocks.append(Details(details))
    blocks.append(coverage_note(alert.reading, alert.rule.metric not in ORDERS))
    return blocks


def _facts(alert: Alert) -> tuple[Line, ...]:
    """Split, coins and the largest order, without what the headline has said already."""
    reading = alert.reading
    if alert.rule.metric == "order" and alert.orders <= 1:
        return _liquidated_at(reading)
    if alert.rule.metric == "largest" and reading.largest is not None:
        return (*_liquidated_at(reading), split_line(reading))
    lines = [split_line(reading)] if reading.total else []
    if reading.coin is None and len(reading.coins) > 1:
        lines.append(coins_line(reading))
    if reading.largest is not None:
        lines.append(largest_line(reading.largest))
    return tuple(lines)


def _liquidated_at(reading: Reading) -> tuple[Line, ...]:
    return (("Liquidated at ", Moment(reading.largest.time_ms)),) if reading.largest else ()


def _details(alert: Alert) -> tuple[Line, ...]:
    reading = alert.reading
    lines: list[Line] = []
    if alert.rule.metric == "order" and alert.orders <= 1:
        return ()
    if reading.coin is None and len(reading.coins) > 1:
        lines.append(coin_sides_line(reading))
    if reading.exchange is None and len(reading.exchanges) > 1:
        lines.append(exchanges_line(reading))
    return tuple(lines)


def _last_line(alert: Alert, now_ms: int, short_id: str) -> Line:
    """``As of 03:04 · your alert: all 1h > $500M, crossed 02:57 · L123``"""
    as_of = alert.reading.at_ms
    line: list[Span] = ["As of ", Moment(as_of), f" · {whose(alert.rule)}"]
    if as_of - alert.at_ms >= MINUTE_MS:
        line += [", crossed ", Moment(alert.at_ms)]
    late_ms = now_ms - max(as_of, alert.at_ms)
    if late_ms > LATE_MS:
        line.append(f" · sent {duration(late_ms)} late")
    if alert.flush:
        line.append(f" · in flush F{alert.flush}")
    if short_id:
        line.append(f" · {short_id}")
    return joined(line)


__all__ = ["alert_message", "sample_alert"]
