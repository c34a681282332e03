"""What a sentence is: a small named rule with a condition, its inputs and its words."""

from enum import StrEnum
from typing import Protocol

import msgspec

from bot.sentences.case import Case
from bot.wording.text import Line


class State(StrEnum):
    """``SAID``: its condition holds. ``NOT_SAID``: it was checked and does not hold.
    ``UNCHECKED``: an input is missing or stale."""

    SAID = "said"
    NOT_SAID = "not said"
    UNCHECKED = "could not be checked"


class Verdict(msgspec.Struct, frozen=True):
    """What became of one sentence.

    ``line`` is what the alert says (only when said). ``evidence`` is the one or two lines under
    *Why?*: the numbers, the threshold, the baseline, coverage and times that decided it; for
    ``UNCHECKED`` what was missing and why.
    """

    state: State
    evidence: Line
    line: Line = ()


class Sentence(Protocol):
    """One sentence. Pure: the same case gives the same verdict."""

    @property
    def name(self) -> str:
        """A few words, as *Why?* shows them on the left: ``largest in 92 d`` is ``rank``."""
        ...

    @property
    def version(self) -> int:
        """Raised whenever the condition or the words change: cases name it."""
        ...

    @property
    def needs(self) -> str:
        """What must be known, in a few words, for the list of what could not be checked."""
        ...

    def judge(self, case: Case) -> Verdict: ...
