"""What a double can be told to do wrong, each a switch that a test turns on and off."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

Frame = str | bytes


class Kind(Enum):
    """What a frame is for."""

    BANNER = auto()
    ACK = auto()
    PING = auto()
    PONG = auto()
    SNAPSHOT = auto()
    CANARY = auto()
    LIQUIDATION = auto()


EVERYTHING = frozenset(Kind)
MUTE: frozenset[Kind] = frozenset()
PONGS_ONLY = frozenset({Kind.PONG})
ACKS_ONLY = frozenset({Kind.BANNER, Kind.ACK, Kind.PING, Kind.PONG})
NO_LIQUIDATIONS = EVERYTHING - {Kind.LIQUIDATION}


def garbage(frame: Frame) -> Frame:
    return "}{ \u2603 this is no frame" if isinstance(frame, str) else b"\x00\xff no gzip"


def truncated(frame: Frame) -> Frame:
    return frame[: len(frame) // 2]


@dataclass
class Faults:
    """All off at first.

    Handshakes are answered with ``status``, or never (``stalled``), or cut right after
    (``close_at_once``); ``rest_status`` answers everything else.

    Only frames of the kinds in ``says`` are sent; ``spoil`` changes those of the kinds in
    ``spoils``; ``renamed``: price and quantity have new names; ``drip_s``: one byte every so many
    seconds.

    ``replay_s``: a subscription is followed by all that was published in the last so many
    seconds. ``reverse``: what is published together comes the last first. ``ahead_ms``: it bears
    a later time.
    """

    status: int | None = None
    rest_status: int | None = None
    stalled: bool = False
    close_at_once: bool = False
    says: frozenset[Kind] = EVERYTHING
    spoil: Callable[[Frame], Frame] | None = None
    spoils: frozenset[Kind] = frozenset({Kind.CANARY, Kind.LIQUIDATION})
    renamed: bool = False
    drip_s: float | None = None
    replay_s: float | None = None
    reverse: bool = False
    ahead_ms: int = 0


def renamed(body: object, names: frozenset[str]) -> object:
    """The same with ``names`` changed wherever they are keys."""
    if isinstance(body, dict):
        return {
            f"{key}V2" if key in names else key: renamed(value, names)
            for key, value in body.items()
        }
    return [renamed(each, names) for each in body] if isinstance(body, list) else body
