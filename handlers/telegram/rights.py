"""Who may change what is set for a Telegram chat, asked of Telegram and remembered for a minute."""

from collections import OrderedDict

import structlog
from telegram import Bot, Chat, Message, User
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import TelegramError

from bot.clock import Clock
from handlers.telegram.errors import sentence

GROUP_ANONYMOUS_BOT = 1087968824
"""Under this account admins write who chose to stay anonymous (Bot API, ``sender_chat``)."""

REMEMBERED_S = 60.0
MOST_REMEMBERED = 10_000
"""Members remembered; the longest known is forgotten first and asked for again."""

_ADMINS = (ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR)

log = structlog.get_logger()


class Rights:
    """Denies by default: what Telegram cannot tell is no."""

    def __init__(self, bot: Bot, clock: Clock) -> None:
        self._bot = bot
        self._clock = clock
        self._known: OrderedDict[tuple[int, int], tuple[bool, float]] = OrderedDict()

    async def of_author(self, message: Message) -> bool:
        """Whether who wrote a message may change things there.

        Posts in a channel are by its admins. An anonymous admin writes as the group itself; any
        other ``sender_chat`` is a channel speaking in the group.
        """
        if message.chat.type in (ChatType.PRIVATE, ChatType.CHANNEL):
            return True
        if message.sender_chat is not None:
            anonymous = message.from_user is None or message.from_user.id == GROUP_ANONYMOUS_BOT
            return anonymous and message.sender_chat.id == message.chat.id
        writer = message.from_user
        return writer is not None and await self._admin(message.chat.id, writer)

    async def of_presser(self, chat: Chat, user: User) -> bool:
        """Whether who pressed a button may change things in its chat."""
        return chat.type == ChatType.PRIVATE or await self._admin(chat.id, user)

    def forget(self, chat: int) -> None:
        """Ask anew about everybody in a chat."""
        for key in [key for key in self._known if key[0] == chat]:
            del self._known[key]

    async def _admin(self, chat: int, user: User) -> bool:
        now = self._clock.monotonic()
        known, until = self._known.get((chat, user.id), (False, now))
        if now < until:
            return known
        try:
            member = await self._bot.get_chat_member(chat, user.id)
        except TelegramError as error:
            log.warning("Telegram does not tell who is an admin", reason=sentence(error))
            return False
        self._remember((chat, user.id), member.status in _ADMINS, now + REMEMBERED_S)
        return member.status in _ADMINS

    def _remember(self, key: tuple[int, int], admin: bool, until: float) -> None:
        self._known.pop(key, None)
        self._known[key] = (admin, until)
        if len(self._known) > MOST_REMEMBERED:
            self._known.popitem(last=False)
