"""Rules and how far they have spoken."""

from collections.abc import AsyncIterator

from sqlalchemy import ColumnElement
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine.columns import RuleColumns
from bot.errors import UserError
from bot.rules import Destination, Rule
from storage.chats import lock_chat
from storage.engines import Database
from storage.rule_columns import rule_columns
from storage.tables import RuleRow, stored_id


class StoredRulebook:
    """Fulfils ``bot.ports.Rulebook``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, destination: Destination) -> list[Rule]:
        async with self._database.reading() as session:
            return await rules_of(session, destination)

    async def get(self, rule_id: int) -> Rule | None:
        async with self._database.reading() as session:
            row = await session.get(RuleRow, rule_id)
            return _rule(row) if row else None

    async def columns(self) -> AsyncIterator[RuleColumns]:
        async with self._database.reading() as session:
            async for columns in rule_columns(session, self._database.on_postgresql):
                yield columns


async def rules_of(session: AsyncSession, destination: Destination) -> list[Rule]:
    """Oldest first, paused ones too."""
    query = select(RuleRow).where(*_at(destination)).order_by(col(RuleRow.id))
    return [_rule(row) for row in await session.exec(query)]


async def locked_rule(session: AsyncSession, rule_id: int) -> Rule | None:
    """Kept from others until the commit: what is decided by it stays true."""
    row = await session.get(RuleRow, rule_id, with_for_update=True)
    return _rule(row) if row else None


async def add_rule(session: AsyncSession, rule: Rule, limit: int) -> Rule:
    """With its id. Raises ``UserError`` for a twin and for one beyond ``limit``."""
    # The chat's row stands for all its rules: who holds it may count them.
    await lock_chat(session, rule.destination)
    await _refuse_second(session, rule)
    await _refuse_too_many(session, rule.destination, limit)
    row = _row(rule)
    session.add(row)
    await session.flush()
    return _rule(row)


async def pause_rule(session: AsyncSession, rule_id: int, paused: bool) -> Rule | None:
    row = await session.get(RuleRow, rule_id, with_for_update=True)
    if row is None:
        return None
    row.paused = paused
    return _rule(row)


async def remove_rule(session: AsyncSession, rule_id: int) -> Rule | None:
    row = await session.get(RuleRow, rule_id, with_for_update=True)
    if row is None:
        return None
    await session.delete(row)
    await session.flush()
    return _rule(row)


def _at(destination: Destination) -> tuple[ColumnElement[bool], ...]:
    return (
        col(RuleRow.platform) == destination.platform,
        col(RuleRow.chat) == destination.chat,
        col(RuleRow.thread) == destination.thread,
    )


async def _refuse_second(session: AsyncSession, rule: Rule) -> None:
    same = select(RuleRow.id).where(
        *_at(rule.destination),
        col(RuleRow.coin) == (rule.coin or ""),
        col(RuleRow.exchange) == (rule.exchange or ""),
        col(RuleRow.window) == rule.window,
        col(RuleRow.metric) == rule.metric,
        col(RuleRow.threshold) == rule.threshold,
        col(RuleRow.floor) == rule.floor,
    )
    if (await session.exec(same)).first() is not None:
        raise UserError("You have that alert already: /alerts lists yours.")


async def _refuse_too_many(session: AsyncSession, destination: Destination, limit: int) -> None:
    count = select(func.count()).select_from(RuleRow).where(*_at(destination))
    if (await session.exec(count)).one() >= limit:
        raise UserError(
            f"There are {limit} alerts here, the most I keep: delete one with /alerts first."
        )


def _row(rule: Rule) -> RuleRow:
    place = rule.destination
    return RuleRow(
        platform=place.platform,
        chat=place.chat,
        thread=place.thread,
        direct=place.direct,
        author=rule.author,
        coin=rule.coin or "",
        exchange=rule.exchange or "",
        window=rule.window,
        metric=rule.metric,
        threshold=rule.threshold,
        floor=rule.floor,
        paused=rule.paused,
        created_ms=rule.created_ms,
    )


def _rule(row: RuleRow) -> Rule:
    return Rule(
        id=stored_id(row.id),
        destination=Destination(row.platform, row.chat, row.thread, row.direct),
        author=row.author,
        coin=row.coin or None,
        exchange=row.exchange or None,
        window=row.window,
        metric=row.metric,
        threshold=row.threshold,
        floor=row.floor,
        paused=row.paused,
        created_ms=row.created_ms,
    )
