"""What is said when several alerts go out in one message: each of them is named or counted."""

from collections.abc import Sequence

from msgspec.structs import replace

from bot.clock import MINUTE_MS
from bot.ports import Waiting
from bot.rules import Alert, Rule
from bot.wording.alert import LATE_MS, ORDERS, alert_message
from bot.wording.buttons import Row, alert_rows
from bot.wording.coverage import SAME_DAY_MS, plus
from bot.wording.headline import headline, headline_tone, say_size, size
from bot.wording.length import CAPTION, length
from bot.wording.lines import joined
from bot.wording.numbers import count, duration
from bot.wording.rules import say_rule, whose
from bot.wording.text import (
    Block,
    Button,
    Code,
    Details,
    Line,
    Message,
    Moment,
    Note,
    Paragraph,
    Span,
    Style,
    Tone,
)

STALE_MS = 30 * MINUTE_MS
"""Later than this an alert rings nobody: it is a line of a summary."""

MOST_NAMED = 10
"""Alerts that have a line of their own; the others are counted."""

LEAST_ROOM = 250
"""Of it for the other alerts: two lines, and one that counts the rest."""


def merged_message(waiting: Sequence[Waiting], now_ms: int, short_id: str = "") -> Message:
    """One message for the alerts of one destination, oldest first; at least one.

    What waited for at most 30 s is told like a single alert, with the others in a line each. What
    was held up is a list. It rings for what is not later than 30 min. ``now_ms`` is real time.
    """
    lates = [max(0, now_ms - each.created_ms) for each in waiting]
    alerts = [each.alert for each in waiting]
    if max(lates) > (LATE_MS if len(alerts) > 1 else STALE_MS):
        return _summary(alerts, lates, short_id)
    first = max(range(len(alerts)), key=lambda n: _weight(alerts[n]))
    alone = alert_message(alerts[first], alerts[first].at_ms + lates[first], short_id)
    return _with_others(alone, alerts, first) if len(alerts) > 1 else alone


def _with_others(alone: Message, alerts: Sequence[Alert], first: int) -> Message:
    """The others stand between what the first is made of and what its figures are worth."""
    alone = _with_room(alone)
    others = [alert for n, alert in enumerate(alerts) if n != first]
    room = CAPTION - length(alone.head, *alone.blocks) - len("Also:\n")
    lines = _listed(others, room, rules=_one_rule(alerts) is None)
    facts = [block for block in alone.blocks if isinstance(block, Paragraph)]
    loud = any(not alert.quiet for alert in alerts)
    rest = [block for block in alone.blocks if not isinstance(block, Paragraph)]
    return replace(
        alone,
        blocks=(*facts, Paragraph((("Also:",), *lines)), *rest),
        buttons=_buttons(alerts),
        loud=loud,
    )


def _with_room(message: Message) -> Message:
    """Details give way: who asked for several things wants to hear of each."""
    over = length(message.head, *message.blocks) + LEAST_ROOM - CAPTION
    blocks: list[Block] = []
    for block in message.blocks:
        if isinstance(block, Details) and over > 0:
            lines = list(block.lines)
            while lines and over > 0:
                over -= length(lines.pop())
            block = Details(tuple(lines))
        if not isinstance(block, Details) or block.lines:
            blocks.append(block)
    return replace(message, blocks=tuple(blocks))


def _summary(alerts: Sequence[Alert], lates: Sequence[int], short_id: str) -> Message:
    """``4 of your alerts while I was held up (02:36–02:44):`` then one line each."""
    old = max(lates) >= SAME_DAY_MS
    stale = min(lates) > STALE_MS
    head = _held_up(alerts, stale, old)
    notes = _worth(alerts, max(lates), short_id)
    lines = _listed(
        sorted(alerts, key=lambda alert: alert.at_ms),
        CAPTION - length(head, *notes),
        rules=len(alerts) > 1 and _one_rule(alerts) is None,
        times="f" if old else "t",
    )
    return Message(
        head=head,
        blocks=(Paragraph(lines), *notes),
        buttons=_buttons(alerts),
        tone=Tone.CALM if stale else headline_tone(max(alerts, key=_weight)),
        loud=not stale and any(not alert.quiet for alert in alerts),
    )


