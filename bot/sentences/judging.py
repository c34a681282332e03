"""All sentences judged over one case, and the few of them that an alert has room for."""

from collections.abc import Sequence

import msgspec

from bot.sentences import SENTENCES
from bot.sentences.case import Case
from bot.sentences.sentence import Place, State, Verdict
from bot.wording.length import SHOWN_TIME
from bot.wording.text import Line, Told, plain


class Judged(msgspec.Struct, frozen=True):
    """One sentence and what became of it. ``needs``: what it asks for, in words."""

    name: str
    version: int
    needs: str
    verdict: Verdict


def judge(case: Case) -> tuple[Judged, ...]:
    """Every sentence, the most important first. Pure, and never raises."""
    return tuple(
        Judged(each.name, each.version, each.needs, each.judge(case)) for each in SENTENCES.values()
    )


def told(judged: Sequence[Judged], limit: int) -> Told:
    """The most important lines that fit into ``limit`` visible characters, line ends counted."""
    lines: dict[Place, list[Line]] = {place: [] for place in (Place.LEAD, Place.FACT, Place.DETAIL)}
    for each in judged:
        verdict = each.verdict
        if verdict.state is not State.SAID or verdict.place not in lines:
            continue
        length = len(plain(verdict.line, SHOWN_TIME)) + 2  # a full stop and a space, or a line end
        if length <= limit:
            limit -= length
            lines[verdict.place].append(verdict.line)
    return Told(_sentences(lines[Place.LEAD]), tuple(lines[Place.FACT]), tuple(lines[Place.DETAIL]))


def _sentences(lines: Sequence[Line]) -> Line:
    """Lines run on as sentences: ``Largest hour in 92 days. BTC −4.9% to $87,020.``"""
    spans: Line = ()
    for line in lines:
        spans += (" ", *line, ".") if spans else (*line, ".")
    return spans
