"""The books read from outside: SQL of our own on the file, beside the bot or after its death."""

import sqlite3
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

OPEN = ("queued", "sending")
ENDS = ("sent", "merged", "dead")


class Flying(NamedTuple):
    """A notification that was being sent."""

    id: int
    platform: str


class Books(NamedTuple):
    """The outbox at one moment."""

    states: Counter[str]
    reasons: Counter[str]
    faults: tuple[str, ...]
    """Sentences on what does not add up; empty when all is well."""

    @property
    def created(self) -> int:
        return sum(self.states.values())

    @property
    def open(self) -> int:
        return sum(self.states[state] for state in OPEN)


class Ledger:
    """Reads alone; opening it neither repairs nor folds the log, so a crash stays as it is."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def all(self, query: str, *values: object) -> list[Any]:
        with self._reading() as connection:
            return connection.execute(query, values).fetchall()

    def books(self) -> Books:
        """States, the reasons of the dead, and whether created = sent + merged + dead + open."""
        with self._reading() as connection:
            connection.execute("BEGIN")
            rows = connection.execute(
                "SELECT id, state, reason, settled_ms, message, merged_into FROM notification"
            ).fetchall()
            (integrity,) = connection.execute("PRAGMA quick_check").fetchone()
        states = Counter(row[1] for row in rows)
        reasons = Counter(row[2] for row in rows if row[1] == "dead")
        faults = [] if integrity == "ok" else [f"quick_check: {integrity}"]
        return Books(states, reasons, tuple(faults + list(_faults(rows))))

    def flying(self) -> list[Flying]:
        """What is being sent now, or was when the process died."""
        rows = self.all("SELECT id, platform FROM notification WHERE state = 'sending'")
        return [Flying(*row) for row in rows]

    def unsettled(self, ids: Collection[int]) -> int:
        """How many of these are open."""
        marks = ",".join("?" * len(ids))
        query = f"SELECT count(*) FROM notification WHERE settled_ms IS NULL AND id IN ({marks})"  # noqa: S608
        ((count,),) = self.all(query, *ids)
        return int(count)

    def open(self) -> int:
        ((count,),) = self.all("SELECT count(*) FROM notification WHERE settled_ms IS NULL")
        return int(count)

    def created(self) -> int:
        ((count,),) = self.all("SELECT count(*) FROM notification")
        return int(count)

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(f"file:{self._file}?mode=ro", uri=True, timeout=10)) as it:
            it.isolation_level = None
            yield it


def _faults(rows: Collection[tuple[Any, ...]]) -> Iterator[str]:
    """Each row has one known state, and its other columns agree with it."""
    known = {row[0]: row for row in rows}
    for number, state, reason, settled_ms, message, merged_into in rows:
        if state not in OPEN + ENDS:
            yield f"{number} is {state!r}"
        elif (settled_ms is not None) != (state in ENDS):
            yield f"{number} is {state} and settled at {settled_ms}"
        elif state == "dead" and not reason:
            yield f"{number} is dead without a reason"
        elif state == "sent" and message is None:
            yield f"{number} is sent without a message"
        elif state == "merged" and known.get(merged_into, (0, ""))[1] not in ("sent", *OPEN):
            yield f"{number} is merged into {merged_into}, which was not sent"
