"""SIGSTOP under load: a frozen process loses nothing and says hardly anything twice."""

import asyncio
import signal
from collections import Counter
from pathlib import Path
from time import monotonic

from tests.torture.killing import MOST_OPEN, deliveries, faults_said
from tests.torture.line import Line, Progress, at_most, exactly
from tests.torture.patience import until
from tests.torture.plan import RULES
from tests.torture.stage import Stage, a_stage, chats_of

PATIENCE_S = 10.0
ANSWERED_S = 0.3


async def frozen(
    folder: Path, alerts: int, seconds: float, times: int, progress: Progress, rules: int = RULES
) -> list[Line]:
    """``times`` freezes of ``seconds`` each while calls are under way, and trades go on."""
    half = alerts // rules // 2
    in_flight, known = 0, 0
    async with a_stage(folder, chats_of(half, half), rules) as stage:
        stage.world.telegram.slow_s = ANSWERED_S
        life = stage.life()
        await stage.heard(life)
        for number in range(times):
            half_way = len(stage.plan.steps) * (number + 1) // (times + 1)
            await stage.load(life, MOST_OPEN, max(half_way, len(stage.taken) + 1))
            await until(lambda: bool(stage.ledger.flying()), PATIENCE_S)
            life.send(signal.SIGSTOP)
            flying = stage.ledger.flying()
            in_flight += Counter(each.platform for each in flying)["telegram"]
            stepping = asyncio.create_task(stage.step(life, seconds + PATIENCE_S))
            await asyncio.sleep(seconds)
            life.send(signal.SIGCONT)
            thawed, came_ms = monotonic(), stage.world.last_ms
            await stepping
            known += monotonic() - thawed < PATIENCE_S or _told(stage, came_ms)
            progress((number + 1) / (times + 1))
        await stage.load(life, MOST_OPEN, len(stage.plan.steps))
        await stage.drained(120.0)
        code, _ = await life.terminated(10.0)
        books, tally = stage.ledger.books(), stage.tally()
        return [
            exactly("the end", code, 0),
            exactly("books", faults_said(list(books.faults)), "whole"),
            exactly("dead, by reason", dict(books.reasons), {}),
            at_most(
                "Telegram repeats, by what was in flight", tally.repeats["telegram"], in_flight
            ),
            exactly("what came meanwhile: heard, or told as a gap", known, times),
            *deliveries(stage),
        ]


def _told(stage: Stage, came_ms: int) -> bool:
    """Whether the books say that this moment was not heard."""
    gaps = stage.ledger.all("SELECT start_ms, end_ms FROM gap")
    return any(start <= came_ms <= (end or came_ms) for start, end in gaps)
