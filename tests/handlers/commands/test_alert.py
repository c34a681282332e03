"""``/alert``: saved, repeated and measured; in company only by admins, else in private."""

import pytest

from bot.delivery.outcomes import Gone, Retry
from bot.events import RuleSaved
from bot.market import USD
from bot.ports import Chat
from bot.rules import Destination
from bot.typed.rule_text import from_link_payload
from handlers.answers.rights import ONLY_ADMINS
from handlers.routing.router import act, answer
from tests.fakes import FakeMarkets, FakeNotifier, Furnished
from tests.handlers.asking import (
    ANNA,
    BORIS,
    GROUP,
    PRIVATE,
    SERVER,
    a_request,
    actions,
    ask,
    buttons,
    labelled,
    push,
    words,
)

ANNAS_DM = Destination("discord", ANNA, direct=True)
FORM = {"coin": "BTC", "window": "1h", "metric": "long", "above": "50m"}


async def test_a_rule_is_stored_told_and_repeated_with_its_distance() -> None:
    here = Furnished()
    said = words(await ask("/alert BTC 1h long > 50m", here))
    [rule] = here.rulebook.rules.values()
    assert (rule.coin, rule.window, rule.metric) == ("BTC", "1h", "long")
    assert (rule.threshold, rule.destination, rule.author) == (50_000_000 * USD, PRIVATE, ANNA)
    [event] = here.told
    assert isinstance(event, RuleSaved)
    assert event.rule == rule
    assert said.startswith("Set: BTC longs > $50M in 1 h.")
    assert "Now $1.4M, $48.6M away." in said


async def test_a_rule_above_its_threshold_says_so_at_once() -> None:
    here = Furnished()
    here.desk.value_now = 60_000_000 * USD
    said = words(await ask("/alert BTC 1h long > 50m", here))
    assert "Already there: $60.0M" in said or "Already there: $60M" in said


async def test_the_form_and_the_typed_words_make_the_same_rule() -> None:
    typed, filled = Furnished(), Furnished()
    await ask("/alert BTC 1h long > 50m", typed)
    await ask("/alert", filled, form="add", options=FORM)
    assert typed.rulebook.rules == filled.rulebook.rules


async def test_a_form_for_all_coins_on_one_exchange_is_understood() -> None:
    here = Furnished()
    options = {"coin": "all", "window": "15m", "metric": "imbalance", "above": "80%"}
    await ask("/alert", here, form="add", options={**options, "exchange": "bybit"})
    [rule] = here.rulebook.rules.values()
    assert (rule.coin, rule.exchange, rule.metric) == (None, "bybit", "imbalance")


@pytest.mark.parametrize("metric", ["total", "short", "largest", "order", "long_share", "count"])
async def test_every_metric_of_the_form_is_understood(metric: str) -> None:
    here = Furnished()
    above = {"long_share": "80%", "count": "200"}.get(metric, "5m")
    options = {**FORM, "metric": metric, "above": above}
    reply = await ask("/alert", here, form="add", options=options)
    assert words(reply).startswith("Set: "), words(reply)
    [rule] = here.rulebook.rules.values()
    assert rule.metric == metric


async def test_nothing_typed_is_answered_with_examples() -> None:
    assert "/alert 50m" in words(await ask("/alert", Furnished()))


@pytest.mark.parametrize(
    "text",
    [
        "BTC > nan",
        "> inf",
        "> 1e309",
        "> -5m",
        "> 0",
        "> \uff15\uff10m",
        "BTC",
        "5m 1h 4h",
        "nonsense > 50m",
    ],
)
async def test_what_cannot_be_meant_gets_one_sentence_and_no_rule(text: str) -> None:
    here = Furnished()
    reply = await ask(f"/alert {text}", here)
    assert words(reply)
    assert not words(reply).startswith("Set")
    assert here.rulebook.rules == {}
    assert here.told == []


async def test_the_same_rule_twice_is_refused() -> None:
    here = Furnished()
    await ask("/alert 50m", here)
    assert "already" in words(await ask("/alert all 1h > $50,000,000", here))
    assert len(here.told) == 1


async def test_a_person_has_fifty_rules_and_a_server_two_hundred() -> None:
    here = Furnished()
    for at, limit in ((PRIVATE, 50), (GROUP, 200)):
        for amount in range(1, limit + 2):
            await here.clock.advance(6)
            reply = await ask(f"/alert all 1h > {amount}m", here, at, admin=True)
        assert str(limit) in words(reply)
        assert len(await here.rulebook.of(at)) == limit


async def test_an_admin_sets_a_rule_for_the_group() -> None:
    here = Furnished()
    assert words(await ask("/alert 50m", here, GROUP, admin=True)).startswith("Set: ")
    [rule] = here.rulebook.rules.values()
    assert rule.destination == GROUP


