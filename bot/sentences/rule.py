"""How a sentence is written down: its name, its version, what it needs, and how it is weighed."""

from collections.abc import Callable

import msgspec

from bot.sentences.case import Case
from bot.sentences.inputs import UncheckedError
from bot.sentences.sentence import Place, State, Verdict
from bot.wording.text import Line


class Rule(msgspec.Struct, frozen=True):
    """A ``Sentence``: ``weigh`` may raise ``UncheckedError`` where an input is missing or stale."""

    name: str
    version: int
    needs: str
    weigh: Callable[[Case], Verdict]

    def judge(self, case: Case) -> Verdict:
        """Never raises: what could not be checked is a verdict too."""
        try:
            return self.weigh(case)
        except UncheckedError as lack:
            return Verdict(State.UNCHECKED, (lack.reason,))


def said(label: str, line: Line, *evidence: Line, place: Place = Place.DETAIL) -> Verdict:
    """``evidence``: parts that *Why?* sets apart by semicolons."""
    return Verdict(State.SAID, _parts(evidence), line, label, place)


def unsaid(*evidence: Line) -> Verdict:
    """It was checked and does not hold."""
    return Verdict(State.NOT_SAID, _parts(evidence))


def _parts(evidence: tuple[Line, ...]) -> Line:
    spans: Line = ()
    for part in evidence:
        spans = (*spans, "; ", *part) if spans else part
    return spans