def _held_up(alerts: Sequence[Alert], stale: bool, old: bool) -> Line:
    many = count(len(alerts))
    of = f"{many} of your alerts"
    if not alerts[0].rule.destination.direct:
        of = f"{many} alert{'' if len(alerts) == 1 else 's'} of this chat"
    why = "came while I could not write" if stale else "while I was held up"
    if len(alerts) == 1:
        return (f"{of} {why}:",)
    first, last = min(a.at_ms for a in alerts), max(a.at_ms for a in alerts)
    style: Style = "f" if old else "t"
    span: list[Span] = [Moment(first, style)]
    if first // MINUTE_MS != last // MINUTE_MS:
        span += ["–", Moment(last, style)]
    return (f"{of} {why} (", *span, "):")


def _worth(alerts: Sequence[Alert], late_ms: int, short_id: str) -> list[Note]:
    """What the figures are worth, once for all of them, and at the end whose they are."""
    if len(alerts) == 1:
        alone = alert_message(alerts[0], alerts[0].at_ms + late_ms, short_id)
        return [block for block in alone.blocks if isinstance(block, Note)]
    line: list[Span] = [f"Each as of its time, up to {duration(late_ms)} late"]
    if any(plus(alert.reading) for alert in alerts if alert.rule.metric not in ORDERS):
        line += ["; + is at least, see ", Code("/sources")]
    rule = _one_rule(alerts)
    line.append(f" · {whose(rule)}" if rule else "")
    flush = _one_flush(alerts)
    line.append(f" · in flush F{flush}" if flush else "")
    line.append(f" · {short_id}" if short_id else "")
    return [Note(joined(line))]


def _listed(
    alerts: Sequence[Alert], room: int, rules: bool, times: Style | None = None
) -> tuple[Line, ...]:
    """The most telling ones in the given order, at least one, and all others counted."""
    ranked = sorted(range(len(alerts)), key=lambda n: _weight(alerts[n]), reverse=True)
    named = min(MOST_NAMED, len(alerts))
    while True:
        lines = [_line(alerts[n], rules, times) for n in sorted(ranked[:named])]
        if unnamed := [alerts[n] for n in ranked[named:]]:
            lines.append(_counted(unnamed, times or "t"))
        if named == 1 or length(*lines) <= room:
            return tuple(lines)
        named -= 1


def _line(alert: Alert, rules: bool, times: Style | None) -> Line:
    """``02:41 🔻 $205M+ of BTC liquidated in 1 h · 91% longs (BTC 1h > $200M)``"""
    line: list[Span] = [Moment(alert.at_ms, times), " "] if times else []
    line.append(headline(alert))
    line.append(f" ({say_rule(alert.rule)})" if rules else "")
    return joined(line)


def _counted(alerts: Sequence[Alert], style: Style) -> Line:
    """``and 37 more, the largest $12.4M+ BTC longs at 02:41``"""
    largest = max(alerts, key=size)
    which = "the largest " if len(alerts) > 1 else ""
    told = f"and {count(len(alerts))} more, {which}{say_size(largest)} at "
    return (told, Moment(largest.at_ms, style))


def _weight(alert: Alert) -> tuple[int, int]:
    """How telling it is: how far it went above what was asked for, then how much it is about."""
    return alert.level, size(alert)


def _one_rule(alerts: Sequence[Alert]) -> Rule | None:
    """The rule of all of them, if there is one."""
    ids = {alert.rule.id for alert in alerts}
    return alerts[0].rule if len(ids) == 1 else None


def _one_flush(alerts: Sequence[Alert]) -> int:
    """The number of the flush of all of them; 0 where there is none."""
    flushes = {alert.flush for alert in alerts}
    return flushes.pop() if len(flushes) == 1 else 0


def _buttons(alerts: Sequence[Alert]) -> tuple[Row, ...]:
    rule = _one_rule(alerts)
    flush = _one_flush(alerts)
    why = max(alerts, key=_weight).why
    if rule is not None:
        return alert_rows(rule.id, why, flush)
    first, _ = alert_rows(0, why, flush)
    return ((*first, Button("All alerts", "alerts|1")),)
