"""One moment of a flush put into words once, for all who are told of it."""

from collections.abc import Sequence
from typing import Protocol

from msgspec.structs import replace

from bot.clock import SECOND_MS
from bot.flush.flush import Flush
from bot.ports import Cases
from bot.rules import Page
from bot.sentences.case import Case
from bot.sentences.judging import Judged, judge
from bot.sentences.record import record
from bot.story.batch import Telling
from bot.story.follow import Step
from bot.wording.text import Message


class Say(Protocol):
    """``bot.wording.flush.page_message``."""

    def __call__(
        self,
        case: Case,
        judged: Sequence[Judged],
        step: Step,
        after_ms: int = 0,
        direct: bool = True,
        *,
        why: str = "",
    ) -> Message: ...


class Numbers:
    """Names the tellings of each flush: ``F311.<seconds since it began>``, each later than the
    last, so that what is told again after a crash cannot take the name of something else."""

    def __init__(self) -> None:
        self._last: dict[int, int] = {}

    def next(self, flush: Flush, now_ms: int) -> str:
        number = max((now_ms - flush.start_ms) // SECOND_MS, self._last.get(flush.id, 0) + 1)
        self._last[flush.id] = number
        return f"{flush.short_id}.{number}"

    def forget(self, flush: int) -> None:
        self._last.pop(flush, None)


class Moment:
    """One moment as all who are told of it hear it; pages that say the same are one object.

    ``key`` names its telling. ``picture``: the digest of the chart that an edited page has.
    """

    def __init__(
        self, cases: Cases, say: Say, flush: Flush, key: str, after_ms: int = 0, picture: str = ""
    ) -> None:
        self._case = cases.of_flush(flush)
        self._judged = judge(self._case)
        self._say = say
        self.flush = flush
        self._key = key
        self._after_ms = after_ms
        self._picture = picture
        self._pages: dict[tuple[Step, bool], Page] = {}
        self._variants: dict[tuple[Step, bool, bool, bool, str], Page] = {}

    def telling(self, step: Step) -> Telling:
        """The evidence of it, to be stored."""
        return Telling(self._key, self.flush.id, step.value, self._case.at_ms, record(self._case))

    def page(self, step: Step, direct: bool, loud: bool, edit: bool, quotes: str) -> Page:
        """``quotes``: the page that this one answers; an ``edit`` keeps the page's chart."""
        wanted = (step, direct, loud, edit, quotes)
        page = self._variants.get(wanted)
        if page is None:
            worded = self._worded(step, direct)
            page = self._variants[wanted] = replace(
                worded,
                message=replace(worded.message, loud=loud),
                picture=self._picture if edit else "",
                quotes=quotes,
            )
        return page

    def _worded(self, step: Step, direct: bool) -> Page:
        page = self._pages.get((step, direct))
        if page is None:
            message = self._say(
                self._case, self._judged, step, self._after_ms, direct, why=self._key
            )
            page = self._pages[step, direct] = Page(
                self.flush.id, step.value, self._case.at_ms, message, self._key
            )
        return page
