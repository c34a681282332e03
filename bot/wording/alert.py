"""What an alert, a notice and a test say."""

from collections.abc import Sequence

from bot.rules import Alert, Destination, Notice
from bot.wording.text import Message


def alert_message(alert: Alert, now_ms: int, short_id: str = "") -> Message:
    """One alert. ``now_ms`` is the time of sending: what is late says so."""
    raise NotImplementedError


def merged_message(alerts: Sequence[Alert], now_ms: int) -> Message:
    """Several alerts that waited, one line each."""
    raise NotImplementedError


def notice_message(notice: Notice) -> Message:
    """Something about the bot itself; a ``test`` shows the invented event of ``sample_alert``."""
    raise NotImplementedError


def sample_alert(destination: Destination, at_ms: int) -> Alert:
    """An invented event; its rule has id 0, and ``alert_message`` marks it as a test."""
    raise NotImplementedError
