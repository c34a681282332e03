"""The command line as it is typed; `bot.cli` does what it says."""

import asyncio
import sys
from collections.abc import Coroutine
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from bot.errors import ConfigError, StoreError, UserError

cli = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Liqwatch watches forced liquidations on crypto derivatives exchanges and alerts people.",
)


@cli.command()
def demo(
    speed: Annotated[
        float, typer.Option(min=1.0, help="Market seconds that are played in one second.")
    ] = 60.0,
    second_wave: Annotated[
        bool, typer.Option("--second-wave", help="A second wave comes, three hours later.")
    ] = False,
) -> None:
    """Watch a flush from its start to its all-clear in two minutes: no account, no network."""
    from bot.cli.demonstrating import demonstrate

    if not _run(demonstrate(Console(), speed, second_wave)):
        raise typer.Exit(1)


@cli.command()
def run() -> None:
    """Watch the live exchanges and serve Telegram and Discord, or this terminal."""
    from bot.cli.serving import serve

    _run(serve(Console()))


@cli.command()
def check() -> None:
    """Validate the configuration and ask every exchange and platform whether it can be reached."""
    from bot.cli.checking import check_everything

    if not _run(check_everything(Console())):
        raise typer.Exit(1)


@cli.command()
def replay(
    files: Annotated[list[Path], typer.Argument(help="Recorded frames, JSON Lines.")],
    rule: Annotated[
        list[str] | None, typer.Option(help='An alert to try, such as "BTC 5m long > 1m".')
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Run recorded frames through the real dialects, windows and rules at full speed."""
    from bot.replay.replay import replay_files

    replay_files(files, rule or [], as_json, Console())


@cli.command("import")
def import_past(
    what: Annotated[
        str,
        typer.Argument(
            metavar="FILE|coinglass",
            help="A CSV file with the columns time, coin, exchange, long_usd, short_usd (hourly or "
            "finer), or the word coinglass (with COINGLASS_API_KEY).",
        ),
    ],
    source: Annotated[
        str | None, typer.Option(help="The name of a file's source; else the file's own.")
    ] = None,
    coins: Annotated[str | None, typer.Option(help="From CoinGlass, such as BTC,ETH.")] = None,
    days: Annotated[
        int | None, typer.Option(min=1, max=1000, help="From CoinGlass: how far back; 180.")
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="From CoinGlass: not only what is new.")
    ] = False,
) -> None:
    """Take in sums that others have counted, as history of a named source; stop the bot first."""
    from bot.cli.keeping import take_in
    from bot.past.importing import Wish

    _run(take_in(Wish(what, source, coins, days, again)))


@cli.command()
def quarantine(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON array.")] = False,
) -> None:
    """Show the last 100 frames that could not be read, newest last; also beside a running bot."""
    from bot.cli.reporting import report_quarantine

    _run(report_quarantine(as_json))


@cli.command()
def outbox(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Account for every notification: sent, merged, dead (why) or open; also beside a running bot.

    Exit code 1 if they do not add up.
    """
    from bot.cli.reporting import report_outbox

    if not _run(report_outbox(as_json)):
        raise typer.Exit(1)


@cli.command()
def case(
    name: Annotated[str, typer.Argument(metavar="ID", help="A flush such as F311, or 311.")],
    out: Annotated[
        Path, typer.Option(help="The folder for the files; made where it is missing.")
    ] = Path(),
) -> None:
    """Make a flush's chart, CSV and JSON again from what is stored; also beside a running bot."""
    from bot.cli.opening import open_case

    _run(open_case(name, out))


@cli.command()
def backup(
    file: Annotated[Path, typer.Argument(help="A new file; nothing is written over.")],
) -> None:
    """Write all that is stored into one SQLite file; also beside a running bot."""
    from bot.cli.keeping import save_backup

    _run(save_backup(file))


@cli.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A backup, of SQLite or of PostgreSQL.")],
) -> None:
    """Put a backup in the place of what is stored, on either database; stop the bot first."""
    from bot.cli.keeping import bring_back

    _run(bring_back(file))


def _run(work: Coroutine[Any, Any, Any]) -> Any:
    try:
        return asyncio.run(work)
    except BaseExceptionGroup as group:
        known, unknown = group.split((ConfigError, StoreError, UserError))
        if known is None or unknown is not None:
            raise
        raise _first(known) from None


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def main() -> None:
    """What ``liqwatch`` runs: mistakes are one sentence on stderr and exit code 2."""
    if isinstance(sys.stdout, TextIOWrapper):  # not every terminal or log takes all of Unicode
        sys.stdout.reconfigure(errors="replace")
    try:
        cli()
    except (ConfigError, StoreError, UserError) as mistake:
        Console(stderr=True, soft_wrap=True).print(str(mistake), style="red", markup=False)
        sys.exit(2)


if __name__ == "__main__":
    main()
