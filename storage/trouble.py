"""What can keep a database from opening, each in one sentence that says what to do."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from bot.errors import ConfigError
from storage.address import Address

_SQLITE = {
    "SQLITE_NOTADB": "is not a database: move that file away, or choose another.",
    "SQLITE_CORRUPT": "is damaged: put a backup in its place, or move it away to begin anew.",
    "SQLITE_CANTOPEN": "cannot be opened: let this user read and write that file.",
    "SQLITE_READONLY": "may not be written: give this user the right to, or choose another.",
    "SQLITE_PERM": "may not be written: give this user the right to, or choose another.",
    "SQLITE_BUSY": "is held by another program: close whatever else has it open.",
    "SQLITE_FULL": "cannot grow, the disk is full: make room.",
    "SQLITE_IOERR": "cannot be read or written, the disk fails: look at the system's log.",
}

_POSTGRESQL = {
    "28P01": "refused the password: correct it in DATABASE_URL.",
    "28000": "refuses this user: correct DATABASE_URL, or allow the user in pg_hba.conf.",
    "3D000": "does not exist: create the database, or correct its name in DATABASE_URL.",
    "42501": "does not let this user create tables: grant CREATE on the schema to it.",
    "53300": "takes no more connections: close some, or raise max_connections.",
    "57P03": "is starting up or shutting down: try again in a moment.",
}


@contextmanager
def opening(address: Address) -> Iterator[None]:
    """Turn what opening a database may meet into a ``ConfigError`` without any password."""
    try:
        yield
    except DBAPIError as error:
        sentence = _sqlite(error) if address.file else _postgresql(error)
        if sentence is None:
            raise
        raise ConfigError(f"{address.shown} {sentence}") from None
    except OSError as error:  # TimeoutError and gaierror are among them
        raise ConfigError(f"{address.shown} cannot be reached ({_why(error)}).") from None
    except TypeError:  # the driver's way to refuse an option behind the question mark
        if address.file:
            raise
        raise ConfigError(
            "DATABASE_URL has an option behind the ? that is not understood: leave it out."
        ) from None


def _sqlite(error: DBAPIError) -> str | None:
    name = str(getattr(error.orig, "sqlite_errorname", ""))
    for code, sentence in _SQLITE.items():
        if name.startswith(code):
            return sentence
    return None


def _postgresql(error: DBAPIError) -> str | None:
    code = str(getattr(error.orig, "sqlstate", None) or "")
    if code in _POSTGRESQL:
        return _POSTGRESQL[code]
    if not code or code.startswith("08"):
        return f"cannot be reached ({error.orig}): start it, or correct DATABASE_URL."
    return None


def _why(error: OSError) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in 10 s: start it, or correct the host in DATABASE_URL"
    if isinstance(error, socket.gaierror):
        return "no such host: correct it in DATABASE_URL"
    if isinstance(error, ConnectionRefusedError):
        return "nothing listens there: start it, or correct host and port in DATABASE_URL"
    return f"{error.strerror or error}: start it, or correct DATABASE_URL"
