"""The keys of pages: each ends in its place, and goes along when that gets a new id."""

from sqlalchemy import exists, func, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.rules import Destination
from storage.payloads import place
from storage.standing import N
from storage.tables import PAGE

_OTHER = N.alias()


def page_key(key: str, destination: Destination) -> str:
    """What the notification of a page is known by."""
    return f"{key}@{place(destination)}"


async def rename_pages(session: AsyncSession, platform: str, old: int, new: int) -> None:
    """Of those that moved with their chat: told again in the new one, each is still the same.

    What was delivered keeps its key, since its message stayed behind: the new chat is told anew.
    A page that the new chat has already keeps its key as well. The caller commits.
    """
    renamed = func.replace(N.c.key, f"@{platform}:{old}:", f"@{platform}:{new}:")
    waiting = (
        (N.c.platform == platform)
        & (N.c.chat == new)
        & (N.c.kind == PAGE)
        & N.c.settled_ms.is_(None)
        & N.c.message.is_(None)
    )
    keys = update(N).where(waiting, ~exists().where(_OTHER.c.key == renamed)).values(key=renamed)
    await (await session.connection()).execute(keys)
