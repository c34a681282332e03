"""Asks a stand-in everything that a source asks, without a socket, and collects what it tells."""

from collections.abc import Collection, Iterable

from bot.clock import HOUR_MS
from bot.structure import STRUCTURE
from bot.structure.facts import Candle, Fact, Measure
from bot.structure.source import Question, RefusedError, Source, Told
from tests.doubles.structure import KEY, ROLES, StructureDouble

NOW = 1_795_313_040_000
"""Sunday, 22 Nov 2026, 02:04 UTC."""


class Asked:
    """One source that has asked ``double`` for ``coins``; what it told, by measure and coin."""

    def __init__(
        self, name: str, double: StructureDouble | None = None, coins: Collection[str] = ("BTC",)
    ) -> None:
        self.double = double or a_double()
        self.source: Source = STRUCTURE[name]()
        self.coins = coins
        self.facts: list[Fact] = []
        self.candles: list[Candle] = []
        self.asked: list[Question] = []
        self.refused: list[tuple[str, str]] = []

    def ask(self, *whats: str) -> "Asked":
        """Everything, or what is called so; lists first, as they stand in the order."""
        done: set[tuple[str, str, str, str]] = set()
        while True:
            questions = self.source.questions(self.coins, NOW)
            left = [one for one in questions if _key(one) not in done]
            if not left:
                return self
            done.add(_key(left[0]))
            if not whats or left[0].what in whats:
                self._try(left[0])

    def put(self, question: Question) -> Told:
        self.asked.append(question)
        return self.put_document(question, self.document(question))

    def put_document(self, question: Question, document: bytes) -> Told:
        told = self.source.read(question, document, NOW)
        self.facts += told.facts
        self.candles += told.candles
        return told

    def _try(self, question: Question) -> None:
        try:
            self.put(question)
        except RefusedError as refused:
            self.refused.append((question.what, refused.reason))

    def document(self, question: Question) -> bytes:
        url = ROLES[self.source.name][question.role] + question.path
        status, body = self.double.reply(url, question.body, KEY)
        assert status == 200, f"{url} answered {status}"
        return body

    def question(self, what: str, coin: str = "BTC") -> Question:
        questions = self.source.questions(self.coins, NOW)
        return next(one for one in questions if one.what == what and one.coin in (coin, ""))

    def now(self, measure: Measure, coin: str = "BTC") -> float | None:
        """The newest value that is not older than an hour."""
        found = [one for one in self.of(measure, coin) if one.at_ms > NOW - HOUR_MS]
        return max(found, key=lambda one: one.at_ms).value if found else None

    def of(self, measure: Measure, coin: str = "BTC") -> list[Fact]:
        return [one for one in self.facts if one.measure is measure and one.coin == coin]

    def bars(self, span_ms: int, coin: str = "BTC", spot: bool = False) -> dict[int, Candle]:
        return {
            one.start_ms: one
            for one in self.candles
            if one.span_ms == span_ms and one.coin == coin and one.spot is spot
        }


def a_double() -> StructureDouble:
    return StructureDouble(FrozenNow())


class FrozenNow:
    def now_ms(self) -> int:
        return NOW


def hours_of(facts: Iterable[Fact]) -> set[int]:
    return {fact.at_ms // HOUR_MS for fact in facts}


def _key(question: Question) -> tuple[str, str, str, str]:
    body = (question.body or b"").decode()
    return (question.what, question.coin, question.kind, question.path + body)
