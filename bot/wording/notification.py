"""What a notification says at the time of sending, whatever it carries."""

from bot.ports import Notification, Waiting
from bot.rules import Alert
from bot.wording.merged import merged_message
from bot.wording.notice import notice_message
from bot.wording.text import Message


def notification_message(notification: Notification, now_ms: int) -> Message:
    """One alert, several of them, or a notice. ``now_ms`` is real time, as it was stored.

    An edit is never late: it changes a message that has rung at its time.
    """
    payload = notification.payload
    if not isinstance(payload, Alert):
        return notice_message(payload)
    if notification.message is not None:
        now_ms = notification.created_ms
    waiting = [Waiting(payload, notification.created_ms), *notification.merged]
    return merged_message(waiting, now_ms, notification.short_id)
