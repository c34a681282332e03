"""The engine, told in stories."""

from bot.engine.engine import Engine
from bot.events import ChatMoved, RuleRemoved, RuleSaved
from bot.figures import Deaf
from bot.market import USD, Side
from bot.rules import Destination, RuleState
from tests.bot.engine.engine_house import START, House, M, rule


def test_a_rule_speaks_above_its_threshold_and_not_at_it() -> None:
    house = House(rule())
    assert house.order(1, 10) == []
    (alert,) = house.order(1, 0.01)
    assert (alert.level, alert.episode, alert.value) == (1, 1, 10_010_000 * USD)
    assert alert.reading.total == alert.value
    assert house.states[1] == RuleState(1, armed=False, episode=1, level=1)


def test_an_amount_speaks_again_at_two_five_and_ten_times() -> None:
    house = House(rule())
    told = [alert.level for _ in range(30) for alert in house.order(1, 5)]
    assert told == [1, 2, 5, 10]
    assert house.states[1] == RuleState(1, armed=False, episode=1, level=10)


def test_a_leap_over_several_levels_is_told_once() -> None:
    house = House(rule())
    (alert,) = house.order(1, 60)
    assert alert.level == 5


def test_it_rings_again_after_a_fall_below_seventy_percent() -> None:
    house = House(rule())
    house.tick(10)
    assert len(house.order(11, 11)) == 1
    house.tick(15.9)
    assert not house.states[1].armed
    house.tick(16)
    assert house.states[1] == RuleState(1, armed=True, episode=1, level=0)
    (alert,) = house.order(17, 11)
    assert (alert.episode, alert.level) == (2, 1)


def test_seventy_percent_itself_is_not_below_it() -> None:
    house = House(rule())
    house.tick(10)
    house.order(11, 4)
    house.order(12, 7)
    house.tick(16.5)
    assert not house.states[1].armed
    house.tick(17)
    assert house.states[1].armed


def test_a_restart_does_not_ring_again_for_the_same_rise() -> None:
    house = House(rule(), states=(RuleState(1, armed=False, episode=4, level=1),))
    assert house.order(1, 11) == []
    assert [alert.level for alert in house.order(1, 10)] == [2]


def test_after_a_restart_only_a_whole_span_arms_again() -> None:
    house = House(rule(), states=(RuleState(1, armed=False, episode=4, level=1),))
    house.tick(4.99)
    assert not house.states[1].armed
    house.tick(5)
    assert house.states[1].armed
    assert [alert.episode for alert in house.order(6, 11)] == [5]


def test_a_deaf_exchange_does_not_ring_twice() -> None:
    house = House(rule())
    house.tick(10)
    assert len(house.order(11, 11)) == 1
    house.gap("bybit", 12)
    house.gap("bybit", 12, 14)
    house.tick(17)
    assert not house.states[1].armed, "the window still overlaps the gap"
    house.tick(18.99)
    assert not house.states[1].armed
    house.tick(19)
    assert house.states[1].armed


def test_an_exchange_that_stays_deaf_for_longer_than_the_window_does_not_ring_twice() -> None:
    house = House(rule())
    house.tick(10)
    assert len(house.order(11, 11)) == 1
    house.gap("bybit", 12)
    house.tick(23)
    assert not house.states[1].armed
    house.gap("bybit", 12, 23)
    assert house.order(23, 11) == []


def test_a_rule_of_another_exchange_does_not_care_for_the_gap() -> None:
    house = House(rule(exchange="binance"))
    house.tick(10)
    house.order(11, 11)
    house.gap("bybit", 12)
    house.tick(16)
    assert house.states[1].armed


def test_an_exchange_that_is_never_heard_does_not_silence_the_others_rules() -> None:
    house = House(rule())
    house.gap("bybit", 0)
    house.order(11, 11)
    house.tick(16)
    assert house.states[1].armed
    (alert,) = house.order(17, 11)
    hearing = alert.reading.hearing
    assert hearing.heard == ("binance",)
    assert hearing.deaf == (Deaf("bybit", START, None, "lost"),)
    assert hearing.sampled == ("binance",)
    assert hearing.asked == 2
    assert alert.reading.complete


def test_a_gap_whose_reason_changes_goes_on() -> None:
    house = House(rule())
    house.gap("bybit", 0)
    for minute in range(1, 20):
        house.gap("bybit", minute - 1, minute)
        house.gap("bybit", minute)
    house.order(12, 11)
    house.tick(17)
    assert house.states[1].armed


def test_what_is_never_heard_is_unknown() -> None:
    only = rule(exchange="bybit")
    house = House(only)
    assert house.engine.value(only) == 0
    house.gap("bybit", 0)
    house.tick(6)
    assert house.engine.value(only) is None
    assert house.engine.value(rule(exchange="okx")) is None
    assert house.engine.value(rule()) == 0


