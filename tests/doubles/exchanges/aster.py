"""Aster, Binance's fork, after FEEDS 4.10 and asterdex/api-docs: no path split, no ``st``."""

from aiohttp import web

from tests.doubles.exchanges.binance import LINEAR, BinanceLike


class Aster(BinanceLike):
    name = "aster"
    paths = ("/ws", "/ws/{streams:.+}", "/stream")
    listed = LINEAR
    ping_s = 300.0
    pong_s = 900.0

    def routes(self, router: web.UrlDispatcher) -> None:
        router.add_get("/fapi/v1/exchangeInfo", self.linear)
        router.add_get("/fapi/v3/exchangeInfo", self.linear)
