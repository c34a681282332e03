"""When a connection is given up: transport and data, each by its own clock."""

import pytest

from bot.exchanges.dialect import Heartbeat
from bot.feed.watchdog import Watchdog
from tests.bot.feed.toy import Toy


def dog(data_s: float | None = None) -> Watchdog:
    """Transport is given 20 + 10 s."""
    exchange = Toy(Heartbeat(20.0))
    exchange.data_s = data_s
    return Watchdog(exchange, pong_s=10.0, now=100.0)


def test_a_pong_is_enough_on_a_quiet_feed() -> None:
    watchdog = dog()
    watchdog.listen(100)
    for now in range(120, 4000, 20):
        watchdog.frame(now)
        assert watchdog.verdict(now + 19) == ""


def test_without_a_pong_the_connection_is_dead_after_the_heartbeat_and_its_patience() -> None:
    watchdog = dog()
    assert watchdog.verdict(129.9) == ""
    assert watchdog.due == 130
    assert watchdog.verdict(130) == "silent: not even a pong for 30 s"


def test_a_canary_that_falls_silent_is_noticed_though_pongs_come() -> None:
    watchdog = dog(data_s=15)
    watchdog.listen(101)
    watchdog.data(110, canary=True)
    watchdog.frame(124)
    assert watchdog.verdict(124.9) == ""
    assert watchdog.due == 125
    assert watchdog.verdict(125) == "connected, but without data for 15 s"
    assert watchdog.deaf_of_data(125)


def test_data_is_expected_only_once_subscribed() -> None:
    watchdog = dog(data_s=5)
    assert watchdog.verdict(115) == ""
    watchdog.listen(115)
    assert watchdog.verdict(119) == ""
    assert watchdog.verdict(120) == "connected, but without data for 5 s"


@pytest.mark.parametrize("canary", [True, False])
def test_a_liquidation_is_data_too(canary: bool) -> None:
    watchdog = dog(data_s=5)
    watchdog.listen(100)
    watchdog.data(104, canary)
    assert watchdog.verdict(108) == ""
    assert (watchdog.sang, watchdog.told) == (canary, not canary)


def test_a_canary_that_is_not_trusted_is_not_waited_for() -> None:
    watchdog = dog(data_s=5)
    watchdog.listen(100)
    watchdog.distrust()
    assert watchdog.verdict(120) == ""
    assert watchdog.due == 130
