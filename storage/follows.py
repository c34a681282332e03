"""Who follows flushes, in the sessions of whoever asks."""

from typing import Any

import msgspec
from sqlalchemy import ColumnElement, delete, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.errors import UserError
from bot.flush.flush import Severity
from bot.rules import Destination
from bot.story.follow import Follow, How, Step
from storage.chats import lock_chat
from storage.engines import replace_rows
from storage.flush_tables import FollowRow
from storage.tables import Table

W = Table.metadata.tables["follow"]

_ways = msgspec.json.Decoder(dict[Step, How])


async def all_follows(session: AsyncSession) -> list[Follow]:
    rows = await (await session.connection()).execute(select(W).order_by(*W.primary_key))
    return [_follow(row) for row in rows]


async def follows_of(session: AsyncSession, destination: Destination) -> list[Follow]:
    """Market-wide first, then by coin."""
    query = select(W).where(*_at(destination)).order_by(W.c.coin)
    return [_follow(row) for row in await (await session.connection()).execute(query)]


async def keep_follow(session: AsyncSession, follow: Follow, limit: int) -> Follow:
    """In place of the one of the same coin. Raises ``UserError`` for one beyond ``limit``."""
    # The chat's row stands for all that it follows: who holds it may count them.
    await lock_chat(session, follow.destination)
    connection = await session.connection()
    others = (*_at(follow.destination), W.c.coin != (follow.coin or ""))
    count = select(func.count()).select_from(W).where(*others)
    if ((await connection.execute(count)).scalar() or 0) >= limit:
        raise UserError(f"{limit} coins are followed here, the most I can: /follow removes some.")
    await replace_rows(session, FollowRow, [_row(follow)])
    return follow


async def drop_follow(
    session: AsyncSession, destination: Destination, coin: str | None
) -> Follow | None:
    """The one that there was."""
    which = (*_at(destination), W.c.coin == (coin or ""))
    connection = await session.connection()
    row = (await connection.execute(select(W).where(*which).with_for_update())).first()
    if row is None:
        return None
    await connection.execute(delete(W).where(*which))
    return _follow(row)


def _at(destination: Destination) -> tuple[ColumnElement[bool], ...]:
    return (
        W.c.platform == destination.platform,
        W.c.chat == destination.chat,
        W.c.thread == destination.thread,
    )


def _row(follow: Follow) -> dict[str, Any]:
    at = follow.destination
    return {
        "platform": at.platform,
        "chat": at.chat,
        "thread": at.thread,
        "coin": follow.coin or "",
        "direct": at.direct,
        "author": follow.author,
        "severity": follow.severity.value,
        "how": msgspec.json.encode(follow.how).decode(),
        "created_ms": follow.created_ms,
    }


def _follow(row: Any) -> Follow:
    at = Destination(row.platform, row.chat, row.thread, row.direct)
    how = _ways.decode(row.how)
    return Follow(at, row.author, row.coin or None, Severity(row.severity), how, row.created_ms)
