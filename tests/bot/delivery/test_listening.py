"""When a silence is news for the log, and when for the operator."""

from bot.delivery.listening import PATIENCE_S, REASONS, Listening


def test_a_reason_is_news_once_in_a_silence_however_often_it_comes() -> None:
    listening = Listening()
    told = [listening.failed(reason, now) for now, reason in enumerate("aaabbabab")]
    assert told == [True, False, False, True, False, False, False, False, False]
    assert (listening.since, listening.reason) == (0, "b")
    assert listening.heard(9.0) == 9.0
    assert listening.heard(10.0) is None
    assert listening.failed("a", 11.0)


def test_so_many_reasons_are_no_news_any_more() -> None:
    listening = Listening()
    assert sum(listening.failed(str(number), 0.0) for number in range(100)) == REASONS


def test_the_operator_is_told_once_and_of_the_end_only_when_he_was_told() -> None:
    listening = Listening()
    listening.failed("a", 0.0)
    assert not listening.due(PATIENCE_S - 1)
    listening.heard(PATIENCE_S - 1)
    assert listening.take_end() is None
    listening.failed("a", 1_000.0)
    assert listening.due(1_000.0 + PATIENCE_S)
    listening.told()
    assert not listening.due(9_999.0)
    listening.heard(1_300.0)
    assert listening.take_end() == 300.0
    assert listening.take_end() is None


def test_while_a_greater_trouble_is_told_this_one_is_not() -> None:
    listening = Listening()
    listening.failed("a", 0.0)
    listening.told()
    listening.covered(500.0)
    assert not listening.due(500.0 + PATIENCE_S - 1)
    assert listening.due(500.0 + PATIENCE_S)
    listening.heard(510.0)
    assert listening.take_end() is None
