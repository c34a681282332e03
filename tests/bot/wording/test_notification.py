"""What a notification says when it is sent, whatever it carries."""

from msgspec.structs import replace

from bot.clock import DAY_MS, MINUTE_MS, SECOND_MS
from bot.ports import Notification
from bot.rules import Notice, Page
from bot.wording.notification import notification_message
from bot.wording.text import Message, Note
from tests.bot.wording.events import ME, NOW, lines
from tests.bot.wording.test_merged import ALL, BTC, waiting


def test_a_notification_is_worded_by_what_it_carries() -> None:
    held = Notification(311, ME, BTC, NOW - MINUTE_MS, merged=tuple(waiting(ALL)))
    assert lines(notification_message(held, NOW))[0].startswith("2 of your alerts")
    notice = Notification(312, ME, Notice("Hello.", NOW), NOW)
    assert lines(notification_message(notice, NOW)) == ["Hello."]
    alone = Notification(313, ME, ALL, NOW - MINUTE_MS)
    assert lines(notification_message(alone, NOW))[-1].endswith(" · L313")


def test_an_edit_is_not_late() -> None:
    edit = Notification(311, ME, ALL, NOW - 50 * MINUTE_MS, message=9)
    told = notification_message(edit, NOW)
    assert told.loud
    assert "late" not in lines(told)[-1]


def a_page(loud: bool = True) -> Page:
    return Page(311, "start", NOW, Message(("Flush",), loud=loud), "F311.7")


def test_a_page_goes_out_as_it_was_worded_unless_it_is_late() -> None:
    told = Notification(1, ME, a_page(), NOW)
    assert notification_message(told, NOW + 30 * SECOND_MS) == a_page().message
    late = notification_message(told, NOW + 3 * MINUTE_MS)
    assert (lines(late)[-1], late.loud) == ("Sent 3 min late.", True)
    dated = replace(a_page(), message=Message(("Flush",), (Note(("As of now · F311",)),)))
    at_last = notification_message(replace(told, payload=dated), NOW + 3 * MINUTE_MS)
    assert lines(at_last)[1:] == ["As of now · F311 · sent 3 min late"]
    stale = notification_message(told, NOW + 31 * MINUTE_MS)
    assert not stale.loud
    edit = replace(told, message=77)
    assert notification_message(edit, NOW + DAY_MS) == a_page().message
