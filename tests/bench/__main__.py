"""Runs every benchmark and prints one table; ends with 1 when a promise is not kept."""

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec

from rich.console import Console
from rich.table import Table

from tests.bench.table import Row

_BENCHMARKS = (
    "decode",
    "windows",
    "thresholds",
    "loading",
    "pipeline",
    "disk",
    "outbox",
    "load",
)
_LIBRARIES = ("ccxt", "cryptofeed")
"""What decoding is measured against; it comes with the dependency group ``bench``."""


def _rows(names: Sequence[str], seconds: int, console: Console) -> list[Row]:
    rows: list[Row] = []
    for name in names:
        if name == "decode" and not all(map(find_spec, _LIBRARIES)):
            console.print("decode is left out: ccxt and cryptofeed are not installed.")
            continue
        with console.status(f"measuring: {name}"):
            run = import_module(f"tests.bench.bench_{name}").run
            rows += run(seconds) if name == "load" else run()
    return rows


def _table(rows: list[Row]) -> Table:
    table = Table(title="Speed and size")
    for heading in ("what", "ours", "baseline", "ratio", "must", ""):
        table.add_column(heading, justify="left" if heading == "what" else "right")
    for row in rows:
        mark = "[green]kept[/]" if row.ok else "[red]missed[/]"
        table.add_row(row.what, row.ours, row.baseline, row.ratio, row.must, mark)
    return table


def main() -> int:
    """Benchmarks by name as arguments; none: all of them."""
    parser = ArgumentParser(prog="tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(_BENCHMARKS))
    parser.add_argument(
        "--seconds", type=int, default=60, choices=range(5, 241), metavar="5-240",
        help="how long the load lasts (60)",
    )  # fmt: skip
    wanted = parser.parse_args()
    console = Console(width=140 if not sys.stdout.isatty() else None)
    if unknown := set(wanted.names) - set(_BENCHMARKS):
        console.print(f"There is no benchmark {', '.join(sorted(unknown))}; {_BENCHMARKS} are.")
        return 2
    rows = _rows(wanted.names or _BENCHMARKS, wanted.seconds, console)
    console.print(_table(rows))
    return 0 if all(row.ok for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
