"""The ``Chart`` below ``/liqs``: a message of its own, while the figures stay."""

import asyncio

from handlers.answers.flushes import PICTURE_S
from tests.fakes import a_reading
from tests.handlers.asking import GROUP, actions, ask, labelled, push, words
from tests.handlers.commands.flushed import PICTURE, Flushing


async def test_a_chart_is_of_what_is_on_the_screen_and_leaves_it_there() -> None:
    here = Flushing()
    shown = await ask("/liqs btc 4h bybit", here, GROUP)
    action = labelled(shown, "Chart").action
    assert action == "chart|BTC|4h|bybit"
    reply = await push(action, here, GROUP)
    assert not reply.edit
    assert reply.message is not None
    assert reply.message.picture == PICTURE
    assert words(reply).startswith("Liquidations · BTC on Bybit · 4 h\n")
    assert "exchanges heard" in words(reply), "what was not heard is always said"


async def test_a_chart_that_does_not_come_is_said_in_a_toast() -> None:
    here = Flushing()
    here.charts.slow = True
    pressed = asyncio.create_task(push("chart|all|1h", here))
    await here.clock.advance(PICTURE_S + 0.1)
    reply = await pressed
    assert reply.message is None
    assert reply.toast == "I have no chart of that now. Please try again in a minute."


async def test_no_chart_is_offered_where_there_is_nothing_to_see() -> None:
    here = Flushing()
    here.desk.readings[None, None, "1h"] = a_reading(long=0, short=0)
    assert "chart|all|1h" not in actions(await ask("/liqs", here))
    assert "chart|all|4h" in actions(await ask("/liqs 4h", here))
