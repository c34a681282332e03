"""A question finds its command, a mistake becomes a sentence, a button its owner."""

import pytest

from bot.errors import StoreError
from bot.rules import Rule
from handlers.routing.flood import PEOPLE, FloodGuard, Verdict
from handlers.routing.router import EXPIRED, FOREIGN, TOO_FAST, UNSAVED, parse_typed
from tests.clocks import ManualClock
from tests.fakes import FakeRulebook, Furnished
from tests.handlers.asking import (
    ANNA,
    BORIS,
    GROUP,
    actions,
    ask,
    buttons,
    labelled,
    push,
    say,
    words,
)


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("/liqs BTC 1h", ("liqs", "BTC 1h")),
        ("/liqs@Liqwatch_Bot  ETH", ("liqs", "ETH")),
        ("/LIQS", ("liqs", "")),
        (" /alert\nBTC 1h > 50m ", ("alert", "BTC 1h > 50m")),
        ("/liqs@other_bot", None),
        ("liqs", None),
        ("/", None),
        ("/ liqs", None),
        ("", None),
    ],
)
def test_a_typed_command_is_taken_apart(text: str, parsed: tuple[str, str] | None) -> None:
    assert parse_typed(text, "liqwatch_bot") == parsed


async def test_an_unknown_command_gets_a_sentence_in_private_and_silence_in_a_group() -> None:
    here = Furnished()
    assert "/help" in words(await ask("/moon", here))
    assert (await ask("/moon", here, GROUP)).message is None


async def test_a_long_text_and_an_invisible_one_get_a_sentence_each() -> None:
    here = Furnished()
    assert "256 characters" in words(await ask("/liqs " + "B" * 257, here))
    assert "invisible" in words(await ask("/liqs BT\u202eC", here))
    assert "invisible" in words(await ask("/liqs BT\u200bC", here))


async def test_an_unknown_coin_is_offered_near_ones_that_run_the_whole_command() -> None:
    here = Furnished()
    reply = await ask("/liqs BTCC 4h", here)
    assert "BTCC" in words(reply)
    fixed = await push(labelled(reply, "BTC").action, here)
    assert "BTC · 4 h" in words(fixed)
    assert fixed.edit


async def test_a_window_that_is_not_kept_is_offered_those_that_are() -> None:
    here = Furnished()
    reply = await ask("/alert BTC 2h > 50m", here)
    assert "2h" in words(reply)
    assert here.rulebook.rules == {}
    await push(labelled(reply, "1h").action, here)
    [rule] = here.rulebook.rules.values()
    assert (rule.coin, rule.window) == ("BTC", "1h")


@pytest.mark.parametrize("action", ["", "nonsense", "run|moon|x", "run", "|||", "run|liqs"])
async def test_an_old_button_says_that_it_has_expired(action: str) -> None:
    assert (await push(action, Furnished())).toast == EXPIRED


async def test_a_button_in_a_group_belongs_to_who_asked() -> None:
    here = Furnished()
    action = next(a for a in actions(await ask("/liqs", here, GROUP)) if a.startswith("liqs|BTC"))
    assert action.endswith(f"|@{ANNA}")
    assert (await push(action, here, GROUP, BORIS)).toast == FOREIGN
    hers = await push(action, here, GROUP, ANNA)
    assert hers.edit
    assert "BTC · 1 h" in words(hers)


async def test_a_button_in_private_needs_no_owner() -> None:
    assert not any("@" in action for action in actions(await ask("/liqs", Furnished())))


async def test_a_nameless_asker_shares_his_buttons() -> None:
    here = Furnished()
    reply = await ask("/liqs", here, GROUP, 0)
    assert (await push(actions(reply)[0], here, GROUP, BORIS)).message is not None


async def test_words_without_a_command_are_a_rule_a_question_or_a_hint() -> None:
    here = Furnished()
    assert words(await say("ETH 15m", here)).startswith("Liquidations · ETH · 15 min")
    assert words(await say("BTC long > 50m", here)).startswith("Set: ")
    assert "/help" in words(await say("good morning to you", here))
    assert (await say("BTC", here, GROUP)).message is None


async def test_who_asks_too_fast_is_told_once_and_answered_again_later() -> None:
    here = Furnished()
    for _ in range(10):
        assert (await ask("/help", here)).message is not None
    assert words(await ask("/help", here)) == TOO_FAST
    assert (await ask("/help", here)).message is None
    assert (await push("liqs|all|1h", here)).toast == TOO_FAST
    assert (await ask("/help", here, by=BORIS)).message is not None
    await here.clock.advance(3)
    assert "Commands" in [getattr(b, "title", "") for b in _blocks(await ask("/help", here))]


def test_a_refused_person_hears_of_it_once_a_minute() -> None:
    clock = ManualClock()
    guard = FloodGuard(clock)
    verdicts = [guard.judge("telegram", ANNA) for _ in range(13)]
    assert verdicts == [Verdict.ADMITTED] * 10 + [Verdict.NOTICE] + [Verdict.SILENCE] * 2


async def test_the_steady_rate_is_one_question_in_three_seconds() -> None:
    clock = ManualClock()
    guard = FloodGuard(clock)
    admitted = 0
    for _ in range(120):
        admitted += guard.judge("telegram", ANNA) is Verdict.ADMITTED
        await clock.advance(1)
    assert admitted == 10 + 39


def test_the_guard_forgets_whom_it_has_not_seen_for_longest() -> None:
    guard = FloodGuard(ManualClock(), people=2)
    for _ in range(11):
        guard.judge("telegram", ANNA)
    guard.judge("telegram", BORIS)
    guard.judge("discord", ANNA)
    assert guard.judge("telegram", ANNA) is Verdict.ADMITTED
    assert PEOPLE == 10_000


async def test_a_mistake_behind_a_button_is_a_short_popup() -> None:
    reply = await push("liqs|NOSUCHCOIN|1h", Furnished())
    assert reply.message is None
    assert "NOSUCHCOIN" in reply.toast
    assert len(reply.toast) <= 200
    assert buttons(reply) == []


def _blocks(reply: object) -> tuple[object, ...]:
    message = getattr(reply, "message", None)
    return message.blocks if message else ()


class FullRulebook(FakeRulebook):
    """A rulebook on a full disk."""

    async def add(self, rule: Rule, limit: int) -> Rule:
        raise StoreError("the disk is full")


async def test_what_could_not_be_saved_is_never_called_saved() -> None:
    here = Furnished()
    here.house.rulebook = FullRulebook()
    assert words(await ask("/alert 50m", here)) == UNSAVED
    assert here.told == []


async def test_a_choice_that_only_moves_a_sign_is_shown_whole() -> None:
    offered = buttons(await ask("/alert BTC 5m 15m", Furnished()))
    assert offered
    assert all("5m" in button.label for button in offered)
