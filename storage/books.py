"""Changes that people ask for, each in one transaction with the mark that it was asked for."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy import delete
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import HOUR_MS
from bot.errors import HandledBeforeError, StoreError
from bot.events import (
    ChatMoved,
    Event,
    FlushMuted,
    FollowRemoved,
    FollowSaved,
    RuleRemoved,
    RuleSaved,
)
from bot.ports import Chat, Ledger, Mark
from bot.rules import Destination, Payload, Rule, RuleState
from bot.story.follow import Follow
from storage.certainty import number_of, was_committed
from storage.chats import change_chat, locked_chat
from storage.engines import Database, insert_into
from storage.flushbook import hush
from storage.follows import drop_follow, follows_of, keep_follow
from storage.moving import move
from storage.outbox import put
from storage.rulebook import add_rule, locked_rule, pause_rule, remove_rule, rules_of
from storage.tables import FailureRow, KeyboardRow, MarkRow

T = TypeVar("T")

REPEATED_MS = 48 * HOUR_MS
"""Telegram hands out an update for 24 hours; twice that, should a clock be wrong."""


class StoredBooks:
    """Fulfils ``bot.ports.Books``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(
        self, work: Callable[[Ledger], Awaitable[T]], mark: Mark | None, now_ms: int
    ) -> tuple[T, list[Event]]:
        done: dict[str, tuple[T, list[Event]]] = {}

        async def whole(session: AsyncSession) -> tuple[T, list[Event]]:
            done.clear()
            if mark is not None:
                await _note(session, mark, now_ms)
            ledger = StoredLedger(session)
            result = (await work(ledger), ledger.events)
            if (number := await number_of(session)) is not None:
                done[number] = result
            return result

        try:
            return await self._database.write(whole)
        except StoreError:
            # Nobody can ask for it again: what is there would be refused as there already.
            for number, result in done.items():
                if await was_committed(self._database, number):
                    return result
            raise

    async def failed(self, mark: Mark, kind: str, error: str, now_ms: int) -> None:
        values = {"kind": kind, "error": error, "at_ms": now_ms}

        async def work(session: AsyncSession) -> None:
            new = insert_into(session, FailureRow)
            row = {"source": mark.source, "number": mark.number, **values}
            latest = new.values(row).on_conflict_do_update(
                index_elements=["source", "number"], set_=values
            )
            await (await session.connection()).execute(latest)

        await self._database.write(work)

    async def thin(self, now_ms: int) -> None:
        before_ms = now_ms - REPEATED_MS

        async def work(session: AsyncSession) -> None:
            connection = await session.connection()
            await connection.execute(delete(MarkRow).where(col(MarkRow.at_ms) < before_ms))
            await connection.execute(delete(FailureRow).where(col(FailureRow.at_ms) < before_ms))
            expired = col(KeyboardRow.expires_ms) <= now_ms
            await connection.execute(delete(KeyboardRow).where(expired))

        await self._database.write(work)


class StoredLedger:
    """Fulfils ``bot.ports.Ledger`` within the session of one transaction.

    ``events`` is what the engine must be told once it is committed.
    """

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self.events: list[Event] = []

    async def rules(self, destination: Destination) -> list[Rule]:
        return await rules_of(self._session, destination)

    async def rule(self, rule_id: int) -> Rule | None:
        return await locked_rule(self._session, rule_id)

    async def add(self, rule: Rule, limit: int) -> Rule:
        stored = await add_rule(self._session, rule, limit)
        self.events.append(RuleSaved(stored, RuleState(stored.id)))
        return stored

    async def pause(self, rule_id: int, paused: bool) -> Rule | None:
        changed = await pause_rule(self._session, rule_id, paused)
        if changed is not None:
            self.events.append(RuleSaved(changed, RuleState(changed.id)))
        return changed

    async def remove(self, rule_id: int) -> Rule | None:
        removed = await remove_rule(self._session, rule_id)
        if removed is not None:
            self.events.append(RuleRemoved(removed.id))
        return removed

    async def chat(self, destination: Destination) -> Chat:
        return await locked_chat(self._session, destination)

    async def change(self, destination: Destination, by: Callable[[Chat], Chat]) -> Chat:
        return await change_chat(self._session, destination, by)

    async def follows(self, destination: Destination) -> list[Follow]:
        return await follows_of(self._session, destination)

    async def follow(self, follow: Follow, limit: int) -> Follow:
        kept = await keep_follow(self._session, follow, limit)
        self.events.append(FollowSaved(kept))
        return kept

    async def unfollow(self, destination: Destination, coin: str | None) -> Follow | None:
        dropped = await drop_follow(self._session, destination, coin)
        if dropped is not None:
            self.events.append(FollowRemoved(destination, coin))
        return dropped

    async def hush(self, destination: Destination, flush: int) -> None:
        await hush(self._session, destination, flush)
        self.events.append(FlushMuted(destination, flush))

    async def move(self, platform: str, old_chat: int, new_chat: int) -> None:
        await move(self._session, platform, old_chat, new_chat)
        self.events.append(ChatMoved(platform, old_chat, new_chat))

    async def put(self, destination: Destination, payload: Payload, key: str, now_ms: int) -> None:
        await put(self._session, destination, payload, key, now_ms)


async def _note(session: AsyncSession, mark: Mark, now_ms: int) -> None:
    new = insert_into(session, MarkRow).values(source=mark.source, number=mark.number, at_ms=now_ms)
    noted = await (await session.connection()).execute(new.on_conflict_do_nothing())
    if noted.rowcount == 0:
        raise HandledBeforeError
