"""The demo's sources of market structure: all that is asked is answered, and nothing too early."""

import asyncio
from itertools import pairwise

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import HOUR_MS, MINUTE_MS
from bot.demo.course import PAST_MINUTES
from bot.demo.exchanges import LoopbackExchanges
from bot.demo.markets import routes
from bot.demo.player import TapeClock
from bot.demo.tape import SEED, make_story
from bot.demo.world import VENUES, World
from bot.setting_names import url_name
from bot.structure import STRUCTURE
from bot.structure.shelf import Shelf
from bot.structure.sifting import sifted
from bot.structure.source import Question, Source
from bot.structure.view import MarketView
from bot.structure.views import view

START_MS = 1_795_309_200_000
OVER_MS, LATER_MS = START_MS + 35 * MINUTE_MS, START_MS + 515 * MINUTE_MS
COINS = ("BTC", "ETH", "SOL", "XRP", "DOGE")


@pytest.fixture(scope="module")
def world() -> World:
    return World(make_story(START_MS).course, START_MS, SEED)


class Asked:
    """Sources that were asked everything at a few moments."""

    def __init__(self, world: World) -> None:
        self.clock = TapeClock(START_MS)
        self.exchanges = LoopbackExchanges(START_MS, routes(world, self.clock))
        self.sources = [source() for source in STRUCTURE.values() if not source.keyed]
        self.shelf = Shelf()
        self.asked = 0

    async def ask(self, at_ms: int, session: aiohttp.ClientSession) -> None:
        self.clock.reach(at_ms)
        for source in self.sources:
            known: set[Question] = set()
            while fresh := set(source.questions(COINS, at_ms)) - known:
                known |= fresh
                for question in sorted(fresh, key=lambda one: (one.kind, one.path)):
                    if question.every_s or at_ms == START_MS:
                        await self._put(source, question, session)

    async def _put(
        self, source: Source, question: Question, session: aiohttp.ClientSession
    ) -> None:
        url = self.exchanges.urls()[url_name(source.name, question.role)] + question.path
        method = "GET" if question.body is None else "POST"
        async with session.request(method, url, data=question.body) as answer:
            assert answer.status == 200, url
            now_ms = self.clock.now_ms()
            told = source.read(question, await answer.read(), now_ms)
        self.shelf.put(sifted(told, COINS, now_ms))
        self.asked += 1

    def view(self, at_ms: int, coin: str = "BTC") -> MarketView:
        return view(self.shelf, coin, at_ms, (), self.sources)


@pytest.fixture(scope="module")
def asked(world: World) -> Asked:
    everything = Asked(world)

    async def ask() -> None:
        async with everything.exchanges, aiohttp.ClientSession() as session:
            for at_ms in (START_MS, OVER_MS, LATER_MS):
                await everything.ask(at_ms, session)

    asyncio.run(ask())
    return everything


def test_a_market_is_known_whole_before_the_flush_and_after_it(asked: Asked) -> None:
    for coin in COINS:
        before, after = asked.view(START_MS, coin), asked.view(OVER_MS, coin)
        for each in (before, after):
            assert each.oi and set(each.oi.sources) == {"Binance", "Bybit", "OKX", "Hyperliquid"}
            assert each.price and each.funding and each.bids_1 and each.spot_bids_1
            assert each.volatility and each.spot_buys and each.volume and each.long_accounts
        assert before.usual_volatility and before.levels and before.funding_percentile is not None


def test_the_flush_takes_open_interest_funding_and_depth(asked: Asked) -> None:
    before, after, later = (asked.view(at_ms) for at_ms in (START_MS, OVER_MS, LATER_MS))
    assert before.oi and after.oi and later.oi
    assert before.oi.value * 0.945 < after.oi.value < before.oi.value * 0.955
    back = (later.oi.value - after.oi.value) / (before.oi.value - after.oi.value)
    assert 0.25 < back < 0.31
    assert before.funding and after.funding and before.funding.value > 0 > after.funding.value
    assert before.bids_1 and after.bids_1 and after.bids_1.value < 0.7 * before.bids_1.value


def test_volatility_is_highest_in_the_flush(asked: Asked) -> None:
    before, after, later = (asked.view(at_ms) for at_ms in (START_MS, OVER_MS, LATER_MS))
    assert before.volatility and after.volatility and later.volatility
    assert after.volatility.value > 2 * before.volatility.value
    assert later.volatility.value < 0.5 * after.volatility.value


moments = st.integers(START_MS - HOUR_MS, START_MS + 9 * HOUR_MS)


@given(now_ms=moments, later_ms=moments)
def test_what_is_told_does_not_depend_on_what_comes_later(
    world: World, now_ms: int, later_ms: int
) -> None:
    """A candle that has ended by ``now_ms`` is the same whenever it is asked for."""
    from_ms = now_ms - 5 * MINUTE_MS
    told = world.candles("ETH", "bybit", False, MINUTE_MS, from_ms, now_ms, now_ms)
    ended = [one for one in told if one.bar.start_ms + MINUTE_MS <= now_ms]
    again = world.candles("ETH", "bybit", False, MINUTE_MS, from_ms, now_ms, max(now_ms, later_ms))
    assert ended == again[: len(ended)]
    assert all(bar.low <= min(bar.open, bar.close) <= bar.high for bar, _, _ in told)
    assert all(one.bar.start_ms < now_ms for one in told)


def test_candles_follow_one_another_without_a_hole(world: World) -> None:
    from_ms, to_ms = START_MS - PAST_MINUTES * MINUTE_MS, START_MS + 2 * HOUR_MS
    for span_ms in (MINUTE_MS, HOUR_MS):
        told = world.candles("BTC", "okx", False, span_ms, from_ms, to_ms, to_ms)
        assert [one.bar.start_ms for one in told] == list(range(from_ms, to_ms, span_ms))
        for before, after in pairwise(told):
            assert after.bar.open == pytest.approx(before.bar.close)


def test_each_venue_has_its_share(world: World) -> None:
    held = {venue: world.interest("SOL", venue, START_MS) for venue in VENUES}
    assert held["binance"] == max(held.values())
    assert sum(VENUES.values()) == pytest.approx(1.0)
