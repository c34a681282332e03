"""What every exchange's file provides: a dialect, without any I/O.

A dialect knows URLs, what to send, and how to read what comes back. ``bot/feed/`` does the
connecting, waiting and sending for all of them.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Literal, Protocol, Self

import msgspec

from bot.market import Instrument, Instruments, Liquidation

Topics = tuple[str, ...]


class Events(msgspec.Struct, frozen=True, gc=False):
    """The liquidations of one frame, in the frame's order. Equal entries are two events."""

    liquidations: list[Liquidation]


class Marks(msgspec.Struct, frozen=True, gc=False):
    """Data flows: mark prices by symbol, as the exchange quotes them; none where it tells none.

    What a canary topic says. Where liquidations come among ordinary trades, a frame of those
    alone is ``Marks()``.
    """

    prices: tuple[tuple[str, float], ...] = ()


class Ack(msgspec.Struct, frozen=True):
    """An answer to a subscription; ``request`` is the id it was sent with, "" where none.

    ``only``: the topics that were accepted, where an exchange leaves out the others in silence.
    """

    request: str
    accepted: bool
    reason: str = ""
    only: Topics | None = None


class Pong(msgspec.Struct, frozen=True):
    """The exchange answered our ping."""


class Answer(msgspec.Struct, frozen=True):
    """The exchange wants this text sent back (its own application-level ping)."""

    payload: str


class Closing(msgspec.Struct, frozen=True):
    """A service notice: this connection will soon be closed."""

    reason: str


class Other(msgspec.Struct, frozen=True):
    """Well-formed, and not about liquidations."""


Parsed = Events | Marks | Ack | Pong | Answer | Closing | Other


class Heartbeat(msgspec.Struct, frozen=True):
    """``payload`` is sent every ``every_s`` seconds; None: a WebSocket ping frame."""

    every_s: float
    payload: str | None = None


class Stream(msgspec.Struct, frozen=True):
    """One connection: where, and which topics are asked for on it.

    ``canaries`` are chatty topics asked for beside them: while they speak, silence is calm. One
    that is refused costs nothing.
    """

    name: str
    url: str
    topics: Topics
    canaries: Topics = ()


class Publication(msgspec.Struct, frozen=True):
    """How an exchange publishes; ``how`` in words, "" if complete.

    ``complete``: every liquidation. ``sampled``: a part of them. ``derived``: something from which
    they follow, such as the orders placed.
    """

    kind: Literal["complete", "sampled", "derived"]
    how: str = ""


class Budget(msgspec.Struct, frozen=True):
    """What an exchange allows one address: connections in a span, and requests on one of them.

    At most ``connects`` handshakes in ``per_s`` seconds; ``request_gap_s`` between two requests.
    """

    connects: int = 60
    per_s: float = 60.0
    request_gap_s: float = 0.0


class Missed(msgspec.Struct, frozen=True):
    """What an exchange's history is asked for: what ``stream`` did not hear in an interval."""

    stream: Stream
    since_ms: int
    until_ms: int
    instruments: Instruments
    urls: Mapping[str, str]


Page = tuple[list[Liquidation], str | None]
"""The liquidations of one answer, of any time, and the address of the next; None after the last."""


class History(Protocol):
    """An exchange's public record of liquidations, asked for when a gap has ended.

    ``reach_s``: how far back it goes. ``gap_s``: between two requests. ``exact``: a row has the
    same identity (``Liquidation.key``) as the frame that told it; otherwise times or prices are
    coarser, and near the ends of a gap rows are matched by symbol, side and quantity.
    """

    @property
    def reach_s(self) -> float: ...
    @property
    def gap_s(self) -> float: ...
    @property
    def exact(self) -> bool: ...

    def pages(self, missed: Missed) -> Topics:
        """The first addresses that together hold what was missed."""
        ...

    def read(self, body: bytes, url: str, missed: Missed, received_ms: int) -> Page:
        """One answer; its page is the last when everything since ``missed.since_ms`` was told.

        Raises ``ParseError``.
        """
        ...


class OwnSums(Protocol):
    """Sums of liquidations that an exchange publishes itself, to compare ours with."""

    def address(self, instrument: Instrument, hour_ms: int, urls: Mapping[str, str]) -> str:
        """Where the sums of one contract over the hour that begins at ``hour_ms`` are asked."""
        ...

    def read(self, body: bytes, hour_ms: int) -> tuple[Decimal, Decimal] | None:
        """US dollars of longs and shorts in that hour, None while it is not told.

        Raises ``ParseError``.
        """
        ...


class Exchange(ABC):
    """One exchange's dialect. Stateless: the same input gives the same answer.

    ``title`` is its name in a sentence. ``urls`` are the defaults by role; the settings' names
    follow from them: ``{"ws": ..., "rest": ...}`` of ``binance`` are ``BINANCE_WS_URL`` and
    ``BINANCE_REST_URL``. They are bases without a trailing slash; the dialect adds paths.
    """

    name: str
    title: str
    urls: Mapping[str, str]
    publication: Publication
    heartbeat: Heartbeat

    headers: Mapping[str, str] = MappingProxyType({})
    """Sent with every handshake and every request."""

    opens_with_old_news: bool = False
    """The first frames after a subscription repeat orders from before it (OKX)."""

    doubts: tuple[str, ...] = ()
    """What could not be verified and bears on the figures: sentences for ``/sources``."""

    choices: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    """Doubts that the operator can settle: a setting's name (``negative_size`` of ``gate`` is
    ``GATE_NEGATIVE_SIZE``) and its values, the default first."""

    budget: Budget = Budget()

    ack_s: float = 0.0
    """An acknowledgement may take this long, where that is longer than the feed's own patience."""

    lifetime_s: float | None = None
    """A connection ends after this; a successor is opened before. None: as long as it lasts."""

    data_s: float | None = None
    """Some data (a canary, a trade) comes on each connection at least this often, with room to
    spare; None where nothing does, so that silence tells nothing."""

    silence_s: float | None = None
    """So long may no liquidation come while the market moves, before that is odd; None: for ever,
    as on an exchange with a few a day."""

    history: History | None = None
    own_sums: OwnSums | None = None

    def choose(self, chosen: Mapping[str, str]) -> Self:
        """This dialect with some of its ``choices`` made; unknown names are ignored."""
        return self

    @abstractmethod
    def streams(self, instruments: Instruments, urls: Mapping[str, str]) -> tuple[Stream, ...]:
        """The connections to keep open. May depend on what is listed."""

    def batches(self, topics: Topics) -> tuple[Topics, ...]:
        """Topics cut into requests that the exchange's limits allow; here one each."""
        return tuple((topic,) for topic in topics)

    @abstractmethod
    def subscribe(self, topics: Topics, request: str) -> str:
        """The text that asks for one batch; ``request`` is digits, unique on its connection."""

    @abstractmethod
    def parse(self, frame: bytes | str, received_ms: int, instruments: Instruments) -> Parsed:
        """What one frame says. Raises ``ParseError`` and nothing else."""

    @abstractmethod
    def listings(self, urls: Mapping[str, str]) -> tuple[str, ...]:
        """The REST addresses whose answers make up the instrument table."""

    @abstractmethod
    def instruments(self, body: bytes, url: str) -> tuple[list[Instrument], str | None]:
        """The instruments of one answer, and the address of its next page.

        Raises ``ParseError``. ``url`` is "" when the answer comes from a recording.
        """
