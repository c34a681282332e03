"""The demo's clocks, and how much of the tape goes out at once."""

import asyncio

from bot.demo.exchanges import LoopbackExchanges
from bot.demo.pacing import evenly
from bot.demo.player import Hurried, Player, TapeClock
from bot.demo.tape import make_tape
from bot.demo.wire import Frame
from bot.events import Heard
from tests.clocks import ManualClock

START_MS = 1_795_309_200_000


async def test_a_hurried_clock_sleeps_shorter_and_is_as_patient_as_ever() -> None:
    real = ManualClock()
    hurried = Hurried(real, 60.0)
    begun_s = hurried.monotonic()
    sleeping = asyncio.create_task(hurried.sleep(30.0))
    await real.advance(0.4)
    assert not sleeping.done()
    await real.advance(0.1)
    assert sleeping.done()
    assert round(hurried.monotonic() - begun_s) == 30
    assert hurried.now_ms() == real.now_ms()


class Played(LoopbackExchanges):
    """Hands each frame to the player as if the bot had heard it; ``at_ms`` is when."""

    def __init__(self, market: TapeClock) -> None:
        super().__init__(START_MS)
        self.player: Player | None = None
        self.market = market
        self.lead_ms = 0

    async def send(self, frame: Frame) -> None:
        assert self.player is not None
        self.lead_ms = max(self.lead_ms, self.market.now_ms() - frame.at_ms)
        told = (None,) * frame.orders
        self.player.handled(Heard(frame.exchange, told, frame.at_ms))  # type: ignore[arg-type]


async def lead_ms(speed: float) -> int:
    """How far the market was ahead of a frame, at most."""
    market, real = TapeClock(START_MS), ManualClock()
    exchanges = Played(market)
    player = exchanges.player = Player(exchanges, market, real)
    orders = make_tape(START_MS)[:300]
    playing = asyncio.create_task(player.play(orders, evenly(speed)))
    while not playing.done():
        await real.advance(1.0)
    assert player.sent == len(orders)
    assert market.now_ms() == orders[-1].at_ms
    return exchanges.lead_ms


async def test_at_the_usual_speed_a_second_of_the_market_goes_out_at_once() -> None:
    assert 0 < await lead_ms(60.0) < 1_000


async def test_however_fast_it_is_never_more_than_ten_seconds() -> None:
    assert 1_000 < await lead_ms(1e6) < 10_000
