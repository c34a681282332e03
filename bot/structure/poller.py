"""Asks one source of market structure gently, for ever, and knows what it does not tell."""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

import structlog

from bot.clock import MINUTE_MS, SECOND_MS
from bot.feed.web import Failure, Page, ask, understood
from bot.feed.wire import Wire
from bot.structure.schedule import Pace, Schedule
from bot.structure.sifting import sifted
from bot.structure.source import Question, RefusedError, Source, Told
from bot.structure.troubles import UNREADABLE, Troubles, clause
from bot.structure.view import Missing

LOOK_S = 60.0
"""The longest sleep: what is to be asked may change."""

USED_WEIGHT = "X-MBX-USED-WEIGHT-1M"
"""Binance tells with each answer what this address used in the running minute.

Source: https://developers.binance.com/docs/derivatives/usds-margined-futures/general-info, read
2026-11-25."""

MOST_WEIGHT = 0.6 * 2_400
"""Of it; the rest is for the feeds, and for whoever else shares the address."""

log = structlog.get_logger()


class Key(NamedTuple):
    """By which a question is the same one again; ``number`` counts those that are alike."""

    role: str
    what: str
    coin: str
    kind: str
    number: int


class Poller:
    """One request at a time; ``run`` until cancelled, beside the pollers of other sources.

    ``coins`` are those that are followed, ``urls`` as ``Source.urls``. ``told`` gets each good
    answer, at once: of these coins and of all together, and nothing that cannot be so.
    """

    def __init__(
        self,
        source: Source,
        coins: Collection[str],
        urls: Mapping[str, str],
        wire: Wire,
        told: Callable[[Told], None],
        key: str = "",
    ) -> None:
        self.source = source
        self.asked = 0
        self.failures = 0
        """Since the start; ``missing`` has those that are not over."""
        self._coins = tuple(coins)
        self._urls = urls
        self._wire = wire
        self._told = told
        self._headers = dict(source.headers(key))
        self._schedule: Schedule[Key] = Schedule(source.allowance, wire.random)
        self._troubles: Troubles[Key] = Troubles()
        self._wanted: Collection[Question] = ()
        self._questions: dict[Key, Question] = {}
        self._logged: set[str] = set()

    async def run(self) -> None:
        while True:
            await self.step()

    async def step(self) -> None:
        """Ask what is due, or wait for it."""
        self._follow()
        found = self._schedule.next(self._wire.real.monotonic())
        if found is None or found[1] > 0:
            await self._wire.real.sleep(min(found[1], LOOK_S) if found else LOOK_S)
            return
        await self._put(found[0], self._questions[found[0]])

    def missing(self) -> list[Missing]:
        """What the source does not tell now, the longest first."""
        return self._troubles.missing(self._open(), self.source.title)

    def _follow(self) -> None:
        questions = self.source.questions(self._coins, self._wire.market.now_ms())
        if questions == self._wanted:
            return
        self._wanted = questions
        self._questions = _keyed(questions)
        self._troubles.keep_only(self._questions)
        paces = {
            key: Pace(question.role, question.every_s, question.weight)
            for key, question in self._questions.items()
        }
        self._schedule.follow(paces, self._wire.real.monotonic())

    def _open(self) -> dict[Key, Question]:
        """Without those that were asked once, and answered."""
        still = self._schedule.open()
        return {key: question for key, question in self._questions.items() if key in still}

    async def _put(self, key: Key, question: Question) -> None:
        self._schedule.put(key, self._wire.real.monotonic())
        self.asked += 1
        answer = await ask(
            self._wire.session,
            self._urls[question.role] + question.path,
            self._wire.real,
            self._wire.proxy,
            self._wire.limits.fetch_s,
            self._headers,
            question.body,
        )
        if isinstance(answer, Failure):
            place = _place(self.source, question.role)
            self._fail(key, question, clause(answer, place), answer.wait_s, answer.sentence)
        else:
            self._heed(question.role, answer.headers)
            await self._take(key, question, answer)
        self._log()

    async def _take(self, key: Key, question: Question, page: Page) -> None:
        received_ms = self._wire.market.now_ms()
        if len(page.body) > self._wire.limits.long_frame_bytes:
            told = await asyncio.to_thread(self._read, question, page.body, received_ms)
        else:
            told = self._read(question, page.body, received_ms)
        if isinstance(told, RefusedError):
            self._fail(key, question, told.reason, told.wait_s, told.reason)
        elif isinstance(told, str):
            self._fail(key, question, UNREADABLE, 0.0, told)
        else:
            self._schedule.answered(key, self._wire.real.monotonic())
            self._troubles.answered(key, question.role)
            self._told(told)

    def _read(self, question: Question, body: bytes, received_ms: int) -> Told | str | RefusedError:
        def read() -> Told | RefusedError:
            try:
                told = self.source.read(question, body, received_ms)
            except RefusedError as refused:
                return refused
            return sifted(told, self._coins, received_ms)

        return understood(read)

    def _fail(
        self, key: Key, question: Question, reason: str, wait_s: float, sentence: str
    ) -> None:
        """``sentence`` is for the log of one who looks closely."""
        self.failures += 1
        now_ms = self._wire.market.now_ms()
        self._schedule.failed(key, self._wire.real.monotonic(), wait_s)
        self._troubles.failed(key, reason, now_ms)
        if wait_s > 0:
            self._troubles.refused(question.role, reason, now_ms)
        log.debug(
            "a question failed",
            source=self.source.name,
            what=question.what,
            coin=question.coin,
            reason=sentence,
        )

    def _heed(self, role: str, headers: Mapping[str, str]) -> None:
        """Pause until the minute is over in which much was used."""
        used = headers.get(USED_WEIGHT, "")
        if used.isdecimal() and int(used) > MOST_WEIGHT:
            left_s = (MINUTE_MS - self._wire.real.now_ms() % MINUTE_MS) / SECOND_MS
            self._schedule.hold(role, self._wire.real.monotonic(), left_s)

    def _log(self) -> None:
        """One line when something begins to be missing, and one when it is there again."""
        lasting = self._troubles.lasting(self._open())
        lost, back = sorted(lasting.keys() - self._logged), sorted(self._logged - lasting.keys())
        self._logged = set(lasting)
        if lost:
            reason = lasting[lost[0]]
            log.warning(
                "market structure is missing", source=self.source.name, what=lost, reason=reason
            )
        if back:
            log.info("market structure is told again", source=self.source.name, what=back)


def _keyed(questions: Collection[Question]) -> dict[Key, Question]:
    counts: Counter[tuple[str, str, str, str]] = Counter()
    found: dict[Key, Question] = {}
    for one in questions:
        alike = (one.role, one.what, one.coin, one.kind)
        found[Key(*alike, counts[alike])] = one
        counts[alike] += 1
    return found


def _place(source: Source, role: str) -> str:
    """What a host is called beside the first of its source."""
    return "" if role == next(iter(source.urls)) else role.replace("_", " ")
