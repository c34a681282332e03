"""Loading a million rules from a file: storage and the engine, against SQLModel objects."""

import asyncio
import sys
from collections.abc import Iterable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from zlib import crc32

from sqlmodel import Session, create_engine, select

from bot.engine.engine import Engine
from bot.engine.start import load_rules
from bot.exchanges.dialect import Publication
from bot.rules import Rule
from storage import open_storage
from storage.tables import RuleRow
from tests.bench.population import EXCHANGES, START_MS, people
from tests.bench.rule_file import fill
from tests.bench.stopwatch import MIB, alone, expect, peak_bytes
from tests.bench.table import Row

_RULES = 1_000_000
_ROUNDS = 3
_MODULE = "tests.bench.bench_loading"


async def _load_ours(directory: Path) -> Engine:
    engine = Engine({name: Publication("complete") for name in EXCHANGES}, START_MS)
    async with open_storage(None, directory) as storage:
        await load_rules(engine, storage.rulebook.columns())
    return engine


def _measure_ours(directory: Path) -> None:
    before, start = peak_bytes(), perf_counter()
    engine = asyncio.run(_load_ours(directory))
    took = perf_counter() - start
    held = peak_bytes() - before
    print(took, held, _digest(map(_said_by_rule, engine.rules())))


def _measure_theirs(directory: Path) -> None:
    engine = create_engine(f"sqlite:///{directory / 'liqwatch.db'}")
    before, start = peak_bytes(), perf_counter()
    with Session(engine) as session:
        rows = session.exec(select(RuleRow)).all()
        took = perf_counter() - start
        held = peak_bytes() - before
        print(took, held, _digest(map(_said_by_row, rows)))


def _said_by_rule(rule: Rule) -> tuple[object, ...]:
    words = (rule.coin or "", rule.exchange or "", rule.window, rule.metric)
    return (rule.id, rule.author, *words, rule.threshold, rule.floor, rule.created_ms)


def _said_by_row(row: RuleRow) -> tuple[object, ...]:
    words = (row.coin, row.exchange, row.window, row.metric)
    return (row.id, row.author, *words, row.threshold, row.floor, row.created_ms)


def _digest(rules: Iterable[tuple[object, ...]]) -> int:
    """The same for the same rules in any order."""
    return sum(crc32(repr(rule).encode()) for rule in rules)


def run() -> list[Row]:
    """Raises ``AssertionError`` where what was loaded differs."""
    with TemporaryDirectory() as name:
        asyncio.run(fill(Path(name), people(_RULES)))
        rounds = [[alone(_MODULE, who, name) for who in ("ours", "theirs")] for _ in range(_ROUNDS)]
    expect(len({one[2] for both in rounds for one in both}) == 1, "the same rules are loaded")
    seconds, held = (
        [median(both[who][what] for both in rounds) for who in (0, 1)] for what in (0, 1)
    )
    faster, smaller = seconds[1] / seconds[0], held[1] / held[0]
    return [
        Row(
            "loading 1,000,000 rules, SQLModel objects: time",
            f"{seconds[0]:.1f} s",
            f"{seconds[1]:.1f} s",
            f"{faster:.1f}x",
            "5x",
            faster >= 5,
        ),
        Row(
            "loading 1,000,000 rules, SQLModel objects: memory",
            f"{held[0] / MIB:.0f} MiB",
            f"{held[1] / MIB:,.0f} MiB",
            f"{smaller:.1f}x",
            "20x",
            smaller >= 20,
        ),
    ]


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["ours", name]:
            _measure_ours(Path(name))
        case ["theirs", name]:
            _measure_theirs(Path(name))
        case _:
            for row in run():
                print(row)
