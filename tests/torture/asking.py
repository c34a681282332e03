"""Commands on Telegram while the bot is killed before, within and after their handling."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.market import USD
from tests.torture.gate import Call
from tests.torture.killing import STUCK_S, faults_said
from tests.torture.line import Line, Progress, exactly
from tests.torture.lives import Life
from tests.torture.patience import until
from tests.torture.stage import Stage, a_stage
from tests.torture.worker import Doom

FIRST_USER = 200_000
SAVED, MUTED = "Set:", "Muted"
POINTS = ("update arrived", "update kept", "update answered")
PATIENCE_S = 60.0


@dataclass(frozen=True)
class Asked:
    """One command of a person of its own, and how its effect is recognised."""

    user: int
    text: str
    threshold: int = 0
    """Of the rule that it makes; 0: it mutes the chat."""


def commands(many: int, mutes: bool) -> list[Asked]:
    """Rules with thresholds of their own, and now and then a mute."""
    asked = []
    for i in range(many):
        if mutes and i % 3 == 2:
            asked.append(Asked(FIRST_USER + i, "/mute 2h"))
        else:
            millions = 20 + i
            text = f"/alert BTC 24h long > {millions}m"
            asked.append(Asked(FIRST_USER + i, text, millions * 1_000_000 * USD))
    return asked


def stored(stage: Stage, asked: Sequence[Asked]) -> Counter[Asked]:
    """How often each has had its effect, as the books have it."""
    rules = Counter(map(tuple, stage.ledger.all("SELECT chat, threshold FROM rule")))
    muted = {row[0] for row in stage.ledger.all("SELECT chat FROM chat WHERE muted_until_ms > 0")}
    found = Counter[Asked]()
    for one in asked:
        if one.threshold:
            found[one] = rules.pop((one.user, one.threshold), 0)
        else:
            found[one] = one.user in muted
    return found


async def saved(folder: Path, many: int, kills: int, progress: Progress) -> list[Line]:
    """Every kill comes at the moment at which a person has got the answer that it is set."""
    asked = commands(many, mutes=False)
    batches = [asked[i::kills] for i in range(kills)]
    deadly_answers, untrue = 0, list[int]()
    async with a_stage(folder, []) as stage:
        for number, batch in enumerate(batches):
            life, deadly = stage.life(), stage.dice.randint(1, len(batch))
            await stage.heard(life)
            answered = await _killed_at_answer(stage, life, batch, deadly)
            deadly_answers += len(answered) >= deadly
            now = {one.user for one, times in stored(stage, asked).items() if times}
            untrue += answered - now
            progress((number + 1) / (kills + 1))
        return [
            exactly("kills at such an answer", deadly_answers, kills),
            *await _ended(stage, asked),
            exactly("told 'Set:' at a kill and not in the books", len(untrue), 0),
        ]


async def _killed_at_answer(
    stage: Stage, life: Life, batch: Sequence[Asked], deadly: int
) -> set[int]:
    """Who was told in this life that his rule is set, the last of them at its end."""
    told = set[int]()

    def accepted(call: Call) -> None:
        if SAVED in call.text and not life.over:
            told.add(call.chat)
            if len(told) == deadly:
                life.process.kill()

    stage.telegram.accepted = accepted
    await _ask(stage, batch)
    await until(lambda: life.over, STUCK_S)
    await life.killed()
    return told


async def between(folder: Path, kills: int, progress: Progress, each: int = 4) -> list[Line]:
    """Kills between the arrival of a command, its effect, its answer and its confirmation."""
    asked = commands(kills * each, mutes=True)
    astray = 0
    async with a_stage(folder, []) as stage:
        for number in range(kills):
            doom = Doom(POINTS[number % len(POINTS)], stage.dice.randint(1, each))
            life = stage.life(doom)
            await _ask(stage, asked[number * each : (number + 1) * each])
            try:
                await life.ended(STUCK_S)
            except TimeoutError:
                astray += 1
                await life.killed()
            progress((number + 1) / (kills + 1))
        lines = await _ended(stage, asked)
        return [exactly("kills at the meant landmark", kills - astray, kills), *lines]


async def _ask(stage: Stage, batch: Sequence[Asked]) -> None:
    for one in batch:
        await stage.world.telegram.say(one.text, one.user)


async def _ended(stage: Stage, asked: Sequence[Asked]) -> list[Line]:
    """A last life without a kill answers what is left; then the books and the chats are read."""
    life, telegram = stage.life(), stage.world.telegram
    await until(lambda: life.over or not telegram.updates, PATIENCE_S)
    code, _ = await life.terminated(10.0)
    effects = stored(stage, asked)
    answers = Counter(sent.chat for sent in stage.world.telegram.sent)
    books = stage.ledger.books()
    rules = stage.ledger.all("SELECT count(*) FROM rule")[0][0]
    wanted = sum(1 for one in asked if one.threshold)
    return [
        exactly("commands in the books", f"{sum(effects.values())}", f"{len(asked)}"),
        exactly("rules, none twice", rules, wanted),
        exactly("unanswered", sum(not answers[one.user] for one in asked), 0),
        exactly("answers that deny it", _denied(stage), 0),
        exactly("updates left unconfirmed", len(stage.world.telegram.updates), 0),
        exactly("the last end", code, 0),
        exactly("lives that ended by an error", stage.crashed(), 0),
        exactly("books", faults_said(list(books.faults)), "whole"),
    ]


def _denied(stage: Stage) -> int:
    """Answers that neither confirm nor say that it was done before: applied twice, or refused."""
    fine = (SAVED, MUTED, "That is done")
    return sum(not any(word in s.text for word in fine) for s in stage.world.telegram.sent)
