"""A Discord of our own, a furnished house, and the platform between them."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import pytest

from bot.allowed import Allowed
from bot.backoff import Backoff
from bot.clock import SystemClock
from bot.delivery.pacing import Limits
from bot.market import USD
from bot.pictures.chart import Picture
from bot.rules import Destination, Rule
from bot.wording.text import Button, File, Message, Paragraph
from handlers.discord.calls import TIMEOUT_S
from handlers.discord.conversation import Conversation, conversation_of
from handlers.discord.platform import DiscordPlatform
from handlers.talk import Form, House, Option, Reply, Request
from tests.doubles.discord import TOKEN, DiscordDouble
from tests.doubles.discord_objects import EMBED_LINKS, Channel, Guild, role
from tests.fakes import Furnished

GUILD, ALERTS, LOCKED, PERPS = 500, 601, 602, 701
NO_LIMITS = Limits()


class FakeNotebook:
    def __init__(self) -> None:
        self.pages: dict[str, str] = {}

    async def read(self, name: str) -> str | None:
        return self.pages.get(name)

    async def write(self, name: str, value: str) -> None:
        self.pages[name] = value


class Figures:
    """A small command with every kind of option and a button that edits."""

    name = "figures"
    summary = "Figures of a coin"
    usage = ""
    verbs = ("figures",)
    forms = (
        Form(
            "",
            "Figures of a coin",
            (
                Option("coin", "Which coin", "coin"),
                Option("window", "How far back", "window"),
                Option("share", "Show it to everybody", "share"),
            ),
        ),
    )

    def __init__(self, delay_s: float = 0.0) -> None:
        self.delay_s = delay_s
        self.requests: list[Request] = []
        self.picture: Picture | None = None
        self.files: tuple[File, ...] = ()

    async def answer(self, request: Request, house: House) -> Reply:
        await asyncio.sleep(self.delay_s)
        self.requests.append(request)
        coin = request.options.get("coin") or request.text or "all"
        buttons = (Button("BTC", "figures|BTC"), Button("again", "figures|BTC"))
        lines = (Paragraph((("$1",),)),)
        told = Message((f"Figures of {coin}",), lines, (buttons,), picture=self.picture)
        return Reply(told, edit=request.pressed, files=self.files)


class Keeper:
    """A command with named forms, one of them about the asker's rules."""

    name = "keep"
    summary = "Keep rules"
    usage = ""
    verbs = ()
    forms = (
        Form("add", "Add one", (Option("above", "Amount", "text", required=True),)),
        Form("remove", "Remove one", (Option("rule", "Which", "rule", required=True),)),
    )

    def __init__(self) -> None:
        self.requests: list[Request] = []

    async def answer(self, request: Request, house: House) -> Reply:
        self.requests.append(request)
        return Reply(Message((f"{request.form} {sorted(request.options.items())}",)))


@dataclass
class Scene:
    """Everything a test speaks to."""

    discord: DiscordDouble
    furnished: Furnished
    platform: DiscordPlatform
    figures: Figures
    keeper: Keeper


@asynccontextmanager
async def opened(
    *,
    delay_s: float = 0.0,
    defer_after_s: float = 1.5,
    fake_commands: bool = True,
    notebook: FakeNotebook | None = None,
    listen: bool = True,
    allowed: Iterable[tuple[str, int]] = (),
    limits: Limits = NO_LIMITS,
    timeout_s: float = TIMEOUT_S,
    discord: DiscordDouble | None = None,
) -> AsyncIterator[Scene]:
    """``discord`` is there already, with what happened in it, and stays."""
    furnished = Furnished(allowed=Allowed(allowed))
    figures, keeper = Figures(delay_s), Keeper()
    commands = {"figures": figures, "keep": keeper}

    async def answer(name: str, request: Request, house: House) -> Reply:
        return await commands[name].answer(request, house)

    async def act(action: str, request: Request, house: House) -> Reply:
        request.text = action.partition("|")[2]
        return await figures.answer(request, house)

    def converse(house: House) -> Conversation:
        return (
            Conversation(commands, answer, act, house) if fake_commands else conversation_of(house)
        )

    async with nullcontext(discord) if discord else DiscordDouble([a_guild()]) as discord:
        notes = notebook or FakeNotebook()
        platform = a_platform(
            discord,
            notes,
            furnished,
            converse=converse,
            defer_after_s=defer_after_s,
            allowed=furnished.allowed,
            limits=limits,
            timeout_s=timeout_s,
        )
        scene = Scene(discord, furnished, platform, figures, keeper)
        async with running(platform, furnished.house):
            if listen:
                await discord.gateway.ready()
            yield scene


@asynccontextmanager
async def running(platform: DiscordPlatform, house: House | None = None) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(platform.run(house or Furnished().house), name="discord")
        try:
            yield
        finally:
            serving.cancel()


def a_platform(
    discord: DiscordDouble,
    notebook: FakeNotebook | None = None,
    furnished: Furnished | None = None,
    token: str = TOKEN,
    **more: Any,
) -> DiscordPlatform:
    """The real one, which tries again soon."""
    here = furnished or Furnished()
    return DiscordPlatform(
        token,
        discord.api_url,
        discord.gateway_url,
        SystemClock(),
        notebook or FakeNotebook(),
        here.chats,
        here.keyboards,
        backoff=Backoff(first_s=0.05, cap_s=0.1),
        **more,
    )


def a_rule(destination: Destination) -> Rule:
    return Rule(0, destination, 42, "BTC", None, "1h", "long", 50_000_000 * USD)


def a_guild() -> Guild:
    return Guild(
        GUILD,
        [Channel(ALERTS, "liquidations"), Channel(LOCKED, "quiet", denied=EMBED_LINKS)],
        [role(PERPS, "perps", mentionable=True), role(PERPS + 1, "staff")],
    )


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    """The platform, connected, with two small commands."""
    async with opened() as known:
        yield known


@pytest.fixture
def everything_logged(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG)
    return caplog
