"""A newspaper stand on loopback: each path answers as a test says."""

import asyncio
from collections.abc import Awaitable, Callable
from email.utils import format_datetime
from typing import Self

from aiohttp import web

from bot.clock import as_datetime

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Stand:
    """``async with Stand() as stand``: ``stand.pages[path] = handler or body``; ``stand.asked``."""

    def __init__(self) -> None:
        self.pages: dict[str, Handler | bytes] = {}
        self.asked: list[web.Request] = []
        self.holding = asyncio.Event()
        self.url = ""
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner:
            await self._runner.cleanup()

    async def hang(self, _: web.Request) -> web.StreamResponse:
        """A page that never comes; ``holding`` is set while one is waited for."""
        self.holding.set()
        await asyncio.sleep(3600)
        raise AssertionError("nobody waits so long")

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        page = self.pages.get(request.path)
        if page is None:
            raise web.HTTPNotFound
        if isinstance(page, bytes):
            return web.Response(body=page, content_type="application/xml")
        return await page(request)


def rss(*items: tuple[str, int | None]) -> bytes:
    """Titles, as they stand in XML, with their times; None: an item without one."""
    entries = "".join(
        f"<item><title>{title}</title>"
        + (f"<pubDate>{format_datetime(as_datetime(at_ms))}</pubDate>" if at_ms is not None else "")
        + "</item>"
        for title, at_ms in items
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{entries}</channel></rss>'.encode()


def atom(*entries: tuple[str, int]) -> bytes:
    told = "".join(
        f'<entry><title type="html">{title}</title>'
        f"<updated>{as_datetime(at_ms).isoformat()}</updated></entry>"
        for title, at_ms in entries
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title>{told}</feed>'.encode()
