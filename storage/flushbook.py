"""Flushes as they are kept: what happened, what was said of it, and who was told how far."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, func, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import DAY_MS
from bot.flush.flush import Flush
from bot.rules import Alert, Destination, Page
from bot.story.batch import Batch, Telling
from bot.story.follow import Follow, Step
from bot.story.page import Reader
from storage.engines import Database, insert_into, replace_rows
from storage.flush_tables import FlushRow, MachineRow, ReaderRow, TellingRow
from storage.follows import all_follows, follows_of
from storage.forgetting import PIECE, forget
from storage.moving import forwarded
from storage.page_keys import page_key
from storage.payloads import read
from storage.standing import N
from storage.storing import insert_there
from storage.tables import Table

READERS_MS = 2 * DAY_MS
TELLINGS_MS = 90 * DAY_MS
"""For so long it is kept what a flush's readers were told, and the evidence of what was said."""

STATE = "flushes"

F = Table.metadata.tables["flush"]
T = Table.metadata.tables["telling"]
R = Table.metadata.tables["reader"]
M = Table.metadata.tables["machine"]

_flushes = msgspec.json.Decoder(Flush)


class StoredFlushbook:
    """Fulfils ``bot.ports.Flushbook``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def store(self, batch: Batch, now_ms: int) -> None:
        async def work(session: AsyncSession) -> None:
            await keep_story(session, batch, now_ms)

        if batch:
            await self._database.write(work)

    async def state(self) -> bytes | None:
        found: bytes | None = await self._one(select(M.c.state).where(M.c.name == STATE))
        return found

    async def next_id(self) -> int:
        return (await self._one(select(func.max(F.c.number))) or 0) + 1

    async def get(self, flush: int) -> Flush | None:
        payload = await self._one(select(F.c.payload).where(F.c.number == flush))
        return None if payload is None else _flushes.decode(payload)

    async def latest(self, limit: int, coin: str | None = None) -> list[Flush]:
        which = F.c.within.is_(None) if coin == "" else F.c.coin == (coin or "")
        query = select(F.c.payload).where(which)
        query = query.order_by(F.c.start_ms.desc(), F.c.number.desc()).limit(limit)
        return [_flushes.decode(payload) async for (payload,) in self._rows(query)]

    async def telling(self, key: str) -> Telling | None:
        async for row in self._rows(_tellings(T.c.key == key)):
            return Telling(*row)
        return None

    async def tellings(self, flush: int) -> list[Telling]:
        query = _tellings(T.c.flush == flush).order_by(T.c.at_ms, T.c.key)
        return [Telling(*row) async for row in self._rows(query)]

    async def telling_of(self, number: int) -> str | None:
        said = await self._one(select(N.c.payload).where(N.c.id == number))
        payload = None if said is None else read(number, said, Destination("", 0))
        return (payload.why or None) if isinstance(payload, Alert | Page) else None

    async def follows(self) -> list[Follow]:
        async with self._database.reading() as session:
            return await all_follows(session)

    async def following(self, destination: Destination) -> list[Follow]:
        async with self._database.reading() as session:
            return await follows_of(session, destination)

    async def readers(self, flushes: Sequence[int]) -> list[Reader]:
        found: list[Reader] = []
        for start in range(0, len(flushes), PIECE):
            some = R.c.flush.in_(flushes[start : start + PIECE])
            query = select(R).where(some).order_by(*R.primary_key)
            found += [_reader(row) async for row in self._rows(query)]
        return found

    async def thin(self, now_ms: int) -> None:
        """Readers go by when they were told; who wanted to hear no more goes with the flush."""
        young = select(F.c.number).where(F.c.start_ms >= now_ms - READERS_MS)
        await forget(self._database, R, R.c.told_ms < now_ms - READERS_MS, R.c.flush.not_in(young))
        await forget(self._database, T, T.c.at_ms < now_ms - TELLINGS_MS)

    async def _one(self, query: Any) -> Any:
        async with self._database.reading() as session:
            return (await (await session.connection()).execute(query)).scalar()

    async def _rows(self, query: Any) -> AsyncIterator[Any]:
        async with self._database.reading() as session:
            for row in await (await session.connection()).execute(query):
                yield row


async def keep_story(session: AsyncSession, batch: Batch, now_ms: int) -> None:
    """All of a batch; the caller commits."""
    places = await forwarded(session, {post.destination for post in batch.posts})
    posts = [
        (at, post.payload, page_key(post.key, at))
        for post in batch.posts
        for at in [places[post.destination]]
    ]
    await insert_there(session, posts, now_ms)
    tellings = [msgspec.structs.asdict(telling) for telling in batch.tellings]
    await replace_rows(session, TellingRow, tellings)
    await replace_rows(session, FlushRow, [_flush_row(flush) for flush in batch.flushes])
    await keep_readers(session, batch.readers)
    if batch.state is not None:
        await replace_rows(session, MachineRow, [{"name": STATE, "state": batch.state}])


async def keep_readers(session: AsyncSession, readers: Sequence[Reader]) -> None:
    """Who wanted no more of a flush is never told of it again; the caller commits."""
    if not readers:
        return
    places = await forwarded(session, {reader.destination for reader in readers})
    new = insert_into(session, ReaderRow)
    values = {name: new.excluded[name] for name in ("page", "step", "told_ms", "rung")}
    muted = or_(R.c.muted, new.excluded.muted)
    change = new.on_conflict_do_update(
        index_elements=list(R.primary_key), set_={**values, "muted": muted}
    )
    rows = [_reader_row(reader, places[reader.destination]) for reader in readers]
    await (await session.connection()).execute(change, rows)


async def hush(session: AsyncSession, destination: Destination, flush: int) -> None:
    """Nothing more of this flush goes there; the caller commits."""
    new = insert_into(session, ReaderRow)
    change = new.on_conflict_do_update(index_elements=list(R.primary_key), set_={"muted": True})
    row = _reader_row(Reader(flush, destination, muted=True), destination)
    await (await session.connection()).execute(change, [row])


def _tellings(*which: ColumnElement[bool]) -> Any:
    return select(*(T.c[name] for name in Telling.__struct_fields__)).where(*which)


def _flush_row(flush: Flush) -> dict[str, Any]:
    return {
        "number": flush.id,
        "coin": flush.coin or "",
        "within": flush.within,
        "start_ms": flush.start_ms,
        "payload": msgspec.json.encode(flush).decode(),
    }


def _reader_row(reader: Reader, at: Destination) -> dict[str, Any]:
    return {
        "flush": reader.flush,
        "platform": at.platform,
        "chat": at.chat,
        "thread": at.thread,
        "direct": at.direct,
        "page": reader.page,
        "step": reader.step.value if reader.step else "",
        "told_ms": reader.told_ms,
        "rung": reader.rung,
        "muted": reader.muted,
    }


def _reader(row: Any) -> Reader:
    at = Destination(row.platform, row.chat, row.thread, row.direct)
    step = Step(row.step) if row.step else None
    return Reader(row.flush, at, row.page, step, row.told_ms, row.rung, row.muted)
