"""The outbox in numbers and what is in quarantine, for reports that only read."""

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import case, func, literal, or_, select, union_all
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.ports import Accounts, BadFrame, Found
from storage.archive import StoredArchive
from storage.engines import Database
from storage.facts import StoredFacts
from storage.flushbook import StoredFlushbook
from storage.pruning import P
from storage.quarantine import quarantined
from storage.standing import N, Seen
from storage.tables import ALERT, State

NAMED = 20
OTHER = "other"
"""So many reasons of the dead are told by name; a platform may word them without end."""


class StoredReport:
    """Reads beside a running bot; it cannot write."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.archive = StoredArchive(database)
        self.facts = StoredFacts(database)
        self.flushes = StoredFlushbook(database)

    async def accounts(self) -> Accounts:
        async with self._database.reading() as session:
            return await accounts(session)

    async def waiting_since_ms(self) -> int | None:
        """When the oldest open notification was created; None where nothing is open."""
        oldest = select(func.min(N.c.created_ms)).where(N.c.settled_ms.is_(None))
        async with self._database.reading() as session:
            found: int | None = (await (await session.connection()).execute(oldest)).scalar()
            return found

    async def quarantine(self) -> list[BadFrame]:
        """Oldest first."""
        async with self._database.reading() as session:
            return await quarantined(session)


async def accounts(session: AsyncSession) -> Accounts:
    """One look at one moment: the parts are counted together with the whole."""
    dead = N.c.state == State.DEAD.value
    # In one statement; the first reads nothing but the index by state.
    alive = select(N.c.state, literal("").label("reason"), func.count()).where(~dead)
    ended = select(N.c.state, N.c.reason, func.count()).where(dead)
    pruned = select(P.c.state, P.c.reason, P.c.many)
    query = union_all(alive.group_by(N.c.state), ended.group_by(N.c.state, N.c.reason), pruned)
    by_state, reasons = _counted((await (await session.connection()).execute(query)).all())
    return Accounts(
        created=by_state.total(),
        sent=by_state[State.SENT],
        merged=by_state[State.MERGED],
        dead=by_state[State.DEAD],
        open=by_state[State.QUEUED] + by_state[State.SENDING],
        reasons=_most(reasons),
    )


async def fates(session: AsyncSession, found: Found) -> Accounts:
    """Alerts alone. What was delivered once counts as sent, though an edit of it be open.

    An edit since the start makes a row that had been sent before look like one that was found:
    no more are told as sent than were found and have not ended otherwise.
    """
    theirs = (N.c.kind == ALERT) & N.c.id.between(found.first, found.up_to)
    there = theirs & or_(N.c.settled_ms.is_(None), N.c.settled_ms >= found.at_ms)
    fate = case((N.c.message.is_not(None), State.SENT.value), else_=N.c.state).label("fate")
    query = select(fate, N.c.reason, func.count()).where(there).group_by(fate, N.c.reason)
    by_state, reasons = _counted((await (await session.connection()).execute(query)).all())
    ended, merged = by_state[State.DEAD], by_state[State.MERGED]
    waiting = by_state[State.QUEUED] + by_state[State.SENDING]
    sent = min(by_state[State.SENT], max(0, found.open - ended - merged - waiting))
    return Accounts(sent + merged + ended + waiting, sent, merged, ended, waiting, _most(reasons))


def _counted(rows: Iterable[Seen]) -> tuple[Counter[str], Counter[str]]:
    """Rows of (state, reason, count) by state, and the dead of them by reason."""
    by_state: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for state, reason, count in rows:
        by_state[state] += count
        if state == State.DEAD:
            reasons[reason] += count
    return by_state, reasons


def _most(reasons: Counter[str]) -> tuple[tuple[str, int], ...]:
    """Most frequent first; what comes after ``NAMED`` of them is one."""
    ranked = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    rest = sum(count for _, count in ranked[NAMED:])
    return (*ranked[:NAMED], *([(OTHER, rest)] if rest else []))
