"""What is heard, kept and read again: the tape, listings, quarantine, history, and the figures."""

from collections.abc import AsyncIterator, Collection, Sequence
from typing import Protocol

import msgspec

from bot.exchanges.dialect import Publication
from bot.figures import Deaf, Reading
from bot.market import Gap, Instrument, Liquidation
from bot.rules import Rule


class Listings(Protocol):
    """The last good instrument tables."""

    async def load(self, exchange: str) -> list[Instrument]: ...

    async def save(self, exchange: str, instruments: Sequence[Instrument], now_ms: int) -> None: ...


class Tape(Protocol):
    """What was heard, and what was not: written by ``Outbox.store``, read at the start."""

    def read(self, after_ms: int) -> AsyncIterator[list[Liquidation]]:
        """Every event that is kept with a later time (ours: ``received_ms``), in batches.

        In the order in which they came in.
        """
        ...

    async def gaps(self, after_ms: int) -> list[Gap]:
        """The gaps that ended later or have not ended, oldest first."""
        ...

    async def sums(self, exchange: str, from_ms: int, to_ms: int) -> dict[str, tuple[int, int]]:
        """Longs and shorts by coin in [from, to), whole minutes; in units of ``market.USD``."""
        ...

    async def thin(self, now_ms: int) -> None:
        """Forget by age: events after 48 hours, minute sums after 90 days (hour sums stay)."""
        ...


class BadFrame(msgspec.Struct, frozen=True):
    """A frame that could not be read; ``frame`` is at most its first 4 KiB."""

    exchange: str
    frame: bytes
    reason: str
    received_ms: int


class Quarantine(Protocol):
    """The latest frames that could not be read, for the operator."""

    async def keep(self, frames: Sequence[BadFrame]) -> None:
        """Add these; of all exchanges together the latest 100 stay."""
        ...


class PastSum(msgspec.Struct, frozen=True, gc=False):
    """Liquidations of one coin on one exchange over [start, start + span), told by others."""

    coin: str
    exchange: str
    start_ms: int
    span_ms: int
    long: int
    short: int


class Past(Protocol):
    """Imported history, by the name of its source: kept apart from what was heard here."""

    async def add(self, source: str, sums: Sequence[PastSum]) -> None:
        """Add or replace (source, coin, exchange, start, span) in one transaction."""
        ...

    async def latest(self, source: str, coin: str, exchange: str, span_ms: int) -> int | None:
        """Where an import goes on: the start of the latest sum that is stored."""
        ...


class SourceStatus(msgspec.Struct, frozen=True):
    """One exchange as ``/sources`` shows it.

    ``state``: ``connecting``, ``live``, ``degraded`` (more than 1 % of its frames unreadable),
    ``mute`` (connected, and silent while the market moves), ``deaf`` or ``blocked``; ``reason``
    says why it is not live. ``last_data_ms`` is the last sign of a canary or a trade, None where
    there is none. ``events``, ``usd``, ``unpriced`` and ``gaps`` are of the last 24 h; ``bad``,
    ``late`` and ``reconnects`` since the start. ``hour`` and ``day`` are the shares, 0 to 1, that
    were heard of the last 1 h and 24 h, or of what has passed of them since watching began.
    ``inverted``: prices say that sides are read the wrong way round. ``ahead_ms``: how far in the
    future its latest orders claim to be; they count as of now. ``ratio``: our sum of the
    last whole hour to the exchange's own, None where it tells none. ``history``: it has a public
    record, which is asked for what was missed.
    """

    exchange: str
    state: str
    since_ms: int
    reason: str
    last_event_ms: int | None
    last_data_ms: int | None
    events: int
    usd: int
    publication: Publication
    doubts: tuple[str, ...]
    instruments: int
    unpriced: int
    bad: int
    late: int
    reconnects: int
    gaps: tuple[Deaf, ...]
    hour: float
    day: float
    inverted: bool = False
    ahead_ms: int = 0
    ratio: float | None = None
    history: bool = False

    @property
    def known(self) -> bool:
        """Whether its sums tell something: of what was not wholly heard, nothing is not zero."""
        return bool(self.events) or (self.state == "live" and self.day == 1 and not self.unpriced)

    @property
    def unwell_ms(self) -> int:
        """Since when it is not wholly heard: it may have been found later (``since_ms``)."""
        return min([self.since_ms, *(gap.from_ms for gap in self.gaps if gap.to_ms is None)])


class Desk(Protocol):
    """The engine's figures, for whoever asks; always of this very moment."""

    def reading(self, coin: str | None, exchange: str | None, window: str) -> Reading: ...

    def value(self, rule: Rule) -> int | None:
        """What a rule reads now, in its metric's unit; None where it is unknown."""
        ...

    def coins(self) -> Collection[str]:
        """Coins that can be asked for: listed on an exchange, or seen."""
        ...

    def sources(self) -> list[SourceStatus]: ...

    def now_ms(self) -> int:
        """The market's time."""
        ...
