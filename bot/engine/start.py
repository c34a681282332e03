"""Brings all stored rules into the engine before anything else happens to it."""

import gc
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

from bot.engine.columns import RuleColumns
from bot.engine.engine import Engine


async def load_rules(engine: Engine, batches: AsyncIterator[RuleColumns]) -> int:
    """Take every batch; how many rules were understood."""
    many = 0
    with _collector_at_rest():
        async for columns in batches:
            many += engine.take_columns(columns)
        engine.begin()
    return many


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """The collector of garbage lets rules come in, and never walks over what they became.

    It would look at a million rules again and again while they are read, and afterwards once in a
    while, between a frame and its alert.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.freeze()
