"""``/history``, and what a known past changes in the other answers."""

import asyncio

from msgspec.structs import replace

from bot.history.known import Often
from bot.market import USD
from bot.structure.view import Figure
from bot.typed.draft import Draft
from handlers.answers.saving import OFTEN_S
from tests.fakes import NOW_MS, FakeMarkets, Furnished, a_reading
from tests.handlers.asking import GROUP, SERVER, ask, buttons, labelled, push, words
from tests.handlers.ninety import Ninety

M = 1_000_000 * USD


def here_with(history: Ninety | None = None) -> Furnished:
    return Furnished(history=history or Ninety())


async def test_history_tells_what_was_heard_of_a_coin() -> None:
    said = words(await ask("/history btc", here_with()))
    assert said.startswith("History · BTC\n92 days watched")
    assert "$526M · 87% longs" in said
    assert "Bybit alone" in said


async def test_a_button_of_history_edits_its_message() -> None:
    here = here_with()
    reply = await push(labelled(await ask("/history", here), "ETH").action, here)
    assert reply.edit
    assert words(reply).startswith("History · ETH")


async def test_history_is_told_of_coins_alone() -> None:
    said = words(await ask("/history BTC 4h", here_with()))
    assert said.startswith("I tell the past of a coin over all exchanges")


async def test_without_a_past_history_says_so() -> None:
    assert "Watched for less than a day" in words(await ask("/history", Furnished()))


async def test_liqs_and_start_call_a_normal_hour_normal() -> None:
    here = here_with()
    assert "$8.2M+ · 54% longs · a normal hour" in words(await ask("/liqs", here))
    assert "in the last hour, 54% longs. A normal hour." in words(await ask("/start", here))


async def test_imbalance_calls_common_what_is_common() -> None:
    here = here_with()
    here.desk.readings[None, None, "1h"] = a_reading(long=458_100_000, short=68_300_000)
    said = words(await ask("/imbalance", here, GROUP))
    assert "Common when it is busy: 7 of 10 hours above $50M are this one-sided." in said


async def test_the_choice_of_a_frequency_has_this_installations_dollars() -> None:
    here = here_with()
    said = words(await push("pace|big", here))
    assert "• all coins pass $150M in 1 h: 12 times in the last 92 days\n" in said
    [rule] = here.rulebook.rules.values()
    assert rule.threshold == 150 * M


async def test_a_choice_made_before_there_was_a_past_is_replaced() -> None:
    here = Furnished()
    await push("pace|big", here)
    here.house.history = Ninety()
    said = words(await push("pace|medium", here))
    assert "In place of all 1h > $75M." in said
    assert [rule.threshold for rule in here.rulebook.rules.values()] == [40 * M]


async def test_a_saved_rule_tells_how_often_it_would_have_fired() -> None:
    said = words(await ask("/alert BTC 1h long > 50m", here_with()))
    assert "Now $1.4M, $48.6M away. 12 times in the last 92 days." in said


async def test_a_relative_threshold_is_saved_in_dollars_and_said_in_full() -> None:
    here = here_with()
    said = words(await ask("/alert all > p99", here))
    assert said.startswith("Set: all > $150M in 1 h (p99 of 92 days).")
    [rule] = here.rulebook.rules.values()
    assert rule.threshold == 150 * M


async def test_a_form_takes_a_relative_threshold_too() -> None:
    here = here_with()
    form = {"coin": "BTC", "window": "1h", "metric": "long", "above": "about once a week"}
    said = words(await ask("/alert", here, SERVER, admin=True, form="add", options=form))
    assert said.startswith("Set: BTC longs > $150M in 1 h (about once a week of 92 days).")


async def test_with_too_little_history_an_amount_is_offered() -> None:
    young = Ninety()
    young.young = True
    here = here_with(young)
    reply = await ask("/alert BTC > p99", here)
    assert words(reply).startswith("p99 takes 7 days of history, I have 3 days: type an amount.")
    assert not here.rulebook.rules
    [offer] = buttons(reply)
    assert offer.action == "run|alert|BTC > 50M"
    await push(offer.action, here)
    assert [rule.threshold for rule in here.rulebook.rules.values()] == [50 * M]


async def test_a_share_of_open_interest_is_taken_from_the_market() -> None:
    markets = FakeMarkets()
    interest = Figure(36e9, NOW_MS, ("Binance",))
    markets.views["BTC"] = replace(markets.views["BTC"], oi_usd=interest)
    here = Furnished(markets=markets)
    said = words(await ask("/alert BTC > 0.5% oi", here))
    assert said.startswith("Set: BTC > $180M in 1 h (0.5% of open interest).")
    refused = words(await ask("/alert ETH > 0.5% oi", here))
    assert refused.startswith("I do not know the open interest of ETH")


async def test_a_mistake_beside_a_relative_threshold_is_offered_as_typed() -> None:
    reply = await ask("/alert BTCC > p99", here_with())
    assert [button.action for button in buttons(reply)] == [
        "run|alert|BTC > p99",
        "run|alert|BCH > p99",
    ]


async def test_a_share_counts_from_five_normal_windows_on() -> None:
    here = here_with()
    await ask("/alert 1h imbalance > 85%", here)
    await ask("/alert ETH 1h imbalance > 85% floor 10m", here)
    assert [rule.floor for rule in here.rulebook.rules.values()] == [50 * M, 10 * M]


async def test_a_rule_that_never_stops_is_exchanged_for_a_gentler_one() -> None:
    loud = Ninety()
    loud.times, loud.daily = 3_700, 2 * M
    here = here_with(loud)
    reply = await ask("/alert BTC 5m > 100k", here)
    assert "That is about 40 times a day." in words(reply)
    loud.times, loud.daily = 92, None
    said = await push(labelled(reply, "$2M: once a day").action, here)
    assert words(said).startswith("Set: BTC > $2M in 5 min.")
    assert said.edit
    [rule] = here.rulebook.rules.values()
    assert rule.threshold == 2 * M


async def test_a_rule_of_a_group_is_exchanged_by_admins_alone() -> None:
    loud = Ninety()
    loud.times, loud.daily = 3_700, 2 * M
    here = here_with(loud)
    reply = await ask("/alert BTC 5m > 100k", here, GROUP, admin=True)
    gentler = labelled(reply, "$2M: once a day").action
    await push(gentler, here, GROUP)
    assert [rule.threshold for rule in here.rulebook.rules.values()] == [100_000 * USD]


async def test_an_answer_does_not_wait_for_a_history_that_is_slow_to_tell() -> None:
    class Slow(Ninety):
        async def often(self, draft: Draft) -> Often | None:
            await asyncio.Event().wait()
            return None

    here = here_with(Slow())
    async with asyncio.timeout(5):
        asking = asyncio.create_task(ask("/alert BTC 1h long > 50m", here))
        await here.clock.advance(OFTEN_S)
        said = words(await asking)
    assert said.startswith("Set: BTC longs > $50M in 1 h.")
    assert len(here.rulebook.rules) == 1
