"""A chat that got a new id: its rules, wishes and queue follow, and so does what comes late."""

from collections.abc import Collection

from sqlalchemy import delete, exists, tuple_, update
from sqlalchemy.orm import aliased
from sqlmodel import and_, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.rules import Destination
from storage.chats import is_untouched, lock_chat
from storage.flush_tables import FollowRow, ReaderRow
from storage.page_keys import rename_pages
from storage.tables import ChatRow, KeyboardRow, NotificationRow, RuleRow, Table

SAME_RULE = (*("platform", "thread", "coin", "exchange", "window", "metric", "threshold", "floor"),)

PIECE = 1_000
"""Chats of one question: SQLite takes 32,766 parameters at most."""


async def move(session: AsyncSession, platform: str, old: int, new: int) -> None:
    """All threads of a chat, in the caller's transaction.

    Rules that the new chat has already are no more; the engine, told of the move, drops the same.
    """
    await _move_chats(session, platform, old, new)
    await _move_rules(session, platform, old, new)
    await _move_keyboards(session, platform, old, new)
    for table in (FollowRow, ReaderRow):
        await _move_once(session, table, platform, old, new)
    queue = update(NotificationRow).where(
        col(NotificationRow.platform) == platform,
        col(NotificationRow.chat) == old,
        col(NotificationRow.settled_ms).is_(None),
    )
    await session.exec(queue.values(chat=new))
    await rename_pages(session, platform, old, new)


async def forwarded(
    session: AsyncSession, places: Collection[Destination]
) -> dict[Destination, Destination]:
    """Where each destination is now: an alert may have been caused just before the move."""
    chats = sorted({(place.platform, place.chat) for place in places})
    moved: dict[tuple[str, int], int | None] = {}
    for start in range(0, len(chats), PIECE):
        rows = await session.exec(
            select(ChatRow.platform, ChatRow.chat, ChatRow.moved_to).where(
                col(ChatRow.moved_to).is_not(None),
                tuple_(col(ChatRow.platform), col(ChatRow.chat)).in_(chats[start : start + PIECE]),
            )
        )
        moved |= {(platform, chat): new for platform, chat, new in rows}
    return {
        place: Destination(place.platform, new, place.thread, place.direct)
        if (new := moved.get((place.platform, place.chat)))
        else place
        for place in places
    }


async def _move_chats(session: AsyncSession, platform: str, old: int, new: int) -> None:
    # Who followed a chat to here follows it on.
    farther = update(ChatRow).where(col(ChatRow.platform) == platform, col(ChatRow.moved_to) == old)
    await session.exec(farther.values(moved_to=new).execution_options(synchronize_session=False))
    query = select(ChatRow).where(col(ChatRow.platform) == platform, col(ChatRow.chat) == old)
    known = list(await session.exec(query.with_for_update()))
    # The old chat itself leaves a forwarding address even if nobody set anything there.
    root = Destination(platform, old)
    if all(row.thread for row in known):
        known.append(await lock_chat(session, root))
    for row in known:
        place = Destination(platform, new, row.thread, row.direct)
        target = await lock_chat(session, place)
        target.moved_to = None
        if is_untouched(target):
            target.state, target.reason = row.state, row.reason
            target.muted_until_ms = row.muted_until_ms
            target.role, target.share = row.role, row.share
        row.moved_to = new


async def _move_rules(session: AsyncSession, platform: str, old: int, new: int) -> None:
    there = aliased(RuleRow)
    same = and_(
        col(there.chat) == new,
        *(getattr(there, name) == getattr(RuleRow, name) for name in SAME_RULE),
    )
    here = (col(RuleRow.platform) == platform, col(RuleRow.chat) == old)
    twice = delete(RuleRow).where(*here, exists().where(same))
    await session.exec(twice.execution_options(synchronize_session=False))
    rules = update(RuleRow).where(*here).values(chat=new)
    await session.exec(rules.execution_options(synchronize_session=False))


async def _move_once(
    session: AsyncSession, table: type[Table], platform: str, old: int, new: int
) -> None:
    """What the new chat has already is no more; the rest goes with it."""
    rows = Table.metadata.tables[str(table.__tablename__)]
    there = rows.alias()
    others = (column.name for column in rows.primary_key if column.name != "chat")
    same = and_(there.c.chat == new, *(there.c[name] == rows.c[name] for name in others))
    here = (rows.c.platform == platform, rows.c.chat == old)
    connection = await session.connection()
    await connection.execute(delete(rows).where(*here, exists().where(same)))
    await connection.execute(update(rows).where(*here).values(chat=new))


async def _move_keyboards(session: AsyncSession, platform: str, old: int, new: int) -> None:
    buttons = update(KeyboardRow).where(
        col(KeyboardRow.platform) == platform, col(KeyboardRow.place) == old
    )
    await session.exec(buttons.values(place=new).execution_options(synchronize_session=False))
