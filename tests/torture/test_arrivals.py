"""What the check of the pace is measured with."""

import asyncio
import socket
import time
from urllib.parse import urlsplit

from tests.torture.arrivals import Arrivals

MESSAGE = b"POST /bot1:x/sendMessage HTTP/1.1\r\n\r\n"
OTHER = b"POST /bot1:x/getMe HTTP/1.1\r\n\r\n"


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(1_000):
        writer.write(data)
    writer.close()


async def test_a_busy_reader_is_not_late_for_when_messages_came_in() -> None:
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, Arrivals(f"http://127.0.0.1:{port}") as arrivals:
        address = urlsplit(arrivals.url)
        with socket.create_connection((address.hostname, address.port)) as line:
            line.setblocking(False)
            for said in (OTHER, MESSAGE):
                line.send(said)
                written = time.time()
                time.sleep(0.1)  # noqa: ASYNC251 -- the machine is busy
                answer = await asyncio.get_running_loop().sock_recv(line, 1_000)
                assert answer == said
    (at,) = arrivals.at
    assert abs(at - written) < 0.05
