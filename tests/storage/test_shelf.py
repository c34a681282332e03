"""What pollers told before a restart is on the shelf after it."""

from bot.clock import DAY_MS, HOUR_MS, MINUTE_MS
from bot.structure.facts import ALL, Candle, Fact, Measure
from bot.structure.keeper import Keeper
from bot.structure.shelf import Shelf
from bot.structure.source import Told
from storage import open_storage
from tests.clocks import ManualClock
from tests.storage.conftest import Home

NOW = 1_795_312_800_000


def everything() -> Told:
    """Ten days by one source, of two coins and of all together."""
    moments = [*range(0, 3 * 60, 1), *range(3 * 60, 10 * 24 * 60, 20)]
    facts = [
        Fact("okx", coin, measure, NOW - ago * MINUTE_MS, ago / 7)
        for coin, measure in (("BTC", Measure.OI), ("ETH", Measure.FUNDING), (ALL, Measure.OI_USD))
        for ago in moments
    ]
    candles = [
        Candle("okx", "BTC", spot, span_ms, NOW - (n + 1) * span_ms, 1.0, 2.0, 0.5, 1.5, n)
        for spot in (False, True)
        for span_ms in (MINUTE_MS, HOUR_MS)
        for n in range(200)
    ]
    return Told(tuple(facts), tuple(candles))


async def test_the_shelf_is_the_same_after_a_restart(home: Home) -> None:
    told, before, after = everything(), Shelf(), Shelf()
    before.put(told)
    async with open_storage(home.url, home.data_dir) as storage:
        keeper = Keeper(storage.facts, ManualClock(NOW))
        keeper.put(told)
        await keeper.look()
        await storage.facts.thin(NOW)
        assert keeper.dropped == keeper.waiting == 0
    async with open_storage(home.url, home.data_dir) as storage:
        await after.load(storage.facts, ("BTC", "ETH"), NOW)
    assert after.coins() == before.coins() == {"BTC", "ETH"}
    for coin, measure in (("BTC", Measure.OI), ("ETH", Measure.FUNDING), (ALL, Measure.OI_USD)):
        assert after.latest(measure, coin) == before.latest(measure, coin)
        young = (NOW - 2 * DAY_MS, NOW + 1)
        assert after.facts(measure, coin, *young) == before.facts(measure, coin, *young)
        hours = {fact.at_ms // HOUR_MS for fact in before.facts(measure, coin, 0, NOW)}
        assert {fact.at_ms // HOUR_MS for fact in after.facts(measure, coin, 0, NOW)} == hours
    for spot in (False, True):
        for span_ms in (MINUTE_MS, HOUR_MS):
            wanted = before.candles("BTC", spot, span_ms, 0, NOW)
            assert after.candles("BTC", spot, span_ms, 0, NOW) == wanted
