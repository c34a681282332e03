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


class Place(StrEnum):
    """Where an alert says a sentence.

    ``HEAD``: its first lines say it already. ``LEAD``: right below the headline, why it matters.
    ``FACT``: after what is in it. ``DETAIL``: in what may be folded away. ``WHY``: only there.
    """

    HEAD = "head"
    LEAD = "lead"
    FACT = "fact"
    DETAIL = "detail"
    WHY = "why"


class Verdict(msgspec.Struct, frozen=True):
    """What became of one sentence.

    ``line`` is what the alert says (only when said). ``evidence`` is what stands under *Why?*:
    the numbers, the threshold, the baseline, coverage and times that decided it; for
    ``UNCHECKED`` why it could not be. ``label`` is what *Why?* shows on its left where the name of
    the sentence says less: ``largest in 92 d``.
    """

    state: State
    evidence: Line
    line: Line = ()
    label: str = ""
    place: Place = Place.DETAIL


class Sentence(Protocol):
    """One sentence. Pure: the same case gives the same verdict."""

    @property
    def name(self) -> str:
        """One word, as the registry has it; ``largest in 92 d`` is said by ``rank``."""
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
