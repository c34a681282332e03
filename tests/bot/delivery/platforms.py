"""Telegram and Discord on a manual clock: they count what arrives and refuse what is too much."""

from bisect import bisect_right
from collections import Counter, defaultdict
from random import Random

from bot.delivery.outcomes import Delivered, Outcome, Retry
from bot.delivery.pacing import Limits
from bot.rules import Destination
from bot.wording.text import Message
from tests.clocks import ManualClock

TELEGRAM = Limits(per_second=30, chat_gap_s=1.0, group_per_minute=20, group_kept=6, slots=8)
DISCORD = Limits(per_second=50, chat_gap_s=1.0, slots=8)

REFUSED_S = 3.0
"""What a platform asks for that was written to too fast."""


class Arrivals:
    """When calls came in, and whether one more is too many."""

    def __init__(self, most: int, span_s: float) -> None:
        self.times: list[float] = []
        self.most_together = 0
        self._most = most
        self._span_s = span_s

    def crowded(self, now: float) -> bool:
        """Note one; whether more than allowed came in the span that ends now."""
        self.times.append(now)
        together = len(self.times) - bisect_right(self.times, now - self._span_s)
        self.most_together = max(self.most_together, together)
        return together > self._most


class ClockPlatform:
    """What both have in common: a way there, a way back, bans that it imposed itself.

    ``answer_s``: the least and the most between a call and its answer; a tenth of it, the call is
    on its way. ``bans``: the chats that get a 429 at their next call, and for how long;
    ``ban_all`` the same for everyone. ``early``: calls that came before a ban was over of which
    the bot had been told when it began them.
    """

    platform = "t"
    harmless_s = 0.0

    def __init__(self, clock: ManualClock, answer_s: tuple[float, float]) -> None:
        self.clock = clock
        self.bans: dict[int, float] = {}
        self.ban_all = 0.0
        self.early = 0
        self.provoked = 0
        self.calls = Counter[int]()
        self.probes = 0
        self.ended_at = 0.0
        self._answer_s = answer_s
        self._random = Random(7)
        self._until: dict[int, float] = {}
        self._all_until = 0.0
        self._told: dict[int, float] = defaultdict(float)
        self._told_all = 0.0

    async def deliver(
        self,
        destination: Destination,
        message: Message,
        nonce: str,
        edits: int | None = None,
        quotes: int | None = None,
    ) -> Outcome:
        takes_s, chat = self._random.uniform(*self._answer_s), destination.chat
        known = max(self._told[chat], self._told_all)
        await self.clock.sleep(takes_s / 10)
        self.early += self.clock.monotonic() < known
        outcome = self._taken(destination, self.clock.monotonic())
        await self.clock.sleep(takes_s * 9 / 10)
        self.ended_at = self.clock.monotonic()
        if isinstance(outcome, Retry):
            self._told[chat] = max(self._told[chat], self._until.get(chat, 0.0))
            self._told_all = max(self._told_all, self._all_until)
        return outcome

    async def probe(self) -> Outcome | None:
        self.probes += 1
        return None

    def _taken(self, destination: Destination, now: float) -> Outcome:
        chat = destination.chat
        self.calls[chat] += 1
        crowded = self._crowded(destination, now)
        if self.ban_all:
            self._all_until, self.ban_all = now + self.ban_all, 0.0
        if chat in self.bans:
            self._until[chat] = now + self.bans.pop(chat)
        elif crowded:
            self.provoked += 1
            self._until[chat] = now + REFUSED_S
        if now < self._all_until:
            return Retry(self._all_until - now, "429 for all", limited=True, platform_wide=True)
        if now < self._until.get(chat, 0.0):
            return Retry(self._until[chat] - now, "429", limited=True)
        return Delivered(self.calls.total())

    def _crowded(self, destination: Destination, now: float) -> bool:
        raise NotImplementedError


class ClockTelegram(ClockPlatform):
    """30 in any second, 1 a second in a chat, 20 a minute in a group; answers within 150 ms."""

    def __init__(self, clock: ManualClock, per_second: int = 30) -> None:
        super().__init__(clock, (0.02, 0.15))
        self.overall = Arrivals(per_second, 1.0)
        self.chats: dict[int, Arrivals] = defaultdict(lambda: Arrivals(1, 1.0))
        self.groups: dict[int, Arrivals] = defaultdict(lambda: Arrivals(20, 60.0))

    def _crowded(self, destination: Destination, now: float) -> bool:
        signs = [self.overall.crowded(now), self.chats[destination.chat].crowded(now)]
        if not destination.direct:
            signs.append(self.groups[destination.chat].crowded(now))
        return any(signs)


class ClockDiscord(ClockPlatform):
    """50 in any second, 5 in 5 s in a channel; answers within 20 to 80 ms."""

    harmless_s = 120.0

    def __init__(self, clock: ManualClock) -> None:
        super().__init__(clock, (0.02, 0.08))
        self.overall = Arrivals(50, 1.0)
        self.channels: dict[int, Arrivals] = defaultdict(lambda: Arrivals(5, 5.0))

    def _crowded(self, destination: Destination, now: float) -> bool:
        channel = self.channels[destination.chat].crowded(now)
        return self.overall.crowded(now) or channel
