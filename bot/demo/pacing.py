"""How fast the demo goes: the hour evenly, the hours after it in leaps from look to look."""

import math
from collections import Counter
from itertools import pairwise

from bot.clock import MINUTE_MS, SECOND_MS
from bot.demo.aftermath import WAVE_AT, WAVE_S
from bot.demo.player import Pace
from bot.demo.tape import Story
from bot.flush.bars import MARKET
from bot.flush.cascade import QUIET
from bot.flush.life import AFTER_MS, WATCH_MS
from bot.market import USD, Side

LEAP = 20.0
"""Times the hour's speed, where nothing is told."""

WAVE = 2.0
"""Times the hour's speed, in a second wave until it is said to be over."""
WAVE_BEFORE_S, WAVE_AFTER_S = 120, 1_000

BEFORE_MS, AFTERWARDS_MS = 180 * SECOND_MS, 20 * SECOND_MS
"""Around a look back: by then markets were asked a few times."""


def evenly(speed: float) -> Pace:
    """Market seconds a second."""
    return lambda at_ms: speed


def in_leaps(story: Story, speed: float) -> Pace:
    """``speed`` is the hour's."""
    looks = looks_ms(story)

    def pace(at_ms: int) -> float:
        if any(-AFTERWARDS_MS <= look_ms - at_ms <= BEFORE_MS for look_ms in looks):
            return speed
        into_s = (at_ms - story.start_ms) // SECOND_MS - WAVE_AT
        if story.second_wave and -WAVE_BEFORE_S <= into_s <= WAVE_S + WAVE_AFTER_S:
            return speed * WAVE
        return speed * LEAP

    return pace


def looks_ms(story: Story) -> list[int]:
    """When the bot will look back at a wave, or give the all-clear: by its own rules."""
    minutes = Counter[int]()
    for order in (*story.hour, *story.after):
        if order.side is Side.LONG:
            minutes[order.at_ms // MINUTE_MS] += int(order.usd)
    large = sorted(minute for minute, usd in minutes.items() if usd >= MARKET.floor // USD)
    ends = [here for here, then in pairwise([*large, math.inf]) if then - here > QUIET]
    return [
        (int(end) + 1) * MINUTE_MS + after_ms for end in ends for after_ms in (*AFTER_MS, WATCH_MS)
    ]
