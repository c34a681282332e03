"""Waiting for what nobody announces: another process, its file."""

import asyncio
from collections.abc import Callable
from time import monotonic

LOOK_S = 0.03


async def until(condition: Callable[[], bool], within_s: float) -> bool:
    """Look again and again; whether it came about in time."""
    end = monotonic() + within_s
    while True:
        if condition():
            return True
        if monotonic() >= end:
            return False
        await asyncio.sleep(LOOK_S)
