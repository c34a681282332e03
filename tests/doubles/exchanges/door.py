"""A loopback port that can be shut and opened again; while shut, connections are refused."""

import socket

from aiohttp import web


class Door:
    """The port stays ours while shut: a socket is bound to it that does not listen."""

    def __init__(self, app: web.Application) -> None:
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        self._socket = bound(0)
        self.port: int = self._socket.getsockname()[1]
        self._site: web.SockSite | None = None

    async def open(self) -> None:
        if self._runner.server is None:
            await self._runner.setup()
        if self._site is None:
            self._site = web.SockSite(self._runner, self._socket)
            await self._site.start()

    async def shut(self) -> None:
        """Nobody comes in by a connection that was kept alive, either."""
        if self._site is not None:
            await self._site.stop()
            for kept in self._runner.server.connections if self._runner.server else ():
                kept.force_close()
            self._site = None
            self._socket = bound(self.port)

    async def remove(self) -> None:
        await self._runner.cleanup()
        self._socket.close()


def bound(port: int) -> socket.socket:
    kept = socket.socket()
    kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    kept.bind(("127.0.0.1", port))
    return kept
