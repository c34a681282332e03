"""The gateway half of the Discord double: hello, identify, ready, resume, and what is pushed."""

import asyncio
import json
from itertools import count
from typing import Any

import aiohttp
from aiohttp import web

from tests.doubles.discord_objects import APPLICATION, BOT, Guild, Json, user

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID, HELLO, ACK = 0, 1, 2, 6, 7, 9, 10, 11


class Gateway:
    """One session at a time; what is dispatched while nobody is connected is kept for RESUME."""

    def __init__(self, token: str, guilds: list[Guild]) -> None:
        self.token = token
        self.guilds = guilds
        self.identifies: list[Json] = []
        self.resumes: list[Json] = []
        self.refuse_with: int | None = None
        self.url = ""
        self._sequence = count(1)
        self._socket: web.WebSocketResponse | None = None
        self._sent: list[Json] = []
        self._ready = asyncio.Event()
        self._heard = asyncio.Event()

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await _send(socket, {"op": HELLO, "d": {"heartbeat_interval": 41_250}})
        async for frame in socket:
            if frame.type is aiohttp.WSMsgType.TEXT:
                await self._hear(socket, json.loads(frame.data))
        return socket

    async def ready(self) -> None:
        """Wait until a client is listening."""
        async with asyncio.timeout(5):
            await self._ready.wait()

    async def identified(self, times: int) -> None:
        """Wait for so many IDENTIFYs since the start."""
        async with asyncio.timeout(5):
            while len(self.identifies) < times:
                self._heard.clear()
                await self._heard.wait()

    async def dispatch(self, event: str, data: Any) -> None:
        payload = {"op": DISPATCH, "t": event, "s": next(self._sequence), "d": data}
        self._sent.append(payload)
        if self._socket is not None and not self._socket.closed:
            await _send(self._socket, payload)

    async def order_reconnect(self) -> None:
        """Op 7."""
        await self._order({"op": RECONNECT, "d": None})

    async def invalidate(self, resumable: bool) -> None:
        """Op 9."""
        await self._order({"op": INVALID, "d": resumable})

    async def _order(self, payload: Json) -> None:
        self._ready.clear()
        socket, self._socket = self._socket, None
        if socket is not None:
            await _send(socket, payload)

    async def _hear(self, socket: web.WebSocketResponse, said: Json) -> None:
        if said["op"] == HEARTBEAT:
            await _send(socket, {"op": ACK})
        elif said["op"] == IDENTIFY:
            await self._identified(socket, said["d"])
        elif said["op"] == RESUME:
            await self._resumed(socket, said["d"])

    async def _identified(self, socket: web.WebSocketResponse, said: Json) -> None:
        self.identifies.append(said)
        self._heard.set()
        refused = self.refuse_with or (None if said["token"] == self.token else 4004)
        if refused:
            await socket.close(code=refused)
            return
        self._socket, self._sent = socket, []
        stubs = [{"id": str(guild.id), "unavailable": True} for guild in self.guilds]
        ready = {
            "v": 10,
            "user": user(BOT, "Liqwatch", bot=True),
            "guilds": stubs,
            "session_id": "session",
            "resume_gateway_url": self.url,
            "application": {"id": str(APPLICATION), "flags": 0},
        }
        await self.dispatch("READY", ready)
        for guild in self.guilds:
            await self.dispatch("GUILD_CREATE", guild.json())
        self._ready.set()

    async def _resumed(self, socket: web.WebSocketResponse, said: Json) -> None:
        self.resumes.append(said)
        self._socket = socket
        for payload in [p for p in self._sent if p["s"] > said["seq"]]:
            await _send(socket, payload)
        await self.dispatch("RESUMED", {})
        self._ready.set()


async def _send(socket: web.WebSocketResponse, payload: Json) -> None:
    await socket.send_str(json.dumps(payload))
