"""A flush in one message, and several in a list."""

from msgspec.structs import replace

from bot.sentences.judging import judge
from bot.wording.flush_case import flush_message, flushes_message
from tests.bot.sentences import golden, later
from tests.bot.sentences.golden import FLUSH
from tests.bot.wording.test_flush import lines, twice


def test_a_case_tells_the_whole_event() -> None:
    message = flush_message(later.CLOSED, judge(later.CLOSED))
    told = lines(message)
    assert told[0] == "🔻 F311 market-wide: $565M+ · 86% longs · severe"
    for line in (
        "Onset 01:06 UTC · building 01:13 UTC · peak 01:56 UTC · fading 02:26 UTC · over 02:41 UTC",
        "Longs $486M · shorts $79M · imbalance +0.72",
        "Worst minute $39M at 01:42 UTC · 5 min $138M · 15 min $296M · hour $526M",
    ):
        assert line in told
    assert [button.label for row in message.buttons for button in row] == ["Why?", "Files"]
    both = lines(flush_message(twice(), judge(twice())))
    assert any(line.startswith("First wave: worst minute $39M at 01:42 UTC") for line in both)
    assert any(line.startswith("Second wave: worst minute") for line in both)
    going_on = flush_message(golden.CASE, judge(golden.CASE))
    assert going_on.buttons[0][-1].action == "hush|311"


def test_several_flushes_are_a_line_each() -> None:
    bitcoin = replace(FLUSH, id=312, coin="BTC")
    message = flushes_message([bitcoin, FLUSH])
    assert lines(message) == [
        "The last 2 flushes",
        "F312 · 22 Nov 01:04 UTC · BTC · $526M+ · 87% longs · severe · peak",
        "F311 · 22 Nov 01:04 UTC · $526M+ · 87% longs · severe · peak",
    ]
    assert [button.action for button in message.buttons[0]] == ["flush|312", "flush|311"]
    assert lines(flushes_message([]))[0] == "No flush seen yet."
    assert lines(flushes_message([], "SOL"))[0] == "No flush of SOL seen yet."
