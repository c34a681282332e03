"""Minute sums of what was heard, and the hour sums that old minutes become."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, func, select, tuple_
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import HOUR_MS, MINUTE_MS
from bot.market import USD, Liquidation, usd
from storage.engines import insert_into
from storage.heard_tables import HourRow, MinuteRow, SumColumns

KEY = ("start_ms", "exchange", "coin")
ADDED = ("long_usd", "long_rest", "short_usd", "short_rest", "longs", "shorts", "unpriced")

Row = dict[str, Any]


def minutes_of(events: Iterable[Liquidation]) -> list[Row]:
    """What some liquidations add to ``minute``."""
    sums: dict[tuple[int, str, str], list[int]] = {}
    for event in events:
        key = (event.time_ms // MINUTE_MS * MINUTE_MS, event.exchange, event.coin)
        found = sums.get(key)
        if found is None:
            found = sums[key] = [0, 0, 0, 0, 0]
        if event.notional is None:
            found[4] += 1
        else:
            found[event.side] += usd(event.notional)
            found[2 + event.side] += 1
    return [
        _row(key, (*divmod(long, USD), *divmod(short, USD), *counts))
        for key, (long, short, *counts) in sums.items()
    ]


async def add_minutes(session: AsyncSession, rows: list[Row]) -> None:
    """Add to what is there; the caller commits."""
    await _add(session, MinuteRow, rows)


async def fold(session: AsyncSession, before_ms: int, limit: int) -> int:
    """Turn at most ``limit`` of the oldest minutes into hours; how many. The caller commits."""
    key = [getattr(MinuteRow, name) for name in KEY]
    oldest = select(*key).where(col(MinuteRow.start_ms) < before_ms).order_by(*key).limit(limit)
    # What is added is what was deleted, whoever adds to a minute meanwhile.
    taken = (
        delete(MinuteRow)
        .where(tuple_(*key).in_(oldest))
        .returning(*key, *(getattr(MinuteRow, name) for name in ADDED))
    )
    minutes = (await (await session.connection()).execute(taken)).all()
    hours: dict[tuple[int, str, str], tuple[int, ...]] = {}
    for start_ms, exchange, coin, *sums in minutes:
        hour = (start_ms // HOUR_MS * HOUR_MS, exchange, coin)
        known = hours.get(hour)
        hours[hour] = tuple(map(sum, zip(known, sums, strict=True))) if known else tuple(sums)
    await _add(session, HourRow, [_row(hour, sums) for hour, sums in hours.items()])
    return len(minutes)


async def sums_between(
    session: AsyncSession, exchange: str, from_ms: int, to_ms: int
) -> dict[str, tuple[int, int]]:
    """Longs and shorts by coin of the minutes that lie in [from, to).

    Of minutes that were folded, the hours that lie in it as a whole. A coin of which nothing has
    a known worth is left out.
    """
    found: dict[str, tuple[int, int]] = {}
    connection = await session.connection()
    spans: tuple[tuple[type[SumColumns], int], ...] = ((MinuteRow, MINUTE_MS), (HourRow, HOUR_MS))
    for table, span_ms in spans:
        query = (
            select(col(table.coin), *(func.sum(getattr(table, name)) for name in ADDED[:4]))
            .where(
                col(table.exchange) == exchange,
                col(table.start_ms).between(from_ms, to_ms - span_ms),
                col(table.longs) + col(table.shorts) > 0,
            )
            .group_by(col(table.coin))
        )
        for coin, *parts in await connection.execute(query):
            long_usd, long_rest, short_usd, short_rest = map(int, parts)
            long, short = found.get(coin, (0, 0))
            long, short = long + long_usd * USD + long_rest, short + short_usd * USD + short_rest
            found[coin] = (long, short)
    return found


def _row(key: tuple[int, str, str], sums: Iterable[int]) -> Row:
    return {**dict(zip(KEY, key, strict=True)), **dict(zip(ADDED, sums, strict=True))}


async def _add(session: AsyncSession, table: type[SumColumns], rows: list[Row]) -> None:
    if not rows:
        return
    new = insert_into(session, table)
    added = new.on_conflict_do_update(
        index_elements=KEY,
        set_={name: getattr(table, name) + new.excluded[name] for name in ADDED},
    )
    # In the order of their keys, two processes never wait for each other in a circle.
    ordered = sorted(rows, key=lambda row: [row[name] for name in KEY])
    await (await session.connection()).execute(added, ordered)
