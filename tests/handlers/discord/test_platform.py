"""Connections that break, tokens that are refused, and what is kept from the log."""

import asyncio
import logging

import pytest
from structlog.testing import capture_logs

from bot.clock import SystemClock
from bot.delivery.listening import Listening
from bot.delivery.outcomes import Delivered, Retry, Unauthorized
from bot.errors import ConfigError
from bot.log import CHATTY
from bot.ports import Chat
from bot.rules import Destination
from bot.supervise import supervise
from bot.wording.text import Message
from handlers.discord.endpoints import API_URL, GATEWAY_URL, point_at
from handlers.discord.identifies import DAY_S, Identifies, IdentifyBudgetSpentError
from handlers.discord.platform import BAD_TOKEN
from handlers.talk import House, Reply, Request
from tests.doubles.discord import TOKEN, DiscordDouble, Fault
from tests.fakes import Furnished
from tests.handlers.discord.conftest import (
    ALERTS,
    GUILD,
    Scene,
    a_guild,
    a_platform,
    a_rule,
    opened,
)

HERE = {"guild": GUILD, "channel": ALERTS}
CHANNEL = Destination("discord", ALERTS)


async def test_op_7_resumes_and_misses_nothing(scene: Scene) -> None:
    await scene.discord.gateway.order_reconnect()
    missed = await scene.discord.slash("figures", **HERE)
    assert (await missed.answered()).first["type"] == 4
    assert len(scene.discord.gateway.resumes) == 1
    assert len(scene.discord.gateway.identifies) == 1


async def test_op_9_that_may_be_resumed_is(scene: Scene) -> None:
    await scene.discord.gateway.invalidate(resumable=True)
    await scene.discord.gateway.ready()
    assert len(scene.discord.gateway.resumes) == 1


async def test_a_wrong_token_ends_in_one_clear_sentence() -> None:
    async with DiscordDouble() as discord:
        platform = a_platform(discord, token="a-wrong-token")
        with pytest.raises(ConfigError) as refused:
            await platform.run(Furnished().house)
        assert str(refused.value) == BAD_TOKEN
        assert await platform.check() == (False, BAD_TOKEN)
        refusal = Unauthorized("Discord refused the token")
        assert await platform.notifier.deliver(CHANNEL, Message(("hello",)), "L1") == refusal
        assert await platform.notifier.probe() == refusal


async def test_a_token_that_the_gateway_refuses_later_is_not_tried_again() -> None:
    async with DiscordDouble() as discord:
        discord.gateway.refuse_with = 4004
        with pytest.raises(ConfigError, match="DISCORD_TOKEN"):
            await (platform := a_platform(discord)).run(Furnished().house)
        assert len(discord.gateway.identifies) == 1
        assert isinstance(await platform.notifier.probe(), Unauthorized)


async def test_disallowed_intents_are_not_tried_again() -> None:
    async with DiscordDouble() as discord:
        discord.gateway.refuse_with = 4014
        with pytest.raises(ConfigError, match="intents"):
            await a_platform(discord).run(Furnished().house)


class Attentive(Listening):
    """``over`` is set when a silence has ended."""

    def __init__(self) -> None:
        super().__init__()
        self.over = asyncio.Event()

    def heard(self, now: float) -> float | None:
        self.over.set()
        return super().heard(now)


async def test_a_first_start_without_discord_waits_for_it_and_logs_the_silence_once() -> None:
    async with DiscordDouble([a_guild()]) as discord:
        discord.fail("GET /users/@me", Fault(503, times=3))
        platform = a_platform(discord)
        platform.listening = listening = Attentive()
        with capture_logs() as logs:
            async with asyncio.TaskGroup() as group:
                serving = group.create_task(platform.run(Furnished().house))
                async with asyncio.timeout(10):
                    await listening.over.wait()
                serving.cancel()
    assert [entry["event"] for entry in logs if "connect" in entry["event"]] == [
        "discord: connection lost",
        "discord: connected again",
    ]


async def test_a_malformed_dispatch_costs_one_connection_and_no_delivery(scene: Scene) -> None:
    platform, discord = a_platform(scene.discord), scene.discord
    refusals: list[str] = []

    async def refused(name: str, error: ConfigError) -> None:
        refusals.append(str(error))

    async with asyncio.TaskGroup() as group:
        supervised = group.create_task(
            supervise(
                "discord", lambda: platform.run(scene.furnished.house), SystemClock(), refused
            )
        )
        before = len(discord.gateway.identifies)
        await discord.gateway.identified(before + 1)
        await discord.gateway.ready()
        await discord.gateway.dispatch("GUILD_CREATE", {"id": "not a number"})
        await discord.gateway.identified(before + 2)
        outcome = await scene.platform.notifier.deliver(CHANNEL, Message(("still here",)), "L1")
        supervised.cancel()
    assert isinstance(outcome, Delivered)
    assert refusals == []


async def test_the_speaking_client_outlives_the_gateway(scene: Scene) -> None:
    logins = [a.path for a in scene.discord.arrivals].count("GET /users/@me")
    await scene.discord.gateway.invalidate(resumable=False)
    outcome = await scene.platform.notifier.deliver(CHANNEL, Message(("still here",)), "L1")
    assert isinstance(outcome, Delivered)
    paths = [arrival.path for arrival in scene.discord.arrivals]
    assert paths.count("GET /users/@me") == logins


async def test_before_the_login_it_says_not_now() -> None:
    async with DiscordDouble() as discord:
        notifier = a_platform(discord).notifier
        outcome = await notifier.deliver(CHANNEL, Message(("hello",)), "L1")
    assert isinstance(outcome, Retry)
    assert outcome.platform_wide


