"""What every exchange's file provides: a dialect, without any I/O.

A dialect knows URLs, what to send, and how to read what comes back. ``bot/feed.py`` does the
connecting, waiting and sending for all of them.
"""

from collections.abc import Mapping
from typing import Protocol

import msgspec

from bot.market import Instrument, Instruments, Liquidation


class Events(msgspec.Struct, frozen=True, gc=False):
    """The liquidations of one frame, in the frame's order. Equal entries are two events."""

    liquidations: list[Liquidation]


class Ack(msgspec.Struct, frozen=True):
    """An answer to a subscription; ``request`` is the id it was sent with, "" where none."""

    request: str
    accepted: bool
    reason: str = ""


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


Parsed = Events | Ack | Pong | Answer | Closing | Other


class Heartbeat(msgspec.Struct, frozen=True):
    """``payload`` is sent every ``every_s`` seconds; None: a WebSocket ping frame."""

    every_s: float
    payload: str | None = None


class Stream(msgspec.Struct, frozen=True):
    """One connection: where, and which topics are asked for on it."""

    name: str
    url: str
    topics: tuple[str, ...]


class Publication(msgspec.Struct, frozen=True):
    """How an exchange publishes: everything, or a sample (``how`` in words, "" if complete)."""

    complete: bool
    how: str = ""


class Exchange(Protocol):
    """One exchange's dialect. Stateless: the same input gives the same answer.

    ``urls`` are the defaults by role; the settings' names follow from them:
    ``{"ws": ..., "rest": ...}`` of ``binance`` are ``BINANCE_WS_URL`` and ``BINANCE_REST_URL``.
    They are bases without a trailing slash; the dialect adds paths.
    """

    @property
    def name(self) -> str: ...
    @property
    def urls(self) -> Mapping[str, str]: ...
    @property
    def publication(self) -> Publication: ...
    @property
    def heartbeat(self) -> Heartbeat: ...
    @property
    def opens_with_old_news(self) -> bool:
        """The first frame after a subscription repeats orders from before it (OKX)."""
        ...

    def streams(self, instruments: Instruments, urls: Mapping[str, str]) -> tuple[Stream, ...]:
        """The connections to keep open. May depend on what is listed."""
        ...

    def batches(self, topics: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
        """Topics cut into requests that the exchange's limits allow."""
        ...

    def subscribe(self, topics: tuple[str, ...], request: str) -> str:
        """The text that asks for one batch; ``request`` is digits, unique on its connection."""
        ...

    def parse(self, frame: bytes | str, received_ms: int, instruments: Instruments) -> Parsed:
        """What one frame says. Raises ``ParseError`` and nothing else."""
        ...

    def listings(self, urls: Mapping[str, str]) -> tuple[str, ...]:
        """The REST addresses whose answers make up the instrument table."""
        ...

    def instruments(self, body: bytes, url: str) -> tuple[list[Instrument], str | None]:
        """The instruments of one answer, and the address of its next page.

        Raises ``ParseError``. ``url`` is "" when the answer comes from a recording.
        """
        ...
