"""The lines of which alerts and answers are made: split, coins, exchanges, largest order."""

from collections.abc import Sequence

from bot.figures import Order, Reading, Split
from bot.market import Side
from bot.wording.numbers import alike, fine_money, money, named, share, signed
from bot.wording.text import Bold, Line, Moment, Span, Tone

LEADING_COINS = 3
LEADING_EXCHANGES = 3
ONE_SIDED = 65
"""Percent of one side above which a message has that side's colour."""


def heavier(reading: Reading) -> Side:
    """The side of which more was closed; longs when they are even."""
    return Side.LONG if reading.long >= reading.short else Side.SHORT


def amount_of(reading: Reading, side: Side) -> int:
    return reading.long if side is Side.LONG else reading.short


def sign(side: Side) -> str:
    """🔻 longs were closed (price fell), 🔺 shorts were closed."""
    return "🔻" if side is Side.LONG else "🔺"


def sided(reading: Reading, side: Side) -> str:
    """``87% longs``"""
    return f"{share(amount_of(reading, side), reading.total)} {side.word}s"


def tone(reading: Reading) -> Tone:
    """The colour of the side above 65%, or none."""
    side = heavier(reading)
    if 100 * amount_of(reading, side) <= ONE_SIDED * reading.total:
        return Tone.EVEN
    return Tone.LONG if side is Side.LONG else Tone.SHORT


def scope(coin: str | None, exchange: str | None) -> str:
    """``all coins``, ``BTC``, ``BTC on Binance``"""
    return (coin or "all coins") + (f" on {named(exchange)}" if exchange else "")


def split_line(reading: Reading) -> Line:
    """``Longs **$458M** · shorts $68M · imbalance +0.74``"""
    longs, shorts = money(reading.long), money(reading.short)
    strong = heavier(reading)
    sides: tuple[Span, ...] = ("Longs ", Bold(longs), f" · shorts {shorts}")
    if strong is Side.SHORT:
        sides = (f"Longs {longs} · shorts ", Bold(shorts))
    return (*sides, f" · imbalance {signed(reading.imbalance or 0.0)}")


def coins_line(reading: Reading, leading: int = LEADING_COINS) -> Line:
    """``BTC $205M · ETH $126M · SOL $53M · rest $142M``"""
    parts = leaders(reading.coins, leading, "rest")
    amounts = alike([part.total for part in parts])
    return (" · ".join(f"{p.name} {said}" for p, said in zip(parts, amounts, strict=True)),)


def coin_sides_line(reading: Reading, leading: int = LEADING_COINS) -> Line:
    """``Longs: BTC 91% · ETH 88% · SOL 86%``"""
    side = heavier(reading)
    told = (f"{coin.name} {_share(coin, side)}" for coin in reading.coins[:leading])
    return (f"{side.word.capitalize()}s: {' · '.join(told)}",)


def exchanges_line(reading: Reading, leading: int = LEADING_EXCHANGES) -> Line:
    """``Bybit $168M · Binance $142M · OKX $90M · 13 more $126M``"""
    parts = leaders(exchanges(reading), leading, more(reading, leading))
    amounts = alike([part.total for part in parts])
    return (" · ".join(f"{p.name} {said}" for p, said in zip(parts, amounts, strict=True)),)


def exchange_shares_line(reading: Reading, leading: int = LEADING_EXCHANGES) -> Line:
    """``Bybit 32% · Binance 27% · OKX 17% · 13 more 24%``"""
    parts = leaders(exchanges(reading), leading, more(reading, leading))
    told = (f"{part.name} {share(part.total, reading.total)}" for part in parts)
    return (" · ".join(told),)


def largest_line(order: Order) -> Line:
    """``Largest order $11.8M: BTC long, Bybit, 02:41``"""
    where = f"{order.coin} {order.side.word}, {named(order.exchange)}, "
    return (f"Largest order {fine_money(order.usd)}: {where}", Moment(order.time_ms))


def joined(spans: Sequence[Span]) -> Line:
    """Neighbouring texts made one, so that lines compare as they read."""
    line: list[Span] = []
    for span in spans:
        if isinstance(span, str) and line and isinstance(line[-1], str):
            line[-1] += span
        elif span != "":
            line.append(span)
    if line and isinstance(line[-1], str):
        line[-1] = line[-1].rstrip()
    return tuple(line)


def exchanges(reading: Reading) -> list[Split]:
    """The exchanges with something to tell, under the names people know."""
    return [
        Split(named(part.name), part.long, part.short) for part in reading.exchanges if part.total
    ]


def leaders(parts: Sequence[Split], leading: int, others: str) -> list[Split]:
    """The first ``leading`` parts and one for all others, so that they add up to the whole.

    A single part left over is named instead of called ``others``.
    """
    told = [part for part in parts if part.total]
    if len(told) <= leading + 1:
        return told
    rest = told[leading:]
    return [
        *told[:leading],
        Split(others, sum(part.long for part in rest), sum(part.short for part in rest)),
    ]


def more(reading: Reading, leading: int) -> str:
    return f"{len(exchanges(reading)) - leading} more"


def _share(part: Split, side: Side) -> str:
    return share(part.long if side is Side.LONG else part.short, part.total)
