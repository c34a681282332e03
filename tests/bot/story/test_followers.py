"""Who is told of a flush, against the words of the rule; and places whose chat gets a new id."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.events import FollowRemoved, FollowSaved
from bot.flush.flush import Flush, Severity
from bot.rules import Destination
from bot.story.activity import Activity
from bot.story.follow import Follow
from bot.story.followers import Followers
from bot.story.page import Reader
from bot.story.readers import Readers
from tests.bot.flush.story import listener, opening
from tests.bot.story.theatre import GROUP, PERSON

FLUSH = opening(listener())
PLACES = [Destination("telegram", chat, direct=True) for chat in (1, 2, 3)]
COINS = [None, "BTC", "ETH"]
FOLLOWS = st.builds(
    Follow,
    st.sampled_from(PLACES),
    st.just(7),
    st.sampled_from(COINS),
    st.sampled_from(list(Severity)),
)
FLUSHES = st.builds(
    lambda coin, severity: replace(FLUSH, coin=coin, severity=severity),
    st.sampled_from(COINS),
    st.sampled_from(list(Severity)),
)


def told(follows: list[Follow], flush: Flush, outer: Flush | None) -> set[Destination]:
    """Whoever follows its coin from its severity on, but for those who hear of the whole."""
    last = {(follow.coin, follow.destination): follow for follow in follows}
    return {
        where
        for (coin, where), follow in last.items()
        if coin == flush.coin
        and flush.severity >= follow.severity
        and not (
            outer is not None
            and (None, where) in last
            and outer.severity >= last[None, where].severity
        )
    }


@given(st.lists(FOLLOWS), FLUSHES, st.one_of(st.none(), FLUSHES))
def test_who_is_told_follows_from_what_was_saved_last(
    follows: list[Follow], flush: Flush, outer: Flush | None
) -> None:
    outer = replace(outer, coin=None) if outer is not None and flush.coin is not None else None
    followers = Followers(follows[:1])
    for follow in follows[1:]:
        followers.take(FollowSaved(follow))
    assert {each.destination for each in followers.of(flush, outer)} == told(follows, flush, outer)


def test_who_unfollows_hears_nothing() -> None:
    followers = Followers([Follow(PERSON, 7), Follow(PERSON, 7, "BTC")])
    followers.take(FollowRemoved(PERSON, None))
    followers.take(FollowRemoved(PERSON, "DOGE"))
    notable = replace(FLUSH, severity=Severity.NOTABLE)
    assert not list(followers.of(notable))
    assert [each.coin for each in followers.of(replace(notable, coin="BTC"))] == ["BTC"]


def test_a_chat_with_a_new_id_keeps_what_it_followed_there_already() -> None:
    new = replace(GROUP, chat=-200)
    there = Follow(new, 7, "BTC", Severity.SEVERE)
    followers = Followers([Follow(GROUP, 7), Follow(GROUP, 7, "BTC"), there])
    followers.move("telegram", GROUP.chat, new.chat)
    moved = followers.get(None, new)
    assert moved is not None
    assert moved.destination == new
    assert followers.get("BTC", new) == there
    assert followers.get(None, GROUP) is None


def test_what_was_read_and_rung_moves_with_a_chat() -> None:
    new = replace(GROUP, chat=-200)
    readers = Readers([Reader(1, GROUP, "F1", rung=True), Reader(2, PERSON, "F2")])
    readers.move("telegram", GROUP.chat, new.chat)
    assert readers.get(1, new) == Reader(1, new, "F1", rung=True)
    assert set(readers.rung(new)) == {1}
    assert not readers.rung(GROUP)
    assert readers.get(1, GROUP) == Reader(1, GROUP)
    readers.forget(1)
    assert not readers.rung(new)


def test_a_place_is_one_however_it_is_written() -> None:
    activity = Activity()
    activity.spoke(replace(PERSON, direct=False), 100)
    assert activity.since(PERSON, 99)
    assert not activity.since(PERSON, 100)
    assert not activity.since(GROUP, 0)
    activity.move("telegram", PERSON.chat, 9)
    assert activity.since(replace(PERSON, chat=9), 99)
