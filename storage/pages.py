"""The rows of the tape: liquidations packed into bytes, and what became of them."""

import asyncio
import zlib
from collections.abc import AsyncIterator, Sequence
from decimal import Decimal
from typing import Any

import msgspec
import structlog
from sqlalchemy import BigInteger, Insert, delete, insert, literal
from sqlalchemy import select as core_select
from sqlmodel import col, exists, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.market import Liquidation, Side
from storage.heard_tables import TapeRow
from storage.sums import Row, add_minutes, minutes_of
from storage.tables import stored_id

PAGE = 5_000
"""Liquidations of one row, at most: packing them keeps the loop from others for about 20 ms."""

ROWS = 64
"""Rows that are read at once."""

UNREADABLE = (zlib.error, msgspec.MsgspecError)

Packed = tuple[str, str, str, Side, Decimal, Decimal, Decimal | None, int, int, str]
"""The fields of a ``Liquidation``, in their order."""

log = structlog.get_logger()


class Page(msgspec.Struct, frozen=True):
    """One row of the tape and what its liquidations add to ``minute``."""

    first_ms: int
    last_ms: int
    count: int
    events: bytes
    minutes: list[Row]


async def pages_of(heard: Sequence[Liquidation]) -> list[Page]:
    """In the order of what was heard; others get their turn between two pages."""
    pages: list[Page] = []
    for start in range(0, len(heard), PAGE):
        if pages:
            await asyncio.sleep(0)
        pages.append(_page(heard[start : start + PAGE]))
    return pages


async def write_pages(session: AsyncSession, pages: Sequence[Page]) -> None:
    """Put them on the tape and add them to the sums; the caller commits.

    A commit can succeed and its answer be lost; what is then written again is there already.
    """
    connection = await session.connection()
    for page in pages:
        if (await connection.execute(_unless_there(page))).rowcount:
            await add_minutes(session, page.minutes)


async def read_pages(session: AsyncSession, after_ms: int) -> AsyncIterator[list[Liquidation]]:
    """What came later than ``after_ms``, in the order in which it was written.

    A row that cannot be read is logged and left out.
    """
    first = select(func.min(col(TapeRow.id))).where(col(TapeRow.last_ms) > after_ms)
    next_id = (await session.exec(first)).one()
    batch: list[Liquidation] = []
    while next_id is not None:
        query = select(TapeRow).where(col(TapeRow.id) >= next_id).order_by(col(TapeRow.id))
        next_id = None
        for row in await session.exec(query.limit(ROWS)):
            next_id = stored_id(row.id) + 1
            batch += [event for event in _events(row) if event.received_ms > after_ms]
            if len(batch) >= PAGE:
                yield batch
                batch = []
        session.expunge_all()
    if batch:
        yield batch


async def forget_pages(session: AsyncSession, before_ms: int, limit: int) -> int:
    """Delete at most ``limit`` rows received before; how many. The caller commits."""
    old = select(TapeRow.id).where(col(TapeRow.last_ms) < before_ms)
    oldest = old.order_by(col(TapeRow.last_ms)).limit(limit)
    gone = delete(TapeRow).where(col(TapeRow.id).in_(oldest))
    return (await (await session.connection()).execute(gone)).rowcount


def _events(row: TapeRow) -> list[Liquidation]:
    try:
        return unpack(row.events)
    except UNREADABLE as error:
        log.error(
            "a part of the tape is unreadable",
            row=row.id,
            liquidations=row.count,
            from_ms=row.first_ms,
            to_ms=row.last_ms,
            reason=str(error),
        )
        return []


def _unless_there(page: Page) -> Insert:
    there = exists().where(col(TapeRow.last_ms) == page.last_ms, col(TapeRow.events) == page.events)
    row: dict[str, Any] = {
        "first_ms": literal(page.first_ms, BigInteger),
        "last_ms": literal(page.last_ms, BigInteger),
        "count": literal(page.count, BigInteger),
        "events": literal(page.events),
    }
    return insert(TapeRow).from_select([*row], core_select(*row.values()).where(~there))


def _page(events: Sequence[Liquidation]) -> Page:
    received = [event.received_ms for event in events]
    return Page(min(received), max(received), len(events), pack(events), minutes_of(events))


def pack(events: Sequence[Liquidation]) -> bytes:
    """MessagePack of ``Packed`` rows, compressed where that makes it smaller.

    A compressed one is known by its first byte: zlib's is never that of an array.
    """
    plain = msgspec.msgpack.encode([msgspec.structs.astuple(event) for event in events])
    return min(plain, zlib.compress(plain), key=len)


def unpack(packed: bytes) -> list[Liquidation]:
    """Raises one of ``UNREADABLE``."""
    plain = zlib.decompress(packed) if packed.startswith(b"x") else packed
    return [Liquidation(*row) for row in msgspec.msgpack.decode(plain, type=list[Packed])]
