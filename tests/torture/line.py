"""One line of the table: what a check has seen, what it must see."""

from collections.abc import Callable
from typing import NamedTuple

Progress = Callable[[float], None]
"""Told the share that is done, 0 to 1."""


class Line(NamedTuple):
    check: str
    seen: str
    must: str
    ok: bool


def exactly(check: str, seen: object, must: object) -> Line:
    return Line(check, str(seen), str(must), seen == must)


def at_most(check: str, seen: float, most: float, unit: str = "") -> Line:
    shown = f"{seen:.2f}" if isinstance(seen, float) else str(seen)
    return Line(check, f"{shown}{unit}", f"at most {most}{unit}", seen <= most)


def at_least(check: str, seen: float, least: float, unit: str = "") -> Line:
    shown = f"{seen:.2f}" if isinstance(seen, float) else str(seen)
    return Line(check, f"{shown}{unit}", f"at least {least}{unit}", seen >= least)


def unseen(share: float) -> None:
    """Nobody watches the progress."""
