"""Where the database is: a ``DATABASE_URL`` understood, or a sentence why not."""

from pathlib import Path

import msgspec
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.errors import ConfigError

FILE_NAME = "liqwatch.db"
_SQLITE = frozenset({"sqlite", "sqlite+aiosqlite"})
_POSTGRESQL = frozenset({"postgresql", "postgres", "postgresql+asyncpg"})
_EXAMPLES = "write sqlite:///path/to/file.db or postgresql://user:password@host/database"


class Address(msgspec.Struct, frozen=True):
    """``file`` is the SQLite file, None on PostgreSQL; ``shown`` never holds a password."""

    url: URL
    file: Path | None
    shown: str


def understand(url: str | None, data_dir: Path) -> Address:
    """None: ``liqwatch.db`` in the data directory. Raises ``ConfigError``."""
    if url is None:
        return at_file(data_dir / FILE_NAME)
    try:
        parsed = make_url(url.strip())
    except (ArgumentError, ValueError):
        # The error's own text may repeat the password.
        raise ConfigError(f"DATABASE_URL is not understood: {_EXAMPLES}.") from None
    if parsed.drivername in _SQLITE:
        return at_file(_path(parsed))
    if parsed.drivername in _POSTGRESQL:
        return _server(parsed)
    raise ConfigError(
        f"DATABASE_URL begins with {parsed.drivername}://, which is not understood: {_EXAMPLES}."
    )


def _path(url: URL) -> Path:
    if not url.database or url.database == ":memory:" or url.host:
        raise ConfigError(
            "DATABASE_URL names no SQLite file: write sqlite:///path/to/file.db, or "
            "sqlite:////path/to/file.db with four slashes when the path begins at the root."
        )
    return Path(url.database)


def at_file(path: Path) -> Address:
    """The SQLite file at ``path``, whatever characters are in its name."""
    whole = path.expanduser().absolute()
    url = URL.create("sqlite+aiosqlite", database=str(whole))
    return Address(url=url, file=whole, shown=str(whole))


def _server(url: URL) -> Address:
    if not url.database:
        raise ConfigError(f"DATABASE_URL names no database behind the host: {_EXAMPLES}.")
    query = dict(url.query)
    if "sslmode" in query:  # asyncpg knows libpq's word under another name
        query["ssl"] = query.pop("sslmode")
    whole = url.set(drivername="postgresql+asyncpg", query=query)
    host = url.host or query.get("host") or "localhost"
    port = f":{url.port}" if url.port else ""
    return Address(url=whole, file=None, shown=f"PostgreSQL at {host}{port}/{url.database}")
