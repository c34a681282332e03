"""What is missing is said once for each thing of a coin, with its reason and since when."""

import pytest

from bot.feed.web import Failure, by_status
from bot.structure.source import Question
from bot.structure.troubles import Troubles, clause
from bot.structure.view import Missing

PRICE = Question("price", "BTC", "rest", "/price", 5)
FUNDING = Question("funding", "BTC", "rest", "/funding", 5)
BOOK = Question("order book depth", "BTC", "spot", "/book", 5)
ASKED = {"price": PRICE, "older": PRICE, "funding": FUNDING, "book": BOOK}


def test_the_first_failure_says_since_when_and_the_last_says_why() -> None:
    troubles: Troubles[str] = Troubles()
    troubles.failed("funding", "timed out", 10)
    troubles.failed("price", "answered 500", 5)
    troubles.failed("funding", "answered 429", 20)
    assert troubles.missing(ASKED, "Toy") == [
        Missing("price", "Toy", "answered 500", 5, "BTC"),
        Missing("funding", "Toy", "answered 429", 10, "BTC"),
    ]
    assert troubles.lasting(ASKED) == {"funding": "answered 429"}
    troubles.answered("funding", "rest")
    troubles.answered("price", "rest")
    assert troubles.missing(ASKED, "Toy") == []


def test_two_questions_for_one_thing_are_one_thing_missing() -> None:
    troubles: Troubles[str] = Troubles()
    troubles.failed("price", "timed out", 10)
    troubles.failed("older", "answered 500", 5)
    assert troubles.missing(ASKED, "Toy") == [Missing("price", "Toy", "answered 500", 5, "BTC")]


def test_where_a_host_refuses_all_that_it_would_tell_is_missing() -> None:
    troubles: Troubles[str] = Troubles()
    troubles.failed("price", "answered 429", 10)
    troubles.refused("rest", "answered 429", 10)
    whats = {one.what for one in troubles.missing(ASKED, "Toy")}
    assert whats == {"price", "funding"}
    assert set(troubles.lasting(ASKED)) == {"price", "funding"}
    troubles.answered("funding", "rest")
    assert [one.what for one in troubles.missing(ASKED, "Toy")] == ["price"]


def test_what_is_not_asked_any_more_is_not_missing() -> None:
    troubles: Troubles[str] = Troubles()
    troubles.failed("price", "timed out", 10)
    troubles.keep_only(["funding"])
    assert troubles.missing(ASKED, "Toy") == []


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (by_status(429, "5", "x"), "answered 429"),
        (by_status(418, "5", "x"), "answered 418"),
        (by_status(451, None, "x"), "answered 451"),
        (by_status(403, None, "x"), "answered 403"),
        (by_status(503, None, "x"), "answered 503"),
        (by_status(407, None, "x"), "no connection"),
        (Failure("timeout", "x: no answer in 15 s"), "timed out"),
        (Failure("tls", "x: TLS failed"), "TLS failed"),
        (Failure("name", "x: no such name"), "no connection"),
        (Failure("lost", "x: the connection broke"), "no connection"),
        (Failure("content", "x answered with more than 32 MiB"), "answered something unreadable"),
    ],
)
def test_a_failure_is_said_in_one_clause(failure: Failure, said: str) -> None:
    assert clause(failure) == said
    place = "no connection to spot" if said == "no connection" else f"spot {said}"
    assert clause(failure, "spot") == place
