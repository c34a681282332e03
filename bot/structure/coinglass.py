"""CoinGlass, with a key: open interest and funding of all exchanges, and liquidations elsewhere.

https://docs.coinglass.com/reference/endpoint-overview and, from
github.com/coinglass-api/coinglass-api-docs of 2026-01-26, ``oi-exchange-list.md``,
``liquidation-exchange-list.md``, ``oi-weight-ohlc-history.md`` and ``supported-exchanges.md``, read
2026-11-25. All of them are in every plan, with funding at intervals of 4 hours and more::

    GET /api/futures/open-interest/exchange-list?symbol=BTC
    {"code":"0","msg":"success","data":[{"exchange":"All","symbol":"BTC",
     "open_interest_usd":57437891724.5572,"open_interest_quantity":659557.3064}]}
    GET /api/futures/liquidation/exchange-list?symbol=BTC&range=24h
    {"code":"0","data":[{"exchange":"Bybit","liquidation_usd":4585290.13404}]}
    GET /api/futures/funding-rate/oi-weight-history?symbol=BTC&interval=4h&limit=2
    {"code":"0","data":[{"time":1658880000000,"open":"0.004603","close":"0.009229"}]}

Not verified, for nothing here has met the live service: that weighted funding is in percent per 8
hours (its values look so, and the list by exchange gives Binance's like that), that the last of its
candles is of the running 4 hours, that liquidations without a symbol are of all coins, and that
open interest is counted once for each contract. It goes into no sum with what is heard.
"""

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType

import msgspec

from bot.clock import HOUR_MS
from bot.errors import ParseError
from bot.exchanges import EXCHANGES
from bot.exchanges.checks import Milliseconds
from bot.structure.facts import ALL, Measure
from bot.structure.reading import Number, amount, decoded, rate, series, some, together
from bot.structure.source import Allowance, Question, RefusedError, Source, Told

KEY_HEADER = "CG-API-KEY"
EVERY_S = 300.0
WHOLE = "All"
"""In place of an exchange: the sum of all."""

_SPAN_MS = 4 * HOUR_MS
_PERCENT_OF_HOURS = 100 * 8
_LIMIT_S, _KEY_S = 60.0, 600.0


class _Answer(msgspec.Struct):
    code: str | int
    msg: str | None = None
    data: msgspec.Raw = msgspec.Raw(b"null")


class _Interest(msgspec.Struct):
    exchange: str
    symbol: str
    open_interest_usd: Number
    open_interest_quantity: Number


class _Liquidated(msgspec.Struct):
    exchange: str
    liquidation_usd: Number


class _Weighted(msgspec.Struct):
    time: Milliseconds
    close: Number


_ANSWER = msgspec.json.Decoder(_Answer)
_INTERESTS = msgspec.json.Decoder(list[_Interest])
_LIQUIDATED = msgspec.json.Decoder(list[_Liquidated])
_WEIGHTED = msgspec.json.Decoder(list[_Weighted])


class CoinGlass(Source):
    """The source; see ``source.Source``."""

    name = "coinglass"
    title = "CoinGlass"
    urls: Mapping[str, str] = MappingProxyType({"rest": "https://open-api-v4.coinglass.com"})
    allowance = Allowance(weight=12, per_s=60.0)
    """Of 30 a minute in the smallest plan; imports and headlines use the same key."""
    keyed = True

    def __init__(self) -> None:
        self._readers: Mapping[str, Callable[[Question, bytes, int], Told]] = {
            "interest": self._read_interest,
            "liquidated": self._read_liquidated,
            "weighted": self._read_weighted,
        }

    def questions(self, coins: Collection[str], now_ms: int) -> list[Question]:
        listed = "/api/futures/liquidation/exchange-list?range=24h"
        asked = [Question("liquidations", ALL, "rest", listed, EVERY_S, kind="liquidated")]
        for coin in coins:
            path = f"/api/futures/open-interest/exchange-list?symbol={coin}"
            asked.append(Question("open interest", coin, "rest", path, EVERY_S, kind="interest"))
            path = f"{listed}&symbol={coin}"
            asked.append(Question("liquidations", coin, "rest", path, EVERY_S, kind="liquidated"))
            path = "/api/futures/funding-rate/oi-weight-history"
            path += f"?symbol={coin}&interval=4h&limit=2"
            asked.append(Question("funding", coin, "rest", path, EVERY_S, kind="weighted"))
        return asked

    def read(self, question: Question, body: bytes, received_ms: int) -> Told:
        answer = decoded(_ANSWER, body)
        if str(answer.code) != "0":
            raise _refusal(str(answer.code), answer.msg or "")
        return self._readers[question.kind](question, bytes(answer.data), received_ms)

    def headers(self, key: str) -> Mapping[str, str]:
        return {KEY_HEADER: key}

    def _read_interest(self, question: Question, data: bytes, received_ms: int) -> Told:
        rows = {row.exchange: row for row in some(decoded(_INTERESTS, data))}
        row = rows.get(WHOLE)
        if row is None or row.symbol != question.coin:
            raise ParseError(f"no open interest of {question.coin} on all exchanges")
        values = {
            Measure.OI: amount(row.open_interest_quantity),
            Measure.OI_USD: amount(row.open_interest_usd),
        }
        return together(self.name, question.coin, received_ms, values)

    def _read_liquidated(self, question: Question, data: bytes, received_ms: int) -> Told:
        """Of the exchanges that are named and cannot be heard, whether they are switched on or not.

        All that can be heard are left out, also where their feed is told in samples only.
        """
        heard = {each.casefold() for each in (WHOLE, *EXCHANGES, *_titles())}
        elsewhere = [
            amount(row.liquidation_usd)
            for row in some(decoded(_LIQUIDATED, data))
            if row.exchange.casefold() not in heard
        ]
        return series(self.name, question.coin, Measure.LIQUIDATED, [(received_ms, sum(elsewhere))])

    def _read_weighted(self, question: Question, data: bytes, received_ms: int) -> Told:
        """The close of the running candle is the rate of now; an ended one was the rate then."""
        newest = max(some(decoded(_WEIGHTED, data)), key=lambda row: row.time)
        at_ms = min(newest.time + _SPAN_MS, received_ms)
        told = [(at_ms, rate(newest.close) / _PERCENT_OF_HOURS)]
        return series(self.name, question.coin, Measure.FUNDING, told)


def _titles() -> list[str]:
    return [exchange.title for exchange in EXCHANGES.values()]


def _refusal(code: str, message: str) -> RefusedError:
    """As users of the API report them, mostly in an HTTP 200; see ``bot.past.coinglass``."""
    said = message.casefold()
    if code == "429":
        return RefusedError("requests used up", _LIMIT_S)
    if "interval" in said or "upgrade" in said or "plan" in said:
        return RefusedError("not in the plan")
    if "key" in said or code == "401":
        return RefusedError("wrong key", _KEY_S)
    return RefusedError(f"refused with code {code:.10}")
