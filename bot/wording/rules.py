"""What is said about rules: repeated, saved, listed."""

from collections.abc import Sequence

from bot.history.known import Often
from bot.metrics import METRICS, Unit
from bot.rules import SHARE, Rule
from bot.typed.rule_text import draft_of, draft_text
from bot.wording.history import gentler_row, often_line
from bot.wording.lines import joined
from bot.wording.numbers import count, fine_money, part_of, round_money, share_of, span
from bot.wording.text import Bold, Button, Code, Line, Message, Paragraph

PAGE = 20
"""Rules told at once; more would not be read on a phone."""

_BUTTONS_A_ROW = 5


def say_rule(rule: Rule) -> str:
    """A rule in its shortest words, which ``parse_rule`` reads back: ``BTC longs 1h > $50M``."""
    return draft_text(draft_of(rule))


def whose(rule: Rule) -> str:
    """``your alert: all 1h > $500M``; one of a group is nobody's own."""
    own = "your alert" if rule.destination.direct else "alert of this chat"
    return f"{own}: {say_rule(rule)}"


def say_value(metric: str, value: int | None) -> str:
    """A metric's value: ``$1.4M``, ``87%``, ``412``; ``unknown`` for None."""
    if value is None:
        return "unknown"
    unit = METRICS[metric].unit
    if unit is Unit.SHARE:
        return share_of(value)
    if unit is Unit.PART:
        return part_of(value)
    if unit is Unit.TIMES:
        return f"{value / SHARE:.1f}×"
    return count(value) if unit is Unit.COUNT else fine_money(value)


def saved_message(
    rule: Rule, value: int | None, often: Often | None = None, basis: str = ""
) -> Message:
    """``Set: BTC longs > $50M in 1 h.`` and how far away it is, or that it is already there.

    ``basis`` says what the dollars stand for (``p99 of 92 days``), ``often`` how often it would
    have fired. Buttons: ``pause|<id>``, ``delete|<id>``, and ``instead|<id>|<rule>`` for one that
    would never stop.
    """
    standing = _standing(rule, value)
    if (said := often_line(often, rule.metric)) is not None:
        standing = (*standing, f" {said}")
    own = (_pause(rule), _delete(rule))
    gentler = gentler_row(rule, often)
    return Message(
        head=(f"Set: {_sentence(rule)}{f' ({basis})' if basis else ''}.",),
        blocks=(Paragraph((joined(standing),)),),
        buttons=(gentler, own) if gentler else (own,),
    )


def rule_message(rule: Rule, value: int | None) -> Message:
    """One rule with what can be done: ``pause|<id>`` or ``resume|<id>``, ``delete|<id>``,
    ``alerts|1``."""
    standing = ("Paused.",) if rule.paused else _standing(rule, value)
    change: Line = (
        "To change it, delete it and make another: ",
        Code("/alert"),
        ".",
    )
    return Message(
        head=(f"{_sentence(rule, first=True)}.",),
        blocks=(Paragraph((standing, change)),),
        buttons=((_pause(rule), _delete(rule)), (Button("All alerts", "alerts|1"),)),
    )


def deleted_message(rule: Rule) -> Message:
    return Message(head=(f"Deleted: {say_rule(rule)}.",))


def rules_message(entries: Sequence[tuple[Rule, int | None]], page: int = 1) -> Message:
    """A destination's rules with what they read now, nearest to firing first.

    Buttons: ``rule|<id>`` each, ``alerts|<page>`` where there are more than a page holds.
    """
    if not entries:
        example: Line = (
            Code("/alert 50m"),
            " is $50M over all coins in 1 h; ",
            Code("/start"),
            " offers a choice.",
        )
        return Message(head=("No alerts yet.",), blocks=(Paragraph((example,)),))
    ranked = sorted(entries, key=lambda entry: -nearness(*entry))
    pages = -(-len(ranked) // PAGE)
    page = min(max(page, 1), pages)
    first = (page - 1) * PAGE
    told = list(enumerate(ranked[first : first + PAGE], first + 1))
    lines = tuple(_list_line(number, *entry) for number, entry in told)
    numbers = [Button(str(number), f"rule|{rule.id}") for number, (rule, _) in told]
    rows = [tuple(numbers[i : i + _BUTTONS_A_ROW]) for i in range(0, len(numbers), _BUTTONS_A_ROW)]
    turn = _turning(page, pages)
    return Message(
        head=(f"{_whose(entries)}, nearest first",),
        blocks=(Paragraph(lines),),
        buttons=(*rows, turn) if turn else tuple(rows),
    )


def _whose(entries: Sequence[tuple[Rule, int | None]]) -> str:
    """A group's alerts are nobody's own; where both are listed, both are said."""
    own = {rule.destination.direct for rule, _ in entries}
    if own == {True}:
        return "Your alerts"
    return "Alerts of this chat" if own == {False} else "Alerts of this chat and your own"


def nearness(rule: Rule, value: int | None) -> float:
    """The part of its threshold that a rule has reached; paused and unknown ones come last."""
    if rule.paused:
        return -2.0
    return -1.0 if value is None else value / rule.threshold


def _list_line(number: int, rule: Rule, value: int | None) -> Line:
    """``1  BTC longs 1h > $50M · now $1.4M``"""
    if rule.paused:
        now = " · paused"
    elif not METRICS[rule.metric].windowed and not METRICS[rule.metric].told:
        now = ""
    else:
        now = f" · now {say_value(rule.metric, value)}"
    return (f"{number}  {say_rule(rule)}{now}",)


def _sentence(rule: Rule, first: bool = False) -> str:
    """``BTC longs > $50M in 1 h``"""
    draft = draft_of(rule)
    told = draft_text(draft, window=False)
    if first:
        told = told[0].upper() + told[1:]
    return f"{told} in {span(rule.window)}" if rule.window else told


def _standing(rule: Rule, value: int | None) -> Line:
    metric = METRICS[rule.metric]
    if metric.told and value is None:
        return ("Now unknown: I have yet to measure it.",)
    if not metric.windowed and not metric.told:
        return ("I write for each such order; a burst within 15 s is one message.",)
    if value is None:
        if metric.unit is Unit.SHARE:
            floor = round_money(rule.floor)
            return (f"Now unknown: it takes {floor} in {span(rule.window)} before a share counts.",)
        return (f"Now unknown: I have not heard the whole {span(rule.window)}.",)
    now = say_value(rule.metric, value)
    if value > rule.threshold:
        return ("Already there: ", Bold(now), ". I write when it falls back and rises again.")
    return ("Now ", Bold(now), f", {_away(rule, rule.threshold - value)} away.")


def _away(rule: Rule, distance: int) -> str:
    if METRICS[rule.metric].unit is Unit.SHARE:
        points = max(1, round(distance * 100 / SHARE))
        return f"{points} point{'s' if points > 1 else ''}"
    return say_value(rule.metric, distance)


def _pause(rule: Rule) -> Button:
    if rule.paused:
        return Button("Resume", f"resume|{rule.id}")
    return Button("Pause", f"pause|{rule.id}")


def _delete(rule: Rule) -> Button:
    return Button("Delete", f"delete|{rule.id}")


def _turning(page: int, pages: int) -> tuple[Button, ...]:
    back = (Button("‹ Nearer", f"alerts|{page - 1}"),) if page > 1 else ()
    on = (Button("Further ›", f"alerts|{page + 1}"),) if page < pages else ()
    return (*back, *on)
