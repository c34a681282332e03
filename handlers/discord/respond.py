"""Shows an answer within Discord's three seconds, or asks for more time first.

Nothing here passes the turnstile: the endpoints of interactions are not bound to the bot's global
limit (docs.discord.com, topics/rate-limits, "Global Rate Limit"), and each interaction has limits
of its own. So people are answered in time also while alerts use up every second.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any

import discord
import structlog

from bot.clock import Clock
from handlers.discord.arming import Answer, spoken, uploads
from handlers.discord.errors import FAILURES
from handlers.discord.place import Interaction
from handlers.discord.style import Styled, styled
from handlers.routing.broken import SORRY

log = structlog.get_logger()

DEFER_AFTER_S = 1.5

_NOBODY = discord.AllowedMentions.none()

Asking = Coroutine[object, object, Answer | None]
"""Finds the answer; None where there is nothing to say."""


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
            await (_edited if answer.edit else _added)(interaction, answer)
        elif not interaction.response.is_done():
            await _tried(interaction.response.defer())

    async def apologise(self, interaction: Interaction) -> None:
        """What is said when a command broke; the cause is in the log."""
        await _added(interaction, spoken(SORRY))

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
        await _edited(interaction, answer)
        return
    text = styled(answer.message)
    await _tried(
        interaction.response.send_message(
            text.content,
            embeds=text.embeds,
            view=answer.view,
            allowed_mentions=_NOBODY,
            ephemeral=hidden,
            **_along(answer, text),
        )
    )


async def _edited(interaction: Interaction, answer: Answer) -> None:
    text = styled(answer.message)
    edit = (
        interaction.edit_original_response
        if interaction.response.is_done()
        else interaction.response.edit_message
    )
    files = [*text.files(), *uploads(answer.files)]
    added: dict[str, Any] = {"attachments": files} if files else {}
    await _tried(
        edit(
            content=text.content,
            embeds=text.embeds,
            view=answer.view,
            allowed_mentions=_NOBODY,
            **added,
        )
    )


async def _added(interaction: Interaction, answer: Answer) -> None:
    """A message of its own, for the presser alone where others could see it."""
    text = styled(answer.message)
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
            view=answer.view,
            allowed_mentions=_NOBODY,
            ephemeral=hidden,
            **_along(answer, text),
        )
    )


def _along(answer: Answer, text: Styled) -> dict[str, Any]:
    """The picture and the files, only where there are any."""
    files = [*text.files(), *uploads(answer.files)]
    return {"files": files} if files else {}


async def _tried(sending: Coroutine[object, object, object]) -> bool:
    """False when Discord did not take the answer; the asker sees that it failed."""
    try:
        await sending
    except FAILURES as error:
        log.warning("discord: an answer was not taken", error=type(error).__name__)
        return False
    return True
