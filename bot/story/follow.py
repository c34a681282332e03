"""What a person asked to be told of flushes, and how each stage reaches him."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

import msgspec

from bot.flush.flush import Severity
from bot.rules import Destination


class Step(StrEnum):
    """A moment of a flush that is told. ``START``: the first that a follower hears of it, however
    far it has gone by then. ``AFTER``: the looks back one and four hours after its end."""

    START = "start"
    BUILDING = "building"
    PEAK = "peak"
    FADING = "fading"
    END = "end"
    SECOND_WAVE = "second wave"
    AFTER = "hours after"
    ALL_CLEAR = "all clear"


class How(StrEnum):
    """``RING`` and ``SILENT`` are messages of their own; ``EDIT`` changes the last one; ``OFF``
    says nothing."""

    RING = "ring"
    SILENT = "silent"
    EDIT = "edit"
    OFF = "off"


DEFAULT_HOW: Mapping[Step, How] = MappingProxyType(
    {
        Step.START: How.RING,
        Step.BUILDING: How.EDIT,
        Step.PEAK: How.EDIT,
        Step.FADING: How.EDIT,
        Step.END: How.RING,
        Step.SECOND_WAVE: How.RING,
        Step.AFTER: How.EDIT,
        Step.ALL_CLEAR: How.SILENT,
    }
)
"""Start and end ring, and so does a second wave: at most three rings a flush."""


class Follow(msgspec.Struct, frozen=True):
    """``coin`` None: flushes of the whole market. ``severity``: from which on.

    ``how`` holds the steps that are not as in ``DEFAULT_HOW``.
    """

    destination: Destination
    author: int
    coin: str | None = None
    severity: Severity = Severity.NOTABLE
    how: dict[Step, How] = {}
    created_ms: int = 0

    def way(self, step: Step) -> How:
        """How a step reaches this follower."""
        return self.how.get(step, DEFAULT_HOW[step])
