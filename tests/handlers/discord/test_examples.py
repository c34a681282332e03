"""Examples of commands as Discord takes them."""

import pytest

from bot.typed.rule_text import parse_rule
from bot.wording.text import Code, Message, Paragraph
from handlers.commands import COMMANDS
from handlers.commands.help import EXAMPLES
from handlers.discord.examples import as_slash
from handlers.discord.style import styled


@pytest.mark.parametrize(
    ("typed", "filled"),
    [
        ("/alert 50m", "/alert add coin:all window:1h metric:total above:50M"),
        ("/alert BTC 5m long > 10m", "/alert add coin:BTC window:5m metric:long above:10M"),
        ("/alert 1h imbalance > 85%", "/alert add coin:all window:1h metric:imbalance above:85%"),
        ("/alert BTC order > 5m", "/alert add coin:BTC window:1h metric:order above:5M"),
        ("/alert [coin] [window] [metric] > amount", "/alert add"),
        ("/alert", "/alert add"),
        ("/alert add", "/alert add"),
        ("/liqs ETH 15m", "/liqs coin:ETH window:15m"),
        ("/liqs [coin] [window]", "/liqs"),
        ("/mute [2h]", "/mute"),
        ("/follow market", "/follow coin:market"),
        ("/follow BTC severe", "/follow coin:BTC severity:severe"),
        ("/follow", "/follow"),
        ("/alerts", "/alerts"),
        ("fstream.binance.com", "fstream.binance.com"),
    ],
)
def test_what_is_typed_elsewhere_is_filled_in_on_discord(typed: str, filled: str) -> None:
    assert as_slash(typed) == filled


def test_every_example_of_help_names_options_that_its_command_has() -> None:
    for typed, _ in EXAMPLES:
        name, *words = as_slash(typed).removeprefix("/").split()
        options = {o.name for form in COMMANDS[name].forms for o in form.options}
        named = [word.partition(":")[0] for word in words if ":" in word]
        assert named
        assert set(named) <= options


def test_a_filled_example_is_the_rule_that_was_meant() -> None:
    typed = "BTC 5m long > 10m"
    values = [word.partition(":")[2] for word in as_slash(f"/alert {typed}").split()[2:]]
    assert parse_rule(" ".join([*values[:-1], ">", values[-1]]), ()) == parse_rule(typed, ())


def test_texts_show_them_so() -> None:
    (embed,) = styled(Message(("head",), (Paragraph(((Code("/liqs ETH 15m"),),)),))).embeds
    assert embed.description == "`/liqs coin:ETH window:15m`"
