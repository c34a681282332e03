"""What the outbox is measured against: the same table through objects of a session.

As one writes it with SQLModel: an alert is looked up by its key and added or amended, one commit
for a batch; a claim selects the head of a chat, sets its attributes and commits; so does the end
of a delivery. Engines, pragmas, indexes and what the rows mean are those of the real one.
"""

from collections.abc import Sequence

import msgspec
from sqlalchemy.orm import aliased
from sqlmodel import and_, col, func, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

from bot.ports import Notification
from bot.rules import Alert, Destination, Notice
from storage.engines import Database
from storage.moving import forwarded
from storage.tables import ChatRow, NotificationRow, State, stored_id

Row = NotificationRow


class OrmOutbox:
    """Stores, claims and settles; it merges nothing, and ends nothing of a chat that is held."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def store(self, alerts: Sequence[Alert], now_ms: int) -> None:
        async def work(session: AsyncSession) -> None:
            places = await forwarded(session, {alert.rule.destination for alert in alerts})
            for alert in alerts:
                same = select(Row).where(col(Row.key) == alert.key).with_for_update()
                known = (await session.exec(same)).first()
                if known is None:
                    session.add(_row(places[alert.rule.destination], alert, now_ms))
                elif known.state == State.QUEUED:
                    known.payload = msgspec.json.encode(alert).decode()

        await self._database.write(work)

    async def claim(
        self, platform: str, now_ms: int, limit: int, lease_ms: int
    ) -> list[Notification]:
        async def work(session: AsyncSession) -> list[Notification]:
            claimed = []
            for row, chat in await session.exec(_heads(platform, now_ms, limit)):
                if chat is None or chat.state == "active":
                    claimed.append(_notification(row))
                    row.state = State.SENDING
                    row.lease_until_ms = now_ms + lease_ms
                    row.lease_owner = self._database.owner
                    row.attempts += 1
            return claimed

        return await self._database.write(work)

    async def deliver(self, one: Notification, message: int, now_ms: int) -> None:
        async def work(session: AsyncSession) -> None:
            row = await session.get(Row, one.id, with_for_update=True)
            if row is not None and row.state == State.SENDING:
                row.state, row.message, row.settled_ms = State.SENT, message, now_ms

        await self._database.write(work)


def _heads(platform: str, now_ms: int, limit: int) -> Select[Row, ChatRow]:
    first = aliased(Row)
    oldest = (
        select(func.min(first.id))
        .where(col(first.platform) == platform, col(first.settled_ms).is_(None))
        .group_by(col(first.chat))
    )
    here = (
        col(ChatRow.platform) == col(Row.platform),
        col(ChatRow.chat) == col(Row.chat),
        col(ChatRow.thread) == col(Row.thread),
    )
    due = or_(
        and_(col(Row.state) == State.QUEUED, col(Row.not_before_ms) <= now_ms),
        and_(col(Row.state) == State.SENDING, col(Row.lease_until_ms) <= now_ms),
    )
    return (
        select(Row, ChatRow)
        .outerjoin(ChatRow, and_(*here))
        .where(col(Row.id).in_(oldest), due)
        .order_by(col(Row.created_ms), col(Row.id))
        .limit(limit)
        .with_for_update(of=Row, skip_locked=True)
    )


def _row(place: Destination, alert: Alert, now_ms: int) -> Row:
    return Row(
        key=alert.key,
        platform=place.platform,
        chat=place.chat,
        thread=place.thread,
        direct=place.direct,
        kind="alert",
        payload=msgspec.json.encode(alert).decode(),
        state=State.QUEUED,
        created_ms=now_ms,
        not_before_ms=now_ms,
    )


def _notification(row: Row) -> Notification:
    return Notification(
        id=stored_id(row.id),
        destination=Destination(row.platform, row.chat, row.thread, row.direct),
        payload=msgspec.json.decode(row.payload, type=Alert | Notice),
        created_ms=row.created_ms,
        attempts=row.attempts,
    )
