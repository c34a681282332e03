"""A case as files: exact, the same again, and what follows from its records."""

import csv
from collections.abc import Sequence
from decimal import Decimal
from hashlib import sha256
from io import StringIO
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from bot.casebook.files import CaseFiles
from bot.casebook.following import following
from bot.errors import StoreError
from bot.figures import Reading
from bot.flush.flush import Flush
from bot.market import Side
from bot.pictures.chart import Picture
from bot.sentences import SENTENCES
from bot.sentences.record import case_of, record
from bot.story.batch import Telling
from bot.wording.text import File
from tests.bot.casebook.kept import PLAN, KeptArchive, KeptCandles, kept
from tests.bot.flush.tapes import at, heard, order
from tests.bot.sentences.golden import CASE
from tests.bot.sentences.later import CLOSED
from tests.clocks import ManualClock

TOLD = (
    Telling("F311.1", 311, "start", CASE.at_ms, record(CASE)),
    Telling("F311.2", 311, "all clear", CLOSED.at_ms, record(CLOSED)),
)


class Told:
    async def tellings(self, flush: int) -> list[Telling]:
        return [each for each in TOLD if each.flush == flush]


class Drawn:
    """Fulfils ``bot.ports.Charts``; ``png`` None: it could not be drawn."""

    def __init__(self, png: bytes | None = b"a picture") -> None:
        self.png = png

    async def of_flush(self, flush: Flush) -> Picture | None:
        return Picture(self.png, "d", "a chart") if self.png else None

    async def of_reading(self, reading: Reading) -> Picture | None:
        return None


async def files_of(
    coin: str | None = None, png: bytes | None = b"a picture", until: str = "06:00"
) -> dict[str, bytes]:
    flush, archive, candles = kept(PLAN, until)
    case = CaseFiles(Told(), archive, candles, Drawn(png), ManualClock(at(until)))
    return named(await case.of_flush(replace(flush, coin=coin)))


def named(files: Sequence[File]) -> dict[str, bytes]:
    return {file.name: file.content for file in files}


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(content.decode())))


async def test_a_case_is_a_picture_a_table_and_its_inputs() -> None:
    assert list(await files_of()) == ["F311.png", "F311.csv", "F311.json"]
    assert list(await files_of(png=None)) == ["F311.csv", "F311.json"]


async def test_the_same_case_gives_the_same_bytes_again() -> None:
    assert await files_of() == await files_of()


async def test_its_minutes_are_exact_and_without_a_hole() -> None:
    told = rows((await files_of())["F311.csv"])
    assert told[0]["time_utc"] == "2026-11-22T01:49:00Z"
    assert told[-1]["time_utc"] == "2026-11-22T02:58:00Z"
    assert len(told) == 70
    first = next(row for row in told if row["time_utc"].endswith("T02:04:00Z"))
    assert Decimal(first["long_usd"]) == 6_000_000
    assert Decimal(first["short_usd"]) == 400_000
    for row in told:
        by_coin = (Decimal(row[f"{coin}_long_usd"]) for coin in ("BTC", "ETH", "SOL"))
        assert sum(by_coin) == Decimal(row["long_usd"])
    assert float(first["BTC_close_usd"]) < float(told[0]["BTC_close_usd"])


async def test_beyond_five_coins_the_smaller_ones_are_the_rest() -> None:
    flush, _, _ = kept(PLAN, "06:00")
    sizes = {"A": 7, "B": 6, "C": 5, "D": 4, "E": 3, "F": 2, "G": 1}
    orders = [order(at("02:10"), size, coin=coin) for coin, size in sizes.items()]
    orders.append(order(at("02:11"), 9, Side.SHORT, "G"))
    archive = KeptArchive([heard(each) for each in orders])
    files = CaseFiles(Told(), archive, KeptCandles(), Drawn(), ManualClock(at("06:00")))
    told = rows(named(await files.of_flush(flush))["F311.csv"])
    columns = [name.removesuffix("_long_usd") for name in told[0] if name.endswith("_long_usd")]
    assert columns == ["G", "A", "B", "C", "D", "rest"]
    row = next(row for row in told if row["time_utc"].endswith("T02:10:00Z"))
    assert (Decimal(row["rest_long_usd"]), Decimal(row["long_usd"])) == (5_000_000, 28_000_000)
    assert row["BTC_close_usd"] == ""


