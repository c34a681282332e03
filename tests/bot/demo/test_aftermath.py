"""The hours after the demo's hour: they calm down, unless a second wave is asked for."""

from collections import Counter
from collections.abc import Sequence
from itertools import groupby

import pytest

from bot.clock import HOUR_MS, MINUTE_MS
from bot.demo.pacing import evenly, in_leaps, looks_ms
from bot.demo.tape import WEIGHTS, Story, TapeOrder, add_up, make_story, make_tape
from bot.events import Heard, Tick
from bot.exchanges.dialect import Publication
from bot.flush.bars import MARKET
from bot.flush.flush import Flush, Stage
from bot.flush.flushes import Flushes, opened
from bot.market import USD, Liquidation

START_MS = 1_795_309_200_000
PUBLISHED = {name: Publication("complete") for name in WEIGHTS}


@pytest.fixture(scope="module")
def calm() -> Story:
    return make_story(START_MS)


@pytest.fixture(scope="module")
def shaken() -> Story:
    return make_story(START_MS, second_wave=True)


def test_the_hour_is_the_same_whatever_follows(calm: Story, shaken: Story) -> None:
    assert calm.hour == shaken.hour == make_tape(START_MS)
    assert calm.after[0].at_ms > calm.hour[-1].at_ms
    assert make_story(START_MS) == calm


def test_aftershocks_grow_rarer(calm: Story) -> None:
    hours = Counter((order.at_ms - START_MS) // HOUR_MS for order in calm.after)
    assert hours[1] > 2 * hours[3] > 0
    assert hours[3] > hours[7]


def test_the_calm_comes_near_no_bar(calm: Story) -> None:
    minutes = Counter[int]()
    for order in calm.after:
        minutes[order.at_ms // MINUTE_MS] += int(order.usd)
    assert max(minutes.values()) < MARKET.floor // USD


def test_a_second_wave_has_a_fourth_of_the_first_and_new_lows(shaken: Story, calm: Story) -> None:
    more = add_up(shaken.after).long - add_up(calm.after).long
    assert more > add_up(shaken.hour).long / 4
    bitcoin = shaken.course.prices["BTC"]
    hour = len(bitcoin) - len(bitcoin[HOUR_MS // 5_000 :])
    assert min(bitcoin[hour:]) < min(bitcoin[:hour])


def test_the_flush_ends_in_an_all_clear(calm: Story) -> None:
    told = stages(calm)
    assert told[-1].stage is Stage.CLOSED
    assert [entry.stage for entry in told[-1].stages] == sorted(
        entry.stage for entry in told[-1].stages
    )
    assert len(told[-1].waves) == 1
    assert not any(flush.stage is Stage.SECOND_WAVE for flush in told)


def test_the_second_wave_is_one_flush_with_the_first(shaken: Story) -> None:
    last = stages(shaken)[-1]
    assert (last.stage, len(last.waves)) == (Stage.CLOSED, 2)
    assert last.entered_ms(Stage.SECOND_WAVE) is not None


def test_the_hours_after_are_played_in_leaps_that_are_short_where_something_is_told(
    calm: Story, shaken: Story
) -> None:
    pace = in_leaps(calm, 60.0)
    calm_ms, look_ms = START_MS + 3 * HOUR_MS, START_MS + 95 * MINUTE_MS
    assert pace(look_ms - MINUTE_MS) == evenly(60.0)(look_ms)
    assert pace(calm_ms) > 10 * pace(look_ms)
    wave_ms = START_MS + 225 * MINUTE_MS
    assert in_leaps(shaken, 60.0)(wave_ms) < pace(wave_ms)


def test_where_the_bot_looks_back_is_known_beforehand(calm: Story, shaken: Story) -> None:
    for story in (calm, shaken):
        closed_ms = stages(story)[-1].entered_ms(Stage.CLOSED)
        assert closed_ms is not None
        assert min(abs(look_ms - closed_ms) for look_ms in looks_ms(story)) < MINUTE_MS


def stages(story: Story) -> list[Flush]:
    """Each stage of the market-wide flush, as it was entered."""
    flushes = Flushes(PUBLISHED, opened(START_MS - 8 * 24 * HOUR_MS))
    flushes.handle(Tick(START_MS))
    orders = [*story.hour, *story.after]
    return [
        news.flush
        for at_ms, batch in groupby(orders, lambda order: order.at_ms // 5_000 * 5_000)
        for news in flushes.handle(heard(list(batch), at_ms + 5_000))
        if news.flush.coin is None and news.what == "entered"
    ]


def heard(batch: Sequence[TapeOrder], at_ms: int) -> Heard:
    told = (
        Liquidation(
            order.contract.exchange, order.contract.symbol, order.contract.coin, order.side,
            order.price, order.quantity, order.usd, order.at_ms, at_ms,
        )
        for order in batch
    )  # fmt: skip
    return Heard(batch[0].contract.exchange, tuple(told), at_ms)
