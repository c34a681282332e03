"""Destinations and their standing wishes."""

from collections.abc import Callable, Collection

from msgspec.structs import replace
from sqlalchemy import tuple_, union, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.ports import Chat
from bot.rules import Destination
from storage.engines import Database, insert_into
from storage.tables import ChatRow, NotificationRow

KEY = ("platform", "chat", "thread")


class StoredChats:
    """Fulfils ``bot.ports.Chats``. A destination never heard of is an active one."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, destination: Destination) -> Chat:
        async with self._database.reading() as session:
            row = await session.get(ChatRow, _key(destination))
            return _chat(row, destination) if row else Chat(destination)

    async def moves(self, chats: Collection[tuple[str, int]]) -> list[tuple[str, int, int]]:
        """Platform, old and latest id of those among ``chats`` that got a new one."""
        query = select(ChatRow.platform, ChatRow.chat, ChatRow.moved_to).distinct()
        known = query.where(
            col(ChatRow.moved_to).is_not(None),
            tuple_(col(ChatRow.platform), col(ChatRow.chat)).in_(chats),
        )
        async with self._database.reading() as session:
            rows = await session.exec(known)
            return [(platform, old, new) for platform, old, new in rows if new is not None]


async def locked_chat(session: AsyncSession, destination: Destination) -> Chat:
    """Kept from others until the commit; a row is made where there is none, as nothing else can be
    locked: two first wishes at once would not know of each other."""
    return _chat(await lock_chat(session, destination), destination)


async def change_chat(
    session: AsyncSession, destination: Destination, by: Callable[[Chat], Chat]
) -> Chat:
    """Read, change and save; the new state."""
    row = await lock_chat(session, destination)
    before = _chat(row, destination)
    changed = by(before)
    _fill(row, changed)
    if before.state == "gone" and changed.state != "gone":
        await _find_topics(session, destination)
    return changed


async def lock_chat(session: AsyncSession, destination: Destination) -> ChatRow:
    """The chat's row, made where there is none, kept from others until the commit."""
    new = insert_into(session, ChatRow).values(
        platform=destination.platform,
        chat=destination.chat,
        thread=destination.thread,
        direct=destination.direct,
        state="active",
        muted_until_ms=0,
        reason="",
        role=0,
        share=False,
    )
    await (await session.connection()).execute(new.on_conflict_do_nothing(index_elements=KEY))
    query = select(ChatRow).where(
        col(ChatRow.platform) == destination.platform,
        col(ChatRow.chat) == destination.chat,
        col(ChatRow.thread) == destination.thread,
    )
    return (await session.exec(query.with_for_update())).one()


async def _find_topics(session: AsyncSession, destination: Destination) -> None:
    """Who is back is back in all topics; one that was deleted shows it at its next alert."""
    gone = update(ChatRow).where(
        col(ChatRow.platform) == destination.platform,
        col(ChatRow.chat) == destination.chat,
        col(ChatRow.state) == "gone",
    )
    await session.exec(gone.values(state="active", reason=""))


async def topics_of(session: AsyncSession, place: Destination) -> list[Destination]:
    """This one and all others of its chat that have rules, wishes or something on its way.

    Where there is a rule there is a row of its chat: ``add_rule`` makes it.
    """
    known, waiting = (
        select(col(table.thread)).where(
            col(table.platform) == place.platform, col(table.chat) == place.chat
        )
        for table in (ChatRow, NotificationRow)
    )
    open_ones = waiting.where(col(NotificationRow.settled_ms).is_(None))
    found = await (await session.connection()).execute(union(known, open_ones))
    threads = {place.thread, *found.scalars()}
    return [replace(place, thread=thread) for thread in sorted(threads)]


def is_untouched(row: ChatRow) -> bool:
    """Whether nobody ever wished for anything here."""
    place = Destination(row.platform, row.chat, row.thread, row.direct)
    return _chat(row, place) == Chat(place)


def _key(destination: Destination) -> tuple[str, int, int]:
    return (destination.platform, destination.chat, destination.thread)


def _chat(row: ChatRow, destination: Destination) -> Chat:
    return Chat(
        destination=destination,
        state=row.state,
        muted_until_ms=row.muted_until_ms,
        reason=row.reason,
        role=row.role,
        share=row.share,
    )


def _fill(row: ChatRow, chat: Chat) -> None:
    row.direct = chat.destination.direct
    row.state = chat.state
    row.muted_until_ms = chat.muted_until_ms
    row.reason = chat.reason
    row.role = chat.role
    row.share = chat.share
