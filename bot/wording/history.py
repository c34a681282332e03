"""How unusual something is, in words: normals, records, frequencies, and ``/history``."""

from collections.abc import Sequence

from msgspec.structs import replace

from bot.clock import DAY_MS, HOUR_MS
from bot.figures import Reading
from bot.history.claim import Claim
from bot.history.known import (
    LEAST_DAYS,
    ONE_SIDED_PERCENT,
    RESTLESS,
    Chapter,
    Often,
    Sidedness,
)
from bot.history.standing import Peak, Standing
from bot.metrics import METRICS, Unit
from bot.rules import Rule
from bot.typed.draft import draft_of, draft_text
from bot.wording.buttons import MAIN_COINS
from bot.wording.lines import amount_of, heavier
from bot.wording.numbers import (
    count,
    duration,
    fine_money,
    money,
    named,
    round_money,
    share,
    share_of,
)
from bot.wording.prices import ordinal, times
from bot.wording.text import Block, Bold, Button, Line, Message, Moment, Note, Paragraph

SWAP = "instead"
"""The verb of a rule in place of another: ``instead|<id>|<the new rule in words>``."""

USUAL = 0.5
"""From here on most busy windows are one-sided, and one more is no news."""

_NOUNS = {HOUR_MS: "hour", DAY_MS: "day"}
_NORMAL_FROM, _NORMAL_TO = 0.5, 1.95


def noun(span_ms: int) -> str:
    """``hour``, ``day``, ``5 min``, ``4 h``"""
    return _NOUNS.get(span_ms, duration(span_ms))


def normal_part(standing: Standing | None) -> str | None:
    """``54× a normal hour``, ``a normal hour``, ``a quiet hour``; None where no normal is known."""
    multiple = standing.multiple if standing else None
    if standing is None or multiple is None:
        return None
    window = noun(standing.span_ms)
    if multiple > _NORMAL_TO:
        return f"{times(multiple)} a normal {window}"
    return f"a {'normal' if multiple >= _NORMAL_FROM else 'quiet'} {window}"


def claim_line(claim: Claim) -> str:
    """``Largest hour in 92 days``, ``3rd largest hour in 92 days``; ``Largest hour in the 9 days
    watched``."""
    place = "Largest" if claim.rank == 1 else f"{ordinal(claim.rank)} largest"
    days = f"{claim.days} days" if claim.record else f"the {claim.days} days watched"
    by = f", by {named(claim.source)}" if claim.source else ""
    return f"{place} {noun(claim.span_ms)} in {days}{by}"


def common_line(reading: Reading, sides: Sidedness | None) -> Line | None:
    """That a one-sided window is common when it is busy; None where it is not, or not known."""
    if sides is None or sides.share < USUAL or reading.total <= sides.bar:
        return None
    if 100 * amount_of(reading, heavier(reading)) < ONE_SIDED_PERCENT * reading.total:
        return None
    many = round(10 * sides.share)
    told = f"{many} of 10" if many < 10 else "nearly all"
    span = noun(sides.span_ms)
    windows = f"{span}s" if sides.span_ms in _NOUNS else f"windows of {span}"
    return (
        f"Common when it is busy: {told} {windows} above {round_money(sides.bar)} are this "
        "one-sided. The size is the news, not the side.",
    )


def often_phrase(often: Often) -> str:
    """``12 times in the last 92 days``, ``not once in the 92 days I know``"""
    days = int(often.days)
    if not often.times:
        return f"not once in the {days} days I know"
    many = {1: "once", 2: "twice"}.get(often.times, f"{count(often.times)} times")
    return f"{many} in the last {days} days"


def often_line(often: Often | None, metric: str) -> str | None:
    """A sentence on how often a rule would have fired; None before the seventh day.

    ``12 times in the last 92 days.``, ``It has not happened in the 92 days I know; the largest
    hour was $526M.``, ``That is about 40 times a day.``
    """
    if often is None or often.days < LEAST_DAYS:
        return None
    if often.times >= RESTLESS * often.days:
        return f"That is about {count(round(often.a_day))} times a day."
    if often.times:
        phrase = often_phrase(often)
        return f"{phrase[0].upper()}{phrase[1:]}."
    line = f"It has not happened in the {int(often.days)} days I know"
    if not often.largest:
        return f"{line}."
    share_rule = METRICS[metric].unit is Unit.SHARE
    largest = share_of(often.largest) if share_rule else money(often.largest)
    what = "most one-sided" if share_rule else "largest"
    return f"{line}; the {what} {noun(often.span_ms)} was {largest}."


