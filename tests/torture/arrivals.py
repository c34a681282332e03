"""When messages reach a machine, by its kernel's clock: a busy reader cannot be late for that."""

import asyncio
import re
import socket
import struct
from contextlib import suppress
from typing import Self
from urllib.parse import urlsplit

SO_TIMESTAMPNS = 35
"""Linux: each read of a socket tells when what it hands out had come in."""

_TIME = struct.Struct("@ll")
_ROOM = socket.CMSG_SPACE(_TIME.size)
_CHUNK = 65_536
_MESSAGE = re.compile(rb"POST \S+/send(Message|Photo) ")


class Arrivals:
    """``async with Arrivals(url) as arrivals``: a line to ``url`` that passes on what comes to
    ``arrivals.url`` and notes in ``at``, in seconds, when each message to Telegram came in."""

    def __init__(self, behind: str) -> None:
        address = urlsplit(behind)
        self._behind = (address.hostname or "", address.port or 0)
        self.at: list[float] = []

    async def __aenter__(self) -> Self:
        self._door = socket.create_server(("127.0.0.1", 0))
        self._door.setblocking(False)
        # What is accepted inherits it, so nothing comes in before it is asked for.
        self._door.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.url = f"http://127.0.0.1:{self._door.getsockname()[1]}"
        self._lines: set[asyncio.Task[None]] = set()
        self._accepting = asyncio.create_task(self._accept())
        return self

    async def __aexit__(self, *error: object) -> None:
        tasks = (self._accepting, *self._lines)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._door.close()

    async def _accept(self) -> None:
        while True:
            near, _ = await asyncio.get_running_loop().sock_accept(self._door)
            line = asyncio.create_task(self._joined(near))
            self._lines.add(line)
            line.add_done_callback(self._lines.discard)

    async def _joined(self, near: socket.socket) -> None:
        """One connection, until one side ends it."""
        with near, socket.socket() as far, suppress(OSError):
            near.setblocking(False)
            far.setblocking(False)
            await asyncio.get_running_loop().sock_connect(far, self._behind)
            ways = {
                asyncio.create_task(self._there(near, far)),
                asyncio.create_task(_back(near, far)),
            }
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)

    async def _there(self, near: socket.socket, far: socket.socket) -> None:
        while True:
            await _readable(near)
            data, told, _, _ = near.recvmsg(_CHUNK, _ROOM)
            if not data:
                return
            if _MESSAGE.match(data):
                seconds, nanoseconds = _TIME.unpack(told[0][2])
                self.at.append(seconds + nanoseconds / 1e9)
            await asyncio.get_running_loop().sock_sendall(far, data)


async def _back(near: socket.socket, far: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    while data := await loop.sock_recv(far, _CHUNK):
        await loop.sock_sendall(near, data)


async def _readable(one: socket.socket) -> None:
    loop, ready = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(one, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(one)
