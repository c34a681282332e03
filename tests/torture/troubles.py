"""Chat platforms in trouble of every kind, with alerts waiting: one trouble, one stage."""

import asyncio
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bot.rules import Destination
from tests.torture import patience
from tests.torture.gate import Accepted, Fate, Gate, Verdict, merciful
from tests.torture.killing import SLOTS, faults_said
from tests.torture.line import Line, Progress
from tests.torture.plan import Alarm, Tally
from tests.torture.refusals import (
    first,
    for_one,
    limited,
    moved,
    once_each,
    page,
    refused,
    until,
)
from tests.torture.stage import Stage, a_stage, chats_of

LASTING_S = 4.0
PATIENCE_S = 150.0

PROMPT_MS = 8_000
"""What those wait at most who have nothing to do with the trouble."""

HOUR_S = 3_600
GROUP, NEW_GROUP = -500, -1_000_500
FEW = 3

Making = Callable[[str, int], Verdict]
"""The verdict for one platform, given its chat that is the victim."""


@dataclass(frozen=True)
class Trouble:
    """``whole``: everybody on the platform suffers, not the victim alone.

    ``waits``: what is for the victim is open at the end. ``ends``: it is dead, with a reason of
    the platform's. ``calls``: so often is the victim (of ``whole``: the platform) asked at most.
    ``doubtful``: messages may have arrived. ``healed_by_restart``: as it says.
    ``only``: the one platform that knows such a thing.
    """

    name: str
    making: Making
    whole: bool = False
    waits: bool = False
    ends: bool = False
    calls: int | None = None
    doubtful: bool = False
    healed_by_restart: bool = False
    only: str = ""


def _lasting(fate: Callable[[str], Fate]) -> Making:
    return lambda platform, victim: until(time.monotonic() + LASTING_S, fate(platform))


_NUMBER = re.compile(r"\bL(\d+)")
"""By which a message names its notification."""

TROUBLES = (
    Trouble("429 for 1 s", lambda p, v: once_each(limited(p, 1))),
    Trouble("429 for 1 h", lambda p, v: for_one(v, limited(p, HOUR_S)), waits=True, calls=1),
    Trouble("429, global", _lasting(lambda p: limited(p, 2, True)), whole=True),
    Trouble("500", _lasting(lambda p: refused(p, 500)), whole=True),
    Trouble("502 with HTML", _lasting(page), whole=True),
    Trouble("503", _lasting(lambda p: refused(p, 503)), whole=True),
    Trouble(
        "401, healed by a restart",
        lambda p, v: until(time.monotonic() + HOUR_S, refused(p, 401)),
        whole=True,
        calls=2 * SLOTS,
        healed_by_restart=True,
    ),
    Trouble("migrated", lambda p, v: for_one(GROUP, moved(NEW_GROUP)), only="telegram"),
    Trouble("403", lambda p, v: for_one(v, refused(p, 403)), ends=True, calls=2),
    Trouble("404", lambda p, v: for_one(v, refused(p, 404)), ends=True, calls=2),
    Trouble("taken, answer dropped", lambda p, v: first(FEW, Accepted("drop")), doubtful=True),
    Trouble("taken, answer cut", lambda p, v: first(FEW, Accepted("half")), doubtful=True),
    Trouble("taken, no answer", lambda p, v: first(FEW, Accepted("hang")), doubtful=True),
    Trouble("nobody answers", _lasting(lambda p: Accepted("hang")), whole=True, doubtful=True),
)


async def troubled(folder: Path, progress: Progress, names: tuple[str, ...] = ()) -> list[Line]:
    """Every trouble on every platform; a line each says what went wrong, if anything."""
    lines = list[Line]()
    wanted = [t for t in TROUBLES if not names or t.name in names]
    cases = [(t, p) for t in wanted for p in ("telegram", "discord") if t.only in ("", p)]
    for number, (trouble, platform) in enumerate(cases):
        lines.append(await one(folder / f"{number}", trouble, platform))
        progress((number + 1) / len(cases))
    return lines


