"""When to look back at a flush that is over."""

import msgspec

from bot.flush.flush import Flush, Stage
from bot.flush.life import AFTER_MS, WATCH_MS


class Followup(msgspec.Struct, frozen=True):
    """``after_ms`` after the end of the last wave it is ``due_ms``.

    ``last``: the all-clear, which comes as ``Stage.CLOSED``, later while a cascade is weighed.
    """

    after_ms: int
    due_ms: int
    last: bool = False


def followups(flush: Flush) -> tuple[Followup, ...]:
    """All of them since the last wave ended, past ones too; none while a wave goes on."""
    end_ms = flush.last.end_ms
    if end_ms is None or flush.stage < Stage.OVER:
        return ()
    looks = (Followup(after_ms, end_ms + after_ms) for after_ms in AFTER_MS)
    return (*looks, Followup(WATCH_MS, end_ms + WATCH_MS, last=True))