async def test_a_member_is_offered_a_link_that_makes_it_in_private() -> None:
    here = Furnished()
    reply = await ask("/alert BTC 1h long > 50m", here, GROUP)
    assert here.rulebook.rules == {}
    assert words(reply).startswith(ONLY_ADMINS)
    [button] = buttons(reply)
    base, _, payload = button.url.partition("?start=")
    assert base == "https://t.me/liqwatch_bot"
    assert from_link_payload(payload).threshold == 50_000_000 * USD
    made = await ask(f"/start {payload}", here, PRIVATE)
    assert words(made).startswith("Set: BTC longs > $50M in 1 h.")
    [rule] = here.rulebook.rules.values()
    assert rule.destination == PRIVATE


async def test_where_direct_messages_are_possible_a_member_gets_one_as_proof() -> None:
    here = Furnished()
    reply = await ask("/alert", here, SERVER, form="add", options=FORM)
    assert "Look, I have just sent you a DM." in words(reply)
    [rule] = here.rulebook.rules.values()
    assert rule.destination == ANNAS_DM
    [(destination, message)] = here.notifiers["discord"].delivered
    assert destination == ANNAS_DM
    assert message.head == ("Set: BTC longs > $50M in 1 h.",)


async def test_a_rule_made_for_oneself_elsewhere_is_proved_by_a_direct_message() -> None:
    here = Furnished()
    request = a_request("", ANNAS_DM, form="add", options=FORM, elsewhere=True)
    assert "sent you a DM" in words(await answer("alert", request, here.house))
    taps = a_request("", ANNAS_DM, elsewhere=True)
    assert "sent you a DM" in words(await act("pace|big", taps, here.house))
    assert "by DM" in words(await answer("test", taps, here.house))
    assert [to for to, _ in here.notifiers["discord"].delivered] == [ANNAS_DM, ANNAS_DM]


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (Gone("closed"), "Saved, but I cannot DM you: allow DMs from this server"),
        (Retry(5, "busy"), "Saved, but the DM to prove it has not arrived yet"),
    ],
)
async def test_closed_direct_messages_are_said_at_once(outcome: Gone | Retry, said: str) -> None:
    here = Furnished(notifiers={"discord": FakeNotifier("discord", outcome)})
    reply = await ask("/alert", here, SERVER, form="add", options=FORM)
    assert said in words(reply)
    assert len(here.rulebook.rules) == 1


async def test_a_rule_of_ones_own_can_be_deleted_where_it_was_made() -> None:
    here = Furnished()
    reply = await ask("/alert", here, SERVER, form="add", options=FORM)
    delete = labelled(reply, "Delete").action
    assert (await push(delete, here, SERVER, BORIS)).toast
    assert len(here.rulebook.rules) == 1
    assert words(await push(delete, here, SERVER)).startswith("Deleted: ")
    assert here.rulebook.rules == {}


async def test_saving_while_paused_says_that_nothing_would_come() -> None:
    here = Furnished()
    here.chats.saved[PRIVATE] = Chat(PRIVATE, state="stopped")
    assert "/start" in words(await ask("/alert 50m", here))


async def test_saving_where_a_chat_was_given_up_takes_it_up_again() -> None:
    here = Furnished()
    here.chats.saved[PRIVATE] = Chat(PRIVATE, state="gone", reason="blocked")
    await ask("/alert 50m", here)
    assert here.chats.saved[PRIVATE].state == "active"


async def test_alert_me_on_this_offers_amounts_above_what_there_is() -> None:
    here = Furnished()
    reply = await push("alertme|BTC|1h", here)
    assert not reply.edit
    assert words(reply).startswith("Tell you when BTC passes")
    assert [button.label for button in buttons(reply)] == ["$20M", "$50M", "$100M"]
    saved = await push(actions(reply)[0], here)
    assert saved.edit
    assert words(saved).startswith("Set: BTC > $20M in 1 h.")


async def test_alert_me_in_a_group_offers_a_member_the_private_way() -> None:
    here = Furnished()
    reply = await push("alertme|BTC|1h", here, GROUP)
    assert here.rulebook.rules == {}
    assert [button.url.partition("=")[0] for button in buttons(reply)] == [
        "https://t.me/liqwatch_bot?start"
    ]


async def test_what_surrounds_liquidations_can_be_watched_where_it_is_followed() -> None:
    furnished = Furnished()
    furnished.house.markets = FakeMarkets()
    assert "Set: BTC oi_drop > 5% in 1 h." in words(await ask("/alert BTC oi_drop > 5%", furnished))
    refused = words(await ask("/alert PEPE oi_drop > 5%", furnished))
    assert "I know oi_drop of BTC, ETH, SOL, XRP and DOGE, not of PEPE." in refused


async def test_it_is_refused_where_no_market_is_followed() -> None:
    furnished = Furnished()
    furnished.house.markets = None
    told = words(await ask("/alert BTC funding > 0.05%", furnished))
    assert "I do not follow the market's structure here, so no funding." in told
