"""``GET /metrics`` on this machine: for Prometheus, or whoever else watches the bot."""

import asyncio
import os

import structlog
from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.aiohttp import make_aiohttp_handler

from bot.errors import ConfigError, StoreError
from bot.inbox import Inbox
from bot.monitor.gauges import Gauges, Moment
from bot.ports import Accounts, Desk, Outbox

HOST = "127.0.0.1"
"""Nobody else's business: what else shall see it puts a proxy of its own before it."""

PATH = "/metrics"

LEAVE_S = 1.0
"""So long an answer may still take when the bot ends."""

log = structlog.get_logger()


class MetricsPage:
    """Reads the desk, the inbox and the outbox whenever somebody asks."""

    def __init__(self, desk: Desk, inbox: Inbox, outbox: Outbox) -> None:
        self._desk = desk
        self._inbox = inbox
        self._outbox = outbox

    async def serve(self, port: int) -> None:
        """Until cancelled. Raises ``ConfigError`` when the port cannot be had."""
        app = web.Application()
        app.router.add_get(PATH, self._answer)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=LEAVE_S)
        await runner.setup()
        try:
            await _open(runner, port)
            log.info("metrics", url=f"http://{HOST}:{port}{PATH}")
            await asyncio.Event().wait()
        finally:
            await runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        registry = CollectorRegistry()
        registry.register(Gauges(await self._moment()))
        return await make_aiohttp_handler(registry)(request)

    async def _moment(self) -> Moment:
        accounts = await self._accounts()
        inbox, desk = self._inbox, self._desk
        return Moment(desk.sources(), desk.now_ms(), inbox.waiting, inbox.dropped, accounts)

    async def _accounts(self) -> Accounts | None:
        try:
            return await self._outbox.accounts()
        except StoreError as error:
            log.warning("notifications are not counted now", reason=str(error))
            return None


async def _open(runner: web.AppRunner, port: int) -> None:
    try:
        await web.TCPSite(runner, HOST, port).start()
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise ConfigError(f"METRICS_PORT: {HOST}:{port} cannot be used ({reason}).") from None
