"""A whole database from one place into another, table by table, whatever either of them is."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
from sqlalchemy import Column, bindparam, select, text
from sqlalchemy import Table as SqlTable
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import ConfigError
from storage import flush_tables, heard_tables, structure_tables  # noqa: F401 - copied too
from storage.tables import Table

BATCH = 500
"""Rows in memory at once; a page of the tape has some tens of kilobytes."""

TABLES = tuple(Table.metadata.sorted_tables)
"""Of all modules of tables."""

NUMBERED = tuple(table for table in TABLES if "id" in table.columns)
"""Tables whose rows the database numbers; no number is ever given twice, also not after a copy."""

_LAST = {
    "sqlite": "SELECT seq FROM sqlite_sequence WHERE name = :table",
    "postgresql": "SELECT pg_sequence_last_value(pg_get_serial_sequence(:table, 'id')::regclass)",
}


class Contents(msgspec.Struct, frozen=True):
    """What a backup holds; ``open`` of its notifications are still on their way."""

    rules: int
    chats: int
    notifications: int
    open: int


async def copy_tables(source: AsyncConnection, target: AsyncConnection) -> None:
    """All rows and the last numbers, into the empty tables of the same version.

    Both connections are in transactions of the caller's, the source in one that sees one moment.
    """
    for table in TABLES:
        await _copy(source, target, table)
    for table in NUMBERED:
        last = await source.execute(text(_LAST[source.dialect.name]), {"table": table.name})
        await _number(target, table, last.scalar() or 0)


async def lock_tables(connection: AsyncConnection) -> None:
    """First in a transaction on PostgreSQL: nobody empties a table before it is copied."""
    await connection.execute(text(f"LOCK TABLE {_names()} IN ACCESS SHARE MODE"))


async def empty_tables(connection: AsyncConnection) -> None:
    """On PostgreSQL, within the transaction that fills them again."""
    await connection.execute(text(f"TRUNCATE {_names()}"))


def _names() -> str:
    return ", ".join(f'"{table.name}"' for table in TABLES)


async def _copy(source: AsyncConnection, target: AsyncConnection, table: SqlTable) -> None:
    kin = [key.parent for key in table.foreign_keys if key.column.table is table]
    new = table.insert()
    rows = await source.stream(select(table))
    async for batch in rows.partitions(BATCH):
        without = {column.name: None for column in kin}
        await target.execute(new, [{**row._mapping, **without} for row in batch])
    for column in kin:
        await _relate(source, target, column)


async def _relate(source: AsyncConnection, target: AsyncConnection, column: "Column[Any]") -> None:
    """A row may name one that came after it: only now all are there."""
    key = column.table.c.id
    change = column.table.update().where(key == bindparam("row")).values({column: bindparam("kin")})
    pairs = select(key.label("row"), column.label("kin")).where(column.is_not(None))
    rows = await source.stream(pairs)
    async for batch in rows.partitions(BATCH):
        await target.execute(change, [dict(row._mapping) for row in batch])


async def _number(target: AsyncConnection, table: SqlTable, last: int) -> None:
    values = {"table": table.name, "last": last}
    if target.dialect.name == "postgresql":
        # An untouched sequence stands before its first number.
        values |= {"last": max(last, 1), "given": last > 0}
        set_it = "SELECT setval(pg_get_serial_sequence(:table, 'id'), :last, :given)"
        await target.execute(text(set_it), values)
        return
    await target.execute(text("DELETE FROM sqlite_sequence WHERE name = :table"), values)
    set_it = "INSERT INTO sqlite_sequence (name, seq) VALUES (:table, :last)"
    await target.execute(text(set_it), values)


def copy_file(source: Path, target: Path) -> None:
    """One SQLite file as it is at one moment, also while it is written, into an empty file.

    Raises ``sqlite3.Error``.
    """
    with closing(read_only(source)) as here, closing(sqlite3.connect(target)) as there:
        here.backup(there)


def read_only(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(str(file))}?mode=ro", uri=True)


def as_one_file(file: Path) -> None:
    """On disk, without a log beside it: it can be moved, and read where nothing may be written."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    sync(file)


def is_sound(file: Path) -> bool:
    with closing(read_only(file)) as connection:
        return connection.execute("PRAGMA quick_check").fetchall() == [("ok",)]


def contents(file: Path) -> Contents:
    """Of a SQLite file of any version."""
    with closing(read_only(file)) as connection:

        def count(what: str) -> int:
            (number,) = connection.execute(f"SELECT count(*) FROM {what}").fetchone()  # noqa: S608
            return int(number)

        still = count("notification WHERE settled_ms IS NULL")
        return Contents(count("rule"), count("chat"), count("notification"), still)


@contextmanager
def passing_file(beside: Path) -> Iterator[Path]:
    """A new empty file in the same directory that only this user reads.

    Gone after the block, unless it was renamed. Raises ``ConfigError``.
    """
    path = beside.absolute().with_name(f".{beside.name}.{os.urandom(4).hex()}.part")
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise ConfigError(
            f"I cannot write in {beside.parent} ({error.strerror}): give this user the right to, "
            "or choose another directory."
        ) from None
    try:
        yield path
    finally:
        for suffix in ("", "-journal", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Onto the disk: what a file holds, or the names in a directory."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
