"""An import from a file: whole or not at all, and the same when it is done twice."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from bot.clock import HOUR_MS
from bot.errors import UserError
from bot.past.importing import Wish, prepare
from bot.past.sheet import BATCH
from bot.settings import Settings
from tests.bot.past.furniture import NOW_MS, FakePast, HastyClock

T = NOW_MS // HOUR_MS * HOUR_MS


def written(folder: Path, rows: int, name: str = "mine.csv") -> Path:
    path = folder / name
    lines = (f"{T - n * HOUR_MS},BTC,Binance,{n},2" for n in range(rows))
    path.write_text("\n".join(["time,coin,exchange,long_usd,short_usd", *lines]))
    return path


async def imported(past: FakePast, path: Path, source: str | None = None) -> str:
    out = io.StringIO()
    bring = prepare(Wish(str(path), source), Settings(), HastyClock(), Console(file=out, width=200))
    await bring(past)
    return out.getvalue()


async def test_what_was_taken_is_told(tmp_path: Path) -> None:
    past = FakePast()
    said = await imported(past, written(tmp_path, 3))
    told = dict(line.split(maxsplit=1) for line in said.splitlines()[:-1])
    assert {name: value.strip() for name, value in told.items()} == {
        "source": "mine",
        "rows": "2",
        "coins": "BTC",
        "exchanges": "Binance",
        "from": "2026-09-17 16:00 UTC",
        "to": "2026-09-17 18:00 UTC",
        "span": "1 h",
    }
    assert "1 row left out" in said


async def test_a_second_import_changes_nothing(tmp_path: Path) -> None:
    past = FakePast()
    path = written(tmp_path, 50)
    await imported(past, path, "them")
    before = dict(past.rows)
    await imported(past, path, "them")
    assert past.rows == before
    assert {key[0] for key in before} == {"them"}


async def test_a_large_file_is_stored_in_batches(tmp_path: Path) -> None:
    past = FakePast()
    await imported(past, written(tmp_path, 2 * BATCH + 2))
    assert (len(past.rows), past.calls) == (2 * BATCH + 1, 3)


def test_a_bad_line_at_the_end_stores_nothing(tmp_path: Path) -> None:
    path = written(tmp_path, BATCH + 5)
    path.write_text(path.read_text() + "\noops,BTC,Binance,1,1")
    with pytest.raises(UserError, match=f"line {BATCH + 7}"):
        prepare(Wish(str(path)), Settings(), HastyClock(), Console())


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        (Wish("coinglass", source="x"), "--source belongs to a file"),
        (Wish("x.csv", days=3), "belong to coinglass"),
        (Wish("x.csv", coins="BTC"), "belong to coinglass"),
        (Wish("x.csv", again=True), "belong to coinglass"),
        (Wish("x.csv", source=" "), "a name of 1 to 60 characters"),
        (Wish("x.csv", source="a\nb"), "a name of 1 to 60 characters"),
        (Wish("./coinglass.csv"), "give --source"),
    ],
)
def test_options_that_do_not_fit_are_refused(wish: Wish, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        prepare(wish, Settings(), HastyClock(), Console())
