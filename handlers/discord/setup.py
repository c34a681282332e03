"""``/setup``: a server's admin points alerts at a channel, sees the plan, and switches it on."""

import re
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, cast

import discord
import structlog
from discord import app_commands
from msgspec.structs import replace

from bot.errors import HandledBeforeError, StoreError, UserError
from handlers.discord.admission import Admission
from handlers.discord.arming import Answer, answer_of, armed_ids, spoken
from handlers.discord.buttons import stateless
from handlers.discord.limits import CHOICE, cut
from handlers.discord.place import Interaction, asked, manages
from handlers.discord.respond import Responder
from handlers.discord.room import Room, parent_of, room_of
from handlers.discord.setup_acts import Acts
from handlers.discord.setup_plan import Plan
from handlers.discord.setup_screen import (
    MISSING_VERBS,
    PLAN_VERBS,
    Ids,
    missing_message,
    missing_view,
    on_message,
    plan_message,
    plan_view,
)
from handlers.routing.router import DONE, UNSAVED, refused
from handlers.talk import House, Request

log = structlog.get_logger()

ONLY_MANAGERS = "Only members who may manage the server use /setup. Your own alerts: /alert add."
NO_MEMBER = "I am not a member of this server, or cannot write there. Invite me with both scopes."

_ID = re.compile(r"[0-9]{1,19}", re.ASCII)

Act = Callable[[Interaction, Plan, Request], Awaitable[Answer]]
Where = app_commands.AppCommandChannel | app_commands.AppCommandThread


class Setup:
    """The command and its components. What each of these stands for is stored, and bound to the
    admin who asked; whether he may is asked again at each press."""

    def __init__(
        self, house: House, acts: Acts, responder: Responder, admission: Admission
    ) -> None:
        self._house = house
        self._acts = acts
        self._responder = responder
        self._admission = admission
        self._verbs: dict[str, Act] = {
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

    async def pressed(self, action: str, interaction: Interaction, request: Request) -> Answer:
        """The screen after a press on a component that stands for ``action``."""
        if not manages(interaction):
            return spoken(ONLY_MANAGERS)
        verb, plan = Plan.read(action)
        act = self._verbs.get(verb) or partial(self._replanned, verb)
        return replace(await _kept(act(interaction, plan, request)), edit=True)

    async def _asked(self, interaction: Interaction, channel: int, preset: str, role: int) -> None:
        await self._responder.answer(
            interaction, self._begun(interaction, channel, preset, role), share=False
        )

    async def _begun(
        self, interaction: Interaction, channel: int, preset: str, role: int
    ) -> Answer | None:
        request = asked(interaction, await self._admission.within(interaction))
        if (refusal := refused(request, self._house)) is not None:
            return await answer_of(refusal, request, self._house)
        if not manages(interaction):
            return spoken(ONLY_MANAGERS)
        plan = await self._acts.begun(Plan(channel, parent_of(interaction.guild, channel)))
        plan = replace(plan, preset=preset or plan.preset, role=role or plan.role)
        return await _kept(self._plan(interaction, plan, request))

    async def _replanned(
        self, verb: str, interaction: Interaction, plan: Plan, request: Request
    ) -> Answer:
        """A menu was used: the plan with what was chosen there."""
        data: Mapping[str, Any] = cast("Mapping[str, Any]", interaction.data or {})
        first = next((str(value) for value in data.get("values", [])), "")
        number = int(first) if _ID.fullmatch(first) else 0
        match verb:
            case "often" if first in {preset.name for preset in self._acts.presets()}:
                plan = replace(plan, preset=first)
            case "ping":
                plan = replace(plan, role=number)
            case "share":
                plan = replace(plan, share=first == "1")
            case "where" if number:
                plan = replace(plan, channel=number, parent=parent_of(interaction.guild, number))
        return await self._plan(interaction, plan, request)

    async def _plan(self, interaction: Interaction, plan: Plan, request: Request) -> Answer:
        room = room_of(interaction.guild, plan.channel)
        if room is None:
            return spoken(NO_MEMBER)
        standing = room.standing()
        if standing.missing:
            ids = await self._ids(plan, MISSING_VERBS, request)
            message = missing_message(room.name, standing.missing, room.bot_name)
            return Answer(message, missing_view(ids))
        presets = self._acts.presets()
        preset = next((one for one in presets if one.name == plan.preset), presets[0])
        role, ping = _role(room, interaction.guild, plan.role)
        plan = replace(plan, preset=preset.name, role=role.id if role else 0)
        on = await self._acts.rules_on(plan)
        ids = await self._ids(plan, PLAN_VERBS, request)
        often = await self._acts.times(preset)
        message = plan_message(room.name, standing, preset, (ping,), on, often)
        return Answer(message, plan_view(plan, ids, presets, role, bool(on)))

    async def _on(self, interaction: Interaction, plan: Plan, request: Request) -> Answer:
        room = room_of(interaction.guild, plan.channel)
        if room is None or room.standing().missing:
            return await self._plan(interaction, plan, request)
        rule = await self._acts.switch_on(plan, request)
        tested = await self._acts.post_test(plan, f"setup {interaction.id}")
        return Answer(on_message(room.name, rule, tested), stateless([]))

    async def _test(self, interaction: Interaction, plan: Plan, request: Request) -> Answer:
        if room_of(interaction.guild, plan.channel) is None:
            return spoken(NO_MEMBER)
        said = await self._acts.post_test(plan, f"setup {interaction.id}")
        screen = await self._plan(interaction, plan, request)
        head = (said, " ", *screen.message.head)
        return replace(screen, message=replace(screen.message, head=head))

    async def _off(self, interaction: Interaction, plan: Plan, request: Request) -> Answer:
        if room_of(interaction.guild, plan.channel) is None:
            return spoken(NO_MEMBER)
        await self._acts.switch_off(plan, request)
        return spoken("Off. Nothing will come there until /setup is used again.")

    async def _cancel(self, interaction: Interaction, plan: Plan, request: Request) -> Answer:
        return spoken("Nothing was changed.")

    async def _ids(self, plan: Plan, verbs: tuple[str, ...], request: Request) -> Ids:
        actions = tuple(plan.action(verb) for verb in verbs)
        return dict(zip(verbs, await armed_ids(actions, request, self._house), strict=True))


async def _kept(screen: Awaitable[Answer]) -> Answer:
    """The screen, or in a sentence why there is none."""
    try:
        return await screen
    except UserError as mistake:
        return spoken(mistake.sentence)
    except HandledBeforeError:
        return spoken(DONE)
    except StoreError as error:
        log.error("a setup could not be kept", reason=str(error))
        return spoken(UNSAVED)


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
