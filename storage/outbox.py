"""Notifications from stored to settled; the rooms behind it are claims, settling and moving."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import bindparam, case, update
from sqlmodel import and_, col, or_
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.delivery.outcomes import Outcome
from bot.market import Gap, Liquidation
from bot.ports import Accounts, Notification
from bot.rules import Alert, Destination, Payload, RuleState
from storage.claims import Lease, claim
from storage.engines import Database, insert_into
from storage.gaps import note_gaps
from storage.moving import forwarded
from storage.pages import Page, pages_of, write_pages
from storage.recovery import recover
from storage.report import accounts
from storage.settling import settle
from storage.tables import NotificationRow, RuleRow, State, Table

RULES = Table.metadata.tables["rule"]


class StoredOutbox:
    """Fulfils ``bot.ports.Outbox``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._unclear: tuple[list[Liquidation], list[Page]] = ([], [])

    async def store(
        self,
        alerts: Sequence[Alert],
        states: Iterable[RuleState],
        now_ms: int,
        heard: Sequence[Liquidation] = (),
        gaps: Sequence[Gap] = (),
    ) -> None:
        """What is told again after a ``StoreError``, before what was heard since, counts once."""
        spoken = [_state(state) for state in states]
        pages = await self._pages(heard)

        async def work(session: AsyncSession) -> None:
            await _insert(session, [(a.rule.destination, a, a.key) for a in alerts], now_ms)
            await _remember(session, spoken)
            await write_pages(session, pages)
            await note_gaps(session, gaps)

        if alerts or spoken or pages or gaps:
            self._unclear = (list(heard), pages)
            await self._database.write(work)
            self._unclear = ([], [])

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

    async def _pages(self, heard: Sequence[Liquidation]) -> list[Page]:
        """What a commit may have stored whose answer was lost comes again in the same pages."""
        told, pages = self._unclear
        if list(heard[: len(told)]) != told:
            return await pages_of(heard)
        return [*pages, *await pages_of(heard[len(told) :])]


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
