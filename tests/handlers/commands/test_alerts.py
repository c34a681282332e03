"""``/alerts``: the list, and what its buttons may do for whom."""

import pytest
from msgspec.structs import replace

from bot.events import RuleRemoved, RuleSaved
from bot.market import USD
from bot.rules import Destination
from handlers.answers.rights import ONLY_ADMINS
from tests.fakes import Furnished
from tests.handlers.asking import (
    BORIS,
    GROUP,
    PRIVATE,
    actions,
    ask,
    labelled,
    push,
    words,
)
from tests.handlers.commands.flushed import Flushing

LOST = "I find no such alert here any more"


async def with_rules() -> Furnished:
    """Two rules in private; the second one is nearer to firing."""
    here = Furnished()
    await ask("/alert BTC 1h long > 50m", here)
    await ask("/alert 150m", here)
    here.desk.values = {1: 1_400_000 * USD, 2: 140_000_000 * USD}
    here.told.clear()
    return here


async def test_the_list_begins_with_what_is_nearest_to_firing() -> None:
    said = words(await ask("/alerts", await with_rules())).splitlines()
    assert "$150M" in said[1]
    assert "$140M" in said[1]
    assert "BTC longs" in said[2]


async def test_the_list_says_why_nothing_would_come() -> None:
    here = await with_rules()
    assert "Muted" not in words(await ask("/alerts", here))
    await ask("/mute 2h", here)
    assert "Muted until" in words(await ask("/alerts", here))
    await ask("/stop", here)
    assert "All alerts are paused: /start" in words(await ask("/alerts", here))


async def test_nobody_with_no_rules_is_left_without_a_hint() -> None:
    assert "/alert" in words(await ask("/alerts", Furnished()))


async def test_the_forms_of_alert_list_and_remove_too() -> None:
    here = await with_rules()
    listed = words(await ask("/alert", here, form="list"))
    assert listed == words(await ask("/alerts", here)) == words(await ask("/alert list", here))
    removed = await ask("/alert", here, form="remove", options={"rule": "1"})
    assert words(removed).startswith("Deleted: BTC longs")
    assert list(here.rulebook.rules) == [2]


async def test_one_is_opened_paused_and_resumed_in_the_same_message() -> None:
    here = await with_rules()
    opened = await push(labelled(await ask("/alerts", here), "1").action, here)
    paused = await push(labelled(opened, "Pause").action, here)
    assert opened.edit
    assert paused.edit
    assert "Paused" in words(paused)
    assert here.rulebook.rules[2].paused
    await push(labelled(paused, "Resume").action, here)
    assert not here.rulebook.rules[2].paused
    assert [isinstance(e, RuleSaved) and e.rule.paused for e in here.told] == [True, False]


async def test_one_is_deleted_and_made_anew() -> None:
    here = await with_rules()
    opened = await push("rule|1|here", here)
    deleted = await push(labelled(opened, "Delete").action, here)
    assert deleted.edit
    assert here.told == [RuleRemoved(1)]
    undone = await push(labelled(deleted, "Undo").action, here)
    assert words(undone).startswith("Set: BTC longs > $50M in 1 h.")


async def test_a_button_below_an_alert_does_not_overwrite_the_alert() -> None:
    here = await with_rules()
    assert not (await push("rule|1", here)).edit
    assert not (await push("delete|1", here)).edit
    listed = await push("alerts|1", here)
    assert not listed.edit
    assert (await push(labelled(listed, "1").action, here)).edit, "the list is a screen"
    opened = await push("rule|2", here)
    deleted = await push(labelled(opened, "Delete").action, here)
    for screen in (opened, deleted):
        assert (await push(labelled(screen, "All alerts").action, here)).edit


@pytest.mark.parametrize("verb", ["rule", "pause", "resume", "delete"])
async def test_a_rule_of_another_chat_is_out_of_reach_of_a_forged_press(verb: str) -> None:
    here = await with_rules()
    before = dict(here.rulebook.rules)
    boris = Destination("telegram", BORIS, direct=True)
    for at in (GROUP, boris, replace(PRIVATE, thread=1), replace(PRIVATE, platform="discord")):
        reply = await push(f"{verb}|1", here, at, BORIS, admin=True)
        assert LOST in reply.toast
    assert here.rulebook.rules == before
    assert here.told == []


@pytest.mark.parametrize("number", ["", "x", "-1", "1e3", "٣", "9" * 30, "77"])
async def test_a_number_that_is_none_is_refused(number: str) -> None:
    here = await with_rules()
    assert LOST in (await push(f"delete|{number}", here)).toast
    assert len(here.rulebook.rules) == 2


async def test_in_a_group_only_admins_press() -> None:
    here = Furnished()
    await ask("/alert 50m", here, GROUP, admin=True)
    for verb in ("rule", "pause", "delete"):
        reply = await push(f"{verb}|1", here, GROUP, BORIS)
        assert reply.toast == ONLY_ADMINS
    assert not here.rulebook.rules[1].paused
    await push("pause|1", here, GROUP, BORIS, admin=True)
    assert here.rulebook.rules[1].paused


async def test_the_list_of_a_group_belongs_to_who_asked_for_it() -> None:
    here = Furnished()
    await ask("/alert 50m", here, GROUP, admin=True)
    [action] = actions(await ask("/alerts", here, GROUP, admin=True))
    assert action == "rule|1|here"
    opened = await push(action, here, GROUP, admin=True)
    assert opened.edit


async def test_a_long_list_is_turned_page_by_page() -> None:
    here = Furnished()
    for amount in range(1, 26):
        await here.clock.advance(3)
        await ask(f"/alert all 1h > {amount}m", here)
    further = next(a for a in actions(await ask("/alerts", here)) if a.startswith("alerts|"))
    second = await push(further, here)
    assert second.edit
    assert len([a for a in actions(second) if a.startswith("rule|")]) == 5


async def test_the_list_mentions_what_is_followed_in_one_line() -> None:
    here = Flushing()
    assert "Flushes:" not in words(await ask("/alerts", here))
    await ask("/follow btc severe", here)
    await ask("/follow market", here)
    said = words(await ask("/alerts", here)).splitlines()
    assert said[-1] == "Flushes: market-wide from notable, BTC from severe. /follow"
