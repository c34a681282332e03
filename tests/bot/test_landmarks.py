"""The named places: product code passes each of them, and no others."""

import ast
from collections.abc import Iterator
from pathlib import Path

from bot.landmarks import PLACES

ROOT = Path(__file__).parents[2]


def passed() -> Iterator[str]:
    """The places that the three rooms name when they call ``passing``."""
    for room in ("bot", "handlers", "storage"):
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and _is_passing(node.func):
                    assert isinstance(node.args[0], ast.Constant), f"{path}: name it in place"
                    yield str(node.args[0].value)


def _is_passing(called: ast.expr) -> bool:
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    return name.lstrip("_") == "passing"


def test_every_landmark_is_passed_by_the_program_and_no_other_is_named() -> None:
    assert set(passed()) == set(PLACES)
