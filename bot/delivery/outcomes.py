"""How a delivery ended. Expected ends are values; the platforms' errors never reach the core."""

import msgspec


class Delivered(msgspec.Struct, frozen=True):
    """The platform took it; ``message`` is its id there, for edits and replies."""

    message: int


class Retry(msgspec.Struct, frozen=True):
    """Not now. ``unknown``: it may have arrived. ``platform_wide``: nobody can be reached.

    ``limited``: the platform asked for patience (429). ``harmless_s``: for so long after the first
    try a repeat is no second message, because the platform knows its nonce.
    """

    after_s: float
    reason: str
    unknown: bool = False
    platform_wide: bool = False
    limited: bool = False
    harmless_s: float = 0.0


class Moved(msgspec.Struct, frozen=True):
    """The chat has a new id."""

    to_chat: int


class Gone(msgspec.Struct, frozen=True):
    """The chat cannot be reached any more: blocked, deleted, no permission.

    ``chat_wide``: with all its topics and threads; else it may be this one alone.
    """

    reason: str
    chat_wide: bool = False


class Refused(msgspec.Struct, frozen=True):
    """The platform will never take this very message: our mistake."""

    reason: str


class Unauthorized(msgspec.Struct, frozen=True):
    """The platform does not know this bot's token: nothing was sent, and nothing will be."""

    reason: str


Outcome = Delivered | Retry | Moved | Gone | Refused | Unauthorized
