"""All that can change the engine's mind; it comes through one inbox, in order."""

import msgspec

from bot.market import Gap, Liquidation
from bot.rules import Destination, Rule, RuleState
from bot.story.follow import Follow


class Heard(msgspec.Struct, frozen=True):
    """The new liquidations of one frame; ``received_ms`` is the market's time."""

    exchange: str
    events: tuple[Liquidation, ...]
    received_ms: int


class Recalled(msgspec.Struct, frozen=True):
    """Liquidations that were missed, as the exchange's own history told them afterwards."""

    exchange: str
    events: tuple[Liquidation, ...]
    received_ms: int


class Tick(msgspec.Struct, frozen=True):
    """Time has passed: windows fall without events too."""

    now_ms: int


class RuleSaved(msgspec.Struct, frozen=True):
    """A rule is new, or was changed, paused or resumed (``rule.paused``)."""

    rule: Rule
    state: RuleState


class RuleRemoved(msgspec.Struct, frozen=True):
    rule: int


class ChatMoved(msgspec.Struct, frozen=True):
    """A chat has a new id: its rules were moved in storage and follow here."""

    platform: str
    old_chat: int
    new_chat: int


class Measured(msgspec.Struct, frozen=True):
    """What a ``told`` metric of a coin is now, in its unit; None: it is not known any more.

    ``window`` "" for one of the moment.
    """

    coin: str
    window: str
    metric: str
    value: int | None


class FollowSaved(msgspec.Struct, frozen=True):
    """Somebody follows flushes from now on, or in another way."""

    follow: Follow


class FollowRemoved(msgspec.Struct, frozen=True):
    destination: Destination
    coin: str | None


class FlushMuted(msgspec.Struct, frozen=True):
    """Somebody wants no more of one flush."""

    destination: Destination
    flush: int


Told = FollowSaved | FollowRemoved | FlushMuted
"""What concerns the story alone."""

Event = Heard | Recalled | Gap | Tick | RuleSaved | RuleRemoved | ChatMoved | Measured | Told
