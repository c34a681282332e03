"""Telegram's pace over sockets: as fast as allowed, and never faster."""

from pathlib import Path

from tests.torture.arrivals import Arrivals
from tests.torture.killing import deliveries
from tests.torture.line import Line, Progress, at_least, at_most, exactly
from tests.torture.stage import a_stage, chats_of

PER_SECOND = 30
ANSWERS_WITHIN_S = 0.15


async def paced(folder: Path, chats: int, progress: Progress) -> list[Line]:
    """An alert for every chat at once; the double takes up to 150 ms for each."""
    async with (
        a_stage(folder, chats_of(chats, 0), rules=1) as stage,
        Arrivals(stage.telegram.url) as arrivals,
    ):
        stage.more["TELEGRAM_API_URL"] = arrivals.url
        stage.world.telegram.slow_s = ANSWERS_WITHIN_S
        life = stage.life()
        await stage.heard(life)
        await stage.load(life, chats, len(stage.plan.steps))
        progress(0.1)
        left = await stage.drained(chats / PER_SECOND * 2 + 20)
        await life.terminated(10.0)
        at = sorted(arrivals.at)
        return [
            exactly("open at the end", left, 0),
            at_least("share of the ideal schedule", _share(at), 0.97),
            at_most("most arrivals in any second", _most(at), PER_SECOND),
            *deliveries(stage),
        ]


def _share(at: list[float]) -> float:
    """The ideal: 30 in every second from the first to the last."""
    return len(at) / PER_SECOND / (at[-1] - at[0])


def _most(at: list[float]) -> int:
    first, most = 0, 0
    for last, moment in enumerate(at):
        while moment - at[first] >= 1.0:
            first += 1
        most = max(most, last - first + 1)
    return most
