"""New notifications, amendments of known ones, and how far rules have spoken."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, null, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.rules import Alert, Destination, Payload, RuleState
from storage.moving import forwarded
from storage.payloads import written
from storage.standing import N
from storage.tables import ALERT, State, Table

RULES = Table.metadata.tables["rule"]

PIECE = 1_000
"""Keys of one question: SQLite takes 32,766 parameters at most."""

_WAITING = N.c.state == State.QUEUED.value
_UNDER_WAY = N.c.state == State.SENDING.value
_MERGED = N.c.state == State.MERGED.value
_DELIVERED = (N.c.state == State.SENT.value) & N.c.message.is_not(None)


def _amended(now_ms: ColumnElement[int]) -> dict[str, ColumnElement[Any]]:
    """What was delivered is queued again, as an edit; what may have arrived is edited later."""
    unseen = or_(N.c.amended, _UNDER_WAY, and_(_WAITING, N.c.doubt_ms.is_not(None)))
    return {
        "amended": unseen,
        "state": case((_DELIVERED, State.QUEUED.value), else_=N.c.state),
        "settled_ms": case((_DELIVERED, null()), else_=N.c.settled_ms),
        "not_before_ms": case((_DELIVERED, now_ms), else_=N.c.not_before_ms),
        "unknowns": case((_DELIVERED, 0), else_=N.c.unknowns),
        "doubt_ms": case((_DELIVERED, null()), else_=N.c.doubt_ms),
    }


def _upsert(new: "sqlite.Insert | postgresql.Insert") -> "sqlite.Insert | postgresql.Insert":
    now = new.excluded
    changes = _amended(now.created_ms)  # an edit has no companions to wait for
    # A mark for ``_amend_heads``: what was merged has no message of its own to be edited.
    changes["amended"] = or_(changes["amended"], _MERGED)
    return new.on_conflict_do_update(
        index_elements=["key"],
        set_={"payload": now.payload, **changes},
        # What is dead stays dead, and saying the same again changes nothing.
        where=and_(N.c.payload != now.payload, or_(_WAITING, _UNDER_WAY, _MERGED, _DELIVERED)),
    )


_STORE: Mapping[str, Any] = {
    "sqlite": _upsert(sqlite.insert(N)),
    "postgresql": _upsert(postgresql.insert(N)),
}
_AMENDED = select(N.c.id, N.c.merged_into).where(
    N.c.key.in_(bindparam("keys", expanding=True)), _MERGED, N.c.amended
)
_AMEND_HEADS = (
    update(N)
    .where(N.c.id.in_(bindparam("heads", expanding=True)))
    .values(_amended(bindparam("now_ms", type_=N.c.not_before_ms.type)))
)
_UNMARK = update(N).where(N.c.id.in_(bindparam("members", expanding=True))).values(amended=False)
_REMEMBER = (
    update(RULES)
    .where(RULES.c.id == bindparam("of_rule"))
    .values(
        armed=bindparam("is_armed"),
        episode=bindparam("in_episode"),
        level=bindparam("at_level"),
    )
)


async def insert(
    session: AsyncSession, items: Sequence[tuple[Destination, Payload, str]], now_ms: int
) -> None:
    """A known key amends what is stored; the caller commits."""
    places = await forwarded(session, {place for place, _, _ in items})
    there = [(places[place], payload, key) for place, payload, key in items]
    await insert_there(session, there, now_ms)


async def insert_there(
    session: AsyncSession, items: Sequence[tuple[Destination, Payload, str]], now_ms: int
) -> None:
    """The same for destinations as they are today."""
    if not items:
        return
    rows = [_row(place, payload, key, now_ms) for place, payload, key in items]
    connection = await session.connection()
    await connection.execute(_STORE[connection.dialect.name], rows)
    for start in range(0, len(items), PIECE):
        await _amend_heads(session, [key for _, _, key in items[start : start + PIECE]], now_ms)


async def _amend_heads(session: AsyncSession, keys: list[str], now_ms: int) -> None:
    """What was amended after it had been merged is shown by the message that it went into."""
    connection = await session.connection()
    amended = (await connection.execute(_AMENDED, {"keys": keys})).all()
    if amended:
        heads = sorted({head for _, head in amended})
        await connection.execute(_AMEND_HEADS, {"heads": heads, "now_ms": now_ms})
        await connection.execute(_UNMARK, {"members": [member for member, _ in amended]})


async def remember(session: AsyncSession, states: Iterable[RuleState]) -> None:
    """A rule that was removed meanwhile has no row to be changed."""
    changes = [
        {
            "of_rule": state.rule,
            "is_armed": state.armed,
            "in_episode": state.episode,
            "at_level": state.level,
        }
        for state in states
    ]
    if changes:
        await (await session.connection()).execute(_REMEMBER, changes)


def _row(place: Destination, payload: Payload, key: str, now_ms: int) -> dict[str, Any]:
    return {
        "key": key,
        "platform": place.platform,
        "chat": place.chat,
        "thread": place.thread,
        "direct": place.direct,
        "kind": ALERT if isinstance(payload, Alert) else payload.kind,
        "payload": written(payload),
        "state": State.QUEUED.value,
        "created_ms": now_ms,
        "not_before_ms": now_ms + (payload.hold_ms if isinstance(payload, Alert) else 0),
        "lease_until_ms": 0,
        "lease_owner": 0,
        "attempts": 0,
        "unknowns": 0,
        "amended": False,
        "reason": "",
    }
