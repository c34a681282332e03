"""Who is on the operator's list, and stays on it under a new id."""

from bot.allowed import Allowed


def test_without_a_list_everybody_may_and_a_move_makes_no_list() -> None:
    allowed = Allowed()
    allowed.follow("telegram", -1, -1001)
    assert allowed.everyone
    assert allowed.admits("discord", 7)
    assert allowed.ids("telegram") == frozenset()


def test_one_of_the_ids_must_be_listed_and_of_the_same_platform() -> None:
    allowed = Allowed([("telegram", 1), ("discord", 500)])
    assert allowed.admits("discord", 7, 500)
    assert not allowed.admits("discord", 7)
    assert not allowed.admits("telegram", 500)
    assert not allowed.admits("discord")
    assert allowed.ids("discord") == {500}


def test_a_listed_chat_is_followed_from_id_to_id() -> None:
    allowed = Allowed([("telegram", -1)])
    allowed.follow("telegram", -1, -1001)
    allowed.follow("telegram", -1001, -1002)
    assert allowed.ids("telegram") == {-1, -1001, -1002}


def test_who_is_not_listed_is_not_listed_by_moving() -> None:
    allowed = Allowed([("telegram", -1)])
    allowed.follow("telegram", -2, -1002)
    allowed.follow("discord", -1, -1003)
    assert not allowed.admits("telegram", -2, -1002)
    assert not allowed.admits("discord", -1003)
