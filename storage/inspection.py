"""Whether a SQLite file is a sound database of ours, before anything relies on it."""

from pathlib import Path

from sqlalchemy import Connection, Inspector
from sqlalchemy import inspect as inspector_of
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.errors import ConfigError
from storage.copying import TABLES
from storage.report import accounts
from storage.schema import VERSIONS, migrate, shipped

_HEADER = b"SQLite format 3\0"


def refuse_nothing(database: Path) -> None:
    """Raise ``ConfigError`` where no bot has ever made the file."""
    if not database.exists():
        raise ConfigError(f"There is no database at {database} yet: start the bot once.")


def has_header(file: Path) -> bool:
    """Whether it begins as every SQLite file that was ever written to. Raises ``OSError``."""
    with file.open("rb") as opened:
        return opened.read(len(_HEADER)) == _HEADER


async def inspect(engine: AsyncEngine, shown: str) -> None:
    """Bring the file to this version and look at all of it. Raises ``ConfigError``.

    ``engine`` writes without foreign keys; the file is a copy that may be thrown away.
    """
    async with engine.connect() as connection:
        await connection.run_sync(_refuse_unsound, shown)
    try:
        await migrate(engine, shipped(), shown)
    except SQLAlchemyError:
        raise _stranger(shown) from None
    async with engine.connect() as connection:
        await connection.run_sync(_refuse_incomplete, shown)
    async with AsyncSession(engine) as session:
        if not (await accounts(session)).whole:
            raise ConfigError(f"{shown} is damaged: its notifications do not add up.")


def _refuse_unsound(connection: Connection, shown: str) -> None:
    if connection.exec_driver_sql("PRAGMA quick_check").scalars().all() != ["ok"]:
        raise ConfigError(f"{shown} is damaged: use an older backup.")
    if not inspector_of(connection).has_table(VERSIONS):
        raise _stranger(shown)
    if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
        raise ConfigError(f"{shown} is damaged: some of its rows belong to none.")


def _refuse_incomplete(connection: Connection, shown: str) -> None:
    found: Inspector = inspector_of(connection)
    names = set(found.get_table_names())
    for table in TABLES:
        if table.name not in names:
            raise _stranger(shown)
        there = {column["name"] for column in found.get_columns(table.name)}
        if not there.issuperset(table.columns.keys()):
            raise _stranger(shown)


def _stranger(shown: str) -> ConfigError:
    return ConfigError(f"{shown} is a database, but not one of Liqwatch.")
