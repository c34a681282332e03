"""Bybit's answers as they are documented, and their decoders; see ``bybit`` for the sources."""

import msgspec

from bot.exchanges.checks import Milliseconds
from bot.structure.reading import amount


class Answer(msgspec.Struct):
    retCode: int  # noqa: N815 (the exchange's spelling)
    time: Milliseconds
    result: msgspec.Raw


class Ticker(msgspec.Struct):
    symbol: str
    turnover24h: str
    markPrice: str = ""  # noqa: N815
    openInterest: str = ""  # noqa: N815
    openInterestValue: str = ""  # noqa: N815
    singleOpenInterest: str = ""  # noqa: N815
    singleOpenInterestValue: str = ""  # noqa: N815
    fundingRate: str = ""  # noqa: N815
    fundingIntervalHour: str = ""  # noqa: N815

    @property
    def coins(self) -> float | None:
        return one_sided(self.singleOpenInterest, self.openInterest)

    @property
    def dollars(self) -> float | None:
        return one_sided(self.singleOpenInterestValue, self.openInterestValue)


class Tickers(msgspec.Struct):
    list: list[Ticker]


class Book(msgspec.Struct):
    s: str
    b: list[tuple[str, str]]
    a: list[tuple[str, str]]
    ts: Milliseconds


class Accounts(msgspec.Struct):
    symbol: str
    buyRatio: str  # noqa: N815
    timestamp: Milliseconds


class AccountRatios(msgspec.Struct):
    list: list[Accounts]


Kline = tuple[Milliseconds, str, str, str, str, str, str]
"""Start, open, high, low, close, coins, dollars."""


class Klines(msgspec.Struct):
    symbol: str
    list: list[Kline]


class Settled(msgspec.Struct):
    symbol: str
    fundingRate: str  # noqa: N815
    fundingRateTimestamp: Milliseconds  # noqa: N815


class Settlements(msgspec.Struct):
    list: list[Settled]


class PastInterest(msgspec.Struct):
    openInterest: str  # noqa: N815
    timestamp: Milliseconds
    singleOpenInterest: str = ""  # noqa: N815

    @property
    def coins(self) -> float | None:
        return one_sided(self.singleOpenInterest, self.openInterest)


class PastInterests(msgspec.Struct):
    symbol: str
    list: list[PastInterest]


# Lax: most times are numbers in quotes.
ANSWER = msgspec.json.Decoder(Answer)
TICKERS = msgspec.json.Decoder(Tickers)
BOOK = msgspec.json.Decoder(Book)
ACCOUNT_RATIOS = msgspec.json.Decoder(AccountRatios, strict=False)
KLINES = msgspec.json.Decoder(Klines, strict=False)
SETTLEMENTS = msgspec.json.Decoder(Settlements, strict=False)
PAST_INTERESTS = msgspec.json.Decoder(PastInterests, strict=False)


def one_sided(single: str, both: str) -> float | None:
    """Open interest of one side; None where neither is told."""
    if single:
        return amount(single)
    return amount(both) / 2 if both else None