async def one(folder: Path, trouble: Trouble, platform: str) -> Line:
    """Calm, trouble with alerts to send, calm again with more of them."""
    began = time.monotonic()
    chats = [*chats_of(6, 6), Destination("telegram", GROUP)]
    async with a_stage(folder, chats) as stage:
        stage.world.telegram.group(GROUP, kind="group")
        stage.world.telegram.group(NEW_GROUP)
        stage.moved[NEW_GROUP] = GROUP
        gate: Gate = getattr(stage, platform)
        victim = next(c.chat for c in stage.plan.chats if c.platform == platform)
        everything = len(stage.plan.steps)
        life = stage.life()
        await stage.heard(life)
        await stage.load(life, SLOTS, everything // 4)
        gate.verdict = trouble.making(platform, victim)
        await stage.load(life, everything * 12, everything // 2)
        if trouble.whole:
            await asyncio.sleep(LASTING_S)
        if trouble.healed_by_restart:
            await life.terminated(10.0)
            gate.verdict = merciful
            life = stage.life()
            await stage.heard(life)
        await stage.load(life, everything * 12, everything)
        await _settled(stage, victim if trouble.waits else 0)
        code, _ = await life.terminated(10.0)
        wrong = list(_wrong(stage, trouble, platform, victim))
        wrong += [f"it ended with {code}"] if code else []
        seconds = f"{time.monotonic() - began:.0f} s"
        return Line(
            f"{platform}: {trouble.name}", "; ".join(wrong) or f"as must be, in {seconds}",
            "no loss, bounded repeats", not wrong,
        )  # fmt: skip


async def _settled(stage: Stage, victim: int) -> None:
    query = "SELECT count(*) FROM notification WHERE settled_ms IS NULL AND chat != ?"
    await patience.until(lambda: not stage.ledger.all(query, victim)[0][0], PATIENCE_S)


def _wrong(stage: Stage, trouble: Trouble, platform: str, victim: int) -> list[str]:
    books, tally = stage.ledger.books(), stage.tally()
    gate: Gate = getattr(stage, platform)
    spared = trouble.waits or trouble.ends
    lost = [a for a in tally.lost if not (spared and _of(a, platform, victim))]
    wrong = [faults_said(list(books.faults))] if books.faults else []
    wrong += [f"lost {len(lost)}"] if lost else []
    wrong += _repeated(tally, trouble, gate)
    open_elsewhere = stage.ledger.all(
        "SELECT count(*) FROM notification WHERE settled_ms IS NULL AND chat != ?",
        victim if trouble.waits else 0,
    )[0][0]
    wrong += [f"open {open_elsewhere}"] if open_elsewhere else []
    if books.reasons and not trouble.ends:
        wrong.append(f"dead {dict(books.reasons)}")
    asked = len([c for c in gate.judged if trouble.whole or c.chat == victim])
    if trouble.calls is not None and asked > trouble.calls:
        wrong.append(f"asked {asked} times")
    if not gate.judged:
        wrong.append("the trouble was never met")
    slowest = _slowest(stage, trouble, platform, {call.chat for call in gate.judged})
    wrong += [f"others waited {slowest / 1000:.1f} s"] if slowest > PROMPT_MS else []
    return wrong


def _repeated(tally: Tally, trouble: Trouble, gate: Gate) -> list[str]:
    most = len(gate.judged) if trouble.doubtful else 0
    wrong = [f"Telegram repeats {n}"] if (n := tally.repeats["telegram"]) > most else []
    wrong += [f"Discord repeats {n}"] if (n := tally.repeats["discord"]) else []
    return wrong + ([f"{tally.most} copies of one"] if tally.most > 3 else [])


def _slowest(stage: Stage, trouble: Trouble, platform: str, met: set[int]) -> int:
    """Milliseconds from stored to the first call of the one that waited longest without a reason.

    Not to its end: a chart that is added later is a call of the same notification.
    """
    ahead_s = time.time() - time.monotonic()
    called: dict[int, float] = {}
    for call in (*stage.telegram.calls, *stage.discord.calls):
        for number in _NUMBER.findall(call.text):
            called.setdefault(int(number), call.at)
    rows = stage.ledger.all(
        "SELECT id, platform, chat, created_ms FROM notification WHERE state = 'sent'"
    )
    return max(
        (
            round((called[number] + ahead_s) * 1000) - created_ms
            for number, p, chat, created_ms in rows
            if p != platform or not (trouble.whole or chat in met)
        ),
        default=0,
    )


def _of(alarm: Alarm, platform: str, chat: int) -> bool:
    return (alarm.platform, alarm.chat) == (platform, chat)
