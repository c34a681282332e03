"""The quarantine: the latest hundred frames that could not be read, byte for byte."""

from pathlib import Path

from bot.ports import BadFrame, Quarantine
from storage import Storage, open_report, open_storage
from tests.storage.conftest import Home
from tests.storage.samples import NOW


def bad(number: int, exchange: str = "okx") -> BadFrame:
    return BadFrame(exchange, bytes([0, number % 256, 255]), f"no price {number}", NOW + number)


async def quarantined(home: Home) -> list[BadFrame]:
    async with open_report(home.url, home.data_dir) as report:
        return await report.quarantine()


async def test_a_report_shows_them_oldest_first_beside_a_running_bot(
    storage: Storage, home: Home
) -> None:
    quarantine: Quarantine = storage.quarantine
    await quarantine.keep([])
    assert await quarantined(home) == []
    await quarantine.keep([bad(1), bad(2, "bybit")])
    await quarantine.keep([bad(3)])
    assert await quarantined(home) == [bad(1), bad(2, "bybit"), bad(3)]


async def test_of_all_exchanges_together_the_latest_hundred_stay(
    storage: Storage, home: Home
) -> None:
    frames = [bad(n, ("okx", "bybit", "gate")[n % 3]) for n in range(330)]
    await storage.quarantine.keep(frames[:60])
    await storage.quarantine.keep(frames[60:130])
    assert await quarantined(home) == frames[30:130]
    await storage.quarantine.keep(frames[130:])
    assert await quarantined(home) == frames[230:]


async def test_a_reason_may_quote_what_a_frame_holds(storage: Storage, home: Home) -> None:
    await storage.quarantine.keep([BadFrame("okx", b"", "no symbol \0\udfff", NOW)])
    assert [frame.reason for frame in await quarantined(home)] == ["no symbol \ufffd?"]


async def test_they_outlive_a_restart(tmp_path: Path) -> None:
    home = Home(None, tmp_path)
    async with open_storage(None, tmp_path) as storage:
        await storage.quarantine.keep([bad(1)])
    assert await quarantined(home) == [bad(1)]
