"""Messages that are taken while their answer is lost."""

from collections import Counter
from pathlib import Path

from tests.torture.gate import Accepted, Call, Fate, Gate, Verdict
from tests.torture.killing import deliveries, faults_said
from tests.torture.line import Line, Progress, at_most, exactly
from tests.torture.plan import RULES
from tests.torture.stage import Stage, a_stage, chats_of

TRIES = 3
"""Calls of one notification, after which its fate stays unknown."""


async def cut(folder: Path, alerts: int, share: float, progress: Progress) -> list[Line]:
    """``share`` of the sends on both platforms is accepted, and the connection closed."""
    half = alerts // RULES // 2
    async with a_stage(folder, chats_of(half, half)) as stage:
        for gate in (stage.telegram, stage.discord):
            gate.verdict = _cutting(stage, share)
        life = stage.life()
        await stage.heard(life)
        for tenth in range(1, 11):
            await stage.load(life, 200, len(stage.plan.steps) * tenth // 10)
            progress(tenth / 12)
        left = await stage.drained(300.0)
        code, _ = await life.terminated(10.0)
        books, tally = stage.ledger.books(), stage.tally()
        unknown = books.reasons.pop("unknown", 0)
        answers = len(stage.telegram.judged)
        return [
            exactly("the end", code, 0),
            exactly("open at the end", left, 0),
            exactly("books", faults_said(list(books.faults)), "whole"),
            exactly("dead for other reasons", dict(+books.reasons), {}),
            exactly("dead as unknown without a cut answer", _unexplained(stage), 0),
            Line("dead as unknown", str(unknown), "only where answers were cut", True),
            at_most(
                "Telegram repeats, by answers that were cut", tally.repeats["telegram"], answers
            ),
            *deliveries(stage),
        ]


def _cutting(stage: Stage, share: float) -> Verdict:
    def verdict(call: Call) -> Fate | None:
        return Accepted("dropped") if stage.dice.random() < share else None

    return verdict


def _unexplained(stage: Stage) -> int:
    """The dead as ``unknown`` in chats where not as many answers were cut as that takes."""
    query = "SELECT DISTINCT platform, chat FROM notification WHERE reason = 'unknown'"
    gates: dict[str, Gate] = {"telegram": stage.telegram, "discord": stage.discord}
    cut = {name: Counter(call.chat for call in gate.judged) for name, gate in gates.items()}
    return sum(cut[platform][chat] < TRIES for platform, chat in stage.ledger.all(query))
