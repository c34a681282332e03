"""How unusual a figure is: its rank and its normal, and how long and how well was watched."""

import msgspec


class Peak(msgspec.Struct, frozen=True):
    """One event's largest window: amounts in ``market.USD``; ``at_ms`` is the window's end."""

    total: int
    long: int
    short: int
    at_ms: int


class Standing(msgspec.Struct, frozen=True):
    """Where a window's total stands among the peaks of the same scope, span and method.

    ``rank`` 1 is the largest, this one counted among ``of`` non-overlapping peaks of ``days`` days
    that were heard to the share ``coverage`` (0 to 1). ``percentile``: share of all windows of this
    span that were smaller (half of the equal ones). ``normal``: the median window in
    ``market.USD``, None before the seventh day or where it is zero. ``second``: the largest of the
    others. ``source`` "" is what was heard here by ``exchanges``; else the imported source's name.
    """

    span_ms: int
    total: int
    rank: int
    of: int
    days: float
    coverage: float
    since_ms: int
    percentile: float
    normal: int | None = None
    second: Peak | None = None
    exchanges: tuple[str, ...] = ()
    source: str = ""

    @property
    def multiple(self) -> float | None:
        """How many times a normal window it is."""
        return self.total / self.normal if self.normal else None
