"""What the buttons that people were shown do, under tokens that nobody can guess."""

import re
import secrets

import msgspec
from sqlalchemy import update
from sqlmodel import col, or_
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import DAY_MS
from bot.ports import Keyboard, Press
from storage.engines import Database
from storage.tables import KeyboardRow

KEPT_MS = 7 * DAY_MS
"""Long enough for whoever looks at alerts once a week; what older lists show has often changed."""

_TOKEN_BYTES = 12  # 96 random bits in 16 characters
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16}")


class StoredKeyboards:
    """Fulfils ``bot.ports.Keyboards``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, keyboard: Keyboard, now_ms: int) -> str:
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        row = KeyboardRow(
            token=token,
            platform=keyboard.platform,
            place=keyboard.place,
            person=keyboard.person,
            actions=msgspec.json.encode(keyboard.actions).decode(),
            expires_ms=now_ms + KEPT_MS,
        )

        async def work(session: AsyncSession) -> None:
            session.add(row)

        await self._database.write(work)
        return token

    async def find(self, token: str, press: Press, now_ms: int) -> Keyboard | None:
        if not _TOKEN.fullmatch(token):
            return None
        async with self._database.reading() as session:
            row = await session.get(KeyboardRow, token)
        if row is None or row.expires_ms <= now_ms or not _shown_there(row, press):
            return None
        if row.message is None and not press.shown:
            return None
        may = row.person in (0, press.person)
        if row.message is None and may and not await self._bind(token, press.message):
            return None
        actions = tuple(msgspec.json.decode(row.actions, type=list[str]))
        return Keyboard(row.platform, row.place, row.person, actions)

    async def _bind(self, token: str, message: int) -> bool:
        """Whether it belongs to this message now: of two first presses one is the first."""
        first = (
            update(KeyboardRow)
            .where(
                col(KeyboardRow.token) == token,
                or_(col(KeyboardRow.message).is_(None), col(KeyboardRow.message) == message),
            )
            .values(message=message)
        )

        async def work(session: AsyncSession) -> bool:
            return (await (await session.connection()).execute(first)).rowcount == 1

        return await self._database.write(work)


def _shown_there(row: KeyboardRow, press: Press) -> bool:
    here = (row.platform, row.place) == (press.platform, press.place)
    return here and row.message in (None, press.message)
