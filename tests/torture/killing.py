"""Alerts on their way while the bot is killed at every named landmark and at random."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.torture.line import Line, Progress, at_least, at_most, exactly
from tests.torture.lives import Life
from tests.torture.patience import LOOK_S, until
from tests.torture.plan import RULES
from tests.torture.stage import Stage, a_stage, chats_of
from tests.torture.worker import Doom

ANYWHERE = "anywhere"

POINTS: dict[str, tuple[int, int]] = {
    "alerts judged": (1, 1),
    "write begun": (80, 160),
    "write committed": (80, 160),
    "alert claimed": (40, 80),
    "alert called": (40, 80),
    "alert settled": (40, 80),
    ANYWHERE: (0, 0),
}
"""At which passing a life ends: late enough that what the last death hit is settled by then."""

SLOTS = 8
MOST_OPEN, FEW_OPEN = 90, 30

PATIENCE_S = 300.0
STUCK_S = 15.0
"""A landmark that is not passed in this time is not waited for: the kill comes from outside."""


@dataclass
class Deaths:
    """What was in flight at each kill, and what the books were like after each start."""

    number: int = 0
    astray: int = 0
    """Kills from outside although a landmark was meant."""
    starts: int = 0
    hits: Counter[tuple[str, int]] = field(default_factory=Counter)
    """By landmark and notification."""
    telegram: int = 0
    """Telegram notifications that were being sent at the kills, all together."""
    fullest: int = 0
    """The most of them at one kill."""
    faults: list[str] = field(default_factory=list)

    def note(self, point: str, stage: Stage) -> list[int]:
        """After a death, before the next birth; the ids of what was in flight."""
        flying = stage.ledger.flying()
        by_platform = Counter(each.platform for each in flying)
        self.number += 1
        self.hits.update((point, each.id) for each in flying)
        self.telegram += by_platform["telegram"]
        self.fullest = max(self.fullest, by_platform["telegram"])
        return [each.id for each in flying]

    def look(self, stage: Stage) -> None:
        """After a start: created = sent + merged + dead + open, and every alert is there once."""
        books = stage.ledger.books()
        possible = {
            len(stage.plan.caused_by(stage.plan.steps[: len(stage.taken) + n])) for n in (0, 1)
        }
        self.starts += 1
        self.faults += books.faults
        if books.created not in possible:
            self.faults.append(f"{books.created} were created, not one of {possible}")


async def storm(
    folder: Path, alerts: int, kills: int, progress: Progress, early: int = 1, rules: int = RULES
) -> list[Line]:
    """``alerts`` are caused and delivered while the bot dies ``kills`` times.

    ``early``: it dies so many times earlier, where there is little to send.
    """
    half = alerts // rules // 2
    async with a_stage(folder, chats_of(half, half), rules) as stage:
        deaths = await killed_often(stage, kills, early, progress)
        life = stage.life()
        await stage.heard(life)
        deaths.look(stage)
        await stage.load(life, MOST_OPEN * 3, len(stage.plan.steps))
        await stage.drained(PATIENCE_S)
        await life.terminated(10.0)
        return judged(stage, deaths)


async def killed_often(stage: Stage, kills: int, early: int, progress: Progress) -> Deaths:
    """One life after another; each is given alerts, and dies of the next point in turn."""
    deaths, hit = Deaths(), list[int]()
    for number in range(kills):
        point = list(POINTS)[number % len(POINTS)]
        quota = round(len(stage.plan.steps) * (number + 1) / (kills + 1))
        life = stage.life(_doom(stage, point, early))
        loading = asyncio.create_task(_loaded(stage, life, quota, hit, deaths))
        deaths.astray += not await _died(stage, life, loading, early)
        await loading
        hit = deaths.note(point, stage)
        progress((number + 1) / (kills + 1))
    return deaths


def _doom(stage: Stage, point: str, early: int) -> Doom | None:
    if point == ANYWHERE:
        return None
    return Doom(point, max(1, stage.dice.randint(*POINTS[point]) // early))


async def _died(stage: Stage, life: Life, loading: "asyncio.Task[None]", early: int) -> bool:
    """Whether it ended as was meant: at its landmark, or at any moment where none was."""
    most_s = STUCK_S
    if life.doom is None:
        await stage.heard(life)
        most_s = stage.dice.uniform(0.1, 2.0) / early
    await until(lambda: life.over or loading.done(), most_s)
    meant = life.doom is None or life.over
    await life.killed()
    return meant


async def _loaded(stage: Stage, life: Life, quota: int, hit: list[int], deaths: Deaths) -> None:
    """Alerts until the end of this life; none before what the last death hit is settled, since a
    third hit gives it up."""
    if not await stage.heard(life):
        return
    deaths.look(stage)
    await until(lambda: life.over or not stage.ledger.unsettled(hit), STUCK_S)
    while not life.over and (stage.left or stage.ledger.open()):
        most = MOST_OPEN if len(stage.taken) < quota else FEW_OPEN
        if stage.left and stage.ledger.open() < most:
            await stage.step(life)
        await asyncio.sleep(LOOK_S)


def judged(stage: Stage, deaths: Deaths) -> list[Line]:
    books, tally = stage.ledger.books(), stage.tally()
    kills = deaths.number
    return [
        exactly("kills", kills - stage.crashed(), kills),
        at_least("of these at their landmark, or anywhere", kills - deaths.astray, kills * 0.8),
        exactly(
            "books after every start", faults_said(deaths.faults + list(books.faults)), "whole"
        ),
        exactly("dead, by reason", dict(books.reasons), {}),
        exactly("open at the end", books.open, 0),
        at_most("hits of one notification at one point", max(deaths.hits.values(), default=0), 2),
        at_most("Telegram calls under way at a kill", deaths.fullest, SLOTS),
        at_most(
            "Telegram repeats, by what was in flight", tally.repeats["telegram"], deaths.telegram
        ),
        at_most("Telegram repeats, 8 a kill", tally.repeats["telegram"], SLOTS * kills),
        *deliveries(stage),
    ]


def deliveries(stage: Stage) -> list[Line]:
    """What must hold however the bot died."""
    tally, planned = stage.tally(), stage.plan.caused_by(stage.plan.steps)
    caused = len(stage.plan.caused_by(stage.taken))
    return [
        exactly("alerts caused", caused, len(planned)),
        exactly("lives that ended by an error", stage.crashed(), 0),
        exactly("alerts lost", f"{len(tally.lost)} of {caused}", f"0 of {caused}"),
        exactly("alerts nobody asked for", len(tally.unasked), 0),
        exactly("Discord repeats", tally.repeats["discord"], 0),
        at_most("copies of one alert", tally.most, 3),
    ]


def faults_said(faults: list[str]) -> str:
    """``whole``, or how many faults and the first."""
    return f"{len(faults)} faults: {faults[0]}" if faults else "whole"
