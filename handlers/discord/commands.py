"""Slash commands, made from the registry of commands: a new one needs no line here."""

import inspect
from collections.abc import Mapping
from typing import Any

import discord
from discord import app_commands

from bot.metrics import METRICS
from bot.rules import WINDOWS
from handlers.discord.admission import Admission
from handlers.discord.arming import Answer, answer_of
from handlers.discord.completion import Completion
from handlers.discord.conversation import Conversation
from handlers.discord.departures import returned
from handlers.discord.limits import CHOICES, cut
from handlers.discord.place import Interaction, asked, place
from handlers.discord.respond import Responder
from handlers.talk import Command, Form, Option

SUMMARY = 100
SHARE = "yes"
WHOLE = "show"
"""The name of a form without one where its sisters have names: Discord knows no bare group."""


class SlashCommands:
    """Builds the library's commands and answers them."""

    def __init__(
        self, conversation: Conversation, responder: Responder, admission: Admission
    ) -> None:
        self._conversation = conversation
        self._responder = responder
        self._admission = admission
        self._completion = Completion(conversation.house, admission)

    def build(self) -> list[app_commands.Command[Any, ..., None] | app_commands.Group]:
        """A command of one unnamed form is itself; otherwise each form is a subcommand."""
        return [self._built(command) for command in self._conversation.commands.values()]

    def _built(self, command: Command) -> app_commands.Command[Any, ..., None] | app_commands.Group:
        forms = command.forms or (Form("", command.summary),)
        if len(forms) == 1 and not forms[0].name:
            return self._form(command, forms[0], command.name, command.summary)
        group = app_commands.Group(name=command.name, description=cut(command.summary, SUMMARY))
        for form in forms:
            group.add_command(self._form(command, form, form.name or WHOLE, form.summary))
        return group

    def _form(
        self, command: Command, form: Form, name: str, summary: str
    ) -> app_commands.Command[Any, ..., None]:
        async def callback(interaction: Interaction, **chosen: str | None) -> None:
            filled = {option: value for option, value in chosen.items() if value is not None}
            await self._asked(command, form, interaction, filled)

        # The library reads a command's options from its callback's signature.
        callback.__signature__ = _signature(form.options)  # type: ignore[attr-defined]
        described = {option.name: cut(option.summary, SUMMARY) for option in form.options}
        decorated = app_commands.describe(**described)(callback)
        decorated = app_commands.choices(**self._choices(form))(decorated)
        decorated = app_commands.autocomplete(**self._completed(form))(decorated)
        return app_commands.Command(
            name=name, description=cut(summary, SUMMARY), callback=decorated
        )

    def _choices(self, form: Form) -> dict[str, list[app_commands.Choice[str | int | float]]]:
        known = {
            "window": list(WINDOWS),
            "metric": list(METRICS),
            "exchange": sorted(s.exchange for s in self._conversation.house.desk.sources()),
            "share": [SHARE],
        }
        return {
            option.name: [app_commands.Choice(name=word, value=word) for word in words]
            for option in form.options
            if 0 < len(words := known.get(option.kind, [])) <= CHOICES
        }

    def _completed(self, form: Form) -> dict[str, Any]:
        ways = {"coin": self._completion.coins, "rule": self._completion.rules}
        return {o.name: ways[o.kind] for o in form.options if o.kind in ways}

    async def _asked(
        self, command: Command, form: Form, interaction: Interaction, filled: Mapping[str, str]
    ) -> None:
        share = await self._shares(form, interaction, filled)
        await self._responder.answer(
            interaction, self._answer(command, form, interaction, filled, share), share
        )

    async def _shares(
        self, form: Form, interaction: Interaction, filled: Mapping[str, str]
    ) -> bool:
        """Figures are for the asker alone unless he, or the server's ``/setup``, says otherwise."""
        offered = [option.name for option in form.options if option.kind == "share"]
        if not offered or interaction.guild_id is None:
            return False
        if any(filled.get(name) == SHARE for name in offered):
            return True
        return (await self._conversation.house.chats.get(place(interaction))).share

    async def _answer(
        self,
        command: Command,
        form: Form,
        interaction: Interaction,
        filled: Mapping[str, str],
        share: bool,
    ) -> Answer | None:
        house = self._conversation.house
        private = interaction.guild_id is None or not share
        within = await self._admission.within(interaction)
        request = asked(interaction, within, form.name, filled, private)
        await returned(interaction, house)
        reply = await self._conversation.answer(command.name, request, house)
        return await answer_of(reply, request, house)


def _signature(options: tuple[Option, ...]) -> inspect.Signature:
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    asking = inspect.Parameter("interaction", kind, annotation=discord.Interaction)
    # Discord wants the required options first.
    ordered = sorted(options, key=lambda option: not option.required)
    return inspect.Signature(
        [
            asking,
            *(
                inspect.Parameter(
                    option.name,
                    kind,
                    annotation=str if option.required else str | None,
                    default=inspect.Parameter.empty if option.required else None,
                )
                for option in ordered
            ),
        ]
    )
