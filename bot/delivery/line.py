"""The state of one platform, up, down, on trial or locked: a state machine without I/O."""

from enum import Enum

import msgspec

from bot.delivery.outcomes import Delivered, Gone, Moved, Outcome, Refused, Retry, Unauthorized

HUNG_S = 10.0
"""A call without an answer for so long holds its slot, and is a sign."""

HUNG_TOGETHER = 6
"""So many signs at once, and the platform is down."""

FIRST_PROBE_S = 1.0
LONGEST_PROBE_S = 60.0
"""Between two probes of a platform that is down: twice as long each time, up to this."""

LOCKED_PROBE_S = 300.0
TRIAL_S = 60.0
"""With nothing to send, a good probe that lasts so long is proof enough."""

PATIENCE_S = 120.0
"""Down for longer than this, and the operator is told."""


class State(Enum):
    """``TRIAL``: a probe was good, and one call at a time may show whether it is true.

    ``LOCKED``: the token is refused.
    """

    UP = "up"
    DOWN = "down"
    TRIAL = "trial"
    LOCKED = "locked"


class Change(Enum):
    """What the operator should know."""

    LOST = "lost"
    BACK = "back"
    REFUSED = "refused"
    ACCEPTED = "accepted"


class News(msgspec.Struct, frozen=True):
    """A change, how long the trouble has lasted (seconds), and why."""

    change: Change
    for_s: float
    reason: str = ""


class Line:
    """Says how many calls may begin and when to probe. Calls are known by their notification.

    What was under way when the platform went down tells nothing new by failing later.
    """

    def __init__(self, slots: int) -> None:
        self._slots = slots
        self._state = State.UP
        self._calls: dict[int, float | None] = {}
        self._before: set[int] = set()
        self._probe_at = 0.0
        self._failures = 0
        self._since = 0.0
        self._trial_since = 0.0
        self._reason = ""
        self._told = False
        self._news: list[News] = []

    @property
    def state(self) -> State:
        return self._state

    def free(self) -> int:
        """How many calls may begin."""
        free = self._slots - len(self._calls)
        match self._state:
            case State.UP:
                return free
            case State.TRIAL:
                return min(free, 1 - len(self._calls.keys() - self._before))
            case _:
                return 0

    def taken(self, call: int) -> None:
        """Something was claimed."""
        self._calls[call] = None

    def called(self, call: int, now: float) -> None:
        """Its call is being made."""
        self._calls[call] = now

    def ended(self, call: int, outcome: Outcome, now: float) -> None:
        """A claim that was not called has nothing to tell."""
        made, known = self._calls.pop(call), call in self._before
        self._before.discard(call)
        if made is None:
            return
        match outcome:
            case Unauthorized():
                self.lock(now)
            case Retry(platform_wide=True):
                self._fall(now, outcome.after_s, outcome.reason)
            case Delivered() | Gone() | Moved() | Refused() | Retry(limited=True):
                self._rise(now)
            case Retry() if self._state is State.TRIAL and not known:
                self._fall(now, outcome.after_s, outcome.reason)

    def lock(self, now: float) -> None:
        """The token is refused."""
        self._probe_at = now + LOCKED_PROBE_S
        if self._state is State.LOCKED:
            return
        if self._state is State.UP:
            self._since = now
        self._state, self._before, self._told = State.LOCKED, set(self._calls), False
        self._news.append(News(Change.REFUSED, now - self._since))

    def doubted(self, outcome: Outcome | None, since: float, now: float) -> None:
        """What a probe has shown where nothing was known to be wrong, but much ``since`` then."""
        if isinstance(outcome, Unauthorized):
            self.lock(now)
        elif isinstance(outcome, Retry) and outcome.platform_wide and self._state is State.UP:
            self._fall(now, outcome.after_s, outcome.reason)
            self._since = since

    def look(self, now: float) -> None:
        """Judge what has lasted too long."""
        hung = [n for n, at in self._calls.items() if at is not None and at + HUNG_S <= now]
        signs = len(set(hung) - self._before)
        enough = 1 if self._state is State.TRIAL else min(HUNG_TOGETHER, self._slots)
        if signs >= enough and self._state in (State.UP, State.TRIAL):
            self._fall(now, 0.0, "no answer in time")
        if self._state is State.TRIAL and now >= self._trial_since + TRIAL_S:
            self._rise(now)
        if self._state in (State.DOWN, State.TRIAL) and now >= self._since + PATIENCE_S:
            self._tell(Change.LOST, now)

    def probe_due(self, now: float) -> bool:
        return self._state in (State.DOWN, State.LOCKED) and now >= self._probe_at

    def probed(self, outcome: Outcome | None, now: float) -> None:
        """What a probe has shown; None: the platform can be used."""
        if isinstance(outcome, Unauthorized):
            self.lock(now)
        elif outcome is not None:
            after_s = outcome.after_s if isinstance(outcome, Retry) else 0.0
            self._probe_at = max(self._probe_at, now + max(after_s, self._next_wait()))
        elif now >= self._probe_at:  # a later outcome may have put it off meanwhile
            if self._state is State.LOCKED:
                self._news.append(News(Change.ACCEPTED, now - self._since))
                self._since = now
            self._state, self._trial_since = State.TRIAL, now

    def take_news(self) -> list[News]:
        """What has happened since the last time."""
        news, self._news = self._news, []
        return news

    def next_change(self, now: float) -> float:
        """Seconds until ``look`` or a probe may change something.

        At most ``HUNG_S``: so a call that begins meanwhile is not looked at too late.
        """
        living = (at for call, at in self._calls.items() if call not in self._before)
        moments = [at + HUNG_S for at in living if at is not None]
        match self._state:
            case State.DOWN:
                moments += [self._probe_at, self._since + PATIENCE_S]
            case State.LOCKED:
                moments += [self._probe_at]
            case State.TRIAL:
                moments += [self._trial_since + TRIAL_S, self._since + PATIENCE_S]
        return min([HUNG_S, *(at - now for at in moments if at > now)])

    def _fall(self, now: float, after_s: float, reason: str) -> None:
        """Not before ``after_s`` is it tried again, whatever else is known."""
        self._reason = reason
        if self._state is State.UP:
            self._since = now
        if self._state in (State.UP, State.TRIAL):
            self._state, self._before = State.DOWN, set(self._calls)
            after_s = max(after_s, self._next_wait())
            self._probe_at = 0.0
        self._probe_at = max(self._probe_at, now + after_s)

    def _rise(self, now: float) -> None:
        """It answered: only on trial does that count, a call of before may answer late."""
        if self._state is not State.TRIAL:
            return
        if self._told:
            self._news.append(News(Change.BACK, now - self._since))
        self._state, self._failures, self._told = State.UP, 0, False

    def _tell(self, change: Change, now: float) -> None:
        if not self._told:
            self._told = True
            self._news.append(News(change, now - self._since, self._reason))

    def _next_wait(self) -> float:
        if self._state is State.LOCKED:
            return LOCKED_PROBE_S
        wait_s: float = min(FIRST_PROBE_S * 2.0 ** min(self._failures, 16), LONGEST_PROBE_S)
        self._failures += 1
        return wait_s
