"""What every source of market structure provides: its questions and how to read answers; no I/O."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping

import msgspec

from bot.errors import ParseError
from bot.structure.facts import Candle, Fact


class Allowance(msgspec.Struct, frozen=True):
    """How much of a source's public limit may be used here: ``weight`` in any ``per_s`` seconds.

    Far below what the source allows: feeds share the address with it.
    """

    weight: int
    per_s: float


class Question(msgspec.Struct, frozen=True):
    """One request that is put again and again.

    ``what`` names in a few words what is missing when it fails: ``open interest``. ``coin`` is
    what it asks about, ``ALL`` for all at once. ``role`` is a key of ``Source.urls``; ``path``
    begins with a slash and holds the query. ``body``: POST it as JSON; None: GET. ``every_s`` 0:
    only once, after each start (history, contract sizes). ``weight`` counts against the source's
    allowance.
    """

    what: str
    coin: str
    role: str
    path: str
    every_s: float
    weight: int = 1
    body: bytes | None = None
    kind: str = ""
    """For the source itself: how to read the answer."""


class Told(msgspec.Struct, frozen=True):
    """What one answer says."""

    facts: tuple[Fact, ...] = ()
    candles: tuple[Candle, ...] = ()


class RefusedError(ParseError):
    """An error that a source tells in an answer of HTTP 200; its text is a clause: ``wrong key``.

    ``wait_s``: the whole host is to be left alone so long, as after HTTP 429.
    """

    def __init__(self, reason: str, wait_s: float = 0.0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.wait_s = wait_s


class Source(ABC):
    """One source of one run: it may remember contract sizes that an answer told.

    ``urls`` are defaults by role, without a trailing slash; names of settings follow from them as
    with exchanges (``BINANCE_SPOT_URL``), and a role that an exchange of the same name has is the
    same setting. ``title`` stands in sentences. ``keyed``: used only with a key in the settings.
    """

    name: str
    title: str
    urls: Mapping[str, str]
    allowance: Allowance
    keyed: bool = False

    @abstractmethod
    def questions(self, coins: Collection[str], now_ms: int) -> list[Question]:
        """What to ask for these coins, the most wanted first; ``now_ms`` for history.

        Asked for anew before each request, so that a path may hold times: a question is the same
        one again by its ``role``, ``what``, ``coin``, ``kind`` and its place among its like.
        """

    @abstractmethod
    def read(self, question: Question, body: bytes, received_ms: int) -> Told:
        """Raises ``ParseError`` for what the documentation does not say, also for an error that
        comes with HTTP 200."""

    def headers(self, key: str) -> Mapping[str, str]:
        """Sent with each request; ``key`` is "" for sources without one."""
        return {}
