"""What there is to tell of a flush."""

import msgspec

from bot.flush.flush import Flush
from bot.flush.life import What


class FlushNews(msgspec.Struct, frozen=True):
    """A flush as it is now, and what about it is new.

    ``entered``: a stage, ``flush.stage`` (some may have been passed over). ``grew``: the same
    stage, larger. ``wave began`` and ``wave ended``: a third wave or later, and the end of any but
    the first. ``folded``: it is now ``within`` another. ``followup``: ``after_ms`` have passed
    since its last wave ended.
    """

    flush: Flush
    what: What
    after_ms: int = 0
