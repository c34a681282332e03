"""A question finds its command, and a mistake becomes a sentence."""

import pytest

from handlers.routing.router import EXPIRED, parse_typed
from tests.fakes import Furnished
from tests.handlers.asking import GROUP, ask, buttons, labelled, push, say, words


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


async def test_words_without_a_command_are_a_rule_a_question_or_a_hint() -> None:
    here = Furnished()
    assert words(await say("ETH 15m", here)).startswith("Liquidations · ETH · 15 min")
    assert words(await say("BTC long > 50m", here)).startswith("Set: ")
    assert "/help" in words(await say("good morning to you", here))
    assert (await say("BTC", here, GROUP)).message is None


async def test_a_mistake_behind_a_button_is_a_short_popup() -> None:
    reply = await push("liqs|NOSUCHCOIN|1h", Furnished())
    assert reply.message is None
    assert "NOSUCHCOIN" in reply.toast
    assert len(reply.toast) <= 200
    assert buttons(reply) == []


async def test_a_choice_that_only_moves_a_sign_is_shown_whole() -> None:
    offered = buttons(await ask("/alert BTC 5m 15m", Furnished()))
    assert offered
    assert all("5m" in button.label for button in offered)
