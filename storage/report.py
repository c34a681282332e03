"""The outbox in numbers and what is in quarantine, for reports that only read."""

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.ports import Accounts, BadFrame
from storage.engines import Database
from storage.quarantine import quarantined
from storage.tables import NotificationRow, State


class StoredReport:
    """Reads beside a running bot; it cannot write."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def accounts(self) -> Accounts:
        async with self._database.reading() as session:
            return await accounts(session)

    async def quarantine(self) -> list[BadFrame]:
        """Oldest first."""
        async with self._database.reading() as session:
            return await quarantined(session)


async def accounts(session: AsyncSession) -> Accounts:
    """One look at one moment: the parts are counted together with the whole."""
    state = col(NotificationRow.state)
    rows = await session.exec(select(state, func.count()).group_by(state))
    by_state = dict(rows.all())
    return Accounts(
        created=sum(by_state.values()),
        sent=by_state.get(State.SENT, 0),
        merged=by_state.get(State.MERGED, 0),
        dead=by_state.get(State.DEAD, 0),
        open=by_state.get(State.QUEUED, 0) + by_state.get(State.SENDING, 0),
    )
