"""The parts of the market that are looked at often, and what they leave out."""

from bot.casebook.worst import MOST, STEP_MS, Worst
from bot.clock import HOUR_MS, MINUTE_MS
from bot.structure.facts import Measure
from bot.structure.view import MarketView
from bot.structure.views import Views
from tests.bot.structure.keeping import NOW, REGISTRY, PlainShelf, a_fact, minutes
from tests.clocks import ManualClock


def views(shelf: PlainShelf) -> Views:
    return Views(shelf, ("BTC",), REGISTRY, lambda: (), ManualClock(NOW))


def test_a_glance_tells_what_a_view_tells_of_open_interest_and_volatility() -> None:
    facts = [a_fact(Measure.OI, 1_000.0, source) for source in ("binance", "okx")]
    market = views(PlainShelf(facts, [*minutes(60, "binance"), *minutes(60, "okx")]))
    glance, view = market.glance("BTC", NOW), market.view("BTC")
    assert glance and view
    assert (glance.oi, glance.oi_parts) == (view.oi, view.oi_parts)
    assert glance.volatility == view.volatility
    by_okx = market.glance("BTC", NOW, ("OKX",))
    assert by_okx and by_okx.volatility and by_okx.volatility.sources == ("OKX",)
    assert market.glance("SOL", NOW) is None


def test_minutes_are_of_the_source_that_tells_most() -> None:
    market = views(PlainShelf([], [*minutes(10, "binance"), *minutes(30, "okx")]))
    told = market.minutes("BTC", NOW - HOUR_MS, NOW)
    assert (len(told), {candle.source for candle in told}) == (30, {"okx"})
    assert market.minutes("SOL", NOW - HOUR_MS, NOW) == []


def test_bars_of_volatility_are_as_many_as_asked() -> None:
    market = views(PlainShelf([], minutes(60)))
    assert len(market.volatilities("BTC", NOW, 4)) == 4
    assert market.volatilities("SOL", NOW, 4) == ()


class Glanced(Views):
    """Which moments were looked at."""

    moments: list[int]

    def glance(self, coin: str, at_ms: int, sources: tuple[str, ...] = ()) -> MarketView | None:
        self.moments.append(at_ms)
        return super().glance(coin, at_ms, sources)


def test_the_worst_is_looked_for_once_and_of_long_events_less_often() -> None:
    market = Glanced(PlainShelf(), ("BTC",), REGISTRY, lambda: (), ManualClock(NOW))
    market.moments = []
    worst, start_ms = Worst("BTC", NOW), NOW
    worst.look(market, start_ms + 20 * MINUTE_MS, ())
    assert market.moments == [start_ms + n * STEP_MS for n in (1, 2, 3, 4)]
    worst.look(market, start_ms + 21 * MINUTE_MS, ())
    assert len(market.moments) == 4
    market.moments = []
    Worst("BTC", NOW).look(market, start_ms + 48 * HOUR_MS, ())
    assert len(market.moments) <= MOST


def test_open_interest_from_before_the_event_is_not_its_worst() -> None:
    facts = [a_fact(Measure.OI, 10.0, ago_ms=MINUTE_MS), a_fact(Measure.OI, 50.0, ago_ms=-HOUR_MS)]
    market = views(PlainShelf(facts))
    now = market.at("BTC", NOW + HOUR_MS)
    assert now is not None
    worst = Worst("BTC", NOW)
    worst.look(market, NOW + HOUR_MS, ())
    told = worst.view(NOW + HOUR_MS, {"Binance"}, now)
    assert told.oi is not None and told.oi.value == 50.0
    assert worst.view(NOW + HOUR_MS, {"Binance", "OKX"}, now).oi is None