async def test_a_coins_case_is_about_that_coin_alone() -> None:
    told = rows((await files_of("ETH"))["F311.csv"])
    assert list(told[0]) == ["time_utc", "long_usd", "short_usd", "ETH_close_usd"]


async def test_a_minute_in_which_nothing_was_heard_is_zero_and_is_there() -> None:
    flush, _, _ = kept(PLAN, "06:00")
    files = CaseFiles(Told(), KeptArchive([]), KeptCandles(), Drawn(), ManualClock(at("06:00")))
    told = rows(named(await files.of_flush(flush))["F311.csv"])
    assert len(told) == 70
    assert {row["long_usd"] for row in told} == {"0.00000000"}


async def test_one_that_goes_on_ends_now() -> None:
    told = rows((await files_of(until="02:20"))["F311.csv"])
    assert told[-1]["time_utc"] == "2026-11-22T02:19:00Z"


def document(content: bytes) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.json.decode(content)
    return told


async def test_the_document_names_the_hash_of_what_it_was_made_of() -> None:
    files = await files_of()
    raw = msgspec.json.decode(files["F311.json"], type=dict[str, msgspec.Raw])
    inputs = msgspec.json.format(bytes(raw["inputs"]), indent=-1)
    told = document(files["F311.json"])
    assert told["sha256"] == sha256(inputs).hexdigest()
    minutes = told["inputs"]["minutes"]
    assert minutes == {"file": "F311.csv", "sha256": sha256(files["F311.csv"]).hexdigest()}
    assert told["case"] == "F311"
    assert told["coverage"] == "At least: Binance publishes samples. All 3 exchanges heard."
    assert told["sentences"] == {name: each.version for name, each in SENTENCES.items()}


async def test_the_document_holds_the_flush_and_every_record_as_it_was_hashed() -> None:
    files = await files_of()
    flush, _, _ = kept(PLAN, "06:00")
    told = document(files["F311.json"])["inputs"]
    assert msgspec.convert(told["flush"], Flush, strict=False) == flush
    assert [(each["key"], each["step"]) for each in told["tellings"]] == [
        ("F311.1", "start"),
        ("F311.2", "all clear"),
    ]
    raw = msgspec.json.decode(files["F311.json"], type=dict[str, msgspec.Raw])["inputs"]
    tellings = msgspec.json.decode(
        msgspec.json.decode(raw, type=dict[str, msgspec.Raw])["tellings"],
        type=list[dict[str, msgspec.Raw]],
    )
    written = [msgspec.json.format(bytes(each["record"]), indent=-1) for each in tellings]
    assert written == [each.record for each in TOLD]
    assert case_of(written[0]).at_ms == CASE.at_ms


async def test_a_storage_that_cannot_read_is_told_to_who_asked() -> None:
    flush, archive, candles = kept(PLAN, "06:00")
    archive.error = StoreError("locked")
    files = CaseFiles(Told(), archive, candles, Drawn(), ManualClock(at("06:00")))
    with pytest.raises(StoreError, match="locked"):
        await files.of_flush(flush)


def test_records_of_today_follow_again() -> None:
    assert following(TOLD) == "2 of 2 tellings follow from their records again."
    assert following(TOLD[:1]) == "1 of 1 telling follows from its record again."
    assert following(()) == "Nothing of what was said of it is kept."


def test_what_was_altered_or_said_by_another_version_is_named() -> None:
    altered = replace(TOLD[0], record=TOLD[0].record.replace(b"91480", b"91481"))
    assert altered.record != TOLD[0].record
    older = replace(TOLD[1], record=TOLD[1].record.replace(b'"ended":2', b'"ended":1'))
    assert older.record != TOLD[1].record
    assert following((altered, older)) == (
        "0 of 2 tellings follow from their records again. "
        "Sentences of another version today: ended. Not as they were written: F311.1."
    )
