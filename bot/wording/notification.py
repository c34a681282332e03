"""What a notification says at the time of sending, whatever it carries."""

from msgspec.structs import replace

from bot.ports import Notification, Waiting
from bot.rules import Alert, Page
from bot.wording.alert import LATE_MS
from bot.wording.lines import joined
from bot.wording.merged import STALE_MS, merged_message
from bot.wording.notice import notice_message
from bot.wording.numbers import duration
from bot.wording.text import Block, Message, Note


def notification_message(notification: Notification, now_ms: int) -> Message:
    """One alert, several of them, a page of a flush's story, or a notice.

    ``now_ms`` is real time, as it was stored. An edit is never late: it changes a message that has
    rung at its time.
    """
    payload = notification.payload
    if notification.message is not None:
        now_ms = notification.created_ms
    if isinstance(payload, Page):
        return _page(payload, now_ms - notification.created_ms)
    if not isinstance(payload, Alert):
        return notice_message(payload)
    waiting = [Waiting(payload, notification.created_ms), *notification.merged]
    return merged_message(waiting, now_ms, notification.short_id)


def _page(page: Page, late_ms: int) -> Message:
    """It was worded when it happened; what is late says so, and what is stale rings nobody."""
    message = page.message
    if late_ms <= LATE_MS:
        return message
    loud = message.loud and late_ms <= STALE_MS
    return replace(message, blocks=_late(message.blocks, duration(late_ms)), loud=loud)


def _late(blocks: tuple[Block, ...], late: str) -> tuple[Block, ...]:
    """``As of 02:06 · F311 · sent 3 min late``"""
    if blocks and isinstance(last := blocks[-1], Note):
        return (*blocks[:-1], Note(joined([*last.line, f" · sent {late} late"])))
    return (*blocks, Note((f"Sent {late} late.",)))
