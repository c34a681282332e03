"""Two kinds of storm in minutes: one that news made, and one that feeds itself."""

from random import Random

from msgspec.structs import replace

from bot.market import USD
from bot.sentences.case import Case, MinuteSum
from tests.bot.sentences.golden import CASE, FLUSH, WAVE, at

ORDERS_A_MINUTE = 10
NEWS_TIMES = 20
"""METRICS 4.5, "my check": a Poisson process with a burst of twenty times, branching 0."""

ORDER = 20_000 * USD


def poisson(random: Random, mean: float) -> int:
    count, left = 0, random.expovariate(1.0)
    while left < mean:
        count, left = count + 1, left + random.expovariate(1.0)
    return count


def news_burst(seed: int, lasting: int = 15, tail: float = 0.0) -> Case:
    """``tail`` above 0: sizes of orders are lognormal with this sigma, else exponential."""
    random, minutes = Random(seed), []
    price = 91_480.0
    for minute in range(-60, 60):
        loud = 0 <= minute < lasting
        count = poisson(random, ORDERS_A_MINUTE * (NEWS_TIMES if loud else 1))
        sizes = sum(
            random.lognormvariate(0, tail) if tail else random.expovariate(1.0)
            for _ in range(count)
        )
        price *= 0.98 if minute == 0 else 1 + random.gauss(-0.001 if loud else 0, 0.001)
        total = round(sizes * ORDER)
        minutes.append(
            MinuteSum(
                at(minute), total // 3, total - total // 3, price * 0.9995, price, count=count
            )
        )
    bar = 3 * ORDERS_A_MINUTE * ORDER
    flush = replace(FLUSH, bar=bar, waves=(replace(WAVE, largest=None),))
    return replace(CASE, minutes=tuple(minutes), flush=flush)


def alternating(rounds: int, apart: int = 5) -> Case:
    """``rounds`` times a burst, a new low in the next minute, and a burst again."""
    minutes, low = [], 91_000.0
    for minute in range(-30, 60):
        burst = minute >= 0 and minute % apart == 0 and minute // apart <= rounds
        after = minute % apart == 1 and 0 < minute <= (rounds - 1) * apart + 1
        low -= 200 if after else 0
        amount = 200 * ORDER if burst else 5 * ORDER
        minutes.append(
            MinuteSum(
                at(minute),
                amount,
                amount,
                low if after else low + 100,
                low + 150,
                count=amount // ORDER,
            )
        )
    return replace(CASE, minutes=tuple(minutes), flush=replace(FLUSH, bar=60 * ORDER))
