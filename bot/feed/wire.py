"""What a feed is given to reach the world with: session, clocks, proxy, chance and patience."""

import random as chance
from collections.abc import Callable

import aiohttp
import msgspec

from bot.clock import Clock, Now
from bot.exchanges.dialect import Exchange
from bot.feed.web import Failure, fetch


class Limits(msgspec.Struct, frozen=True):
    """Seconds of real time where the name ends in ``_s``; tests over sockets shorten them."""

    connect_s: float = 5.0
    ack_s: float = 5.0
    pong_s: float = 10.0
    close_s: float = 1.0
    opening_s: float = 5.0
    first_retry_s: float = 0.5
    longest_retry_s: float = 10.0
    """With a connect that takes its time, whatever is well again is heard within 15 s."""
    healthy_s: float = 60.0
    table_patience_s: float = 5.0
    table_refresh_s: float = 600.0
    fetch_s: float = 15.0
    message_bytes: int = 64 * 1024 * 1024
    """A burst comes as one frame: 25,000 liquidations are 2 to 4 MB."""
    long_frame_bytes: int = 64 * 1024
    """Above this a frame is read beside the loop, which goes on meanwhile."""
    look_s: float = 1.0
    odd_retry_s: float = 15.0
    """A silence that cannot be calm is answered with new connections, after this and ever later."""
    longest_odd_retry_s: float = 300.0
    proof_s: float = 15.0
    """So soon after its acknowledgement a stream with a canary has told something."""
    overlap_s: float = 10.0
    """So long both are heard when one connection takes over from another: what the old one was
    told of may still be on its way."""
    settle_s: float = 10.0
    """A history is asked for this long after a gap has ended: it is written with a delay."""
    again_s: float = 600.0
    """What could not be filled is tried again after this, while the history reaches back to it."""
    refusals: int = 100
    """Halving ends here: an exchange that refuses this much means us, not a topic."""


class Wire(msgspec.Struct, frozen=True):
    """``market`` stamps what was received and the gaps; ``real`` times everything else.

    ``random`` gives numbers in [0, 1), for the jitter of retries.
    """

    session: aiohttp.ClientSession
    market: Now
    real: Clock
    proxy: str | None = None
    limits: Limits = Limits()
    random: Callable[[], float] = chance.random

    async def ask(self, exchange: Exchange, url: str) -> bytes | Failure:
        """The body of one answer of an exchange, or why there is none."""
        return await fetch(
            self.session, url, self.real, self.proxy, self.limits.fetch_s, exchange.headers
        )