async def test_a_cancellation_as_the_connection_fails_is_not_lost() -> None:
    """The library connects within ``asyncio.wait_for``, which loses it before Python 3.12."""
    for steps in range(4, 8):
        async with DiscordDouble([a_guild()]) as discord:
            serving = asyncio.create_task(a_platform(discord).run(Furnished().house))
            await discord.gateway.ready()
            await discord.stop()
            for _ in range(steps):
                await asyncio.sleep(0)
            serving.cancel()
            done, _ = await asyncio.wait([serving], timeout=2)
            assert done


async def test_check_says_who_it_is_and_the_link_invites_with_six_permissions() -> None:
    async with DiscordDouble() as discord:
        platform = a_platform(discord)
        assert platform.invite_link() is None
        ok, sentence = await platform.check()
        link = platform.invite_link() or ""
    assert ok
    assert "Liqwatch" in sentence
    assert "permissions=274878024704" in link
    assert "scope=bot+applications.commands" in link


async def test_check_names_an_address_where_nobody_answers() -> None:
    async with DiscordDouble() as discord:
        pass
    ok, sentence = await a_platform(discord).check()
    assert not ok
    assert sentence.startswith("Discord cannot be reached")


async def test_a_channel_that_is_deleted_stops_its_alerts(scene: Scene) -> None:
    await scene.furnished.rulebook.add(a_rule(CHANNEL), 200)
    channel = a_guild().channels[0].json(GUILD)
    await scene.discord.gateway.dispatch("CHANNEL_DELETE", channel)
    assert (await gone(scene)).reason == "the channel was deleted"


async def test_a_removal_from_the_server_stops_its_alerts_and_an_outage_does_not(
    scene: Scene,
) -> None:
    await scene.furnished.rulebook.add(a_rule(CHANNEL), 200)
    guild = {"id": str(GUILD)}
    await scene.discord.gateway.dispatch("GUILD_DELETE", {**guild, "unavailable": True})
    await (await scene.discord.slash("figures", **HERE)).answered()
    assert scene.furnished.chats.saved == {}
    await scene.discord.gateway.dispatch("GUILD_CREATE", a_guild().json())
    await scene.discord.gateway.dispatch("GUILD_DELETE", guild)
    assert (await gone(scene)).reason == "removed from the server"


async def test_the_token_is_in_no_log_and_no_name(
    scene: Scene, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        await (await scene.discord.slash("figures", **HERE)).answered()
        scene.discord.fail(f"POST /channels/{ALERTS}/messages", Fault(401))
        await scene.platform.notifier.deliver(CHANNEL, Message(("hello",)), "L1")
        await scene.discord.gateway.order_reconnect()
        await scene.discord.gateway.ready()
        ok, _ = await scene.platform.check()
    captured = capsys.readouterr()
    said = caplog.text + captured.out + captured.err + repr(scene.platform)
    assert ok
    assert "channels" in caplog.text
    assert scene.discord.token not in said


def test_identifies_stay_below_what_costs_the_token() -> None:
    identifies = Identifies(most=2)
    identifies.spend(0.0)
    identifies.spend(10.0)
    with pytest.raises(IdentifyBudgetSpentError) as spent:
        identifies.spend(20.0)
    assert spent.value.wait_s == DAY_S - 20.0
    identifies.spend(DAY_S + 1.0)


def test_the_addresses_default_to_discords_own_and_take_a_version() -> None:
    import discord.gateway
    import discord.http

    point_at("http://127.0.0.1:1/api/v9/", "ws://127.0.0.1:1")
    assert discord.http.Route.BASE == "http://127.0.0.1:1/api/v9"
    point_at(API_URL, GATEWAY_URL)
    assert discord.http.Route.BASE == "https://discord.com/api/v10"
    assert str(discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY).startswith("wss://gateway")


async def gone(scene: Scene) -> Chat:
    """The channel's chat, read when what was dispatched before has been handled."""
    await (await scene.discord.slash("figures", channel=77)).answered()
    chat = await scene.furnished.chats.get(CHANNEL)
    assert chat.state == "gone"
    return chat


async def test_no_token_of_the_bot_or_of_an_interaction_is_logged_by_the_program(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """At DEBUG, as the program logs: the library's own DEBUG shows every URL and payload."""
    caplog.set_level(logging.DEBUG)
    async with opened(defer_after_s=0.01, delay_s=0.05) as scene:
        asked = await (await scene.discord.slash("figures", **HERE)).answered(edits=1)
        scene.discord.forbid_interactions = True
        lost = await scene.discord.slash("figures", **HERE)
        await scene.discord.arrived(f"{lost.token}/callback")
        scene.discord.forbid_interactions = False
        scene.figures.answer = broken  # type: ignore[method-assign]
        bad = await (await scene.discord.slash("figures", **HERE)).answered()
        scene.discord.fail(f"POST /channels/{ALERTS}/messages", Fault(401))
        await scene.platform.notifier.deliver(CHANNEL, Message(("hello",)), "L1")
        shown = repr(scene.platform) + repr(scene.platform.notifier)
    heard = [r for r in caplog.records if r.name.split(".")[0] not in CHATTY or r.levelno > 20]
    said = shown + "".join(logging.Formatter().format(record) for record in heard)
    assert "an interaction was given up" in said
    for token in (TOKEN, asked.token, lost.token, bad.token):
        assert token not in said


async def broken(request: Request, house: House) -> Reply:
    raise KeyError("a mistake of ours")
