"""Notifications as those see them that decide what becomes of them, and their merged ones."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Row, bindparam, case, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.rules import Destination
from storage.tables import State, Table

N = Table.metadata.tables["notification"]

REPEATS = 2
"""So often is a message sent again that may have arrived; then it is given up."""

Seen = Row[*tuple[Any, ...]]
"""A row of an answer, its columns by name."""

UNKNOWN = "unknown"
UNREADABLE = "unreadable"
ALONE = "refused in company"
"""Why a row that waits goes out with no other: one of them was what the platform refused."""


class Standing(msgspec.Struct):
    """How it stands with one notification; ``keep`` writes back what changed here."""

    id: int
    platform: str
    chat: int
    thread: int
    direct: bool
    kind: str
    attempts: int
    state: str
    not_before_ms: int
    settled_ms: int | None
    unknowns: int
    doubt_ms: int | None
    amended: bool
    message: int | None
    reason: str

    @property
    def place(self) -> Destination:
        return Destination(self.platform, self.chat, self.thread, self.direct)

    def queue(self, not_before_ms: int, reason: str) -> None:
        self.state, self.settled_ms, self.reason = State.QUEUED, None, reason
        self.not_before_ms = not_before_ms
        # Where nothing can have arrived, the next try carries the amendment anyway.
        self.amended = self.amended and self.doubt_ms is not None

    def give_up(self, reason: str, now_ms: int) -> None:
        """What was delivered before stays sent: only its amendment is given up."""
        self.state = State.DEAD if self.message is None else State.SENT
        self.reason, self.settled_ms, self.amended = reason, now_ms, False

    def arrive(self, message: int, now_ms: int) -> None:
        """An amendment that came meanwhile follows as an edit."""
        self.message, self.unknowns, self.doubt_ms, self.reason = message, 0, None, ""
        if self.amended:
            self.queue(now_ms, "")
        else:
            self.state, self.settled_ms = State.SENT, now_ms

    def doubt(self, now_ms: int, harmless_ms: float) -> None:
        """It may have arrived, at the earliest when it was claimed.

        A repeat within ``harmless_ms`` of that is no second message and uses up none of
        ``REPEATS``.
        """
        if self.doubt_ms is None:
            self.doubt_ms = self.not_before_ms
        self.unknowns += not 0 <= now_ms - self.doubt_ms < harmless_ms

    @property
    def worn(self) -> bool:
        return self.unknowns > REPEATS


_KEPT = ("state", "not_before_ms", "settled_ms", "unknowns", "doubt_ms", "amended", "message",
         "reason")  # fmt: skip
_COLUMNS = [N.c[name] for name in Standing.__struct_fields__]
_KEEP = (
    update(N)
    .where(N.c.id == bindparam("of_id"))
    .values({name: bindparam(f"new_{name}") for name in _KEPT})
)
_BURY = (
    update(N)
    .where(N.c.merged_into == bindparam("head"), N.c.state == State.MERGED.value)
    .values(state=State.DEAD.value, reason=bindparam("why"), settled_ms=bindparam("at_ms"))
)
_PART = (
    update(N)
    .where(N.c.merged_into == bindparam("head"), N.c.state == State.MERGED.value)
    .values(
        state=State.QUEUED.value,
        merged_into=None,
        settled_ms=None,
        not_before_ms=bindparam("at_ms"),
        reason=ALONE,
    )
)
_RAISE = (
    update(N)
    .where(
        N.c.merged_into == bindparam("head"),
        N.c.state == State.DEAD.value,
        N.c.reason != UNREADABLE,
    )
    .values(state=State.MERGED.value, reason="")
)


async def standings(session: AsyncSession, where: ColumnElement[bool]) -> list[Standing]:
    """Kept from others until the commit, in one order for all, so that none waits for another."""
    query = select(*_COLUMNS).where(where).order_by(N.c.id).with_for_update()
    rows = await (await session.connection()).execute(query)
    return [Standing(*row) for row in rows]


async def keep(session: AsyncSession, rows: Iterable[Standing]) -> None:
    changes = [
        {"of_id": row.id} | {f"new_{name}": getattr(row, name) for name in _KEPT} for row in rows
    ]
    if changes:
        await (await session.connection()).execute(_KEEP, changes)


async def bury(session: AsyncSession, heads: Iterable[tuple[int, str, int]]) -> None:
    """Nothing counts as merged into what never arrived: ids that died, why and when."""
    dead = [{"head": head, "why": reason, "at_ms": at_ms} for head, reason, at_ms in heads]
    if dead:
        await (await session.connection()).execute(_BURY, dead)


async def part(session: AsyncSession, heads: Iterable[tuple[int, int]]) -> None:
    """What was merged into these waits again, each for itself: ids of heads, and when."""
    apart = [{"head": head, "at_ms": at_ms} for head, at_ms in heads]
    if apart:
        await (await session.connection()).execute(_PART, apart)


async def unbury(session: AsyncSession, heads: Sequence[int]) -> None:
    """What had been given up has arrived after all, with what went out in its message."""
    if heads:
        await (await session.connection()).execute(_RAISE, [{"head": head} for head in heads])


async def end(session: AsyncSession, where: ColumnElement[bool], reason: str, now_ms: int) -> None:
    """Give up all rows of a kind, and what was merged into those of them that never arrived."""
    ending = (
        update(N)
        .where(where)
        .values(
            state=case((N.c.message.is_(None), State.DEAD.value), else_=State.SENT.value),
            reason=reason,
            settled_ms=now_ms,
            amended=False,
        )
        .returning(N.c.id, N.c.state, N.c.attempts)
    )
    ended = await (await session.connection()).execute(ending)
    # Others join a message when it is claimed, never before.
    tried = [row.id for row in ended if row.attempts and row.state == State.DEAD]
    await bury(session, [(number, reason, now_ms) for number in tried])


async def end_queue(
    session: AsyncSession, place: Destination, reason: str, now_ms: int, kind: str | None = None
) -> None:
    """Give up what waits for a destination, of one kind or all; not what is being sent."""
    waiting = (
        (N.c.platform == place.platform)
        & (N.c.chat == place.chat)
        & (N.c.thread == place.thread)
        & N.c.settled_ms.is_(None)
        & (N.c.state == State.QUEUED.value)
    )
    await end(session, waiting if kind is None else waiting & (N.c.kind == kind), reason, now_ms)
