"""Which updates are handled, and up to where that may be confirmed; no I/O."""


class Progress:
    """Telegram forgets updates below the offset of the next question, so it stays below all
    that is still under way.

    Ids rise, but after a quiet week Telegram starts anew anywhere: the offset follows the latest
    batch and not the highest id ever seen.
    """

    def __init__(self) -> None:
        self._next: int | None = None
        self._open: set[int] = set()
        self._handled: set[int] = set()

    @property
    def offset(self) -> int | None:
        """What to ask for next; None: from the oldest that Telegram still keeps."""
        return min(self._open) if self._open else self._next

    @property
    def idle(self) -> bool:
        return not self._open

    def admit(self, update: int) -> bool:
        """Whether an update is new, and not one repeated because another is still under way."""
        if update in self._open or update in self._handled:
            return False
        self._open.add(update)
        self._next = update + 1
        return True

    def handled(self, update: int) -> None:
        self._open.discard(update)
        self._handled.add(update)

    def confirmed(self, offset: int | None) -> None:
        """Telegram was asked from ``offset`` on: it will not repeat what lies below."""
        if offset is not None:
            self._handled = {update for update in self._handled if update >= offset}
