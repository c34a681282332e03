"""An installation for those whom its operator lists, and for no others."""

from bot.rules import Destination
from tests.e2e.rig import World, eventually

ADMIN = 11
GROUP, STRANGERS = -55, -66
NEW, NEW_STRANGERS = -1_001_055, -1_001_066


async def test_a_listed_group_that_becomes_a_supergroup_stays_allowed_also_after_a_restart(
    world: World,
) -> None:
    telegram = world.telegram
    for chat in (GROUP, STRANGERS):
        telegram.group(chat, kind="group")
        telegram.statuses[(chat, ADMIN)] = "administrator"
    async with world.bot("telegram", allow=f"telegram:{GROUP}") as bot:
        await telegram.ask("/alert BTC 5m > 10m", ADMIN, "Set", GROUP)
        await telegram.upgrade(STRANGERS, NEW_STRANGERS)
        last = await telegram.upgrade(GROUP, NEW)
        await eventually(lambda: telegram.confirmed == last + 1)
        await world.liquidate("BTC", 11_000_000)
        await telegram.told(NEW, "$11M")
        assert (await bot.storage.chats.get(Destination("telegram", NEW))).state == "active"
    async with world.bot("telegram", allow=f"telegram:{GROUP}"):
        await telegram.say("/liqs", ADMIN, NEW_STRANGERS)
        await telegram.ask("/liqs", ADMIN, "Liquidations", NEW)
        await world.liquidate("BTC", 12_000_000)
        await telegram.told(NEW, "$23M")
    assert telegram.said(NEW_STRANGERS) == []


async def test_what_a_send_learns_of_a_groups_new_id_holds_at_once_and_after_a_restart(
    world: World,
) -> None:
    telegram = world.telegram
    telegram.group(GROUP, kind="group")
    telegram.statuses[(GROUP, ADMIN)] = "administrator"
    async with world.bot("telegram", allow=f"telegram:{GROUP}"):
        await telegram.ask("/alert BTC 5m > 10m", ADMIN, "Set", GROUP)
    await telegram.upgrade(GROUP, NEW)
    telegram.updates.clear()  # nobody tells: more than a day has passed
    async with world.bot("telegram", allow=f"telegram:{GROUP}"):
        await world.liquidate("BTC", 11_000_000)
        await telegram.told(NEW, "$11M")
    async with world.bot("telegram", allow=f"telegram:{GROUP}"):
        await telegram.ask("/liqs", ADMIN, "Liquidations", NEW)
