"""Notifications from stored to settled; the rooms behind it are claims, settling and moving."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import bindparam, case, update
from sqlmodel import and_, col, or_
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.delivery.outcomes import Outcome
from bot.ports import Accounts, Notification
from bot.rules import Alert, Destination, Payload, RuleState
from storage.claims import Lease, claim
from storage.engines import Database, insert_into
from storage.moving import forwarded
from storage.recovery import recover
from storage.report import accounts
from storage.settling import settle
from storage.tables import NotificationRow, RuleRow, State, Table

RULES = Table.metadata.tables["rule"]


class StoredOutbox:
    """Fulfils ``bot.ports.Outbox``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def store(
        self, alerts: Sequence[Alert], states: Iterable[RuleState], now_ms: int
    ) -> None:
        spoken = [_state(state) for state in states]

        async def work(session: AsyncSession) -> None:
            await _insert(session, [(a.rule.destination, a, a.key) for a in alerts], now_ms)
            await _remember(session, spoken)

        if alerts or spoken:
            await self._database.write(work)

    async def put(self, destination: Destination, payload: Payload, key: str, now_ms: int) -> None:
        """The same key to the same destination again amends, like an alert."""
        where = f"{destination.platform}:{destination.chat}:{destination.thread}"

        async def work(session: AsyncSession) -> None:
            await _insert(session, [(destination, payload, f"{key}@{where}")], now_ms)

        await self._database.write(work)

    async def claim(
        self, platform: str, now_ms: int, limit: int, lease_ms: int, busy: Collection[int]
    ) -> list[Notification]:
        lease = Lease(platform, self._database.owner, now_ms, lease_ms)

        async def work(session: AsyncSession) -> list[Notification]:
            return await claim(session, lease, limit, busy)

        return await self._database.write(work)

    async def settle(self, notification: Notification, outcome: Outcome, now_ms: int) -> None:
        async def work(session: AsyncSession) -> None:
            await settle(session, notification, outcome, now_ms)

        await self._database.write(work)

    async def recover(self, now_ms: int) -> int:
        async def work(session: AsyncSession) -> int:
            return await recover(session, self._database.owner, now_ms)

        return await self._database.write(work)

    async def accounts(self) -> Accounts:
        async with self._database.reading() as session:
            return await accounts(session)


async def _insert(
    session: AsyncSession, items: Sequence[tuple[Destination, Payload, str]], now_ms: int
) -> None:
    if not items:
        return
    places = await forwarded(session, {place for place, _, _ in items})
    rows = [_row(places[place], payload, key, now_ms) for place, payload, key in items]
    new = insert_into(session, NotificationRow)
    was, now = NotificationRow, new.excluded
    waiting = col(was.state) == State.QUEUED
    under_way = col(was.state) == State.SENDING
    delivered = col(was.state) == State.SENT
    amend = new.on_conflict_do_update(
        index_elements=["key"],
        set_={
            "payload": now.payload,
            "amended": or_(col(was.amended), under_way),
            "state": case((delivered, State.QUEUED), else_=col(was.state)),
            "settled_ms": case((delivered, None), else_=col(was.settled_ms)),
            "not_before_ms": case((delivered, now.not_before_ms), else_=col(was.not_before_ms)),
            "unknowns": case((delivered, 0), else_=col(was.unknowns)),
        },
        # What is dead stays dead, and saying the same again changes nothing.
        where=and_(
            col(was.payload) != now.payload,
            or_(waiting, under_way, and_(delivered, col(was.message).is_not(None))),
        ),
    )
    await (await session.connection()).execute(amend, rows)


def _row(place: Destination, payload: Payload, key: str, now_ms: int) -> dict[str, Any]:
    return {
        "key": key,
        "platform": place.platform,
        "chat": place.chat,
        "thread": place.thread,
        "direct": place.direct,
        "kind": "alert" if isinstance(payload, Alert) else payload.kind,
        "payload": msgspec.json.encode(payload).decode(),
        "state": State.QUEUED.value,
        "created_ms": now_ms,
        "not_before_ms": now_ms,
        "lease_until_ms": 0,
        "lease_owner": 0,
        "attempts": 0,
        "unknowns": 0,
        "amended": False,
        "reason": "",
    }


def _state(state: RuleState) -> dict[str, Any]:
    return {
        "of_rule": state.rule,
        "is_armed": state.armed,
        "in_episode": state.episode,
        "at_level": state.level,
    }


async def _remember(session: AsyncSession, states: Sequence[dict[str, Any]]) -> None:
    """A rule that was removed meanwhile has no row to be changed."""
    if not states:
        return
    change = (
        update(RULES)
        .where(col(RuleRow.id) == bindparam("of_rule"))
        .values(
            armed=bindparam("is_armed"),
            episode=bindparam("in_episode"),
            level=bindparam("at_level"),
        )
    )
    await (await session.connection()).execute(change, states)
