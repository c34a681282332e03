"""One line of the benchmark table, as every benchmark hands it over."""

import msgspec


class Row(msgspec.Struct, frozen=True):
    """Texts as they are printed, e.g. ``"412,000 events/s"``, ``"12.4x"`` and ``"10x"``.

    ``ratio`` is ours against the baseline; where no baseline exists, both texts say "-". ``ok``
    tells whether ``must`` is kept.
    """

    what: str
    ours: str
    baseline: str
    ratio: str
    must: str
    ok: bool
