"""What is said about the bot itself."""

from bot.rules import Destination, Notice
from bot.wording.alert import alert_message
from bot.wording.numbers import clock, duration, named
from bot.wording.sample import sample_alert
from bot.wording.text import Message, Paragraph

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


def not_hearing(exchange: str, since_ms: int, reason: str) -> str:
    """``⚠️ Not hearing Binance since 14:02 UTC (HTTP 451). Totals miss it.``"""
    why = f" ({reason})" if reason else ""
    return f"⚠️ Not hearing {named(exchange)} since {clock(since_ms)}{why}. Totals miss it."


def hearing_again(exchange: str, from_ms: int, to_ms: int) -> str:
    """``Binance is back after 12 min. 14:02–14:14 UTC stays unknown.``"""
    unknown = f"{clock(from_ms).removesuffix(' UTC')}–{clock(to_ms)} stays unknown"
    return f"{named(exchange)} is back after {duration(to_ms - from_ms)}. {unknown}."


def restarted(away_ms: int, waiting: int) -> str:
    """To the operator, after a start that found alerts waiting."""
    alerts = "1 alert was" if waiting == 1 else f"{waiting} alerts were"
    go = "it goes" if waiting == 1 else "they go"
    return f"Back after {duration(away_ms)}. {alerts} waiting; {go} out now."
