"""What the demo's sources of market structure have in common: when it is, and how numbers look."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from aiohttp import web

from bot.clock import HOUR_MS, Now
from bot.demo.cascade import COINS
from bot.demo.world import Row, World

FUNDED_MS = 8 * HOUR_MS

Query = Mapping[str, str]


class Listed(NamedTuple):
    """``per`` coins are one unit of price and quantity."""

    coin: str
    symbol: str
    per: int


class Seen(NamedTuple):
    """The world as it is now; nothing that comes later is told."""

    world: World
    market: Now

    @property
    def now_ms(self) -> int:
        return self.market.now_ms()

    def hours(self, from_ms: int, to_ms: int, step_ms: int = HOUR_MS) -> Iterator[int]:
        """Whole steps in [from, to) that have come."""
        first = -(-from_ms // step_ms) * step_ms
        return iter(range(first, min(to_ms, self.now_ms + 1), step_ms))


def listed(form: str, thousand: str = "1000{}") -> dict[str, Listed]:
    """By symbol, the contracts of a source; ``form`` as ``{}USDT``."""
    found = {}
    for coin in COINS:
        per = 1000 if coin.name == "PEPE" and thousand else 1
        name = thousand.format(coin.name) if per > 1 else coin.name
        found[form.format(name)] = Listed(coin.name, form.format(name), per)
    return found


def number(value: float) -> str:
    """As exchanges write them, in quotes and without exponents."""
    return f"{value:.12f}".rstrip("0").rstrip(".")


def rows(side: list[Row], per: float = 1.0, size: float = 1.0) -> list[list[str]]:
    """``size``: coins in one unit of quantity, where a price is of one coin."""
    return [[number(price * per), number(coins / per / size)] for price, coins in side]


def answer(path: str, body: Callable[[Query], Any]) -> web.RouteDef:
    """A GET that answers JSON; what is not listed is not found."""

    async def handle(request: web.Request) -> web.Response:
        try:
            return web.json_response(body(request.query))
        except KeyError as error:
            raise web.HTTPNotFound(text=f"there is no {error}") from error

    return web.get(path, handle)
