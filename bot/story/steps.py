"""Which step of a story a piece of news is for one reader, and how it reaches him."""

import re

import msgspec

from bot.clock import HOUR_MS
from bot.flush.flush import Flush, Stage
from bot.flush.life import AFTER_MS
from bot.flush.news import FlushNews
from bot.story.follow import Follow, How, Step
from bot.story.page import Reader

STEPS = {
    Stage.ONSET: Step.START,
    Stage.BUILDING: Step.BUILDING,
    Stage.PEAK: Step.PEAK,
    Stage.FADING: Step.FADING,
    Stage.OVER: Step.END,
    Stage.SECOND_WAVE: Step.SECOND_WAVE,
    Stage.CLOSED: Step.ALL_CLEAR,
}

_KEY = re.compile(r"F\d+:(?P<step>[a-z ]+)(?P<wave>\d+)(\.(?P<hours>\d+))?", re.ASCII)
"""Of any page but the first."""

_RINGING = {Step.END: 1, Step.SECOND_WAVE: 2, Step.AFTER: 1}
"""Steps that come again with each wave, and with which one they may ring."""


class Seen(msgspec.Struct, frozen=True):
    """What is known of a place besides its reader's row.

    ``rung``: something of this flush has rung there. ``spoke``: somebody has written there since
    the page was sent. ``late``: the news is old, as after a time without a process.
    """

    rung: bool = False
    spoke: bool = False
    late: bool = False


class Move(msgspec.Struct, frozen=True):
    """``key`` of the page that is written: a new one (``how`` RING or SILENT), or an edit.

    OFF: nothing is, but the reader has been there.
    """

    step: Step
    how: How
    key: str


def step_of(news: FlushNews, first: bool = False) -> Step | None:
    """The moment that is told; ``first``: to somebody who has heard nothing of it. None: nothing.

    What is told first is the start for as long as the first wave goes on, however far it has gone.
    """
    stage = news.flush.stage
    if news.what == "followup":
        return None if first else Step.AFTER
    if news.what == "wave ended":
        return Step.END
    if news.what == "wave began":
        return Step.SECOND_WAVE
    if first and stage < Stage.OVER:
        return Step.START
    if first and stage is Stage.CLOSED:
        return None
    return STEPS[stage]


def move(news: FlushNews, follow: Follow, reader: Reader, seen: Seen) -> Move | None:
    """What to write for one reader; None: nothing."""
    first = reader.step is None
    step = step_of(news, first)
    if step is None or reader.muted:
        return None
    how = _how(news, follow, step, first, seen)
    if how is How.OFF or (how is How.EDIT and not reader.page):
        return Move(step, How.OFF, "") if first else None
    if how is How.EDIT and seen.spoke and news.what != "grew":
        how = How.SILENT
    return Move(step, how, reader.page if how is How.EDIT else key_of(news, step, reader))


def key_of(news: FlushNews, step: Step, reader: Reader) -> str:
    """``F311`` for the first page, ``F311:end1`` for a later one: the same again is the same."""
    flush = news.flush
    if not reader.page:
        return flush.short_id
    hours = f".{news.after_ms // HOUR_MS}" if step is Step.AFTER else ""
    return f"{flush.short_id}:{step.value}{len(flush.waves)}{hours}"


def rings(key: str, follow: Follow) -> bool:
    """Whether the page of that key was to ring, as far as its key tells."""
    told = _KEY.fullmatch(key)
    if told is None:
        return follow.way(Step.START) is How.RING
    step, wave, hours = Step(told["step"]), int(told["wave"]), int(told["hours"] or 1)
    once = wave == _RINGING.get(step, wave) and hours * HOUR_MS == AFTER_MS[0]
    return once and follow.way(step) is How.RING


def recorded(news: FlushNews) -> bool:
    """Whether it is written down though nobody may be told: for ``/flush`` and ``/why``."""
    steps = (Step.START, Step.END, Step.SECOND_WAVE, Step.ALL_CLEAR)
    return news.what in ("entered", "wave began", "wave ended") and step_of(news) in steps


def _how(news: FlushNews, follow: Follow, step: Step, first: bool, seen: Seen) -> How:
    way = follow.way(step)
    if news.what == "grew" and not first:
        return How.OFF if way is How.OFF else How.EDIT
    if way is How.EDIT and first:
        return How.SILENT  # there is nothing yet that could be changed
    if way is not How.RING:
        return way
    again = not _once(news, step) or seen.late or (step is Step.START and seen.rung)
    return How.SILENT if again else How.RING


def _once(news: FlushNews, step: Step) -> bool:
    """Whether it is the first of its step: a third wave and the ends of later ones are not."""
    if step is Step.AFTER:
        return news.after_ms == AFTER_MS[0] and len(news.flush.waves) == 1
    return news.what in ("entered", "grew")


def running(flush: Flush) -> bool:
    """Whether a wave of it goes on."""
    return flush.last.end_ms is None
