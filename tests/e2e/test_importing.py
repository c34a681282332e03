"""Import and quarantine as commands: beside a running bot, interrupted, and with real books."""

import asyncio
import json
import signal
from pathlib import Path

import pytest

from bot.clock import HOUR_MS, SystemClock
from bot.ports import BadFrame
from storage import open_storage
from tests.doubles.coinglass import KEY, CoinGlassDouble
from tests.e2e.process import PATIENCE_S, ended, ran, started

REAL = SystemClock()


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {"DATA_DIR": str(tmp_path / "data")}


def a_file(folder: Path) -> Path:
    hour = REAL.now_ms() // HOUR_MS * HOUR_MS
    path = folder / "theirs.csv"
    rows = (f"{hour - n * HOUR_MS},BTC,all,{n}.5,2" for n in range(1, 49))
    path.write_text("\n".join(["time,coin,exchange,long_usd,short_usd", *rows]))
    return path


async def latest(folder: Path, source: str) -> int | None:
    async with open_storage(None, folder / "data") as storage:
        return await storage.past.latest(source, "BTC", "", HOUR_MS)


async def test_a_file_is_imported_twice_and_told_alike(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    newest = a_file(tmp_path).read_text().splitlines()[1]
    first = await ran(tmp_path, environment, "import", "theirs.csv")
    second = await ran(tmp_path, environment, "import", "theirs.csv")
    assert (first.code, first.err) == (0, "")
    assert first == second
    assert first.out.splitlines()[1].split() == ["rows", "48"]
    assert str(await latest(tmp_path, "theirs")) == newest.split(",")[0]


async def test_a_running_bot_must_be_stopped_for_an_import_but_not_for_a_look(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    a_file(tmp_path)
    async with open_storage(None, tmp_path / "data") as storage:
        await storage.quarantine.keep([BadFrame("okx", b"\x1b[2J", "no JSON", 1_789_670_000_000)])
        refused = await ran(tmp_path, environment, "import", "theirs.csv")
        look = await ran(tmp_path, environment, "quarantine")
        whole = await ran(tmp_path, environment, "quarantine", "--json")
    assert refused.code == 2
    assert len(refused.err.splitlines()) == 1
    assert "stop it first" in refused.err
    assert (look.code, look.err) == (0, "")
    assert look.out.splitlines() == [
        "2026-09-17 18:33:20 UTC  OKX  no JSON",
        r"    \x1b[2J",
    ]
    assert json.loads(whole.out)[0]["frame"] == r"\x1b[2J"


async def test_a_bad_file_is_one_sentence_and_makes_no_database(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    path = a_file(tmp_path)
    path.write_text(path.read_text() + "\n1,BTC,all,1,1")
    end = await ran(tmp_path, environment, "import", "theirs.csv")
    assert (end.code, end.out) == (2, "")
    assert end.err.startswith("theirs.csv, line 50: '1' is no time")
    assert not (tmp_path / "data").exists()


async def test_an_interrupted_fetch_keeps_what_came_and_goes_on(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    async with CoinGlassDouble(REAL, allowed=100_000) as coinglass:
        coinglass.held = 2
        environment |= {"COINGLASS_URL": coinglass.url, "COINGLASS_API_KEY": KEY}
        asked = ("import", "coinglass", "--coins", "BTC", "--days", "90")
        async with started(tmp_path, environment, *asked) as process:
            async with asyncio.timeout(PATIENCE_S):
                await coinglass.holding.wait()
            process.send_signal(signal.SIGINT)
            stopped = await ended(process)
        assert stopped.code == 130
        assert "goes on from there" in stopped.out and "1,000" in stopped.out
        assert "Traceback" not in stopped.err
        assert KEY not in stopped.out + stopped.err
        again = await ran(tmp_path, environment, *asked)
    assert (again.code, again.err) == (0, "")
    start_ms, end_ms = coinglass.asked[4]["start_time"], int(coinglass.asked[-1]["end_time"])
    hours = (end_ms - int(start_ms)) // HOUR_MS
    assert 1_160 < hours < 1_170
    assert again.out.splitlines()[1].split() == ["rows", f"{hours:,}"]
    assert await latest(tmp_path, "coinglass") == end_ms - HOUR_MS
    assert set(coinglass.keys) == {KEY}
