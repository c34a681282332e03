"""The demo's hour: seeded, exact, BTC first, and played no faster than it is handled."""

import asyncio
from collections import defaultdict
from decimal import Decimal

import pytest

from bot.clock import HOUR_MS, MINUTE_MS, SystemClock
from bot.demo.exchanges import LoopbackExchanges
from bot.demo.pacing import evenly
from bot.demo.player import Player, TapeClock
from bot.demo.tape import TapeOrder, add_up, make_tape
from bot.demo.wire import frames
from bot.events import Heard
from bot.exchanges import EXCHANGES
from bot.exchanges.dialect import Events
from bot.market import Instrument, Side

START_MS = 1_795_309_200_000


@pytest.fixture(scope="module")
def tape() -> list[TapeOrder]:
    return make_tape(START_MS)


def test_the_hour_ends_at_526_million_and_longs_are_hit_hardest(tape: list[TapeOrder]) -> None:
    sums = add_up(tape)
    assert Decimal(526_000_000) <= sums.total < Decimal(527_000_000)
    assert sums.long > 4 * sums.short
    assert sums.orders == len(tape)


def test_the_same_seed_gives_the_same_tape_and_another_a_different_one(
    tape: list[TapeOrder],
) -> None:
    assert make_tape(START_MS) == tape
    assert make_tape(START_MS, seed=8) != tape


def test_every_order_lies_in_the_hour_and_the_last_at_its_very_end(tape: list[TapeOrder]) -> None:
    assert all(START_MS < order.at_ms <= START_MS + HOUR_MS for order in tape)
    assert tape == sorted(tape, key=lambda order: order.at_ms)
    assert tape[-1].at_ms == START_MS + HOUR_MS


def test_bitcoin_goes_first_and_the_alts_follow(tape: list[TapeOrder]) -> None:
    longs: dict[bool, list[TapeOrder]] = defaultdict(list)
    for order in tape:
        if order.side is Side.LONG:
            longs[order.contract.coin == "BTC"].append(order)

    def when(orders: list[TapeOrder], share: float) -> int:
        target, so_far = sum(o.usd for o in orders) * Decimal(share), Decimal(0)
        for order in orders:
            so_far += order.usd
            if so_far >= target:
                return order.at_ms
        raise AssertionError

    assert when(longs[True], 0.5) + MINUTE_MS < when(longs[False], 0.5)


def test_binance_publishes_one_order_a_symbol_side_and_second(tape: list[TapeOrder]) -> None:
    seen = [
        (o.contract.symbol, o.side, o.at_ms // 1000)
        for o in tape
        if o.contract.exchange == "binance"
    ]
    assert len(seen) == len(set(seen))


async def test_the_dialects_read_back_what_the_tape_says(tape: list[TapeOrder]) -> None:
    """Frames and tables over real HTTP: every order, side and dollar."""
    tables = await _tables()
    heard = {Side.LONG: Decimal(0), Side.SHORT: Decimal(0)}
    count = 0
    for frame in frames(tape):
        dialect = EXCHANGES[frame.exchange]
        parsed = dialect.parse(frame.text, frame.at_ms, tables[frame.exchange])
        assert isinstance(parsed, Events)
        count += len(parsed.liquidations)
        for liquidation in parsed.liquidations:
            assert liquidation.notional is not None
            heard[liquidation.side] += liquidation.notional
    sums = add_up(tape)
    assert (heard[Side.LONG], heard[Side.SHORT], count) == (sums.long, sums.short, sums.orders)


async def _tables() -> dict[str, dict[str, Instrument]]:
    import aiohttp

    tables: dict[str, dict[str, Instrument]] = {}
    async with LoopbackExchanges(START_MS) as exchanges, aiohttp.ClientSession() as session:
        for name in exchanges.names:
            dialect = EXCHANGES[name]
            roles = {role: exchanges.urls()[f"{name}_{role}_URL".upper()] for role in dialect.urls}
            tables[name] = {}
            for url in dialect.listings(roles):
                async with session.get(url) as answer:
                    listed, _ = dialect.instruments(await answer.read(), url)
                    tables[name] |= {i.symbol: i for i in listed}
    return tables


class Listening(LoopbackExchanges):
    """Exchanges whose frames a test takes itself."""

    def __init__(self) -> None:
        super().__init__(START_MS)
        self.sent = asyncio.Queue[tuple[int, int]]()

    async def send(self, frame: object) -> None:
        from bot.demo.wire import Frame

        assert isinstance(frame, Frame)
        await self.sent.put((frame.at_ms, frame.orders))


async def test_a_stalled_bot_stops_the_hour_and_the_market_clock(tape: list[TapeOrder]) -> None:
    market, exchanges = TapeClock(START_MS), Listening()
    player = Player(exchanges, market, SystemClock())
    playing = asyncio.create_task(player.play(tape[:200], evenly(1e9)))
    await asyncio.sleep(0.05)
    stalled_at = market.now_ms()
    assert player.sent < 200
    assert stalled_at < tape[199].at_ms
    while not playing.done():
        at_ms, orders = await asyncio.wait_for(exchanges.sent.get(), 1.0)
        assert market.now_ms() >= at_ms
        event = Heard("binance", (None,) * orders, at_ms)  # type: ignore[arg-type]
        player.handled(event)
        await asyncio.sleep(0)
    assert player.sent == 200
    assert market.now_ms() == tape[199].at_ms
