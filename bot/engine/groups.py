"""Rules that watch the same figure, by what must happen for one of them to matter."""

from array import array
from heapq import heappop, heappush

from bot.engine.roster import ARMED, DISARMED, Roster, Topic
from bot.engine.tally import NAMES, Tally
from bot.metrics.metric import NEVER, Metric

_SLOT = 32
_LEVEL = 64


class Watch:
    """One window of one scope, with the groups that watch it.

    ``adds`` and ``counts`` are the tally's sums up to which none of them can matter, ``order`` the
    largest single order that cannot, ``due_ms`` the time at which the window loses one that does.
    """

    __slots__ = ("adds", "counts", "due_ms", "groups", "order", "place", "tally")

    def __init__(self, tally: Tally, place: int) -> None:
        self.tally = tally
        self.place = place
        self.groups: list[Group] = []
        self.adds = NEVER
        self.counts = NEVER
        self.order = NEVER
        self.due_ms = NEVER

    def limit(self, adds: int, counts: int, order: int) -> None:
        """What may still come in; the tally calls when the first of its windows may matter."""
        tally = self.tally
        self.adds = adds = tally.long + tally.short + adds
        self.counts = counts = tally.count + counts
        self.order = order
        if adds < tally.add_limit:
            tally.add_limit = adds
        if counts < tally.count_limit:
            tally.count_limit = counts
        if order < tally.order_limit:
            tally.order_limit = order


class Group:
    """Rules of one window, scope, metric and floor, waiting on two sides of its value.

    ``rise`` is the lowest amount that makes one speak when it is exceeded (``NEVER``: none waits),
    ``fall`` the highest below which one is armed again (-1: none waits). Those that were loaded
    wait in ``loaded``, highest first; all others in heaps of single integers: the amount, the
    slot and the slot's turn. A place of another turn is void. ``value``: of a ``told`` metric what
    was told last, None where it is unknown.
    """

    __slots__ = (
        "fall", "falls", "floor", "loaded", "metric", "number", "rise", "rises", "value", "watch",
    )  # fmt: skip

    def __init__(self, watch: Watch, metric: Metric, floor: int, number: int) -> None:
        self.watch = watch
        self.metric = metric
        self.floor = floor
        self.number = number
        self.loaded: array[int] = array("I")
        self.rises: list[int] | None = None
        self.falls: list[int] | None = None
        self.rise = NEVER
        self.fall = -1
        self.value: int | None = None

    @property
    def topic(self) -> Topic:
        tally, metric = self.watch.tally, self.metric
        window = NAMES[self.watch.place] if metric.windowed else ""
        return tally.coin, tally.exchange, window, metric.name

    @property
    def waits(self) -> bool:
        """Whether any of its rules waits for anything."""
        return self.rise < NEVER or self.fall >= 0

    def load(self, roster: Roster, slot: int) -> None:
        """``sort`` must follow."""
        if roster.standing[slot] == ARMED:
            self.loaded.append(slot)
        elif roster.standing[slot] == DISARMED:
            self._wait(roster, slot)

    def sort(self, roster: Roster) -> None:
        if len(self.loaded) > 1:
            amounts = roster.thresholds
            # The last is the next to speak: of equal ones the oldest rule.
            self.loaded = array("I", sorted(self.loaded, key=amounts.__getitem__))
            self.loaded.reverse()
        self.settle(roster)

    def leave(self, roster: Roster, slot: int, standing: int) -> None:
        roster.place(slot, standing)
        self.settle(roster)

    def arm(self, roster: Roster, slot: int) -> None:
        """Wait for the rise through the threshold."""
        roster.place(slot, ARMED)
        self._push_rise(roster, slot, roster.thresholds[slot])

    def disarm(self, roster: Roster, slot: int, level: int) -> None:
        """Wait to be armed again, and meanwhile for the next level; ``level`` 0 has none."""
        roster.place(slot, DISARMED, level)
        self._wait(roster, slot)

    def speak(self, roster: Roster, value: int) -> list[tuple[int, int]]:
        """(slot, level) of the rules that a value makes speak, each at its highest level."""
        due = []
        while self.rise < value:
            due.append(self._pop_rise(roster))
            self._find_rise(roster)
        spoken = [(slot, self._level(roster.thresholds[slot], value)) for slot in due]
        for slot, level in spoken:
            if roster.standing[slot] == ARMED:
                roster.episodes[slot] += 1
            self.disarm(roster, slot, level)
        self.settle(roster)
        return spoken

    def _level(self, threshold: int, value: int) -> int:
        """The highest multiple of a threshold that a value exceeds."""
        level = 1
        for multiple in self.metric.levels:
            if value > multiple * threshold:
                level = multiple
        return level

    def calm(self, roster: Roster, low: int) -> list[int]:
        """The slots of the rules that are armed again at this value."""
        calmed: list[int] = []
        while low < self.fall:
            slot = heappop(self.falls or []) >> _SLOT & 0xFFFF_FFFF
            self.arm(roster, slot)
            calmed.append(slot)
            self.settle(roster)
        return calmed

    def settle(self, roster: Roster) -> None:
        """Forget void places at both ends, and know what comes next."""
        self._find_rise(roster)
        self.fall = -_first(self.falls, roster.turns, 1)

    def _find_rise(self, roster: Roster) -> None:
        turns, loaded = roster.turns, self.loaded
        while loaded and turns[loaded[-1]]:
            loaded.pop()
        rise = _first(self.rises, turns, NEVER)
        if loaded:
            rise = min(rise, roster.thresholds[loaded[-1]])
        self.rise = rise

    def _pop_rise(self, roster: Roster) -> int:
        if self.loaded and roster.thresholds[self.loaded[-1]] == self.rise:
            return self.loaded.pop()
        return heappop(self.rises or []) >> _SLOT & 0xFFFF_FFFF

    def _wait(self, roster: Roster, slot: int) -> None:
        threshold, level = roster.thresholds[slot], roster.levels[slot]
        below = self.metric.rearm_below(threshold)
        if self.falls is None:
            self.falls = []
        heappush(self.falls, _entry(roster, slot, -below))
        following = [k for k in self.metric.levels if k > level]
        if level and following:
            self._push_rise(roster, slot, following[0] * threshold)

    def _push_rise(self, roster: Roster, slot: int, amount: int) -> None:
        if self.rises is None:
            self.rises = []
        heappush(self.rises, _entry(roster, slot, amount))


def _entry(roster: Roster, slot: int, amount: int) -> int:
    return (amount << _LEVEL) + (slot << _SLOT) + roster.turns[slot]


def _first(heap: list[int] | None, turns: "array[int]", none: int) -> int:
    """The lowest amount whose place is not void."""
    while heap:
        entry = heap[0]
        if turns[entry >> _SLOT & 0xFFFF_FFFF] == entry & 0xFFFF_FFFF:
            return entry >> _LEVEL
        heappop(heap)
    return none