def gentler_row(rule: Rule, often: Often | None) -> tuple[Button, ...]:
    """``$2M: once a day`` and ``Keep it`` below a rule that would never stop; else nothing."""
    if often is None or often.daily is None or often.daily <= rule.threshold:
        return ()
    words = draft_text(replace(draft_of(rule), threshold=often.daily))
    swap = Button(f"{round_money(often.daily)}: once a day", f"{SWAP}|{rule.id}|{words}")
    return (swap, Button("Keep it", f"rule|{rule.id}"))


def history_message(coin: str | None, chapters: Sequence[Chapter]) -> Message:
    """The largest hours and days, what is normal, and how long and well was watched.

    Imported sources are named and apart. Buttons: ``history|<coin or all>``.
    """
    head = (f"History · {coin or 'all coins'}",)
    own = next((one for one in chapters if not one.source), None)
    blocks: list[Block] = []
    if own is None or own.watched < LEAST_DAYS:
        blocks.append(Paragraph(((_too_young(own),),)))
    else:
        blocks += _told(own)
    for one in chapters:
        if one.source:
            blocks += _told(one)
    if own is not None and own.watched >= LEAST_DAYS:
        blocks.append(Note((_worth(own),)))
    return Message(head, tuple(blocks), (_coin_row(coin),))


def _coin_row(asked: str | None) -> tuple[Button, ...]:
    coins = dict.fromkeys((None, *MAIN_COINS, asked))
    return tuple(
        Button(f"• {coin or 'All'}" if coin == asked else coin or "All", f"history|{coin or 'all'}")
        for coin in coins
    )


def _told(chapter: Chapter) -> list[Block]:
    by = f", by {named(chapter.source)}" if chapter.source else ""
    blocks: list[Block] = [Paragraph(_watched(chapter))]
    for title, peaks in (("Largest hours", chapter.hours), ("Largest days", chapter.days)):
        if peaks:
            lines = tuple(map(_peak, peaks))
            blocks.append(Paragraph(((f"{title}{by}",), *lines)))
    return blocks


def _watched(chapter: Chapter) -> tuple[Line, ...]:
    """``92 days watched since 22 Aug, 97% of the time heard.`` and what is normal."""
    percent = share(round(chapter.coverage * 10_000), 10_000)
    days, since = f"{int(chapter.watched)} days", Moment(chapter.since_ms, "d")
    line: Line = (Bold(days), " watched since ", since, f", {percent} of the time heard.")
    if chapter.source:
        by = named(chapter.source)
        line = (Bold(by), f", counted by itself: {days} since ", since, f", {percent} of it there.")
    usual = [
        f"{noun(span_ms)} {money(normal)}"
        for span_ms, normal in ((HOUR_MS, chapter.normal_hour), (DAY_MS, chapter.normal_day))
        if normal
    ]
    return (line, (f"Normal: {' · '.join(usual)}",)) if usual else (line,)


def _peak(peak: Peak) -> Line:
    """``$526M · 87% longs · until 22 Nov 03:04``"""
    side, part = ("longs", peak.long) if peak.long >= peak.short else ("shorts", peak.short)
    told = f" · {share(part, peak.total)} {side} · until "
    return (Bold(fine_money(peak.total)), told, Moment(peak.at_ms, "f"))


def _too_young(own: Chapter | None) -> str:
    days = int(own.watched) if own is not None else 0
    watched = "less than a day" if not days else "1 day" if days == 1 else f"{days} days"
    return (
        f"Watched for {watched}. I say what is normal and what is large from day {LEAST_DAYS} on."
    )


def _worth(own: Chapter) -> str:
    many = len(own.exchanges)
    over = f"the same {many} exchanges" if many > 1 else f"{named(own.exchanges[0])} alone"
    return f"At least: what was heard on {over}. Each line is another event."
