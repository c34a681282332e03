"""What the desk tells of a rule's value."""

from bot.engine.desk import EngineDesk
from bot.feed.status import FeedStatus
from bot.market import USD
from tests.bot.engine.test_engine import House, M, rule


def desk(house: House) -> EngineDesk:
    return EngineDesk(house.engine, lambda: (), lambda: ())


def test_a_nothing_is_unknown_until_its_whole_window_was_heard() -> None:
    house = House(rule(coin="DOGE"))
    house.tick(4)
    assert desk(house).value(rule(coin="DOGE")) is None
    house.tick(5)
    assert desk(house).value(rule(coin="DOGE")) == 0


def test_a_nothing_is_unknown_again_while_an_exchange_is_deaf() -> None:
    house = House(rule())
    house.tick(30)
    house.gap("bybit", 29)
    assert desk(house).value(rule()) is None
    assert desk(house).value(rule(exchange="binance")) == 0


def test_a_something_is_told_however_little_was_heard() -> None:
    house = House(rule())
    house.order(1, 3)
    assert desk(house).value(rule()) == 3 * M * USD
    assert desk(house).value(rule(metric="order", window="")) == house.engine.value(
        rule(metric="order", window="")
    )


def test_a_source_is_its_feed_beside_what_the_engine_heard_of_it() -> None:
    house = House()
    house.order(1, 3, exchange="bybit")
    house.gap("bybit", 2)
    house.tick(4)
    feed = FeedStatus("bybit", "deaf", 7, "it broke", 5, 9, 0, 2, 3, 0, 0, 1, 0, 0, history=True)
    (source,) = EngineDesk(house.engine, lambda: [feed], lambda: ()).sources()
    assert (source.state, source.reason, source.history) == ("deaf", "it broke", True)
    assert (source.events, source.usd, source.known) == (1, 3 * M * USD, True)
    assert source.day == 0.5
    assert source.unwell_ms == 7
