"""The screens of ``/setup``: the plan, what is missing, what was done."""

from collections.abc import Mapping, Sequence

import discord

from bot.history.known import Often
from bot.presets import Preset
from bot.rules import Rule
from bot.wording.history import often_phrase
from bot.wording.rules import say_rule
from bot.wording.text import Bold, Code, Line, Message, Paragraph
from handlers.discord.buttons import stateless
from handlers.discord.permissions import Ability, Standing, mending
from handlers.discord.place import of_channel
from handlers.discord.setup_plan import Plan

Item = discord.ui.Item[discord.ui.View]
CHANNEL_TYPES = [
    discord.ChannelType.text,
    discord.ChannelType.news,
    discord.ChannelType.public_thread,
    discord.ChannelType.private_thread,
]

PLAN_VERBS = ("often", "ping", "share", "on", "test", "off", "cancel")
MISSING_VERBS = ("plan", "where")
"""What the components of the two screens stand for."""

Ids = Mapping[str, str]
"""By verb, the id of its component."""


def said(preset: Preset) -> str:
    """The rule that a preset would make, in words."""
    wish = preset.draft
    nowhere = of_channel(0)
    return say_rule(
        Rule(0, nowhere, 0, wish.coin, wish.exchange, wish.window, wish.metric, wish.threshold)
    )


def plan_message(
    name: str,
    standing: Standing,
    preset: Preset,
    ping: Line,
    on: Sequence[str],
    often: Often | None = None,
) -> Message:
    """What will happen, before it does; ``on`` are the rules that are on there now.

    ``often``: how often the preset would have spoken, where that is known.
    """
    marks = [f"✅ {ability.does}" for ability in standing.has]
    marks += [f"⚠️ I may not {ability.does} here (optional)" for ability in standing.lacks]
    if often is None:
        rule: Line = (f"{preset.label}, by last spring's record: ", Bold(said(preset)), ".")
    else:
        rule = (f"{preset.label}: ", Bold(said(preset)), f" ({often_phrase(often)}).")
    lines: list[Line] = [rule, ping]
    if on:
        lines.append((f"On now: {', '.join(on)}.",))
    head = f"Alerts will go to #{name}"
    return Message((head,), (Paragraph(((" · ".join(marks),),)), Paragraph(tuple(lines))))


def missing_message(name: str, missing: Sequence[Ability], bot_name: str) -> Message:
    """What is off, a line each, with the way to mend it."""
    lines = tuple((line,) for line in mending(name, missing, bot_name))
    return Message((f"I cannot write in #{name} yet",), (Paragraph(lines),))


def on_message(name: str, rule: str, tested: str) -> Message:
    """``tested`` says how the test post ended."""
    lines: tuple[Line, ...] = (
        ("I write there when ", Bold(rule), "."),
        ("Members can ", Code("/liqs"), ", ", Code("/imbalance"), " and set their own by DM."),
        ("Changes and the end of it: ", Code("/setup"), " again."),
    )
    return Message((f"On in #{name}. {tested}",), (Paragraph(lines),))


def plan_view(
    plan: Plan, ids: Ids, presets: Sequence[Preset], role: discord.Role | None, on: bool
) -> discord.ui.View:
    """Three menus and the buttons; each change shows the plan anew."""
    often = discord.ui.Select[discord.ui.View](
        custom_id=ids["often"],
        options=[
            discord.SelectOption(
                label=one.label,
                value=one.name,
                description=said(one)[:100],
                default=one.name == plan.preset,
            )
            for one in presets
        ],
        row=0,
    )
    ping = discord.ui.RoleSelect[discord.ui.View](
        custom_id=ids["ping"],
        placeholder="Ping: nobody",
        min_values=0,
        default_values=[role] if role else [],
        row=1,
    )
    return stateless([often, ping, _answers(plan, ids), *_buttons(ids, on)])


def missing_view(ids: Ids) -> discord.ui.View:
    """Look again, or go elsewhere."""
    return stateless([_button("Check again", ids["plan"], row=0), _elsewhere(ids)])


def _elsewhere(ids: Ids) -> Item:
    return discord.ui.ChannelSelect[discord.ui.View](
        custom_id=ids["where"],
        channel_types=CHANNEL_TYPES,
        placeholder="Another channel",
        row=1,
    )


def _answers(plan: Plan, ids: Ids) -> Item:
    words = {"0": "only to who asks", "1": "to everybody here"}
    return discord.ui.Select[discord.ui.View](
        custom_id=ids["share"],
        options=[
            discord.SelectOption(
                label=f"Answers to /liqs: {said}", value=value, default=(value == "1") == plan.share
            )
            for value, said in words.items()
        ],
        row=2,
    )


def _buttons(ids: Ids, on: bool) -> list[Item]:
    switch = _button("Save" if on else "Switch on", ids["on"], row=3)
    switch.style = discord.ButtonStyle.primary
    buttons = [switch, _button("Post a test", ids["test"], row=3)]
    if on:
        buttons.append(_button("Switch off", ids["off"], row=3))
    return [*buttons, _button("Cancel", ids["cancel"], row=3)]


def _button(label: str, custom_id: str, row: int) -> discord.ui.Button[discord.ui.View]:
    return discord.ui.Button(
        label=label, custom_id=custom_id, style=discord.ButtonStyle.secondary, row=row
    )
