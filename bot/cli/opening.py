"""``liqwatch case``: the files of a flush made again from what is stored, beside a running bot."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from rich.console import Console

from bot.casebook.charting import Charting
from bot.casebook.files import CaseFiles
from bot.casebook.following import following
from bot.casebook.minutes import Candles
from bot.clock import Clock, SystemClock
from bot.errors import ConfigError, UserError
from bot.log import configure
from bot.pictures.studio import Studio
from bot.ports import Archive, Flushbook
from bot.settings import load_settings
from bot.wording.numbers import together
from bot.wording.text import File


def number_of(name: str) -> int:
    """``F311`` and ``311`` are the same case. Raises ``UserError`` for anything else."""
    digits = name.strip().removeprefix("F").removeprefix("f")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 18:
        raise UserError(f"A case has a number such as F311, not {name!r}; /flushes lists them.")
    return int(digits)


class Stored(Protocol):
    """What is read of an open database."""

    @property
    def flushes(self) -> Flushbook: ...

    @property
    def archive(self) -> Archive: ...

    @property
    def facts(self) -> Candles: ...


async def open_case(name: str, out: Path) -> None:
    """Write the files into ``out`` and say whether what was said follows from it again."""
    from storage import open_report

    number = number_of(name)
    settings = load_settings()
    configure("error", settings.secrets)
    async with open_report(settings.database, settings.data_dir) as report:
        files, line = await made_again(report, number, SystemClock())
    write(files, out)
    _say(files, out, line)


async def made_again(stored: Stored, number: int, clock: Clock) -> tuple[tuple[File, ...], str]:
    """The files, and the line about what was said. Raises ``UserError``, ``StoreError``."""
    flush = await stored.flushes.get(number)
    if flush is None:
        raise UserError(f"I know no flush F{number}; /flushes lists those that I know.")
    studio = Studio(clock)
    try:
        charts = Charting(stored.archive, stored.facts, studio, clock)
        case = CaseFiles(stored.flushes, stored.archive, stored.facts, charts, clock)
        files = await case.of_flush(flush)
    finally:
        await studio.close()
    return files, following(await stored.flushes.tellings(number))


def write(files: Sequence[File], out: Path) -> None:
    """Into a folder that is made where it is missing. Raises ``ConfigError``."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        for file in files:
            (out / file.name).write_bytes(file.content)
    except OSError as error:
        raise ConfigError(f"I cannot write to {out}: {error.strerror or error}.") from error


def _say(files: Sequence[File], out: Path, line: str) -> None:
    screen = Console(highlight=False)
    names = together([file.name for file in files])
    for told in (f"Wrote {names} into {out.resolve()}", line):
        screen.print(told, markup=False, soft_wrap=True)
