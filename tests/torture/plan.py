"""What is caused: which rule of which chat must fire at which step, and what came of it.

Every chat has rules over 24 h at 10, 11 ... 19 million for one coin. Each step lifts that coin's
sum over one of them, so that every rule fires exactly once, and its words name it for good.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from bot.clock import SystemClock
from bot.demo.listed import CONTRACTS
from bot.market import USD
from bot.ports import Ledger
from bot.rules import Destination, Rule
from storage import Storage

COINS = tuple(c.coin for c in CONTRACTS if c.exchange == "bybit" and c.linear)
LOWEST = 10
"""Millions."""

RULES = 10
"""Of a chat; all are below twice the lowest, so that none speaks a second time."""

FEWEST_A_STEP = 4
"""Chats, where there are not more; then every coin has its share of them."""

_COUNTED = re.compile(r"and (\d+) more, ")

_NAMED = re.compile(r"\b([A-Z]+) longs 24h > \$(\d+)M")


class Step(NamedTuple):
    """A coin's sum passes so many millions."""

    millions: int
    coin: str


class Alarm(NamedTuple):
    """One alert that must reach one chat."""

    platform: str
    chat: int
    step: Step


@dataclass
class Plan:
    """The chats with their coins, and the steps in the order in which they are taken."""

    chats: Sequence[Destination]
    rules: int = RULES
    steps: list[Step] = field(default_factory=list)
    coins: dict[Destination, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        used = COINS[: max(1, len(self.chats) // FEWEST_A_STEP)]
        self.coins = {chat: used[i % len(used)] for i, chat in enumerate(self.chats)}
        pairs = [self.thresholds[n : n + 2] for n in range(0, self.rules, 2)]
        # Two of a coin in a row: the second may find the first still waiting, and be merged.
        self.steps = [Step(m, coin) for pair in pairs for coin in used for m in pair]

    @property
    def thresholds(self) -> range:
        """Of every chat, in millions."""
        return range(LOWEST, LOWEST + self.rules)

    def caused_by(self, steps: Iterable[Step]) -> set[Alarm]:
        wanted = set(steps)
        return {
            Alarm(chat.platform, chat.chat, step)
            for chat, coin in self.coins.items()
            for step in wanted
            if step.coin == coin
        }

    async def write(self, storage: Storage) -> None:
        """Every chat's rules, as ``/alert`` would have stored them."""
        now = SystemClock().now_ms()
        for chat, coin in self.coins.items():
            rules = [_rule(chat, coin, millions, now) for millions in self.thresholds]

            async def work(ledger: Ledger, rules: list[Rule] = rules) -> None:
                for rule in rules:
                    await ledger.add(rule, limit=50)

            await storage.books.keep(work, None, now)


def _rule(chat: Destination, coin: str, millions: int, now_ms: int) -> Rule:
    return Rule(
        id=0, destination=chat, author=chat.chat, coin=coin, exchange=None, window="24h",
        metric="long", threshold=millions * 1_000_000 * USD, created_ms=now_ms,
    )  # fmt: skip


class Read(NamedTuple):
    """A message as its chat has it."""

    platform: str
    chat: int
    text: str

    @property
    def alarms(self) -> frozenset[Alarm]:
        """Those that it names."""
        return frozenset(
            Alarm(self.platform, self.chat, Step(int(millions), coin))
            for coin, millions in _NAMED.findall(self.text)
        )

    @property
    def counted(self) -> int:
        """How many more it speaks of."""
        return sum(int(many) for many in _COUNTED.findall(self.text))


@dataclass(frozen=True)
class Tally:
    """What the chats have read, against what was caused."""

    lost: frozenset[Alarm]
    """Neither named nor counted anywhere."""
    unasked: frozenset[Alarm]
    copies: Counter[Alarm]
    repeats: Counter[str]
    """By platform, the messages with at least one alert that its chat had read before."""

    @property
    def most(self) -> int:
        return max(self.copies.values(), default=0)


def tally(read: Iterable[Read], caused: set[Alarm]) -> Tally:
    """Count every alert in everything that was read, in the order of its arrival."""
    copies: Counter[Alarm] = Counter()
    repeats: Counter[str] = Counter()
    counted: Counter[tuple[str, int]] = Counter()
    for message in read:
        alarms = message.alarms
        repeats[message.platform] += any(copies[alarm] for alarm in alarms)
        copies.update(alarms)
        counted[message.platform, message.chat] += message.counted
    copies = +copies
    lost = set()
    for alarm in sorted(caused - copies.keys()):
        counted[alarm[:2]] -= 1
        if counted[alarm[:2]] < 0:
            lost.add(alarm)
    return Tally(frozenset(lost), frozenset(copies.keys() - caused), copies, repeats)
