"""What an exchange repeats after a subscription."""

from decimal import Decimal

from bot.feed.old_news import OldNews
from bot.market import Liquidation, Side


def at(*times: int) -> list[Liquidation]:
    one = Decimal(1)
    return [
        Liquidation("okx", "BTC", "BTC", Side.LONG, one, one, one, time, 1_000) for time in times
    ]


def test_only_what_is_older_than_the_acknowledgement_is_dropped() -> None:
    news = OldNews(5)
    news.subscribed(1_000)
    assert news.without(at(10, 999, 1_000, 1_001), 0.0) == at(1_000, 1_001)


def test_the_first_frame_may_come_late() -> None:
    news = OldNews(5)
    news.subscribed(1_000)
    assert news.without(at(10), 600.0) == []


def test_after_the_opening_a_late_order_is_an_order() -> None:
    news = OldNews(5)
    news.subscribed(1_000)
    news.without(at(10), 0.0)
    assert news.without(at(990), 5.1) == at(990)


def test_the_second_acknowledgement_does_not_make_old_what_the_first_topic_told() -> None:
    news = OldNews(5)
    news.subscribed(1_000)
    news.subscribed(1_200)
    assert news.without(at(999, 1_100), 0.0) == at(1_100)
