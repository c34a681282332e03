"""A line to PostgreSQL that breaks at a commit: before the server gets it, or before its answer."""

import asyncio
import tempfile
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from tests.storage.conftest import Home

COMMIT = b"COMMIT;"
SOCKET = ".s.PGSQL.5432"


class LossyLine:
    """Passes everything on. Of the next commit it loses what ``loses`` says, ``request`` or
    ``answer``, with the connection."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.loses = ""

    async def serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        place = parse_qs(urlsplit(self.home.url or "").query)["host"][0]
        answers, server = await asyncio.open_unix_connection(f"{place}/{SOCKET}")
        back = asyncio.create_task(_copy(answers, writer))
        lost = ""
        try:
            while data := await reader.read(65_536):
                lost = self.loses if COMMIT in data else ""
                if lost == "request":
                    break
                if lost == "answer":
                    back.cancel()
                    await asyncio.wait([back])
                server.write(data)
                if lost == "answer":
                    await answers.read(65_536)
                    break
        finally:
            self.loses = "" if lost else self.loses
            back.cancel()
            server.close()
            writer.close()


@asynccontextmanager
async def lossy_line(home: Home) -> AsyncIterator[tuple[LossyLine, str]]:
    """The line, and the URL of the same database at its other end."""
    line = LossyLine(home)
    with tempfile.TemporaryDirectory() as place:  # a socket's path has few characters
        server = await asyncio.start_unix_server(line.serve, Path(place) / SOCKET)
        url = urlsplit(home.url or "")
        yield line, url._replace(query=f"host={place}").geturl()
        server.close()


async def _copy(reader: StreamReader, writer: StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
    writer.close()
