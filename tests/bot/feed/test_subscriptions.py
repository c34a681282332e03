"""Asking for topics, and what to do with a refusal."""

from hypothesis import given
from hypothesis import strategies as st

from bot.exchanges.dialect import Ack
from bot.feed.subscriptions import Subscriptions, Topics


def tens(topics: Topics) -> tuple[Topics, ...]:
    return tuple(topics[start : start + 10] for start in range(0, len(topics), 10))


def talk(subscriptions: Subscriptions, bad: set[str]) -> int:
    """An exchange that refuses a whole request for one bad topic; how often it was asked."""
    asked = 0
    while (request := subscriptions.next()) is not None:
        asked += 1
        name, topics = request
        assert not subscriptions.settled
        subscriptions.hear(Ack(name, not bad & set(topics), "bad topic"))
        assert subscriptions.settled
    return asked


@given(st.sets(st.integers(0, 60)), st.sets(st.integers(0, 60), max_size=4))
def test_every_good_topic_is_accepted_and_every_bad_one_named(
    wanted: set[int], spoiled: set[int]
) -> None:
    topics = tuple(str(n) for n in sorted(wanted))
    bad = {str(n) for n in spoiled}
    subscriptions = Subscriptions(topics, tens)
    talk(subscriptions, bad)
    assert subscriptions.accepted == set(topics) - bad
    assert subscriptions.refused == dict.fromkeys(bad & set(topics), "bad topic")


def test_what_was_refused_before_is_asked_last_and_alone() -> None:
    subscriptions = Subscriptions(("a", "b", "c"), tens, doubtful={"b"})
    assert subscriptions.next() == ("1", ("a", "c"))
    assert subscriptions.next() == ("2", ("b",))
    assert subscriptions.next() is None


def test_a_known_topic_is_not_asked_twice_and_a_refused_one_is() -> None:
    subscriptions = Subscriptions(("a", "b"), tens)
    talk(subscriptions, {"b"})
    assert subscriptions.want(("a", "b", "c"))
    talk(subscriptions, set())
    assert subscriptions.accepted == {"a", "b", "c"}
    assert not subscriptions.want(("a", "b", "c"))


def test_a_refusal_that_follows_an_acceptance_of_the_same_request_is_heard() -> None:
    subscriptions = Subscriptions(("a", "b"), tens)
    name, _ = subscriptions.next() or ("", ())
    subscriptions.hear(Ack(name, True))
    subscriptions.hear(Ack(name, False, "bad topic"))
    talk(subscriptions, {"b"})
    assert (subscriptions.accepted, set(subscriptions.refused)) == ({"a"}, {"b"})


def test_an_answer_without_an_id_belongs_to_what_was_asked_last() -> None:
    subscriptions = Subscriptions(("a",), tens)
    subscriptions.hear(Ack("", False, "before anything was asked"))
    subscriptions.next()
    subscriptions.hear(Ack("99", True))
    assert not subscriptions.settled
    subscriptions.hear(Ack("", True))
    assert subscriptions.settled and subscriptions.accepted == {"a"}
