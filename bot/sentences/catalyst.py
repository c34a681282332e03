"""No catalyst, with the record of what was read and when; without one it is not said."""

from bot.sentences.case import Case
from bot.sentences.headlines import read_news, reading
from bot.sentences.rule import Rule, said, unsaid
from bot.sentences.sentence import Verdict
from bot.wording.text import Line, Moment


def weigh(case: Case) -> Verdict:
    news, near = read_news(case)
    evidence = reading(news)
    if near:
        return unsaid(*evidence, (f"{len(near)} headlines near the start",))
    if news.newest is not None:
        evidence.append(("newest headline ", Moment(news.newest.at_ms)))
    count = len(news.read)
    feeds = "the news feed" if count == 1 else f"the {count} news feeds"
    line: Line = (f"No catalyst in {feeds} read at ", Moment(news.read_ms))
    return said("no catalyst", line, *evidence)


SENTENCE = Rule("catalyst", 1, "news", weigh)
