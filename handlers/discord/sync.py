"""Registers the slash commands with Discord, and only when they are not what they were."""

from hashlib import sha256
from typing import Any

import discord
import msgspec
import structlog
from discord import app_commands

from bot.ports import Notebook

log = structlog.get_logger()


async def sync_when_changed(
    tree: "app_commands.CommandTree[Any]", application: int, notebook: Notebook
) -> bool:
    """Whether they were registered now; Discord allows 200 new ones a day.

    A refusal is logged and leaves the old commands in place: alerts matter more.
    """
    payload = [command.to_dict(tree) for command in tree.get_commands()]
    digest = sha256(msgspec.json.encode(payload, order="sorted")).hexdigest()
    name = f"discord.commands.{application}"
    if await notebook.read(name) == digest:
        return False
    try:
        await tree.sync()
    except (discord.Forbidden, app_commands.CommandSyncFailure) as refusal:
        log.error("discord: the commands were refused", said=str(refusal)[:500])
        return False
    await notebook.write(name, digest)
    log.info("discord: commands registered", commands=len(payload))
    return True
