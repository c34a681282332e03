"""A case as files: its chart, its minutes, and what was said of it with the evidence."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, Protocol

import msgspec

from bot.casebook.charting import extent
from bot.casebook.coverage import note
from bot.casebook.minutes import Candles, asked, prices, stored
from bot.casebook.table import csv_of_coin, csv_of_market
from bot.clock import Now, as_datetime
from bot.flush.flush import Flush
from bot.ports import Archive, Charts
from bot.sentences import SENTENCES
from bot.story.batch import Telling
from bot.wording.text import File


class Tellings(Protocol):
    """As much of ``bot.ports.Flushbook`` as is needed."""

    async def tellings(self, flush: int) -> list[Telling]: ...


class CaseFiles:
    """Fulfils ``bot.ports.Files``: ``F311.png`` (where it could be drawn), ``.csv``, ``.json``.

    Minutes come from storage alone, so that the same case gives the same bytes again.
    """

    def __init__(
        self, tellings: Tellings, archive: Archive, candles: Candles, charts: Charts, market: Now
    ) -> None:
        self._tellings = tellings
        self._archive = archive
        self._candles = candles
        self._charts = charts
        self._market = market

    async def of_flush(self, flush: Flush) -> tuple[File, ...]:
        picture = await self._charts.of_flush(flush)
        minutes = await self._minutes(flush)
        case = described(flush, await self._tellings.tellings(flush.id), minutes)
        drawn = (File(f"{flush.short_id}.png", picture.png),) if picture else ()
        return (*drawn, File(minutes_name(flush), minutes), File(f"{flush.short_id}.json", case))

    async def _minutes(self, flush: Flush) -> bytes:
        from_ms, to_ms = extent(flush, self._market.now_ms())
        exchanges = asked(flush.heard, flush.deaf)
        closes = await prices(self._candles, flush.coin, from_ms, to_ms)
        if flush.coin is None:
            by_coin = await self._archive.minutes_by_coin(exchanges, from_ms, to_ms)
            return csv_of_market(by_coin, closes, from_ms, to_ms)
        its = await stored(self._archive, flush.coin, exchanges, from_ms, to_ms)
        return csv_of_coin(flush.coin, its, closes)


def minutes_name(flush: Flush) -> str:
    return f"{flush.short_id}.csv"


def described(flush: Flush, tellings: Sequence[Telling], minutes: bytes) -> bytes:
    """The case as JSON. ``sha256`` is of ``inputs`` as compact JSON; each record names that of its
    own inputs, and the versions of the sentences that were said from them."""
    inputs = msgspec.json.encode(
        {
            "flush": flush,
            "tellings": [_telling(each) for each in tellings],
            "minutes": {"file": minutes_name(flush), "sha256": sha256(minutes).hexdigest()},
        }
    )
    case = {
        "case": flush.short_id,
        "scope": flush.coin or "all coins",
        "stage": flush.stage.word,
        "severity": flush.severity.word,
        "amounts": "hundred-millionths of a US dollar",
        "coverage": note(flush.heard, flush.sampled, flush.deaf),
        "sentences": {name: each.version for name, each in SENTENCES.items()},
        "sha256": sha256(inputs).hexdigest(),
        "inputs": msgspec.Raw(inputs),
    }
    return msgspec.json.format(msgspec.json.encode(case), indent=1) + b"\n"


def _telling(telling: Telling) -> Mapping[str, Any]:
    return {
        "key": telling.key,
        "step": telling.step,
        "at": as_datetime(telling.at_ms).isoformat(),
        "record": msgspec.Raw(telling.record),
    }
