"""Shows a reply within Discord's three seconds, or asks for more time first."""

import asyncio
from collections.abc import Coroutine

import discord
import structlog

from bot.clock import Clock
from bot.wording.text import Message
from handlers.discord.buttons import buttons_view
from handlers.discord.errors import FAILURES
from handlers.discord.place import Interaction
from handlers.discord.style import styled
from handlers.talk import Reply

log = structlog.get_logger()

DEFER_AFTER_S = 1.5
BROKEN = "Something went wrong on my side; it is written down. Please try again."

_NOBODY = discord.AllowedMentions.none()


class Responder:
    """``defer_after_s`` leaves the rest of the three seconds to the network."""

    def __init__(self, clock: Clock, defer_after_s: float = DEFER_AFTER_S) -> None:
        self._clock = clock
        self._defer_after_s = defer_after_s

    async def answer(
        self, interaction: Interaction, asking: Coroutine[object, object, Reply], share: bool
    ) -> None:
        """The reply to a slash command; ``share`` shows it to everybody in the channel."""
        hidden = interaction.guild_id is not None and not share
        reply = await self._awaited(interaction, asking, hidden)
        if reply is not None:
            await _shown(interaction, _message(reply), hidden and not reply.share)

    async def react(
        self, interaction: Interaction, asking: Coroutine[object, object, Reply]
    ) -> None:
        """The reply to a press: an edit in place, a word for the presser alone, or a new answer."""
        reply = await self._awaited(interaction, asking, hidden=True)
        if reply is None:
            return
        if reply.edit and reply.message is not None:
            await _edited(interaction, reply.message)
        elif reply.message is not None or reply.toast:
            await _added(interaction, _message(reply))
        elif not interaction.response.is_done():
            await _tried(interaction.response.defer())

    async def apologise(self, interaction: Interaction) -> None:
        """What is said when a command broke; the cause is in the log."""
        await _added(interaction, Message((BROKEN,)))

    async def _awaited(
        self, interaction: Interaction, asking: Coroutine[object, object, Reply], hidden: bool
    ) -> Reply | None:
        """None when it is too late to answer at all."""
        thinking = interaction.type is discord.InteractionType.application_command
        in_time = True
        async with asyncio.TaskGroup() as group:
            task = group.create_task(asking, name="discord: an answer")
            if not await self._in_time(task):
                in_time = await _tried(
                    interaction.response.defer(ephemeral=hidden, thinking=thinking)
                )
        return task.result() if in_time else None

    async def _in_time(self, task: asyncio.Task[Reply]) -> bool:
        try:
            async with self._clock.timeout(self._defer_after_s):
                await asyncio.wait([task])
        except TimeoutError:
            return False
        return True


def _message(reply: Reply) -> Message:
    """Discord has no popup: a toast is a message for the presser alone."""
    return reply.message or Message((reply.toast or "…",))


async def _shown(interaction: Interaction, message: Message, hidden: bool) -> None:
    text, view = styled(message), buttons_view(message.buttons)
    if interaction.response.is_done():
        await _tried(
            interaction.edit_original_response(
                content=text.content, embeds=text.embeds, view=view, allowed_mentions=_NOBODY
            )
        )
    else:
        await _tried(
            interaction.response.send_message(
                text.content,
                embeds=text.embeds,
                view=view,
                allowed_mentions=_NOBODY,
                ephemeral=hidden,
            )
        )


async def _edited(interaction: Interaction, message: Message) -> None:
    text, view = styled(message), buttons_view(message.buttons)
    edit = (
        interaction.edit_original_response
        if interaction.response.is_done()
        else interaction.response.edit_message
    )
    await _tried(
        edit(content=text.content, embeds=text.embeds, view=view, allowed_mentions=_NOBODY)
    )


async def _added(interaction: Interaction, message: Message) -> None:
    """A message of its own, for the presser alone where others could see it."""
    text, view = styled(message), buttons_view(message.buttons)
    hidden = interaction.guild_id is not None
    send = (
        interaction.followup.send
        if interaction.response.is_done()
        else interaction.response.send_message
    )
    await _tried(
        send(
            text.content,
            embeds=text.embeds,
            view=view,
            allowed_mentions=_NOBODY,
            ephemeral=hidden,
        )
    )


async def _tried(sending: Coroutine[object, object, object]) -> bool:
    """False when Discord did not take the answer; the asker sees that it failed."""
    try:
        await sending
    except FAILURES as error:
        log.warning("discord: an answer was not taken", error=type(error).__name__)
        return False
    return True


async def keep_waiting(interaction: Interaction) -> None:
    """Ask for more time at once; the answer will be for the asker alone."""
    thinking = interaction.type is discord.InteractionType.application_command
    await _tried(interaction.response.defer(ephemeral=True, thinking=thinking))


async def show(interaction: Interaction, message: Message, view: discord.ui.View) -> None:
    """After ``keep_waiting``: the answer, or the pressed message as it reads now."""
    text = styled(message)
    await _tried(
        interaction.edit_original_response(
            content=text.content, embeds=text.embeds, view=view, allowed_mentions=_NOBODY
        )
    )
