"""Whether a platform hands over what people write: a state machine without I/O."""

PATIENCE_S = 120.0
"""Not heard for longer than this, and the operator is told."""

REASONS = 10
"""So many different ones are news in one silence."""


class Listening:
    """Who listens says how it goes; whoever tells the operator asks. Seconds of one clock."""

    def __init__(self) -> None:
        self._since: float | None = None
        self._reasons: list[str] = []
        self._patient_from = 0.0
        self._told = False
        self._ended_s: float | None = None

    @property
    def since(self) -> float | None:
        """When the silence began; None: there is none."""
        return self._since

    @property
    def reason(self) -> str:
        """Why it began, or the latest other reason."""
        return self._reasons[-1] if self._reasons else ""

    def failed(self, reason: str, now: float) -> bool:
        """Nothing could be fetched; whether that is news, or known of this silence."""
        if self._since is None:
            self._since = self._patient_from = now
        if reason in self._reasons or len(self._reasons) >= REASONS:
            return False
        self._reasons.append(reason)
        return True

    def heard(self, now: float) -> float | None:
        """Something was fetched; for how long nothing had been, where that is over now."""
        if self._since is None:
            return None
        lasted_s = now - self._since
        if self._told:
            self._ended_s = lasted_s
        self._since, self._told = None, False
        self._reasons.clear()
        return lasted_s

    def due(self, now: float) -> bool:
        """Whether the operator should be told now."""
        waits = self._since is not None and not self._told
        return waits and now >= self._patient_from + PATIENCE_S

    def told(self) -> None:
        """The operator knows; so he will be told of the end."""
        self._told = True

    def covered(self, now: float) -> None:
        """He was told that the whole platform is lost: of this alone he need not know so far."""
        self._told, self._ended_s, self._patient_from = False, None, now

    def take_end(self) -> float | None:
        """How long a silence was that the operator knows of, once it has ended."""
        ended_s, self._ended_s = self._ended_s, None
        return ended_s
