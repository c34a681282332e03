"""Why notifications were given up, in a handful of words, for figures and summaries."""

from collections import Counter
from collections.abc import Iterable

NOT_WANTED = ("gone", "stopped", "muted")
"""Nobody is there to be told, or he wants quiet: nothing is lost."""

LOST = ("unknown", "refused", "unreadable", "other")

KINDS = (*NOT_WANTED, *LOST)


def by_kind(reasons: Iterable[tuple[str, int]]) -> dict[str, int]:
    """How many of each kind, every kind named; stored is ``gone: blocked by the user`` or ``gone``.

    ``reasons`` as in ``Accounts``. What begins with no word of ``KINDS`` is ``other``.
    """
    counts = Counter(dict.fromkeys(KINDS, 0))
    for reason, many in reasons:
        kind = reason.partition(":")[0]
        counts[kind if kind in KINDS else "other"] += many
    return dict(counts)
