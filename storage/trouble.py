"""What can keep a database from opening or from being used, said in words."""

import errno
import socket
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from bot.errors import ConfigError, StoreError
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


_FULL = "the disk is full or fails: make room, and try again."

_USING = {
    "SQLITE_BUSY": "another program holds it",
    "SQLITE_LOCKED": "another program holds it",
    "SQLITE_FULL": "the disk is full",
    "SQLITE_IOERR": "the disk fails",
    "SQLITE_READONLY": "it may not be written",
    "SQLITE_CANTOPEN": "it cannot be opened",
    "SQLITE_CORRUPT": "it is damaged",
    "SQLITE_NOTADB": "it is damaged",
}

DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB")

_TROUBLE = (OperationalError, InterfaceError, NoConnectionFree, OSError)
"""Locked, full, unreachable: the database's state, not our mistake. TimeoutError is an OSError."""

_PASSING = ("08", "25006", "40", "53", "55", "57", "58")
"""How PostgreSQL's codes of the same troubles begin; its driver raises them as plain errors."""


@contextmanager
def using() -> Iterator[None]:
    """Turn what is no mistake of ours into a ``StoreError``."""
    try:
        yield
    except (DBAPIError, *_TROUBLE) as error:
        why = _said(error, _USING) if isinstance(error, DBAPIError) else None
        if not (why or isinstance(error, _TROUBLE) or code_of(error).startswith(_PASSING)):
            raise
        if isinstance(error, NoConnectionFree):
            why = "too many others are waiting for it"
        cause = error.orig if isinstance(error, DBAPIError) else error
        raise StoreError(f"the database could not be used: {why or cause}") from error


def code_of(error: BaseException) -> str:
    """PostgreSQL's five characters; none for whatever else failed."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return str(getattr(cause, "sqlstate", None) or "")


@contextmanager
def opening(address: Address) -> Iterator[None]:
    """Turn what opening a database may meet into a ``ConfigError`` without any password."""
    try:
        yield
    except DBAPIError as error:
        sentence = _said(error, _SQLITE) if address.file else _postgresql(error)
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


@contextmanager
def copying(source: str, target: str) -> Iterator[None]:
    """Turn what keeps one database from becoming a copy of another into a ``ConfigError``."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        name = str(getattr(cause, "sqlite_errorname", ""))
        if name.startswith(DAMAGED):
            raise ConfigError(f"{source} is damaged: it cannot be copied.") from None
        if name.startswith(("SQLITE_FULL", "SQLITE_IOERR")):
            raise ConfigError(f"{target} cannot be written, {_FULL}") from None
        if name.startswith(("SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_READONLY")):
            raise ConfigError(f"{source} cannot be read: let this user read that file.") from None
        raise ConfigError(f"{source} could not be copied to {target} ({cause}).") from None
    except OSError as error:
        where = error.filename or target
        if error.errno in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT):
            raise ConfigError(f"{where} cannot be written, {_FULL}") from None
        raise ConfigError(
            f"{where} cannot be used ({error.strerror or error}): give this user the right to, or "
            "choose another."
        ) from None


def _said(error: DBAPIError, sentences: Mapping[str, str]) -> str | None:
    name = str(getattr(error.orig, "sqlite_errorname", ""))
    for code, sentence in sentences.items():
        if name.startswith(code):
            return sentence
    return None


def _postgresql(error: DBAPIError) -> str | None:
    code = code_of(error)
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
