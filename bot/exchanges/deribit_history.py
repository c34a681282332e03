"""Deribit's trades as it writes them, in frames and in its public record, and that record."""

import re
from decimal import Decimal
from functools import lru_cache
from typing import Literal

import msgspec

from bot.errors import ParseError
from bot.exchanges.addresses import query_of, with_query
from bot.exchanges.checks import (
    MALFORMED,
    Milliseconds,
    liquidation,
    number,
    times,
    unpriced,
    worth,
)
from bot.exchanges.coins import checked, coin
from bot.exchanges.dialect import Missed, Page, Topics
from bot.market import DOLLARS, ONE, Instrument, Instruments, Liquidation, Side

NAME = "deribit"
KINDS = ("future", "option")

_CURRENCIES = frozenset({"BTC", "ETH", "USDC"})
"""What contracts are filed under, even while none is listed."""

_PAGE = 1000
_CONTRACT = re.compile(r"([^-_]+)(?:_([^-_]+))?-(?:PERPETUAL|\d{1,2}[A-Z]{3}\d{2})(-[^-]+-[CP])?")
"""Coin, quote (none: inverse, in US dollars) and, of an option, strike and type."""


class Trade(msgspec.Struct):
    """A trade; ``direction`` is the taker's, ``liquidation`` says whose position it closed."""

    instrument_name: str
    direction: Literal["buy", "sell"]
    price: Decimal
    amount: Decimal
    timestamp: Milliseconds
    trade_id: str
    index_price: Decimal | None = None
    liquidation: Literal["T", "M", "MT"] | None = None


class _Trades(msgspec.Struct):
    trades: list[Trade]
    has_more: bool = False


class _Answer(msgspec.Struct):
    """An error has no ``result``."""

    result: _Trades


_ANSWER = msgspec.json.Decoder(_Answer)


class DeribitHistory:
    """All trades of a currency and kind, the liquidations among them.

    https://docs.deribit.com/api-reference/market-data/public-get_last_trades_by_currency_and_time,
    read 2026-11-25: what is older than 24 hours is answered with an empty list, without an error.
    """

    reach_s = 23.5 * 3600
    gap_s = 0.25
    exact = True

    def pages(self, missed: Missed) -> Topics:
        base = f"{missed.urls['rest']}/api/v2/public/get_last_trades_by_currency_and_time"
        span = f"start_timestamp={missed.since_ms}&end_timestamp={missed.until_ms}&count={_PAGE}"
        return tuple(
            f"{base}?currency={currency}&kind={kind}&{span}"
            for currency in sorted(_CURRENCIES.union(map(_currency, missed.instruments)))
            for kind in KINDS
        )

    def read(self, body: bytes, url: str, missed: Missed, received_ms: int) -> Page:
        """The earliest come first; the last millisecond of a full page is left to the next one."""
        try:
            page = _ANSWER.decode(body).result
            if not (page.has_more and page.trades):
                return liquidations(page.trades, received_ms, missed.instruments), None
            latest = max(trade.timestamp for trade in page.trades)
            if latest <= int(query_of(url)["start_timestamp"]):
                raise ParseError("deribit trades: a full page that leads no further")
            before = [trade for trade in page.trades if trade.timestamp < latest]
            events = liquidations(before, received_ms, missed.instruments)
        except MALFORMED as error:
            raise ParseError(f"deribit trades: {error}") from error
        return events, with_query(url, {"start_timestamp": str(latest)})


def liquidations(
    trades: list[Trade], received_ms: int, instruments: Instruments
) -> list[Liquidation]:
    """Those among them. Raises ``ParseError``, ``ValueError`` or ``ArithmeticError``."""
    return [
        _event(trade, side, own_id, received_ms, instruments)
        for trade in trades
        if trade.liquidation
        for side, own_id in _closed(trade)
    ]


def _closed(trade: Trade) -> list[tuple[Side, str]]:
    """The positions that a trade closed by force, each with an id of its own."""
    sold = trade.direction == "sell"
    taker, maker = (Side.LONG, Side.SHORT) if sold else (Side.SHORT, Side.LONG)
    match trade.liquidation:
        case "T":
            return [(taker, trade.trade_id)]
        case "M":
            return [(maker, trade.trade_id)]
        case _:
            return [(taker, trade.trade_id), (maker, f"{trade.trade_id}-maker")]


def _event(
    trade: Trade, side: Side, own_id: str, received_ms: int, instruments: Instruments
) -> Liquidation:
    symbol, at_ms = trade.instrument_name, trade.timestamp
    listed = instruments.get(symbol) or _unlisted(symbol)
    price, amount = number(trade.price), number(trade.amount)
    event = liquidation(listed, side, price, amount, at_ms, received_ms, checked(own_id))
    if trade.index_price is not None and _option_in_dollars(symbol):
        return worth(event, times(amount, number(trade.index_price)))
    return event


@lru_cache(maxsize=4096)
def _unlisted(symbol: str) -> Instrument:
    """What a name tells. An option's price is the premium's, often in coins: it prices nothing."""
    name = _CONTRACT.fullmatch(checked(symbol))
    if name is None or name[3]:
        base = name[1] if name else re.split("[-_]", symbol)[0]
        return unpriced(NAME, symbol, coin(base))
    return Instrument(NAME, symbol, coin(name[1]), name[2] or "USD", ONE, linear=bool(name[2]))


@lru_cache(maxsize=4096)
def _option_in_dollars(symbol: str) -> bool:
    """Whether it is an option, and the index that it is on a price in dollars."""
    name = _CONTRACT.fullmatch(symbol)
    return name is not None and bool(name[3]) and (name[2] or "USD") in DOLLARS


def _currency(symbol: str) -> str:
    """What a contract is filed under: BTC of BTC-PERPETUAL, USDC of SOL_USDC-PERPETUAL."""
    base, _, quote = symbol.partition("-")[0].partition("_")
    return quote or base