def test_when_nothing_is_heard_nothing_is_armed() -> None:
    house = House(rule(), states=(RuleState(1, armed=False, episode=1, level=1),))
    house.gap("bybit", 0)
    house.gap("binance", 0)
    house.tick(60)
    assert not house.states[1].armed
    assert house.engine.value(rule()) is None


def test_a_rule_made_above_its_threshold_waits_for_the_next_rise() -> None:
    house = House()
    house.tick(10)
    house.order(11, 50)
    assert house.keep(house.engine.handle(RuleSaved(rule(), RuleState(1)))) == []
    assert house.states[1] == RuleState(1, armed=False, episode=0, level=0)
    assert house.order(12, 500) == []
    house.tick(17)
    assert house.states[1].armed
    assert [alert.level for alert in house.order(18, 11)] == [1]


def test_a_paused_rule_is_silent_and_a_resumed_one_begins_anew() -> None:
    house = House(rule())
    house.order(1, 11)
    house.keep(house.engine.handle(RuleSaved(rule(paused=True), RuleState(1))))
    assert house.order(2, 100) == []
    house.keep(house.engine.handle(RuleSaved(rule(), RuleState(1))))
    assert house.states[1] == RuleState(1, armed=False, episode=1, level=0)
    assert house.order(2, 1_000) == []
    house.tick(20)
    assert [alert.episode for alert in house.order(21, 11)] == [2]


def test_a_removed_rule_is_silent() -> None:
    house = House(rule())
    house.engine.handle(RuleRemoved(1))
    assert house.order(1, 100) == []


def test_a_changed_rule_is_judged_by_its_new_words() -> None:
    house = House(rule())
    changed = rule(coin="ETH", metric="short", threshold=M * USD, window="1h")
    house.keep(house.engine.handle(RuleSaved(changed, RuleState(1))))
    assert house.order(1, 100) == []
    (alert,) = house.order(1, 2, Side.SHORT, "ETH")
    assert alert.rule == changed


def test_rules_follow_their_chat() -> None:
    group = rule(destination=Destination("telegram", -5, 3))
    other = rule(2, destination=Destination("discord", -5))
    house = House(group, other)
    house.engine.handle(ChatMoved("telegram", -5, -100_5))
    moved, stayed = house.order(1, 11)
    assert moved.rule.destination == Destination("telegram", -100_5, 3)
    assert stayed.rule.destination == Destination("discord", -5)


def test_a_rule_that_the_new_chat_has_already_rings_once() -> None:
    old, new = Destination("telegram", -5, 3), Destination("telegram", -100_5, 3)
    other = rule(3, threshold=12 * M * USD, destination=old)
    house = House(rule(destination=old), rule(2, destination=new), other)
    house.engine.handle(ChatMoved("telegram", -5, -100_5))
    assert [alert.rule.id for alert in house.order(1, 13)] == [2, 3]
    assert sorted(each.id for each in house.engine.rules()) == [2, 3]


def test_small_totals_do_not_fire_a_share() -> None:
    house = House(rule(metric="long_share", threshold=800_000_000, floor=5 * M * USD))
    assert house.order(1, 4.9) == []
    (alert,) = house.order(1, 0.2)
    assert alert.value == 1_000_000_000


def test_a_share_rings_again_after_its_floor_was_lost() -> None:
    house = House(rule(metric="imbalance", threshold=800_000_000, floor=5 * M * USD))
    house.tick(10)
    assert len(house.order(11, 6)) == 1
    house.order(13, 3.4)
    house.tick(15.9)
    assert not house.states[1].armed
    house.tick(16)
    assert house.states[1].armed, "3.4m is below 70% of 5m"
    assert len(house.order(17, 6)) == 1


def test_a_share_may_rise_while_nothing_comes_in() -> None:
    house = House(rule(metric="long_share", threshold=800_000_000, floor=5 * M * USD))
    house.order(1, 6, Side.SHORT)
    house.order(2, 6, Side.LONG)
    (alert,) = house.tick(6)
    assert alert.value == 1_000_000_000
    assert (alert.reading.long, alert.reading.short) == (6 * M * USD, 0)


def test_a_thousand_rules_that_fire_at_once_share_their_evidence() -> None:
    house = House(*(rule(number) for number in range(1, 1_001)))
    alerts = house.order(1, 11)
    assert [alert.rule.id for alert in alerts] == sorted(alert.rule.id for alert in alerts)
    assert len(alerts) == 1_000
    assert all(alert.reading is alerts[0].reading for alert in alerts)


def test_rules_may_come_in_any_order() -> None:
    house = House(rule(5), rule(3), rule(9))
    house.engine.handle(RuleRemoved(3))
    assert {alert.rule.id for alert in house.order(1, 11)} == {5, 9}


def test_a_rule_whose_metric_is_unknown_is_left_out() -> None:
    engine = Engine({}, START)
    strange = [(rule(1, metric="mood"), RuleState(1)), (rule(2, window="7m"), RuleState(2))]
    assert engine.load([*strange, (rule(3), RuleState(3))]) == 1
