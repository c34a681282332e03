"""SIGTERM under load: gone in time, nothing lost, nothing said twice."""

from pathlib import Path

from tests.torture.killing import MOST_OPEN, deliveries, faults_said
from tests.torture.line import Line, Progress, at_most, exactly
from tests.torture.patience import until
from tests.torture.plan import RULES
from tests.torture.stage import a_stage, chats_of

GONE_S = 10.0
CALLED_S = 2.0
ANSWERED_S = 0.3


async def stopped(folder: Path, alerts: int, stops: int, progress: Progress) -> list[Line]:
    """As many lives as ``stops``, each asked to end while alerts wait and calls are under way."""
    half = alerts // RULES // 2
    codes, slowest, loaded = set[int](), 0.0, 0
    async with a_stage(folder, chats_of(half, half)) as stage:
        stage.world.telegram.slow_s = ANSWERED_S
        for number in range(stops):
            life = stage.life()
            await stage.heard(life)
            quota = round(len(stage.plan.steps) * (number + 1) / (stops + 1))
            await stage.load(life, MOST_OPEN, max(quota, len(stage.taken) + 1))
            loaded += await until(lambda: bool(stage.ledger.flying()), CALLED_S)
            code, seconds = await life.terminated(GONE_S + 5)
            codes.add(code)
            slowest = max(slowest, seconds)
            progress((number + 1) / (stops + 1))
        life = stage.life()
        await stage.heard(life)
        await stage.load(life, MOST_OPEN, len(stage.plan.steps))
        await stage.drained(120.0)
        await life.terminated(GONE_S)
        books, tally = stage.ledger.books(), stage.tally()
        return [
            exactly("SIGTERMs that found calls under way", loaded, stops),
            at_most("slowest end", slowest, GONE_S, " s"),
            exactly("exit codes", codes, {0}),
            exactly("books", faults_said(list(books.faults)), "whole"),
            exactly("dead, by reason", dict(books.reasons), {}),
            exactly("Telegram repeats", tally.repeats["telegram"], 0),
            *deliveries(stage),
        ]
