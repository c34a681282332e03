"""The list of commands that Telegram's clients offer, told to it only when it has changed."""

import hashlib
import json
import re
from collections.abc import Iterable

import structlog
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
)
from telegram.error import TelegramError

from bot.ports import Notebook
from handlers.talk import Command
from handlers.telegram.errors import sentence

LONGEST_DESCRIPTION = 256

_NAME = re.compile(r"[a-z0-9_]{1,32}")

log = structlog.get_logger()


async def offer_commands(
    bot: Bot, bot_id: int, commands: Iterable[Command], notebook: Notebook
) -> None:
    """Register the commands for private chats, groups and their admins.

    What fails is told anew at the next start: people can type commands all the same.
    """
    menu = [
        (command.name, command.summary[:LONGEST_DESCRIPTION])
        for command in commands
        if _NAME.fullmatch(command.name)
    ]
    known = f"telegram:menu:{bot_id}"
    digest = hashlib.sha256(json.dumps(menu).encode()).hexdigest()
    if await notebook.read(known) == digest:
        return
    try:
        for scope in (
            BotCommandScopeAllPrivateChats(),
            BotCommandScopeAllGroupChats(),
            BotCommandScopeAllChatAdministrators(),
        ):
            await bot.set_my_commands([BotCommand(*entry) for entry in menu], scope=scope)
    except TelegramError as error:
        log.warning("Telegram did not take the list of commands", reason=sentence(error))
        return
    await notebook.write(known, digest)
