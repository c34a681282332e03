"""How much the operator is told: a few notices at once, then one now and then; no I/O."""

AT_ONCE = 5
EACH_S = 120.0
"""After the first few: one in so long."""

SAME_S = 600.0
"""The same text again within this is no news."""


class Restraint:
    """Lets notices pass, and counts those that it holds back. Times are monotonic seconds."""

    def __init__(self) -> None:
        self._left = float(AT_ONCE)
        self._since_s = 0.0
        self._told: dict[str, float] = {}
        self._held = 0

    def passed(self, text: str, now_s: float) -> str | None:
        """The text as it is told, with how many were held back before it; None: not now."""
        self._told = {t: at_s for t, at_s in self._told.items() if now_s - at_s < SAME_S}
        if text in self._told:
            return None
        if not self._take(now_s):
            self._held += 1
            return None
        self._told[text] = now_s
        held, self._held = self._held, 0
        return f"{text} And {_notices(held)}: see the log." if held else text

    def rest(self, now_s: float) -> str | None:
        """What was held back, once it may be told and nothing else has told it."""
        if not self._held or not self._take(now_s):
            return None
        held, self._held = self._held, 0
        return f"{_notices(held)}: see the log."

    def _take(self, now_s: float) -> bool:
        self._left = min(AT_ONCE, self._left + (now_s - self._since_s) / EACH_S)
        self._since_s = now_s
        if self._left < 1:
            return False
        self._left -= 1
        return True


def _notices(many: int) -> str:
    return "1 more notice" if many == 1 else f"{many} more notices"
