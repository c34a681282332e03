"""Four sources of market structure on loopback, which answer from the demo's own world."""

from aiohttp import web

from bot.clock import Now
from bot.demo import binance_rest, bybit_rest, hyperliquid_rest, okx_rest
from bot.demo.answering import Seen
from bot.demo.world import World


def routes(world: World, market: Now) -> list[web.RouteDef]:
    """What is told at ``market``'s time, in each one's own words."""
    seen = Seen(world, market)
    each = (binance_rest, bybit_rest, okx_rest, hyperliquid_rest)
    return [route for source in each for route in source.routes(seen)]
