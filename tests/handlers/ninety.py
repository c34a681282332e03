"""A known past for the tests of the handlers: 92 days, as the standard of tone tells them."""

from bot.clock import DAY_MS, HOUR_MS
from bot.errors import UserError
from bot.figures import Reading
from bot.history.known import Chapter, Often, Resolved, Sidedness
from bot.history.nothing import NoHistory
from bot.history.standing import Peak, Standing
from bot.market import USD
from bot.typed.draft import Draft
from bot.typed.relative import Relative
from tests.fakes import NOW_MS

M = 1_000_000 * USD


class Ninety(NoHistory):
    """92 days in which everything happened as the standard of tone tells it."""

    def __init__(self) -> None:
        self.times = 12
        self.daily: int | None = None
        self.young = False

    def standing(self, reading: Reading) -> Standing:
        normal = 9_800_000 * USD
        total = reading.total
        since_ms = NOW_MS - 92 * DAY_MS
        return Standing(reading.span_ms, total, 40, 61, 92.0, 0.97, since_ms, 0.5, normal)

    def floor(self, coin: str | None, span_ms: int, exchange: str | None = None) -> int:
        return 50 * M

    def sidedness(
        self, coin: str | None, span_ms: int, exchange: str | None = None
    ) -> Sidedness | None:
        return Sidedness(31, 44, 50 * M, span_ms, 92.0)

    def threshold_for(self, frequency: str, coin: str | None, window: str) -> int | None:
        return {"big": 150 * M, "medium": 40 * M, "many": 10 * M}[frequency]

    async def often(self, draft: Draft) -> Often | None:
        return Often(self.times, 92.0, 526 * M, HOUR_MS, self.daily)

    async def resolved(self, draft: Draft, relative: Relative) -> Resolved:
        if self.young:
            raise UserError("p99 takes 7 days of history, I have 3 days: type an amount.")
        return Resolved(150 * M, f"{relative.typed} of 92 days")

    async def chapters(self, coin: str | None) -> tuple[Chapter, ...]:
        hour = Peak(526 * M, 458 * M, 68 * M, NOW_MS)
        since_ms = NOW_MS - 92 * DAY_MS
        return (Chapter(coin, 92.0, 0.97, since_ms, ("bybit",), (hour,), (), 9_800_000 * USD),)
