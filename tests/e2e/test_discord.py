"""Discord end to end: a slash command, a personal alert by direct message, closed messages."""

from bot.market import dollars
from bot.rules import Destination
from tests.doubles.discord_exchange import Exchanged
from tests.doubles.discord_objects import MANAGE_GUILD, Json
from tests.e2e.rig import CHANNEL, GUILD, World, balanced, eventually, readable
from tests.handlers.discord.test_setup import component

CY = 42
HERE: Json = {"guild": GUILD, "channel": CHANNEL, "person": CY}
FILLED = {"coin": "BTC", "window": "5m", "metric": "long", "above": "10m"}


async def add(world: World) -> Exchanged:
    """``/alert add`` in the server, by a member without rights."""
    options = [{"name": name, "type": 3, "value": value} for name, value in FILLED.items()]
    form = [{"name": "add", "type": 1, "options": options}]
    return await (await world.discord.slash("alert", form, **HERE)).answered()


def direct(world: World) -> list[str]:
    """What the person has read in his direct messages."""
    channel = world.discord.direct.get(CY)
    return [readable(sent) for sent in world.discord.posted_in(channel)] if channel else []


async def test_a_slash_command_is_answered_to_its_asker_alone(world: World) -> None:
    async with world.bot("discord") as bot:
        await world.discord.gateway.ready()
        assert {command["name"] for command in world.discord.commands} >= {"liqs", "alert"}
        await world.liquidate("BTC", 8_000_000)
        await eventually(lambda: bot.desk.reading(None, None, "1h").total > 0)
        asked = await world.discord.slash("liqs", **HERE)
        answer = (await asked.answered()).first["data"]
    assert asked.ephemeral
    assert "$8.0M" in readable(answer)


async def test_a_personal_alert_is_proved_by_a_direct_message_and_arrives_there(
    world: World,
) -> None:
    async with world.bot("discord") as bot:
        await world.discord.gateway.ready()
        answer = readable((await add(world)).first["data"])
        assert "I have just sent you a DM" in answer
        assert len(direct(world)) == 1
        await world.liquidate("BTC", 12_000_000)
        await eventually(lambda: balanced(bot, created=1, sent=1))
    assert "$12M" in direct(world)[1]
    assert world.discord.posted_in(CHANNEL) == []


async def test_closed_direct_messages_are_said_at_saving_and_later_dead(world: World) -> None:
    world.discord.closed_dms.add(CY)
    cy = Destination("discord", CY, direct=True)
    async with world.bot("discord") as bot:
        await world.discord.gateway.ready()
        answer = readable((await add(world)).first["data"])
        assert "I cannot DM you" in answer
        assert len(await bot.storage.rulebook.of(cy)) == 1
        await world.liquidate("BTC", 12_000_000)
        await eventually(lambda: balanced(bot, created=1, dead=1))
        assert (await bot.storage.chats.get(cy)).state == "gone"
    assert direct(world) == []


async def test_a_server_is_set_up_and_its_channel_hears_what_passes_the_preset(
    world: World,
) -> None:
    manager: Json = {**HERE, "permissions": MANAGE_GUILD}
    async with world.bot("discord") as bot:
        await world.discord.gateway.ready()
        asked = await world.discord.slash("setup", **manager)
        plan = (await asked.answered()).shown
        pressed = await world.discord.press(component(plan, "Switch on"), plan, **manager)
        await pressed.answered()
        (rule,) = await bot.storage.rulebook.of(Destination("discord", CHANNEL))
        await world.liquidate("BTC", 2 * int(dollars(rule.threshold)))
        await eventually(lambda: any("liquidated" in it for it in heard(world)))
        await eventually(lambda: balanced(bot, open=0))
    assert direct(world) == []


def heard(world: World) -> list[str]:
    return [readable(sent) for sent in world.discord.posted_in(CHANNEL)]
