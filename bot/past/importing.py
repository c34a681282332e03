"""``liqwatch import``: a file, or what CoinGlass tells, into the books of the past."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
from rich.console import Console

from bot.clock import Clock
from bot.errors import UserError
from bot.past.coinglass import SOURCE
from bot.past.fetching import Fetch
from bot.past.sheet import Sheet, read_sheet
from bot.past.taken import Taken
from bot.ports import Past
from bot.settings import Settings

Import = Callable[[Past], Awaitable[None]]

_LONGEST_NAME = 60


class Wish(msgspec.Struct, frozen=True):
    """What was typed: a file or ``coinglass``, and the options, None where not given."""

    what: str
    source: str | None = None
    coins: str | None = None
    days: int | None = None
    again: bool = False


def prepare(wish: Wish, settings: Settings, clock: Clock, out: Console) -> Import:
    """All that can be refused before the storage is opened; raises ``UserError``, ``ConfigError``.

    What comes back stores the sums and prints what was taken.
    """
    if wish.what != SOURCE:
        return _file(wish, clock, out)
    if wish.source is not None:
        raise UserError(f"--source belongs to a file; from CoinGlass the source is {SOURCE}.")
    return Fetch(wish.coins, wish.days, wish.again, settings, clock, out).run


def _file(wish: Wish, clock: Clock, out: Console) -> Import:
    if wish.coins is not None or wish.days is not None or wish.again:
        raise UserError(f"--coins, --days and --again belong to {SOURCE}; a file is taken whole.")
    path = Path(wish.what)
    source = _source_named(path.stem if wish.source is None else wish.source)
    sheet = read_sheet(path, clock.now_ms())

    async def store(past: Past) -> None:
        await _store(sheet, source, past, out)

    return store


async def _store(sheet: Sheet, source: str, past: Past, out: Console) -> None:
    taken = Taken(source)
    for batch in sheet.sums():
        await past.add(source, batch)
        taken.add(batch)
    out.print(taken.table())
    if sheet.left_out:
        rows = "1 row" if sheet.left_out == 1 else f"{sheet.left_out} rows"
        out.print(f"{rows} left out: the span has not ended yet.")


def _source_named(text: str) -> str:
    name = text.strip()
    if not name or not name.isprintable() or len(name) > _LONGEST_NAME:
        raise UserError(f"--source is a name of 1 to {_LONGEST_NAME} characters.")
    if name.lower() == SOURCE:
        raise UserError(f"{SOURCE} is the source of `liqwatch import {SOURCE}`: give --source.")
    return name
