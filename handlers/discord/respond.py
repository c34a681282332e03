"""Shows an answer within Discord's three seconds, or asks for more time first.

Nothing here passes the turnstile: the endpoints of interactions are not bound to the bot's global
limit (docs.discord.com, topics/rate-limits, "Global Rate Limit"), and each interaction has limits
of its own. So people are answered in time also while alerts use up every second.
"""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

import discord
import structlog
from msgspec.structs import replace

from bot.clock import Clock
from bot.pictures.chart import Picture
from bot.wording.text import File, Message
from handlers.discord.arming import Answer, spoken
from handlers.discord.errors import FAILURES
from handlers.discord.pictures import attached, put_in_place, sent_along
from handlers.discord.place import Interaction
from handlers.discord.style import styled
from handlers.routing.broken import SORRY

log = structlog.get_logger()

DEFER_AFTER_S = 1.5

NO_FILES = "I could not send the files. Please ask again in a minute."

_NOBODY = discord.AllowedMentions.none()
_REFUSED = (400, 403, 413)
"""Nothing was shown; a picture may be why."""

Asking = Coroutine[object, object, Answer | None]
"""Finds the answer; None where there is nothing to say."""

Say = Callable[..., Coroutine[object, object, object]]
Along = Callable[[Picture | None], dict[str, Any]]
"""A picture as the arguments of ``Say``."""


class Responder:
    """``defer_after_s`` leaves the rest of the three seconds to the network."""

    def __init__(self, clock: Clock, defer_after_s: float = DEFER_AFTER_S) -> None:
        self._clock = clock
        self._defer_after_s = defer_after_s

    async def answer(self, interaction: Interaction, asking: Asking, share: bool) -> None:
        """The reply to a slash command; ``share`` shows it to everybody in the channel."""
        hidden = interaction.guild_id is not None and not share
        in_time, found = await self._awaited(interaction, asking, hidden)
        answer = found or spoken("…")
        if in_time:
            await _shown(interaction, answer, hidden and not answer.share)

    async def react(self, interaction: Interaction, asking: Asking) -> None:
        """The reply to a press: an edit in place, a word for the presser alone, or a new answer."""
        in_time, answer = await self._awaited(interaction, asking, hidden=True)
        if not in_time:
            return
        if answer is not None:
            # Others could see a message of its own; it is for the presser alone.
            hidden = interaction.guild_id is not None
            await (_edited if answer.edit else _added)(interaction, answer, hidden)
        elif not interaction.response.is_done():
            await _tried(interaction.response.defer())

    async def apologise(self, interaction: Interaction) -> None:
        """What is said when a command broke; the cause is in the log."""
        await _added(interaction, spoken(SORRY), interaction.guild_id is not None)

    async def _awaited(
        self, interaction: Interaction, asking: Asking, hidden: bool
    ) -> tuple[bool, Answer | None]:
        """Whether it can still be answered at all, and the answer."""
        thinking = interaction.type is discord.InteractionType.application_command
        in_time = True
        async with asyncio.TaskGroup() as group:
            task = group.create_task(asking, name="discord: an answer")
            if not await self._in_time(task):
                in_time = await _tried(
                    interaction.response.defer(ephemeral=hidden, thinking=thinking)
                )
        return in_time, task.result()

    async def _in_time(self, task: asyncio.Task[Answer | None]) -> bool:
        try:
            async with self._clock.timeout(self._defer_after_s):
                await asyncio.wait([task])
        except TimeoutError:
            return False
        return True


async def _shown(interaction: Interaction, answer: Answer, hidden: bool) -> None:
    if interaction.response.is_done():
        await _edited(interaction, answer, hidden)
        return
    send = partial(interaction.response.send_message, ephemeral=hidden)
    await _said(interaction, answer, send, sent_along, hidden)


async def _edited(interaction: Interaction, answer: Answer, hidden: bool) -> None:
    edit = (
        interaction.edit_original_response
        if interaction.response.is_done()
        else interaction.response.edit_message
    )
    await _said(interaction, answer, edit, put_in_place, hidden)


async def _added(interaction: Interaction, answer: Answer, hidden: bool) -> None:
    """A message of its own."""
    send = (
        interaction.followup.send
        if interaction.response.is_done()
        else interaction.response.send_message
    )
    await _said(interaction, answer, partial(send, ephemeral=hidden), sent_along, hidden)


async def _said(
    interaction: Interaction, answer: Answer, say: Say, along: Along, hidden: bool
) -> None:
    """Without its picture where that is not taken; then the files."""
    for message in _forms(answer.message):
        text = styled(message)
        said = say(
            content=text.content,
            embeds=text.embeds,
            view=answer.view,
            allowed_mentions=_NOBODY,
            **along(text.picture),
        )
        error = await _failure(said)
        if error is None:
            await _given(interaction, answer.files, hidden)
        if not isinstance(error, discord.HTTPException) or error.status not in _REFUSED:
            return


def _forms(message: Message) -> tuple[Message, ...]:
    return (message,) if message.picture is None else (message, replace(message, picture=None))


async def _given(interaction: Interaction, files: tuple[File, ...], hidden: bool) -> None:
    """Behind the answer, for those who see it."""
    if not files:
        return
    send = partial(interaction.followup.send, ephemeral=hidden, allowed_mentions=_NOBODY)
    if not await _tried(send(files=attached(files))):
        await _tried(send(content=NO_FILES))


async def _tried(sending: Coroutine[object, object, object]) -> bool:
    """False when Discord did not take the answer; the asker sees that it failed."""
    return await _failure(sending) is None


async def _failure(sending: Coroutine[object, object, object]) -> Exception | None:
    try:
        await sending
    except FAILURES as error:
        log.warning("discord: an answer was not taken", error=type(error).__name__)
        return error
    return None
