"""Where an update came from and who is behind it, in the words of the house."""

from telegram import Chat, ChatMember, ChatMemberRestricted, MaybeInaccessibleMessage, Message
from telegram.constants import ChatMemberStatus, ChatType

from bot.rules import Destination

PLATFORM = "telegram"

NOBODY = 0
"""The author of what is said in a group's or a channel's own name: its buttons are anybody's, and
each press is judged by who presses."""

_PRESENT = (ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.MEMBER)


def place(chat: Chat, message: MaybeInaccessibleMessage | None = None) -> Destination:
    """The chat, and the forum topic that a message stands in."""
    topic = message.message_thread_id if isinstance(message, Message) else None
    if isinstance(message, Message) and not message.is_topic_message:
        topic = None  # elsewhere the id only names a thread of replies
    return Destination(PLATFORM, chat.id, topic or 0, direct=is_private(chat))


def is_private(chat: Chat) -> bool:
    return chat.type == ChatType.PRIVATE


def is_group(chat: Chat) -> bool:
    return chat.type in (ChatType.GROUP, ChatType.SUPERGROUP)


def author(message: Message) -> int:
    """The person who wrote a message, or ``NOBODY``."""
    if message.sender_chat is not None or message.from_user is None:
        return NOBODY
    return message.from_user.id


def present(member: ChatMember) -> bool:
    """Whether a member is in the chat."""
    if isinstance(member, ChatMemberRestricted):
        return member.is_member
    return member.status in _PRESENT


def shows(message: MaybeInaccessibleMessage, data: str) -> bool:
    """Whether a message has a button with this data, so far as Telegram still tells.

    The data of a press is what the client says it is (Bot API, ``CallbackQuery.data``).
    """
    if not isinstance(message, Message):
        return True
    rows = message.reply_markup.inline_keyboard if message.reply_markup is not None else ()
    return any(button.callback_data == data for row in rows for button in row)
