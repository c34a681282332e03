"""OKX's answers as they are documented, and their decoders; see ``okx`` for the sources."""

from typing import Literal

import msgspec

from bot.exchanges.checks import Milliseconds


class Answer(msgspec.Struct):
    code: str
    data: msgspec.Raw = msgspec.Raw(b"[]")


class Listed(msgspec.Struct):
    """``ctVal`` times ``ctMult`` coins are one contract of a linear swap."""

    instId: str  # noqa: N815 (the exchange's spelling)
    ctVal: str  # noqa: N815
    ctMult: str = "1"  # noqa: N815


class Interest(msgspec.Struct):
    instId: str  # noqa: N815
    oiCcy: str  # noqa: N815
    oiUsd: str  # noqa: N815
    ts: Milliseconds


class Mark(msgspec.Struct):
    instId: str  # noqa: N815
    markPx: str  # noqa: N815
    ts: Milliseconds


class Funding(msgspec.Struct):
    """``fundingTime`` is when this rate is settled, ``nextFundingTime`` when the one after it."""

    instId: str  # noqa: N815
    fundingRate: str  # noqa: N815
    fundingTime: Milliseconds  # noqa: N815
    nextFundingTime: Milliseconds  # noqa: N815
    ts: Milliseconds | None = None


class Ticker(msgspec.Struct):
    """``volCcy24h``: coins of a swap, and of a pair what was paid for them."""

    instId: str  # noqa: N815
    last: str
    volCcy24h: str  # noqa: N815
    ts: Milliseconds


class Book(msgspec.Struct):
    bids: list[list[str]]
    asks: list[list[str]]
    ts: Milliseconds


class Settled(msgspec.Struct):
    instId: str  # noqa: N815
    fundingTime: Milliseconds  # noqa: N815
    fundingRate: str  # noqa: N815
    realizedRate: str = ""  # noqa: N815

    @property
    def rate(self) -> str:
        return self.realizedRate or self.fundingRate


Candle = tuple[Milliseconds, str, str, str, str, str, str, str, Literal["0", "1"]]
"""Start, open, high, low, close, contracts, coins, dollars, whether it has ended."""

Ratio = tuple[Milliseconds, str]
"""Long accounts to short accounts."""

PastInterest = tuple[Milliseconds, str, str, str]
"""Start of the hour, contracts, coins, dollars."""

# Lax: times are numbers in quotes.
ANSWER = msgspec.json.Decoder(Answer)
LIST = msgspec.json.Decoder(list[Listed])
INTERESTS = msgspec.json.Decoder(list[Interest], strict=False)
MARKS = msgspec.json.Decoder(list[Mark], strict=False)
FUNDINGS = msgspec.json.Decoder(list[Funding], strict=False)
TICKERS = msgspec.json.Decoder(list[Ticker], strict=False)
BOOKS = msgspec.json.Decoder(list[Book], strict=False)
CANDLES = msgspec.json.Decoder(list[Candle], strict=False)
RATIOS = msgspec.json.Decoder(list[Ratio], strict=False)
SETTLED = msgspec.json.Decoder(list[Settled], strict=False)
PAST_INTERESTS = msgspec.json.Decoder(list[PastInterest], strict=False)
