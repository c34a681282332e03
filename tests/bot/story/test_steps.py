"""How one reader is told of any market's flushes: with the defaults three rings at most."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.events import Event
from bot.flush.news import FlushNews
from bot.story.follow import Follow, How, Step
from bot.story.page import Reader
from bot.story.steps import Move, Seen, move, rings
from tests.bot.flush.story import news_of
from tests.bot.flush.tapes import tape
from tests.bot.flush.test_properties import TAPES, machine
from tests.bot.story.theatre import PERSON
from tests.torture import times

EVENTS = tape([("02:00", 0.05, 0.05), ("02:04", 20, 1), ("02:09", 0.05, 0.05)], "03:00")
WAYS = st.dictionaries(st.sampled_from(list(Step)), st.sampled_from(list(How)))


def read(news: list[FlushNews], follow: Follow, seen: Seen) -> list[Move]:
    """All that is written for one reader of one flush."""
    row = Reader(news[0].flush.id, PERSON)
    moves: list[Move] = []
    for each in news:
        step = move(each, follow, row, replace(seen, rung=seen.rung or row.rung))
        if step is None:
            continue
        moves.append(step)
        fresh = step.how in (How.RING, How.SILENT)
        page = step.key if fresh else row.page
        row = replace(row, step=step.step, page=page, rung=row.rung or step.how is How.RING)
    return moves


def stories(events: list[Event]) -> list[list[FlushNews]]:
    """News by flush; that one folded into another is no step."""
    told: dict[int, list[FlushNews]] = {}
    for _, each in news_of(events, machine()):
        if each.what != "folded":
            told.setdefault(each.flush.id, []).append(each)
    return list(told.values())


@settings(max_examples=times(8), deadline=None)
@given(TAPES, st.builds(Seen, st.booleans(), st.booleans()))
def test_a_whole_story_rings_three_times_at_most_where_nothing_else_was_chosen(
    events: list[Event], seen: Seen
) -> None:
    for news in stories(events):
        rung = [step.step for step in read(news, Follow(PERSON, 7), seen) if step.how is How.RING]
        assert len(rung) <= 3 - seen.rung
        assert len(set(rung)) == len(rung)


@settings(max_examples=times(8), deadline=None)
@given(TAPES, WAYS, st.booleans())
def test_whatever_is_chosen_no_step_rings_twice_and_each_new_page_is_written_once(
    events: list[Event], ways: dict[Step, How], spoke: bool
) -> None:
    follow = Follow(PERSON, 7, how=ways)
    for news in stories(events):
        moves = read(news, follow, Seen(spoke=spoke))
        rung = Counter(step.step for step in moves if step.how is How.RING)
        assert all(many == 1 for many in rung.values())
        assert all(follow.way(step) is How.RING for step in rung)
        new = [step for step in moves if step.how in (How.RING, How.SILENT)]
        assert len({step.key for step in new}) == len(new)
        known = {step.key for step in new}
        assert all(step.key in known for step in moves if step.how is How.EDIT)
        assert not new or new[0].key == news[0].flush.short_id
        assert all(rings(step.key, follow) for step in new[1:] if step.how is How.RING)


def test_what_is_late_or_where_an_alert_has_rung_begins_silently() -> None:
    news = stories(EVENTS)[0]
    for seen in (Seen(rung=True), Seen(late=True)):
        first = move(news[0], Follow(PERSON, 7), Reader(1, PERSON), seen)
        assert first == Move(Step.START, How.SILENT, news[0].flush.short_id)


def test_who_wants_no_more_hears_nothing() -> None:
    news = stories(EVENTS)[0]
    assert move(news[0], Follow(PERSON, 7), Reader(1, PERSON, muted=True), Seen()) is None
