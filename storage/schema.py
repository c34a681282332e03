"""Brings a database to this program's version, or says why it cannot."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.errors import ConfigError
from storage import migrations

VERSIONS = "alembic_version"
"""The table in which a database says its version."""

MIGRATION_LOCK = 0x11C_3A7C
"""Any number of ours: two processes that start at once on PostgreSQL migrate one by one."""


def shipped() -> Config:
    """The migrations inside the package, wherever it is installed."""
    config = Config()
    place = str(Path(migrations.__file__).parent)
    config.set_main_option("script_location", place.replace("%", "%%"))
    return config


async def migrate(engine: AsyncEngine, config: Config, shown: str, to: str = "head") -> None:
    """All steps in one transaction, on the engine's one connection.

    Raises ``ConfigError`` for a database of a newer version; any other failure leaves the
    database as it was.
    """
    async with engine.begin() as connection:
        await connection.run_sync(_migrate, config, shown, to)


async def refuse_newer(engine: AsyncEngine, shown: str) -> None:
    """Raise ``ConfigError`` for a database of a later version than this program's."""
    async with engine.connect() as connection:
        await connection.run_sync(_is_current, shipped(), shown)


async def refuse_other(engine: AsyncEngine, shown: str) -> None:
    """Raise ``ConfigError`` unless the database is of this program's version."""
    async with engine.connect() as connection:
        await connection.run_sync(_refuse_other, shipped(), shown)


def _migrate(connection: Connection, config: Config, shown: str, to: str) -> None:
    on_postgresql = connection.dialect.name == "postgresql"
    if on_postgresql:
        connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": MIGRATION_LOCK})
    if _is_current(connection, config, shown) and to == "head":
        return
    config.attributes["connection"] = connection
    if to == "head":
        command.upgrade(config, to)
    else:
        command.downgrade(config, to)
    if not on_postgresql:
        _refuse_orphans(connection)


def _is_current(connection: Connection, config: Config, shown: str) -> bool:
    """Whether the database is of this program's version; ``ConfigError`` if of a later one."""
    scripts = ScriptDirectory.from_config(config)
    known = {script.revision for script in scripts.walk_revisions()}
    found = MigrationContext.configure(connection).get_current_heads()
    for revision in found:
        if revision not in known:
            raise ConfigError(
                f"{shown} was written by a newer Liqwatch (version {revision} of the database): "
                "install that version again, or choose another database."
            )
    return set(found) == set(scripts.get_heads())


def _refuse_other(connection: Connection, config: Config, shown: str) -> None:
    if not _is_current(connection, config, shown):
        raise ConfigError(f"{shown} is not of this version yet: start the bot once.")


def _refuse_orphans(connection: Connection) -> None:
    orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if orphans:
        raise RuntimeError(f"the migration left {len(orphans)} rows without their parents")
