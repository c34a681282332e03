"""What a chart shows, as plain values; ``bot.pictures.drawing`` makes the picture of it."""

from typing import Literal

import msgspec

Theme = Literal["dark", "light"]


class Bucket(msgspec.Struct, frozen=True, gc=False):
    """Liquidations over [start, start + span) in US dollars."""

    start_ms: int
    long: float
    short: float


class Point(msgspec.Struct, frozen=True, gc=False):
    """A price in US dollars."""

    at_ms: int
    price: float


class Mark(msgspec.Struct, frozen=True):
    """A stage of a flush, or the crossing of a rule, with its word: ``peak``."""

    at_ms: int
    word: str


class Hole(msgspec.Struct, frozen=True):
    """What was not heard; ``who`` names exchanges: ``Lighter``."""

    start_ms: int
    end_ms: int
    who: str


class Chart(msgspec.Struct, frozen=True):
    """A picture of [start, end): buckets of one length, oldest first.

    ``title`` and ``subtitle`` stand above, ``note`` (what the figures are worth) below. ``priced``
    names what the price line is: ``BTC``. ``totals``: the running total at each bucket's end, where
    not all that is shown counts. ``offset_min``: the reader's clock, minutes east of UTC;
    ``zone`` how it is called (``UTC``). ``floor``: sums are at least these.
    """

    title: str
    subtitle: str
    note: str
    start_ms: int
    end_ms: int
    bucket_ms: int
    buckets: tuple[Bucket, ...]
    prices: tuple[Point, ...] = ()
    priced: str = ""
    marks: tuple[Mark, ...] = ()
    holes: tuple[Hole, ...] = ()
    theme: Theme = "dark"
    offset_min: int = 0
    zone: str = "UTC"
    floor: bool = True
    totals: tuple[float, ...] = ()


class Picture(msgspec.Struct, frozen=True):
    """A drawn chart. ``digest`` names its content; ``alt`` says in words what it shows."""

    png: bytes
    digest: str
    alt: str
