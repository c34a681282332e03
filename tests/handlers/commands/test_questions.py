"""``/liqs``, ``/imbalance``, ``/top``, ``/sources``, ``/help``: anyone may ask."""

from msgspec.structs import replace

from bot.ports import Chat
from handlers.commands import COMMANDS
from tests.fakes import Furnished, a_reading, a_source
from tests.handlers.asking import GROUP, SERVER, ask, labelled, push, words


async def test_liqs_tells_the_last_hour_of_all_coins() -> None:
    said = words(await ask("/liqs", Furnished()))
    assert said.startswith("Liquidations · all coins · 1 h")
    assert "$8.2M+ · 54% longs" in said
    assert "Binance and OKX publish samples" in said


async def test_liqs_takes_coin_window_and_exchange_in_any_order() -> None:
    here = Furnished()
    said = words(await ask("/liqs 15m bybit eth", here))
    assert said.startswith("Liquidations · ETH on Bybit · 15 min")
    same = await ask("/liqs", here, options={"coin": "ETH", "window": "15m", "exchange": "bybit"})
    assert words(same) == said


async def test_a_button_of_liqs_edits_its_message() -> None:
    here = Furnished()
    reply = await push(labelled(await ask("/liqs", here), "4h").action, here)
    assert reply.edit
    assert words(reply).startswith("Liquidations · all coins · 4 h")


async def test_an_answer_is_shared_when_said_so_or_set_so_for_the_place() -> None:
    here = Furnished()
    assert not (await ask("/liqs", here, SERVER)).share
    assert (await ask("/liqs", here, SERVER, options={"share": "yes"})).share
    here.chats.saved[SERVER] = Chat(SERVER, share=True)
    assert (await ask("/top", here, SERVER)).share
    assert not (await ask("/top", here, SERVER, options={"share": "no"})).share


async def test_imbalance_tells_the_heavier_side() -> None:
    here = Furnished()
    hit = a_reading(long=458_100_000, short=68_300_000)
    here.desk.readings[None, None, "1h"] = hit
    said = words(await ask("/imbalance", here, GROUP))
    assert said.startswith("Imbalance · all coins · 1 h")
    assert "+0.74 over 1 h: 87% of $526M+ were longs" in said


async def test_top_names_coins_and_exchanges() -> None:
    said = words(await ask("/top 4h", Furnished()))
    assert said.startswith("Top coins · 4 h")
    assert "BTC" in said
    assert "Bybit" in said


async def test_sources_tells_each_exchange_and_who_has_no_feed() -> None:
    here = Furnished()
    blocked = a_source("binance", "blocked", "HTTP 451")
    here.desk.statuses[0] = replace(blocked, last_event_ms=None)
    said = words(await ask("/sources", here))
    assert said.startswith("Sources · 2 of 3 exchanges heard")
    assert "⚠️ Binance off since 22:13 UTC: HTTP 451" in said
    assert "At least: Binance and OKX publish samples." in said
    assert "Bybit  live  $56M  100%" in said
    for silent in ("Hyperliquid", "KuCoin", "MEXC", "BingX", "Phemex"):
        assert silent in said


async def test_help_names_every_command_once_and_gives_no_advice() -> None:
    said = words(await ask("/help", Furnished()))
    for name, command in COMMANDS.items():
        assert said.count(f"/{name} {command.usage}".rstrip()) >= 1
        assert command.summary in said
    assert said.count("Figures, not advice.") == 1
    assert len(said) < 2_000


async def test_every_example_of_help_is_understood() -> None:
    here = Furnished()
    from handlers.commands.help import EXAMPLES

    for typed, _ in EXAMPLES:
        said = words(await ask(typed, here))
        assert said.startswith(("Set: ", "Liquidations · ")), said
