"""What a person asked to be told: the rule, where it goes, and the alert it causes."""

from typing import Literal

import msgspec

from bot.clock import HOUR_MS, MINUTE_MS
from bot.figures import Reading
from bot.market import USD
from bot.wording.text import Message, Told

WINDOWS: dict[str, int] = {
    "5m": 5 * MINUTE_MS,
    "15m": 15 * MINUTE_MS,
    "30m": 30 * MINUTE_MS,
    "1h": HOUR_MS,
    "4h": 4 * HOUR_MS,
    "12h": 12 * HOUR_MS,
    "24h": 24 * HOUR_MS,
}
"""Spans that are kept, shortest first, in milliseconds by name."""

MOMENT = "1h"
"""The window whose figures go with a measure that is of the moment."""

SHARE = 1_000_000_000
"""A whole, in the integer unit of shares: thresholds and values in billionths."""

DEFAULT_FLOOR = 5_000_000 * USD
"""Below this total a share says nothing: three small orders would be "100% longs"."""

ESCALATIONS = (2, 5, 10)
"""Within one episode an amount speaks again at these multiples of its threshold."""


class Destination(msgspec.Struct, frozen=True, order=True, gc=False):
    """Where messages go. ``direct``: ``chat`` is a person. ``thread`` 0: none."""

    platform: str
    chat: int
    thread: int = 0
    direct: bool = False


class Rule(msgspec.Struct, frozen=True, gc=False):
    """A person's own threshold.

    ``window`` is a key of ``WINDOWS`` (empty for ``order``), ``metric`` a key of ``METRICS``.
    ``threshold`` and ``floor`` are integers in the metric's unit: ``USD``, ``SHARE`` or a count.
    ``coin`` or ``exchange`` None means all.
    """

    id: int
    destination: Destination
    author: int
    coin: str | None
    exchange: str | None
    window: str
    metric: str
    threshold: int
    floor: int = DEFAULT_FLOOR
    paused: bool = False
    created_ms: int = 0


class RuleState(msgspec.Struct, frozen=True, gc=False):
    """What the engine must remember of a rule over a restart.

    ``episode`` counts the rises it spoke of. While not ``armed``, ``level`` is the multiple of the
    threshold at which it last spoke (0: it was made above its threshold and has not spoken).
    """

    rule: int
    armed: bool = True
    episode: int = 0
    level: int = 0


class Alert(msgspec.Struct, frozen=True, tag="alert"):
    """A rule that fired, with its value and its evidence.

    ``level`` is 1 for the first crossing, then 2, 5, 10. For ``order`` rules ``orders`` and
    ``reading.total`` grow while a burst goes on: the same ``key`` again amends the alert.

    ``told`` is what sentences say of it, ``why`` the key of the telling that is their evidence.
    ``flush``: the number of the flush it fired in, 0 for none; ``quiet``: something of that flush
    has rung there before. ``picture``: the digest of its chart. It waits ``hold_ms`` for its
    companions in a chat that was written to a moment ago.
    """

    rule: Rule
    episode: int
    level: int
    value: int
    at_ms: int
    reading: Reading
    orders: int = 0
    told: Told = Told()
    why: str = ""
    flush: int = 0
    quiet: bool = False
    picture: str = ""
    hold_ms: int = 0

    @property
    def key(self) -> str:
        """(rule, episode, level): evaluating again after a crash cannot make a second alert."""
        return f"{self.rule.id}:{self.rule.created_ms}:{self.episode}:{self.level}"


class Notice(msgspec.Struct, frozen=True, tag="notice"):
    """Something about the bot itself, in one or two plain sentences."""

    text: str
    at_ms: int
    kind: Literal["notice", "test"] = "notice"


class Page(msgspec.Struct, frozen=True, tag="page"):
    """One message of a flush's story, worded when it was told; ``at_ms`` is the market's time.

    ``step`` as in ``bot.story.follow.Step``. ``why``: the key of the telling behind it.
    ``picture``: the digest of its chart, "" for none. ``quotes``: the key of the page that it
    answers, "" for none.
    """

    flush: int
    step: str
    at_ms: int
    message: Message
    why: str = ""
    picture: str = ""
    quotes: str = ""
    kind: Literal["page"] = "page"


Payload = Alert | Notice | Page
"""What a notification carries; stored as it is and worded at the time of sending."""
