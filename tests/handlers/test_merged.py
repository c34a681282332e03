"""A night's alerts in one message reach their readers whole, on either platform."""

import pytest
from msgspec.structs import replace

from bot.clock import MINUTE_MS
from bot.market import USD
from bot.ports import Waiting
from bot.rules import Alert, Destination, Rule
from bot.wording.merged import merged_message
from bot.wording.text import Message
from handlers.discord.limits import DESCRIPTION, size
from handlers.discord.style import styled
from handlers.telegram.style import LONGEST_TEXT, bare, html
from tests.doubles.telegram_html import parse
from tests.fakes import NOW_MS, a_reading

COINS = ("BTC", "1000000MOGCOIN", "A" * 20)


def crossed(number: int) -> Waiting:
    """The n-th of a night: coins with long names, at times of their own."""
    coin = COINS[number % len(COINS)]
    place = Destination("telegram", 42, 0, True)
    rule = Rule(number % 5 + 1, place, 42, coin, None, "1h", "total", 1_000_000 * USD)
    at_ms = NOW_MS - (500 - number) * MINUTE_MS
    reading = replace(a_reading(coin, long=2_000_000 + number), at_ms=at_ms)
    return Waiting(Alert(rule, number, 1, reading.total, at_ms, reading), at_ms)


def told(many: int, late_ms: int) -> Message:
    waiting = [crossed(number) for number in range(many)]
    if not late_ms:
        waiting = [Waiting(each.alert, NOW_MS) for each in waiting]
    return merged_message(waiting, NOW_MS, "L123456")


@pytest.mark.parametrize("many", [2, 11, 400])
@pytest.mark.parametrize("late_ms", [0, MINUTE_MS])
def test_nothing_of_it_is_cut(many: int, late_ms: int) -> None:
    message = told(many, late_ms)
    text = bare(message)
    assert parse(html(message)).text == text
    assert len(text.encode("utf-16-le")) // 2 <= 1_024 < LONGEST_TEXT
    shown = styled(message)
    embed = shown.embeds[0]
    assert size(embed.description or "") <= DESCRIPTION
    for said in (text, "\n".join([shown.content, embed.description or ""])):
        named = said.count("🔺")
        rest = [line for line in said.splitlines() if line.startswith("and ") and " more, " in line]
        unnamed = int(rest[0].split()[1]) if rest else 0
        assert named + unnamed == many
    assert "L123456" in text
