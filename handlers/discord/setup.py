"""``/setup``: a server's admin points alerts at a channel, sees the plan, and switches it on."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, cast

import discord
import msgspec
from discord import app_commands
from msgspec.structs import replace

from bot.errors import UserError
from bot.wording.text import Message
from handlers.discord.buttons import stateless
from handlers.discord.limits import CHOICE, cut
from handlers.discord.place import Interaction, manages
from handlers.discord.respond import keep_waiting, show
from handlers.discord.room import Room, parent_of, room_of
from handlers.discord.setup_acts import Acts
from handlers.discord.setup_plan import Plan
from handlers.discord.setup_screen import (
    missing_message,
    missing_view,
    on_message,
    plan_message,
    plan_view,
)

ONLY_MANAGERS = "Only members who may manage the server use /setup. Your own alerts: /alert add."
NO_MEMBER = "I am not a member of this server, or cannot write there. Invite me with both scopes."

Where = app_commands.AppCommandChannel | app_commands.AppCommandThread


class Screen(msgspec.Struct, frozen=True):
    message: Message
    view: discord.ui.View


class Setup:
    """The command and its components. Everything it must remember rides in their ids."""

    def __init__(self, acts: Acts) -> None:
        self._acts = acts
        self._pressed: dict[str, Callable[[Interaction, Plan], Awaitable[Screen]]] = {
            "on": self._on,
            "off": self._off,
            "test": self._test,
            "cancel": self._cancel,
        }

    def command(self) -> "app_commands.Command[Any, ..., None]":
        """For the tree. Discord hides it from others, and the handler asks again."""

        async def setup(
            interaction: discord.Interaction[discord.Client],
            channel: Where | None = None,
            how_often: str | None = None,
            ping: discord.Role | None = None,
        ) -> None:
            where = channel.id if channel else interaction.channel_id or 0
            await self._asked(interaction, where, how_often or "", ping.id if ping else 0)

        described = app_commands.describe(
            channel="Where alerts go; here when left out",
            how_often="How often I may write there",
            ping="A role to mention with each alert; nobody when left out",
        )(setup)
        choices = [
            app_commands.Choice(name=cut(preset.label, CHOICE), value=preset.name)
            for preset in self._acts.presets()
        ]
        chosen = app_commands.choices(how_often=choices)(described)
        allowed = app_commands.default_permissions(manage_guild=True)(chosen)
        return app_commands.Command(
            name="setup",
            description="Alerts for this server: channel, how often, whom to mention",
            callback=app_commands.guild_only(allowed),
        )

    async def press(self, interaction: Interaction) -> None:
        """A press on one of its components."""
        await keep_waiting(interaction)
        read = Plan.read(interaction.custom_id or "")
        if read is None or not manages(interaction):
            await show(interaction, Message((ONLY_MANAGERS,)), stateless([]))
            return
        verb, plan = read
        act = self._pressed.get(verb)
        screen = await (act(interaction, plan) if act else self._replanned(interaction, verb, plan))
        await show(interaction, screen.message, screen.view)

    async def _asked(self, interaction: Interaction, channel: int, preset: str, role: int) -> None:
        await keep_waiting(interaction)
        if not manages(interaction):
            await show(interaction, Message((ONLY_MANAGERS,)), stateless([]))
            return
        plan = await self._acts.begun(Plan(channel, parent_of(interaction.guild, channel)))
        plan = replace(plan, preset=preset or plan.preset, role=role or plan.role)
        screen = await self._plan(interaction, plan)
        await show(interaction, screen.message, screen.view)

    async def _replanned(self, interaction: Interaction, verb: str, plan: Plan) -> Screen:
        """A menu was used: the plan with what was chosen there."""
        data: Mapping[str, Any] = cast("Mapping[str, Any]", interaction.data or {})
        first = next((str(value) for value in data.get("values", [])), "")
        number = int(first) if first.isascii() and first.isdigit() else 0
        match verb:
            case "often" if first:
                plan = replace(plan, preset=first)
            case "ping":
                plan = replace(plan, role=number)
            case "share":
                plan = replace(plan, share=first == "1")
            case "where" if number:
                plan = replace(plan, channel=number, parent=parent_of(interaction.guild, number))
        return await self._plan(interaction, plan)

    async def _plan(self, interaction: Interaction, plan: Plan) -> Screen:
        room = room_of(interaction.guild, plan.channel)
        if room is None:
            return _only(NO_MEMBER)
        standing = room.standing()
        if standing.missing:
            message = missing_message(room.name, standing.missing, room.bot_name)
            return Screen(message, missing_view(plan))
        presets = self._acts.presets()
        preset = next((one for one in presets if one.name == plan.preset), presets[0])
        plan = replace(plan, preset=preset.name)
        role, ping = _role(room, interaction.guild, plan.role)
        plan = replace(plan, role=role.id if role else 0)
        on = await self._acts.rules_on(plan)
        message = plan_message(room.name, standing, preset, (ping,), on)
        return Screen(message, plan_view(plan, presets, role, bool(on)))

    async def _on(self, interaction: Interaction, plan: Plan) -> Screen:
        room = room_of(interaction.guild, plan.channel)
        if room is None or room.standing().missing:
            return await self._plan(interaction, plan)
        try:
            rule = await self._acts.switch_on(plan, interaction.user.id)
        except UserError as mistake:
            return _only(mistake.sentence)
        tested = await self._acts.post_test(plan, f"setup {interaction.id}")
        return Screen(on_message(room.name, rule, tested), stateless([]))

    async def _test(self, interaction: Interaction, plan: Plan) -> Screen:
        said = await self._acts.post_test(plan, f"setup {interaction.id}")
        screen = await self._plan(interaction, plan)
        head = (said, " ", *screen.message.head)
        return Screen(replace(screen.message, head=head), screen.view)

    async def _off(self, interaction: Interaction, plan: Plan) -> Screen:
        await self._acts.switch_off(plan)
        return _only("Off. Nothing will come there until /setup is used again.")

    async def _cancel(self, interaction: Interaction, plan: Plan) -> Screen:
        return _only("Nothing was changed.")


def _only(sentence: str) -> Screen:
    return Screen(Message((sentence,)), stateless([]))


def _role(room: Room, guild: discord.Guild | None, role: int) -> tuple[discord.Role | None, str]:
    """The role as it is now, and what mentioning it means."""
    found = guild.get_role(role) if guild and role else None
    if found is None:
        return None, "No ping."
    if found.is_default():
        return None, "⚠️ I never mention everyone; choose a role that people have chosen."
    if not room.rings(found):
        return found, (
            f"⚠️ Ping: {found.name}, but it does not ring: Server Settings → Roles → "
            f"{found.name} → Allow anyone to @mention this role ✓"
        )
    return found, f"Ping: {found.name}."
