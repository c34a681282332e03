"""Notifications from stored to settled; the rooms behind it are storing, claims and settling."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.delivery.outcomes import Outcome
from bot.market import Gap, Liquidation
from bot.ports import Accounts, Found, Notification
from bot.rules import Alert, Destination, Payload, RuleState
from bot.story.batch import Batch
from storage.claims import Lease, claim
from storage.engines import Database
from storage.flushbook import keep_story
from storage.gaps import note_gaps
from storage.pages import Page, pages_of, write_pages
from storage.payloads import place
from storage.pruning import KEPT_MS, PIECE, prune
from storage.recovery import recover
from storage.report import accounts, fates
from storage.setting_back import SettingBack
from storage.settling import Settlement, settle
from storage.storing import insert, remember
from storage.together import Together


class StoredOutbox:
    """Fulfils ``bot.ports.Outbox``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._unclear: tuple[list[Liquidation], list[Page]] = ([], [])
        self._settlements = Together(self._settle)
        self._clock = SettingBack(database)

    async def store(
        self,
        alerts: Sequence[Alert],
        states: Iterable[RuleState],
        now_ms: int,
        heard: Sequence[Liquidation] = (),
        gaps: Sequence[Gap] = (),
        story: Batch | None = None,
    ) -> None:
        """What is told again after a ``StoreError``, before what was heard since, counts once."""
        self._clock.told(now_ms)
        spoken = list(states)
        pages = await self._pages(heard)

        async def work(session: AsyncSession) -> None:
            await insert(session, [(a.rule.destination, a, a.key) for a in alerts], now_ms)
            await remember(session, spoken)
            await write_pages(session, pages)
            await note_gaps(session, gaps)
            if story:
                await keep_story(session, story, now_ms)

        if alerts or spoken or pages or gaps or story:
            self._unclear = (list(heard), pages)
            await self._database.write(work)
            self._unclear = ([], [])

    async def put(self, destination: Destination, payload: Payload, key: str, now_ms: int) -> None:
        """The same key to the same destination again amends, like an alert."""
        self._clock.told(now_ms)

        async def work(session: AsyncSession) -> None:
            await put(session, destination, payload, key, now_ms)

        await self._database.write(work)

    async def claim(
        self, platform: str, now_ms: int, limit: int, lease_ms: int, busy: Collection[int]
    ) -> list[Notification]:
        await self._clock.heed(now_ms)
        lease = Lease(platform, self._database.owner, now_ms, lease_ms)

        async def work(session: AsyncSession) -> list[Notification]:
            return await claim(session, lease, limit, busy)

        return await self._database.write(work)

    async def settle(self, notification: Notification, outcome: Outcome, now_ms: int) -> None:
        """What ends while another end is written shares the next transaction."""
        self._clock.told(now_ms)
        await self._settlements.add(Settlement(notification, outcome, now_ms))

    async def recover(self, now_ms: int, harmless_ms: Mapping[str, int] = {}) -> Found:
        async def work(session: AsyncSession) -> Found:
            return await recover(session, self._database.owner, now_ms, harmless_ms)

        return await self._database.write(work)

    async def fates(self, found: Found) -> Accounts:
        async with self._database.reading() as session:
            return await fates(session, found)

    async def accounts(self) -> Accounts:
        async with self._database.reading() as session:
            return await accounts(session)

    async def thin(self, now_ms: int) -> None:
        async def work(session: AsyncSession) -> int:
            return await prune(session, now_ms - KEPT_MS, PIECE)

        # Until there is none: a message comes after all that went out in it.
        while await self._database.write(work):
            pass

    async def _settle(self, settlements: Sequence[Settlement]) -> None:
        async def work(session: AsyncSession) -> None:
            await settle(session, settlements)

        await self._database.write(work)

    async def _pages(self, heard: Sequence[Liquidation]) -> list[Page]:
        """What a commit may have stored whose answer was lost comes again in the same pages."""
        told, pages = self._unclear
        if list(heard[: len(told)]) != told:
            return await pages_of(heard)
        return [*pages, *await pages_of(heard[len(told) :])]


async def put(
    session: AsyncSession, destination: Destination, payload: Payload, key: str, now_ms: int
) -> None:
    """One notification outside of any rule; the caller commits."""
    await insert(session, [(destination, payload, f"{key}@{place(destination)}")], now_ms)
