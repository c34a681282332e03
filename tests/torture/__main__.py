"""``python -m tests.torture [name ...] [--kills N]``: faults in full, with a bar and a table."""

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from tests.torture import asking, cutting, freezing, killing, line, pacing, stopping, troubles
from tests.torture.line import Line

KILLS = 105
"""Fifteen of each named point, and as many at random."""

Check = Callable[[Path, int, line.Progress], Awaitable[list[Line]]]

CHECKS: Mapping[str, Check] = {
    "kills": lambda folder, kills, say: killing.storm(folder, 50 * kills, kills, say),
    "stops": lambda folder, kills, say: stopping.stopped(folder, 1_000, kills // 2, say),
    "saved": lambda folder, kills, say: asking.saved(folder, 5 * kills, kills // 2, say),
    "between": lambda folder, kills, say: asking.between(folder, kills // 2, say),
    "freeze": lambda folder, kills, say: freezing.frozen(folder, 400, 30.0, 2, say),
    "cut": lambda folder, kills, say: cutting.cut(folder, 1_000, 0.1, say),
    "troubles": lambda folder, kills, say: troubles.troubled(folder, say),
    "pace": lambda folder, kills, say: pacing.paced(folder, 1_000, say),
}


def main(
    names: Annotated[list[str] | None, typer.Argument(help=f"of {', '.join(CHECKS)}")] = None,
    kills: Annotated[int, typer.Option(help="in all of the storm; others get half")] = KILLS,
    keep: Annotated[Path | None, typer.Option(help="where logs and databases stay")] = None,
) -> None:
    """Run the checks and print what they have seen; the exit code says whether all is well."""
    if unknown := [name for name in names or () if name not in CHECKS]:
        called, known = " and ".join(unknown), ", ".join(CHECKS)
        typer.echo(f"There is no check called {called}: choose from {known}.", err=True)
        raise typer.Exit(2)
    chosen = {name: CHECKS[name] for name in names or CHECKS}
    console = Console()
    with tempfile.TemporaryDirectory() as scratch:
        table, well = Table("check", "seen", "must", "ok"), True
        for name, lines in _ran(chosen, keep or Path(scratch), kills, console):
            table.add_section()
            for each in lines:
                mark = "[green]yes[/]" if each.ok else "[red]NO[/]"
                table.add_row(f"{name}: {each.check}", each.seen, each.must, mark)
                well &= each.ok
        console.print(table)
    sys.exit(0 if well else 1)


def _ran(
    chosen: Mapping[str, Check], folder: Path, kills: int, console: Console
) -> list[tuple[str, list[Line]]]:
    columns = (TextColumn("{task.description:10}"), BarColumn(), TimeElapsedColumn())
    results = []
    with Progress(*columns, console=console) as bars:
        for name, check in chosen.items():
            bar = bars.add_task(name, total=1.0)
            began = time.monotonic()

            def say(share: float, bar: object = bar) -> None:
                bars.update(bar, completed=share)  # type: ignore[arg-type]

            lines: list[Line] = asyncio.run(check(folder / name, kills, say))  # type: ignore[arg-type]
            bars.update(bar, completed=1.0)
            took = time.monotonic() - began
            results.append((name, [*lines, Line("time", f"{took:.0f} s", "", True)]))
    return results


if __name__ == "__main__":
    typer.run(main)
