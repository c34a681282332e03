"""The hours after the model's hour: aftershocks that decay, prices that calm down, and perhaps a
second wave.

After large earthquakes and crashes alike, what follows grows rarer with time as Omori's law says,
rate = K / (1 + t / c) ** p (Lillo and Mantegna 2003, for markets). As in the hour, nothing here is
measured.
"""

import math
import random
from collections.abc import Iterator

from bot.demo.cascade import COINS, NOISE, PRICE_S, SECONDS, Coin, Course, Flow
from bot.market import Side

WATCHED_S = 8 * 3600 + 120
"""How long the bot waits for a second wave after the end of the last one, and a bit."""

SALT = 45
"""Apart from the hour's chance; so that volatility has cooled where it is looked at."""

FIRST_ENDS = 2_100
"""Seconds after the start at which the first wave's last large minute ends."""

USUAL = 165_000.0
"""US dollars a minute of a calm market, all coins."""

SHOCKS, OMORI_S, OMORI_P = 900_000.0, 1_200.0, 1.1
"""What comes on top of it right after the hour, and how fast that decays."""

TYPICAL = 45_000.0
"""Median order of calm hours, in US dollars."""

NERVES, NERVES_S = 0.9, 4_500.0
"""By how much returns are larger than usual after the hour, and how long that takes to fade."""

RECOVERED = 0.4
"""Share of the way back to the price of before that is made good in the end."""
WAY_BACK_S = 9_000.0

WAVE_AT, WAVE_S = SECONDS + 9_600, 780
WAVE_USD = 168_000_000.0
WAVE_FALL = -0.032
"""The second wave, where there is one: when, how long, longs closed, and BTC's way down."""


def aftermath(hour: Course, seed: int, second_wave: bool = False) -> Course:
    """All that follows, in US dollars; ends when nothing more is waited for."""
    dice = random.Random(seed + SALT)
    end_s = (WAVE_AT + WAVE_S if second_wave else FIRST_ENDS) + WATCHED_S
    course = Course([], {coin.name: [] for coin in COINS})
    now = {coin.name: hour.prices[coin.name][-1] for coin in COINS}
    homes = {coin.name: _home(coin, now[coin.name]) for coin in COINS}
    for second in range(SECONDS, end_s, PRICE_S):
        wave = _wave(second) if second_wave else 0.0
        for coin in COINS:
            pull = PRICE_S / WAY_BACK_S * math.log(homes[coin.name] / now[coin.name])
            fall = WAVE_FALL * coin.beta * wave
            shake = NOISE * coin.beta * math.sqrt(PRICE_S) * _nerves(second, wave)
            now[coin.name] *= math.exp(pull + fall + dice.gauss(0.0, shake))
            course.prices[coin.name].append(now[coin.name])
            homes[coin.name] *= math.exp(fall / 2)
        course.flows.extend(_shocks(second, now, dice))
        course.flows.extend(_closed(second, wave, now, dice))
    return course


def in_wave(second: int) -> bool:
    """Whether longs are closed by force in these seconds, more than ever."""
    return second < FIRST_ENDS or WAVE_AT <= second < WAVE_AT + WAVE_S


def _home(coin: Coin, price: float) -> float:
    """Where the price is drawn to."""
    return math.exp(math.log(price) + RECOVERED * math.log(coin.price / price))


def _wave(second: int) -> float:
    """The share of the second wave that falls into these seconds: up, and down more slowly."""
    at = (second - WAVE_AT) / WAVE_S
    if not 0 <= at < 1:
        return 0.0
    return 12.0 * at * (1 - at) ** 2 * PRICE_S / WAVE_S


def _nerves(second: int, wave: float) -> float:
    return 1 + NERVES * math.exp(-(second - SECONDS) / NERVES_S) + (1.5 if wave else 0.0)


def _shocks(second: int, now: dict[str, float], dice: random.Random) -> Iterator[Flow]:
    """Single orders, of longs and shorts alike."""
    rate = USUAL + SHOCKS / (1 + (second - SECONDS) / OMORI_S) ** OMORI_P
    chance = rate / 60 * PRICE_S / TYPICAL / 1.6  # the mean of their sizes is above the median
    while dice.random() < chance:
        chance -= 1
        coin = _some_coin(dice)
        side = Side.LONG if dice.random() < 0.55 else Side.SHORT
        usd = TYPICAL * min(dice.lognormvariate(0.0, 1.0), 20.0)
        yield Flow(second + dice.randrange(PRICE_S), coin.name, side, now[coin.name], usd)


def _closed(second: int, wave: float, now: dict[str, float], dice: random.Random) -> Iterator[Flow]:
    """What the second wave closes by force."""
    whole = sum(coin.longs for coin in COINS)
    for coin in COINS if wave else ():
        usd = WAVE_USD * wave * coin.longs / whole * dice.gammavariate(2.0, 0.5)
        yield Flow(second + dice.randrange(PRICE_S), coin.name, Side.LONG, now[coin.name], usd)


def _some_coin(dice: random.Random) -> Coin:
    return dice.choices(COINS, [coin.longs for coin in COINS])[0]
