"""Everything of flushes that is to be stored at once."""

import msgspec

from bot.flush.flush import Flush
from bot.story.page import Post, Reader


class Telling(msgspec.Struct, frozen=True):
    """One moment that was told, with its evidence.

    ``key`` is unique and short (``F311.7``, or the short form of an alert's scope and time).
    ``record`` as ``bot.sentences.record`` writes it. ``flush`` 0: none.
    """

    key: str
    flush: int
    step: str
    at_ms: int
    record: bytes


class Batch(msgspec.Struct, frozen=True):
    """``state`` is the flush machine's, as JSON; None: as it was stored before."""

    posts: tuple[Post, ...] = ()
    tellings: tuple[Telling, ...] = ()
    flushes: tuple[Flush, ...] = ()
    readers: tuple[Reader, ...] = ()
    state: bytes | None = None

    def with_more(self, later: "Batch") -> "Batch":
        """Both at once; of the states the later one."""
        return Batch(
            self.posts + later.posts,
            self.tellings + later.tellings,
            self.flushes + later.flushes,
            self.readers + later.readers,
            later.state if later.state is not None else self.state,
        )

    def __bool__(self) -> bool:
        return bool(self.posts or self.tellings or self.flushes or self.readers or self.state)
