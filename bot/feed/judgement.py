"""What an exchange is worth while it is connected: mute, late, degraded, or as it should be."""

from collections.abc import Callable

from bot.clock import DAY_MS, Now
from bot.exchanges.dialect import Exchange
from bot.feed.board import Board
from bot.feed.intake import Intake
from bot.feed.silence import Silence
from bot.feed.suspicion import Suspicion
from bot.market import Gap

LEADER = "BTC"
"""Whose price tells that the market moves."""

MUTE = "no liquidation while the market moves"

LATE = "its orders come more than a minute late, or this machine's clock is wrong"


class Judgement:
    """Looked at again and again; what it finds is a gap until it is over.

    ``state`` is the feed's while it is connected, with the reason.
    """

    def __init__(
        self,
        exchange: Exchange,
        intake: Intake,
        board: Board,
        note: Callable[[Gap], None],
        market: Now,
    ) -> None:
        self._name = exchange.name
        self._intake = intake
        self._board = board
        self._market = market
        self._suspicion = Suspicion(exchange.silence_s)
        self._mute = Silence(exchange.name, "liquidations", note, market, "mute")
        self._garbled = Silence(exchange.name, "frames", note, market, "garbled")
        self._late = Silence(exchange.name, "orders", note, market)
        self._events = 0

    @property
    def state(self) -> tuple[str, str]:
        if self._late.open:
            return "deaf", self._late.reason
        if self._mute.open:
            return "mute", self._mute.reason
        if self._garbled.open:
            return "degraded", self._garbled.reason
        return "live", ""

    def look(self, live: bool) -> None:
        """``live``: every stream is connected and acknowledged."""
        now_ms = self._market.now_ms()
        self._look_for_silence(now_ms, live)
        self._look_at_frames(now_ms)
        self._look_at_times(now_ms, live)

    def _look_for_silence(self, now_ms: int, live: bool) -> None:
        suspicion, events = self._suspicion, self._intake.counts.events
        elsewhere = self._board.orders_elsewhere(self._name)
        if not live:
            suspicion.pause()
        elif suspicion.since_ms is None or events != self._events:
            suspicion.begin(now_ms, elsewhere)
        if events != self._events or not live:
            self._events = events
            self._mute.end()
            return
        since_ms = suspicion.since_ms
        quote = self._board.quote(LEADER, now_ms)
        if since_ms is not None and not self._mute.open and suspicion.odd(now_ms, elsewhere, quote):
            self._mute.begin(since_ms, MUTE)

    def _look_at_frames(self, now_ms: int) -> None:
        quality = self._intake.quality
        if not quality.degraded(now_ms):
            self._garbled.end()
        elif not self._garbled.open:
            share = _percent(quality.share(now_ms))
            self._garbled.begin(quality.bad_since_ms, f"{share} of its frames unreadable")

    def _look_at_times(self, now_ms: int, live: bool) -> None:
        lag = self._intake.lag
        if not live:
            lag.in_time()
        if lag.since_ms is None:
            self._late.end()
        elif not self._late.open:
            self._late.begin(max(lag.since_ms, now_ms - DAY_MS), LATE)


def _percent(share: float) -> str:
    return f"{max(1, round(100 * share))}%"
