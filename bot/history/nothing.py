"""A history that knows nothing: before there is any, and where none is kept."""

from bot.figures import Reading
from bot.history.known import Chapter, Often, Resolved, Sidedness
from bot.history.resolving import resolved
from bot.history.standing import Standing
from bot.rules import DEFAULT_FLOOR
from bot.typed.draft import Draft
from bot.typed.relative import Relative


class NoHistory:
    """Fulfils ``bot.ports.History``."""

    def standing(self, reading: Reading) -> Standing | None:
        return None

    def imported(self, reading: Reading) -> tuple[Standing, ...]:
        return ()

    def normal(
        self, coin: str | None, span_ms: int, at_ms: int, exchange: str | None = None
    ) -> int | None:
        return None

    def floor(self, coin: str | None, span_ms: int, exchange: str | None = None) -> int:
        return DEFAULT_FLOOR

    def at_share(self, coin: str | None, span_ms: int, share: float) -> int | None:
        return None

    def sidedness(
        self, coin: str | None, span_ms: int, exchange: str | None = None
    ) -> Sidedness | None:
        return None

    def threshold_for(self, frequency: str, coin: str | None, window: str) -> int | None:
        return None

    async def often(self, draft: Draft) -> Often | None:
        return None

    async def resolved(self, draft: Draft, relative: Relative) -> Resolved:
        return resolved(None, draft, relative, 0)

    async def chapters(self, coin: str | None) -> tuple[Chapter, ...]:
        return ()
