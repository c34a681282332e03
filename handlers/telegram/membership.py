"""Keeps what is known of a chat true while the bot is added, blocked, removed or moved."""

from telegram import ChatMemberUpdated

from bot.rules import Destination, Notice
from handlers.answers.standing import found_again, given_up
from handlers.talk import House
from handlers.telegram.notify import PLATFORM
from handlers.telegram.places import is_group, is_private, place, present

MOVED = "This group is a supergroup now; its alerts moved along."


async def note_membership(change: ChatMemberUpdated, house: House) -> bool:
    """Write down whether the chat can be reached; True when a group has just added the bot."""
    destination = place(change.chat)
    if not present(change.new_chat_member):
        reason = "blocked by the user" if is_private(change.chat) else "removed from the chat"
        await given_up(destination, house, reason)
        return False
    await found_again(destination, house)
    return is_group(change.chat) and not present(change.old_chat_member)


async def follow(old_chat: int, house: House) -> None:
    """A group became a supergroup: say so to the old id.

    Telegram answers that with the new one, and settling this outcome moves rules and queue.
    """
    old = Destination(PLATFORM, old_chat)
    if await house.rulebook.of(old):
        now_ms = house.clock.now_ms()
        await house.outbox.put(old, Notice(MOVED, now_ms), f"moved:{old_chat}", now_ms)
