"""Rules about the market's structure: what they wait for is measured, told, and rings once."""

from msgspec.structs import replace

from bot.engine.engine import Engine
from bot.events import Event, Measured, RuleRemoved, RuleSaved
from bot.exchanges.dialect import Publication
from bot.figures import Reading
from bot.metrics import METRICS
from bot.rules import SHARE, Destination, Rule, RuleState
from bot.structure.measuring import Measuring
from bot.structure.view import Figure, MarketView, Part
from tests.bot.structure.keeping import NOW
from tests.clocks import ManualClock
from tests.fakes import a_reading

PERCENT = SHARE // 100
ME = Destination("telegram", 7, direct=True)


class Markets:
    """Open interest before and now, in coins, of Bybit; nothing of any coin but BTC."""

    def __init__(self) -> None:
        self.before, self.now = 100_000.0, 100_000.0
        self.funding: float | None = 0.0000125

    def around(self, coin: str, *moments: int) -> list[MarketView]:
        if coin != "BTC":
            return []
        return [self._view(oi, at) for oi, at in zip((self.before, self.now), moments, strict=True)]

    def traded(self, coin: str, at_ms: int, span_ms: int) -> Figure | None:
        return Figure(164_000_000.0, at_ms, ("Bybit",))

    def _view(self, oi: float, at_ms: int) -> MarketView:
        parts = (Part("Bybit", oi, oi * 87_000, at_ms),)
        funding = None if self.funding is None else Figure(self.funding, at_ms, ("Bybit",))
        return MarketView("BTC", at_ms, oi_parts=parts, funding=funding)


class Desk:
    def reading(self, coin: str | None, exchange: str | None, window: str) -> Reading:
        return a_reading(coin, exchange, window)


class Followed:
    """An engine that is told what it waits for, look by look."""

    def __init__(self, *rules: Rule) -> None:
        self.markets = Markets()
        self.engine = Engine({"bybit": Publication("complete")}, NOW - 86_400_000)
        self.engine.begin()
        self.told: list[Event] = []
        for one in rules:
            self.engine.handle(RuleSaved(one, RuleState(one.id)))
        clock = ManualClock(NOW)
        self.measuring = Measuring(
            self.markets, Desk(), self.engine.awaited, self._take, clock, clock
        )

    async def _take(self, event: Event) -> None:
        self.told.append(event)

    async def look(self) -> list[tuple[int, int]]:
        """The rules that spoke at a look, and what they read."""
        self.told.clear()
        await self.measuring.look()
        caused = [self.engine.handle(event) for event in self.told]
        return [(alert.rule.id, alert.value) for one in caused for alert in one.alerts]


def a_rule(number: int, metric: str, threshold: int, window: str = "1h", coin: str = "BTC") -> Rule:
    window = window if METRICS[metric].windowed else ""
    return Rule(number, ME, 7, coin, None, window, metric, threshold)


async def test_open_interest_that_goes_rings_once_and_again_after_it_came_back() -> None:
    it = Followed(a_rule(1, "oi_drop", 5 * PERCENT))
    assert await it.look() == []
    it.markets.now = 94_800.0
    assert await it.look() == [(1, 52 * PERCENT // 10)]
    assert await it.look() == [], "nothing has changed"
    it.markets.now = 96_000.0
    assert await it.look() == [], "4% is not below 70% of 5%"
    it.markets.now = 97_000.0
    assert await it.look() == []
    it.markets.now = 94_000.0
    assert await it.look() == [(1, 6 * PERCENT)]


async def test_what_becomes_unknown_rings_nobody_and_is_said_to_be_unknown() -> None:
    rule = a_rule(1, "funding", PERCENT // 100)
    it = Followed(rule)
    assert it.engine.value(rule) is None
    assert await it.look() == []
    assert it.engine.value(rule) == round(0.0000125 * 8 * SHARE)
    it.markets.funding = None
    assert await it.look() == []
    assert it.told == [Measured("BTC", "", "funding", None)]
    assert it.engine.value(rule) is None


async def test_nothing_is_measured_that_no_rule_waits_for() -> None:
    it = Followed()
    assert await it.look() == []
    assert it.told == []
    it.engine.handle(RuleSaved(a_rule(3, "liq_to_volume", PERCENT), RuleState(3)))
    assert await it.look() == [(3, 5 * PERCENT)], "8.2M of 164M"
    it.engine.handle(RuleRemoved(3))
    it.told.clear()
    await it.measuring.look()
    assert it.told == []


async def test_a_coin_that_is_not_followed_is_unknown() -> None:
    rule = a_rule(4, "tilt", 2 * SHARE, coin="PEPE")
    it = Followed(rule)
    assert await it.look() == []
    assert it.told == [Measured("PEPE", "1h", "tilt", None)]


async def test_a_rule_made_above_its_threshold_waits_for_the_next_rise() -> None:
    it = Followed(a_rule(1, "oi_drop", PERCENT))
    it.markets.now = 98_000.0
    assert await it.look() == [(1, 2 * PERCENT)]
    late = a_rule(2, "oi_drop", PERCENT)
    it.engine.handle(RuleSaved(late, RuleState(2)))
    it.markets.now = 97_000.0
    assert await it.look() == []
    it.markets.now = 100_000.0
    await it.look()
    it.markets.now = 97_000.0
    assert sorted(await it.look()) == [(1, 3 * PERCENT), (2, 3 * PERCENT)]


def test_rules_of_before_the_start_are_told_too() -> None:
    engine = Engine({"bybit": Publication("complete")}, NOW - 86_400_000)
    rule = a_rule(1, "volatility", 3 * SHARE)
    spoken = replace(a_rule(2, "volatility", 3 * SHARE), destination=replace(ME, chat=8))
    engine.load([(rule, RuleState(1)), (spoken, RuleState(2, armed=False, episode=1, level=1))])
    assert engine.awaited() == [("BTC", "", "volatility")]
    told = engine.handle(Measured("BTC", "", "volatility", 4 * SHARE))
    assert [alert.rule.id for alert in told.alerts] == [1]
    assert told.alerts[0].reading.span_ms == 3_600_000
