"""``/market``: one coin's structure, of those that are followed."""

from msgspec.structs import replace

from bot.clock import HOUR_MS
from bot.structure.view import Figure, MarketView
from handlers.telegram.style import html
from tests.bot.wording.markets import FULL, LOST, PARTIAL
from tests.doubles.telegram_html import parse
from tests.fakes import NOW_MS, FakeMarkets, Furnished, a_reading
from tests.handlers.asking import GROUP, SERVER, actions, ask, labelled, push, words


async def test_market_tells_btc_when_no_coin_is_named() -> None:
    here = Furnished()
    assert words(await ask("/market", here)).startswith("Market · BTC\n$87,020 on Binance")
    assert words(await ask("/market eth", here)).startswith("Market · ETH")
    filled = await ask("/market", here, SERVER, options={"coin": "SOL", "share": "yes"})
    assert words(filled).startswith("Market · SOL")
    assert filled.share


async def test_another_coin_and_a_fresh_look_are_one_press_away() -> None:
    here = Furnished()
    reply = await ask("/market", here)
    other = await push(labelled(reply, "ETH").action, here)
    assert other.edit
    assert words(other).startswith("Market · ETH")
    assert (await push(actions(other)[-1], here)).message == other.message


async def test_a_coin_that_is_not_followed_is_refused_with_those_that_are() -> None:
    here = Furnished()
    reply = await ask("/market PEPE", here)
    assert words(reply).startswith(
        "I follow BTC, ETH, SOL, XRP and DOGE; for another coin set COINS."
    )
    assert "run|market|BTC" in actions(reply)


async def test_a_coin_that_is_not_known_at_all_is_asked_back() -> None:
    said = words(await ask("/market BTCC", Furnished()))
    assert said.startswith("I know no coin BTCC. Did you mean BTC")


async def test_a_market_has_no_window_and_no_exchange() -> None:
    for typed in ("/market 4h", "/market bybit"):
        reply = await ask(typed, Furnished())
        assert words(reply).startswith("I tell a market as it is now, over all sources")
        assert actions(reply) == ["run|market|BTC"]


async def test_without_structure_it_says_so() -> None:
    for markets in (None, FakeMarkets()):
        if markets is not None:
            markets.views.clear()
        here = Furnished(markets=markets)
        assert words(await ask("/market", here)) == "I do not follow the market's structure here."


async def test_the_first_coin_followed_stands_in_for_btc() -> None:
    here = Furnished()
    assert here.markets is not None
    del here.markets.views["BTC"]
    assert words(await ask("/market", here)).startswith("Market · ETH")


async def test_a_start_a_minute_ago_is_said_as_such() -> None:
    here = Furnished()
    assert here.markets is not None
    here.markets.views["BTC"] = MarketView("BTC", NOW_MS)
    assert "Just started: nothing of BTC is here yet." in words(await ask("/market", here))


def tilted(*, young: str = "") -> Furnished:
    """BTC is 40% of a day's and 20% of an hour's liquidations; ``young``: since half an hour."""
    here = Furnished()
    assert here.markets is not None
    price = here.markets.views["BTC"].price
    size = Figure(0.2, NOW_MS, ("Bybit",))
    here.markets.views["BTC"] = MarketView("BTC", NOW_MS, price=price, oi_share=size)
    since_ms = {"24h": NOW_MS - 2 * HOUR_MS, "1h": NOW_MS - HOUR_MS // 2}
    for window, part in (("24h", 40), ("1h", 20)):
        for coin, amount in (("BTC", part), (None, 100)):
            reading = a_reading(coin, None, window, long=amount * 10**6, short=0)
            if young:
                hearing = replace(reading.hearing, since_ms=since_ms[young])
                reading = replace(reading, hearing=hearing)
            here.desk.readings[coin, None, window] = reading
    return here


async def test_tilt_is_over_the_longest_window_that_has_run() -> None:
    of_a_day = words(await ask("/market", tilted()))
    assert "BTC is 40% of liquidations in 24 h, 20% of open interest: tilt 2.00" in of_a_day
    of_an_hour = words(await ask("/market", tilted(young="24h")))
    assert "BTC is 20% of liquidations in 1 h, 20% of open interest: tilt 1.00" in of_an_hour
    of_none = words(await ask("/market", tilted(young="1h")))
    assert "BTC is 20% of open interest" in of_none
    assert "tilt" not in of_none


async def test_every_view_is_fit_for_telegram() -> None:
    for view in (FULL, PARTIAL, LOST, MarketView("BTC", NOW_MS)):
        here = Furnished()
        assert here.markets is not None
        here.markets.views["BTC"] = view
        reply = await ask("/market", here, GROUP)
        assert reply.message is not None
        assert len(parse(html(reply.message)).text) <= 1_000
