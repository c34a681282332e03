"""The buttons under answers and alerts; an action says what a press does, never who may."""

from collections.abc import Sequence

from bot.figures import Reading
from bot.wording.numbers import clock, window_name
from bot.wording.text import Button

MAIN_COINS = ("BTC", "ETH", "SOL")

Row = tuple[Button, ...]


def question_action(verb: str, coin: str | None, window: str, exchange: str | None) -> str:
    """``liqs|BTC|1h`` or ``liqs|all|1h|binance``."""
    return "|".join(filter(None, (verb, coin or "all", window, exchange)))


def window_row(verb: str, reading: Reading, windows: Sequence[str]) -> Row:
    """``5m`` ``15m`` ``• 1h`` ``4h`` ``24h``"""
    asked = window_name(reading.span_ms)
    return tuple(
        Button(
            f"• {window}" if window == asked else window,
            question_action(verb, reading.coin, window, reading.exchange),
        )
        for window in windows
    )


def coin_row(verb: str, reading: Reading) -> Row:
    """``• All`` ``BTC`` ``ETH`` ``SOL``, and the coin asked for where it is another."""
    window = window_name(reading.span_ms)
    coins: list[str | None] = [None, *MAIN_COINS]
    if reading.coin not in coins:
        coins.append(reading.coin)
    return tuple(
        Button(
            f"• {coin or 'All'}" if coin == reading.coin else coin or "All",
            question_action(verb, coin, window, reading.exchange),
        )
        for coin in coins
    )


def refresh_row(verb: str, reading: Reading) -> Row:
    """``↻ 03:04 UTC``: asks the same again; labels cannot show each reader his own time."""
    window = window_name(reading.span_ms)
    action = question_action(verb, reading.coin, window, reading.exchange)
    return (Button(f"↻ {clock(reading.at_ms)}", action),)


def alert_me_row(reading: Reading) -> Row:
    """``🔔 Alert me on this``"""
    window = window_name(reading.span_ms)
    action = question_action("alertme", reading.coin, window, reading.exchange)
    return (Button("🔔 Alert me on this", action),)


def alert_rows(rule_id: int, why: str = "", flush: int = 0) -> tuple[Row, ...]:
    """What one can do about an alert: ask why, be left alone, change it, delete it.

    ``why``: the key of the telling behind it, ``flush``: what it fired in; neither must be there.
    """
    ask = (Button("Why?", f"why|{why}"),) if why else ()
    calm = Button("Mute this flush", f"hush|{flush}") if flush else Button("Mute 1 h", "mute|1h")
    return (
        (*ask, calm),
        (Button("Change", f"rule|{rule_id}"), Button("Delete", f"delete|{rule_id}")),
    )
