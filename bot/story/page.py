"""What a flush has to say to one destination: a page of its story, and who has read how far."""

import msgspec

from bot.rules import Destination, Page
from bot.story.follow import Step


class Post(msgspec.Struct, frozen=True):
    """One payload for one destination; the same ``key`` again amends what is stored."""

    destination: Destination
    payload: Page
    key: str


class Reader(msgspec.Struct, frozen=True):
    """How far one destination was told of one flush.

    ``page`` is the key of the message that edits go to, empty while there is none; ``step`` what
    it said last, at ``told_ms`` of real time. ``rung``: something of this flush has rung there, an
    alert or a page. ``muted``: its reader wants no more of it.
    """

    flush: int
    destination: Destination
    page: str = ""
    step: Step | None = None
    told_ms: int = 0
    rung: bool = False
    muted: bool = False
