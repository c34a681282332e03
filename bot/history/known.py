"""What can be known of the past: plain answers, with the days and exchanges they rest on."""

import msgspec

from bot.history.standing import Peak

LEAST_DAYS = 7
"""Nothing is called normal, common or large before the seventh day."""

RESTLESS = 5
"""A rule that fires so often a day gets a gentler one offered."""

ONE_SIDED_PERCENT = 80


class Often(msgspec.Struct, frozen=True):
    """How often a rule would have fired in ``days`` days.

    ``largest`` is the highest that its measure was, in the metric's unit; None where it never was
    known. ``daily``: the round amount (``market.USD``) that would fire about once a day; None where
    the rule is no amount or fires less often than that.
    """

    times: int
    days: float
    largest: int | None
    span_ms: int
    daily: int | None = None

    @property
    def a_day(self) -> float:
        return self.times / self.days


class Sidedness(msgspec.Struct, frozen=True):
    """Of ``busy`` windows above ``bar`` (``market.USD``), ``one_sided`` had 80% of one side."""

    one_sided: int
    busy: int
    bar: int
    span_ms: int
    days: float

    @property
    def share(self) -> float:
        return self.one_sided / self.busy


class Resolved(msgspec.Struct, frozen=True):
    """The dollars of a relative threshold: ``amount`` in ``market.USD``, and what it stands for."""

    amount: int
    basis: str


class Chapter(msgspec.Struct, frozen=True):
    """The past of one scope as ``/history`` tells it; ``source`` "": what was heard here.

    ``hours`` and ``days`` are the largest, one an event, largest first; normals in ``market.USD``.
    ``watched`` days were heard to the share ``coverage`` (0 to 1) since ``since_ms``.
    """

    coin: str | None
    watched: float
    coverage: float
    since_ms: int
    exchanges: tuple[str, ...]
    hours: tuple[Peak, ...]
    days: tuple[Peak, ...]
    normal_hour: int | None = None
    normal_day: int | None = None
    source: str = ""
