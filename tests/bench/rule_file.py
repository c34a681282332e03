"""A migrated database file that holds rules already."""

from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from sqlmodel import create_engine

from bot.rules import Rule, RuleState
from storage import open_storage
from storage.tables import RuleRow

_BATCH = 20_000


async def fill(directory: Path, rules: Iterable[tuple[Rule, RuleState]]) -> None:
    """Write ``liqwatch.db`` in ``directory``."""
    async with open_storage(None, directory):
        pass
    engine = create_engine(f"sqlite:///{directory / 'liqwatch.db'}")
    waiting = iter(rules)
    with engine.begin() as connection:
        while batch := list(islice(waiting, _BATCH)):
            connection.execute(RuleRow.__table__.insert(), [_values(*pair) for pair in batch])
    engine.dispose()


def _values(rule: Rule, state: RuleState) -> dict[str, object]:
    place = rule.destination
    return {
        "id": rule.id,
        "platform": place.platform,
        "chat": place.chat,
        # No two rules of a chat are the same, as the schema asks.
        "thread": rule.id,
        "direct": place.direct,
        "author": rule.author,
        "coin": rule.coin or "",
        "exchange": rule.exchange or "",
        "window": rule.window,
        "metric": rule.metric,
        "threshold": rule.threshold,
        "floor": rule.floor,
        "paused": rule.paused,
        "created_ms": rule.created_ms,
        "armed": state.armed,
        "episode": state.episode,
        "level": state.level,
    }
