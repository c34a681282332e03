"""Deliveries that nothing came between, written down in one statement where the database can."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import ARRAY, BigInteger, bindparam, column, func, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.standing import N
from storage.tables import State


class Arrival(msgspec.Struct, frozen=True):
    """Which notification, in which attempt, as which message of its chat, and when."""

    id: int
    attempts: int
    message: int
    now_ms: int


_FIELDS = Arrival.__struct_fields__
_NAMED = (column(name, BigInteger) for name in _FIELDS)
_ARRIVALS = (
    func.unnest(*(bindparam(f"all_{name}", type_=ARRAY(BigInteger)) for name in _FIELDS))
    .table_valued(*_NAMED, name="arrival")
    .render_derived()
)
_ARRIVE = (
    update(N)
    .where(
        N.c.id == _ARRIVALS.c.id,
        N.c.attempts == _ARRIVALS.c.attempts,
        N.c.state == State.SENDING.value,
        N.c.amended.is_(False),
    )
    .values(
        state=State.SENT.value,
        message=_ARRIVALS.c.message,
        settled_ms=_ARRIVALS.c.now_ms,
        unknowns=0,
        doubt_ms=None,
        reason="",
    )
    .returning(N.c.id)
)


async def arrive(session: AsyncSession, arrivals: Sequence[Arrival]) -> set[int]:
    """The ids of those that are sent and done with; of the others it must be seen how they stand.

    None on SQLite, where a look at each row first costs nothing.
    """
    if not arrivals or session.get_bind().dialect.name != "postgresql":
        return set()
    asked = {f"all_{name}": [getattr(one, name) for one in arrivals] for name in _FIELDS}
    return set((await (await session.connection()).execute(_ARRIVE, asked)).scalars())
