"""OKX's liquidation orders as its frames and its history tell them, row by row alike."""

from functools import lru_cache
from typing import Literal

import msgspec

from bot.exchanges.checks import Milliseconds, liquidation, number, unpriced
from bot.exchanges.coins import checked, coin
from bot.market import Instrument, Instruments, Liquidation, Side

NAME = "okx"
KINDS = ("SWAP", "FUTURES")
_SIDES = {"sell": Side.LONG, "buy": Side.SHORT}


class Detail(msgspec.Struct, gc=False):
    """In the frame's order; numbers as they are written."""

    bkPx: str  # noqa: N815 (the exchange's spelling)
    side: Literal["buy", "sell"]
    sz: str
    ts: Milliseconds


class Row(msgspec.Struct, gc=False):
    details: list[Detail]
    instId: str  # noqa: N815
    instType: str = ""  # noqa: N815


def liquidations(rows: list[Row], received_ms: int, instruments: Instruments) -> list[Liquidation]:
    """In the rows' order. Raises ``ParseError`` or one of ``MALFORMED``."""
    events = []
    for row in rows:
        if row.instType and row.instType not in KINDS:
            continue  # margin counts coins: left out
        listed = instruments.get(row.instId) or unlisted(row.instId)
        for detail in row.details:
            side, price, contracts = _SIDES[detail.side], number(detail.bkPx), number(detail.sz)
            events.append(liquidation(listed, side, price, contracts, detail.ts, received_ms))
    return events


@lru_cache(maxsize=4096)
def unlisted(symbol: str) -> Instrument:
    return unpriced(NAME, symbol, coin(checked(symbol).partition("-")[0]))
