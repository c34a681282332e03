"""What was heard before, for whoever asks how unusual something is."""

from typing import Protocol

from bot.figures import Reading
from bot.history.known import Chapter, Often, Resolved, Sidedness
from bot.history.standing import Standing
from bot.typed.draft import Draft
from bot.typed.relative import Relative


class History(Protocol):
    """Answers at once from memory; None where it does not know (yet). ``coin`` None: all coins."""

    def standing(self, reading: Reading) -> Standing | None:
        """Against what was heard here by the same exchanges."""
        ...

    def imported(self, reading: Reading) -> tuple[Standing, ...]:
        """Against imported sources, each by itself, by name."""
        ...

    def normal(
        self, coin: str | None, span_ms: int, at_ms: int, exchange: str | None = None
    ) -> int | None:
        """A normal window in ``market.USD``; it may be zero."""
        ...

    def floor(self, coin: str | None, span_ms: int, exchange: str | None = None) -> int:
        """Below this a share says nothing: five times a normal window, or the default."""
        ...

    def at_share(self, coin: str | None, span_ms: int, share: float) -> int | None:
        """The total that a share (0 to 1) of all windows did not exceed."""
        ...

    def sidedness(
        self, coin: str | None, span_ms: int, exchange: str | None = None
    ) -> Sidedness | None:
        """How common one-sided windows are when it is busy."""
        ...

    def threshold_for(self, frequency: str, coin: str | None, window: str) -> int | None:
        """The total passed so often; ``frequency`` is a preset's name."""
        ...

    async def often(self, draft: Draft) -> Often | None:
        """How often a rule would have fired; worked out beside the loop."""
        ...

    async def resolved(self, draft: Draft, relative: Relative) -> Resolved:
        """The dollars of a relative threshold. Raises ``UserError``."""
        ...

    async def chapters(self, coin: str | None) -> tuple[Chapter, ...]:
        """What was heard here first, then each imported source."""
        ...
