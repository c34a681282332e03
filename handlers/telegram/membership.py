"""Keeps what is known of a chat true while the bot is added, blocked, removed or moved."""

from contextlib import suppress

from msgspec.structs import replace
from telegram import ChatMemberUpdated

from bot.errors import HandledBeforeError
from bot.ports import Chat, Ledger
from bot.rules import Destination, Notice
from handlers.talk import House, Request
from handlers.telegram.places import PLATFORM, is_group, is_private, present

MOVED = "This group is a supergroup now; its alerts moved along."


async def note_membership(change: ChatMemberUpdated, request: Request, house: House) -> bool:
    """Write down whether the chat can be reached; True when a group has just added the bot."""
    here = present(change.new_chat_member)
    reason = "blocked by the user" if is_private(change.chat) else "removed from the chat"

    def noted(chat: Chat) -> Chat:
        if not here:
            return replace(chat, state="gone", reason=reason)
        return replace(chat, state="active", reason="") if chat.state == "gone" else chat

    async def note(ledger: Ledger) -> None:
        await ledger.change(request.destination, noted)

    # Who added the bot may not have been greeted, though that it came is written down.
    with suppress(HandledBeforeError):
        await house.keep(note, request)
    return here and is_group(change.chat) and not present(change.old_chat_member)


async def follow(house: House, old: int, new_chat: int, request: Request | None = None) -> None:
    """A group became a supergroup: take its rules, wishes and queue along, and say so there.

    ``request``: the update that told of it; None where a call did.
    """
    new = Destination(PLATFORM, new_chat)
    now_ms = house.clock.now_ms()
    house.allowed.follow(PLATFORM, old, new_chat)  # before anything can go there

    async def move(ledger: Ledger) -> None:
        if await ledger.rules(Destination(PLATFORM, old)):
            await ledger.put(new, Notice(MOVED, now_ms), f"moved:{old}", now_ms)
        await ledger.move(PLATFORM, old, new_chat)

    with suppress(HandledBeforeError):
        await house.keep(move, request)
