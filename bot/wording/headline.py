"""The first line of an alert: side, amount, span, share; enough on a lock screen."""

from bot.figures import Reading
from bot.market import Side
from bot.rules import Alert, Rule
from bot.wording.coverage import plus
from bot.wording.lines import amount_of, heavier, sided, sign, tone
from bot.wording.numbers import count, duration, fine_money, money, named, round_money
from bot.wording.structural import LOCK_SCREEN, STRUCTURAL, structural
from bot.wording.text import Tone

_TIMES = {2: "Twice", 5: "5 times", 10: "10 times"}


def headline(alert: Alert) -> str:
    """One line without a full sentence, so that nothing of it is lost when it is cut."""
    metric = alert.rule.metric
    if metric == "order":
        return _order(alert)
    if metric == "largest" and alert.reading.largest is not None:
        return _escalated(alert, _largest(alert))
    if metric in ("imbalance", "long_share", "short_share"):
        return _share(alert)
    if metric in STRUCTURAL:
        return structural(alert)
    long = _amount(alert, "liquidated ")
    if alert.level > 1:
        return _escalated(alert, _amount(alert, ""))
    return long if len(long) <= LOCK_SCREEN else _amount(alert, "")


def headline_tone(alert: Alert) -> Tone:
    """The colour of a single order's side, or of the side that is clearly ahead."""
    order = alert.reading.largest
    if is_single(alert) and order is not None:
        return Tone.LONG if order.side is Side.LONG else Tone.SHORT
    return tone(alert.reading)


def size(alert: Alert) -> int:
    """How much an alert is about, in units of ``market.USD``: its side's sum, or its order."""
    reading, metric = alert.reading, alert.rule.metric
    if is_single(alert) and reading.largest is not None:
        return reading.largest.usd
    if metric in ("long", "short"):
        return amount_of(reading, _told_side(alert))
    return reading.total


def say_size(alert: Alert) -> str:
    """``$12.4M+ BTC longs``, ``$526M+``, ``$11.8M BTC long``: to be read after "the largest"."""
    reading, metric = alert.reading, alert.rule.metric
    if is_single(alert) and reading.largest is not None:
        order = reading.largest
        return f"{fine_money(order.usd)} {order.coin} {order.side.word}"
    side = f"{_told_side(alert).word}s" if metric in ("long", "short") else ""
    return " ".join(filter(None, (f"{money(size(alert))}{plus(reading)}", reading.coin, side)))


def is_single(alert: Alert) -> bool:
    """Whether the alert is about one order, not about a sum."""
    metric = alert.rule.metric
    return metric == "largest" or (metric == "order" and alert.orders <= 1)


def _amount(alert: Alert, verb: str) -> str:
    """``🔻 $526M+ liquidated in 1 h · 87% longs``"""
    reading, metric = alert.reading, alert.rule.metric
    side = _told_side(alert)
    what, share = f"{money(reading.total)}{plus(reading)}", sided(reading, side)
    of = f"of {reading.coin} " if reading.coin else ""
    if metric in ("long", "short"):
        what = f"{money(amount_of(reading, side))}{plus(reading)}"
        of = f"of {reading.coin} {side.word}s " if reading.coin else f"of {side.word}s "
        if not reading.coin:
            share = f"{share.split()[0]} of all"
    elif metric == "count":
        what, of = f"{count(reading.count)}{plus(reading)}", f"{_coin(reading)}orders "
    return f"{sign(side)} {what} {of}{verb}{_on(reading)}in {duration(reading.span_ms)} · {share}"


def _share(alert: Alert) -> str:
    """``🔻 87% longs in 1 h: $526M+ liquidated``"""
    reading = alert.reading
    side = _told_side(alert)
    told = f"{sign(side)} {_coin(reading)}{sided(reading, side)} {_on(reading)}"
    line = f"{told}in {duration(reading.span_ms)}: {money(reading.total)}{plus(reading)}"
    return f"{line} liquidated" if len(line) + 11 <= LOCK_SCREEN else line


def _largest(alert: Alert) -> str:
    """``🔻 $11.8M BTC long on Bybit: largest order in 1 h``"""
    order = alert.reading.largest
    if order is None:
        return _amount(alert, "liquidated ")
    what = f"{fine_money(order.usd)} {order.coin} {order.side.word} on {named(order.exchange)}"
    return f"{sign(order.side)} {what}: largest in {duration(alert.reading.span_ms)}"


def _order(alert: Alert) -> str:
    """``🔻 $11.8M BTC long liquidated on Bybit``, or a burst of them."""
    reading, order = alert.reading, alert.reading.largest
    if alert.orders > 1 or order is None:
        side = heavier(reading)
        many = f"{count(max(1, alert.orders))} {_coin(reading)}orders"
        what = f"{fine_money(reading.total)} in {many} within {duration(reading.span_ms)}"
        return f"{sign(side)} {what} · {sided(reading, side)}"
    what = f"{fine_money(order.usd)} {order.coin} {order.side.word}"
    return f"{sign(order.side)} {what} liquidated on {named(order.exchange)}"


def _escalated(alert: Alert, told: str) -> str:
    """``🔻 $1.02B+ in 1 h · 88% longs. Twice your $500M.``"""
    if alert.level <= 1:
        return told
    times = _TIMES.get(alert.level, f"{alert.level} times")
    your = "your" if alert.rule.destination.direct else "the"
    return f"{told}. {times} {your} {_threshold(alert.rule)}."


def _threshold(rule: Rule) -> str:
    return count(rule.threshold) if rule.metric == "count" else round_money(rule.threshold)


def _told_side(alert: Alert) -> Side:
    """The side that the rule is about, else the heavier one."""
    named_sides = {
        "long": Side.LONG,
        "long_share": Side.LONG,
        "short": Side.SHORT,
        "short_share": Side.SHORT,
    }
    return named_sides.get(alert.rule.metric, heavier(alert.reading))


def _coin(reading: Reading) -> str:
    return f"{reading.coin} " if reading.coin else ""


def _on(reading: Reading) -> str:
    return f"on {named(reading.exchange)} " if reading.exchange else ""
