"""Headlines near the event, quoted with source and time, never as a cause."""

from bot.clock import HOUR_MS, MINUTE_MS
from bot.sentences.case import Case, Headline, News
from bot.sentences.inputs import UncheckedError, start_ms
from bot.sentences.rule import Rule, said, unsaid
from bot.sentences.sentence import Verdict
from bot.wording.numbers import clock
from bot.wording.text import Line, Moment

FRESH_MS = 15 * MINUTE_MS
"""Feeds read longer ago say nothing about now."""

BEFORE_MS = HOUR_MS
"""Headlines from so long before the start are near it, and those since."""

LONGEST_TITLE = 60
QUOTED = 3
"""Headlines under *Why?*."""


def weigh(case: Case) -> Verdict:
    news, near = read_news(case)
    if not near:
        return unsaid(*reading(news))
    quotes = [_quoted(headline) for headline in near[:QUOTED]]
    when = "Before it" if near[0].at_ms <= start_ms(case) else "Since then"
    more = (f", {len(near) - 1} more",) if len(near) > 1 else ()
    line = (f"{when}: ", *_quoted(near[0], LONGEST_TITLE), *more)
    return said("headlines", line, *reading(news), *quotes, ("quoted, not called a cause",))


def read_news(case: Case) -> tuple[News, list[Headline]]:
    """What was read, and the headlines near the event, newest first; ``UncheckedError``."""
    news = case.news
    if news is None:
        raise UncheckedError("no news feed is set")
    if not news.read:
        raise UncheckedError(
            ", ".join(f"{feed}: {why}" for feed, why in news.failed) or "none read"
        )
    if not case.at_ms - FRESH_MS <= news.read_ms <= case.at_ms:
        raise UncheckedError(f"last read {clock(news.read_ms)}")
    first_ms = start_ms(case) - BEFORE_MS
    return news, [each for each in news.headlines if first_ms <= each.at_ms <= case.at_ms]


def reading(news: News) -> list[Line]:
    """``coindesk.com, theblock.co read 03:03``, and the feeds that could not be read."""
    failed: list[Line] = [(f"{feed} not read: {why}",) for feed, why in news.failed]
    return [(f"{', '.join(news.read)} read ", Moment(news.read_ms)), *failed]


def _quoted(headline: Headline, longest: int = 200) -> Line:
    """``“…” (coindesk.com, 01:50)``: plain text, whatever it holds."""
    title = headline.title
    if len(title) > longest:
        title = title[: longest - 1].rstrip() + "…"
    return (f"“{title}” ({headline.source}, ", Moment(headline.at_ms), ")")


SENTENCE = Rule("headlines", 1, "news", weigh)
