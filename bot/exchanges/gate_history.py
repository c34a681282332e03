"""Gate's public record of liquidation orders and its own sums of them, and how it names contracts.

https://www.gate.com/docs/developers/apiv4/en/#query-liquidation-order-history, read 2026-11-25.
An answer to ``/futures/usdt/liq_orders?from=1789670000&to=1789673599&limit=1000``:

    [{"time":1548654951,"contract":"BTC_USDT","size":600,"order_size":-600,"order_price":"3405",
    "fill_price":"3424","left":0}]

``size`` is the position, told again at each step of its closing, and ``order_size`` the order: a
negative one closes a long. ``left`` of it was not filled. Both ends of the span count, it is an
hour at most, and the record goes back about 90 days (observed in September 2026).
"""

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urldefrag, urlencode

import msgspec

from bot.errors import ParseError
from bot.exchanges.addresses import query_of, with_query
from bot.exchanges.checks import MALFORMED, ZERO, Milliseconds, liquidation, number, unpriced
from bot.exchanges.coins import checked, coin
from bot.exchanges.dialect import History, Missed, OwnSums, Page, Topics
from bot.market import EXACT, Instrument, Instruments, Liquidation, Side

NAME = "gate"
_SETTLED_IN = {"USDT": "usdt", "USD": "btc", "USD1": "usd1"}
"""Contracts are kept apart by the currency they are settled in, which their quote tells."""

_HOUR_S = 3600
_LIMIT = 1000
_LATEST_SECONDS = 100_000_000_000
"""Larger times are milliseconds."""


class _Row(msgspec.Struct):
    time: int
    contract: str
    order_size: Decimal
    order_price: Decimal
    fill_price: Decimal
    left: Decimal


class _Stat(msgspec.Struct):
    time: int
    long_liq_usd: Decimal
    short_liq_usd: Decimal


_ROWS = msgspec.json.Decoder(list[_Row])
_STATS = msgspec.json.Decoder(list[_Stat])


class GateHistory(History):
    """The record; see ``dialect.History``.

    A frame tells a moment more exactly than a row. Their prices are the same (``order_price``), and
    so are their quantities where an order was filled whole.
    """

    reach_s = 90 * 86_400.0
    gap_s = 0.1  # 200 requests in ten seconds are allowed
    exact = False

    def pages(self, missed: Missed) -> Topics:
        """One for each hour; a stream is named after the currency its contracts are settled in."""
        until = missed.until_ms // 1000
        base = f"{missed.urls['rest']}/api/v4/futures/{missed.stream.name}/liq_orders"
        return tuple(
            f"{base}?from={start}&to={min(start + _HOUR_S - 1, until)}&limit={_LIMIT}"
            for start in range(missed.since_ms // 1000, until + 1, _HOUR_S)
        )

    def read(self, body: bytes, url: str, missed: Missed, received_ms: int) -> Page:
        """A full page may lack some: it is left, and the first half of its span asked for."""
        try:
            rows = _ROWS.decode(body)
            span = _asked(url)
            if len(rows) >= _LIMIT:
                if span.first >= span.last:
                    raise ParseError("more in a second than a page holds")
                return [], _next(url, span.half())
            events = [_event(row, received_ms, missed.instruments) for row in rows]
        except (ParseError, *MALFORMED) as error:
            raise ParseError(f"gate liq_orders: {error}") from error
        following = None if span.last >= span.until else _next(url, span.rest())
        return [event for event in events if event is not None], following


class GateSums(OwnSums):
    """Sums by the hour, each told with the hour's first second; see ``dialect.OwnSums``.

    https://www.gate.com/docs/developers/apiv4/en/#futures-statistics, read 2026-11-25. A row:

        {"time":1603865400,"long_liq_usd":0,"short_liq_usd":0,"long_liq_size":0,"mark_price":"8865"}

    The newest row is written again minutes after its span has ended (observed in September 2026).
    """

    def address(self, instrument: Instrument, hour_ms: int, urls: Mapping[str, str]) -> str:
        asked = {
            "contract": instrument.symbol,
            "interval": "1h",
            "from": hour_ms // 1000,
            "limit": 2,
        }
        settled_in = _SETTLED_IN.get(instrument.symbol.rpartition("_")[2], "usdt")
        return f"{urls['rest']}/api/v4/futures/{settled_in}/contract_stats?{urlencode(asked)}"

    def read(self, body: bytes, hour_ms: int) -> tuple[Decimal, Decimal] | None:
        try:
            for row in _STATS.decode(body):
                if row.time * 1000 == hour_ms:
                    return _sum(row.long_liq_usd), _sum(row.short_liq_usd)
        except (ParseError, *MALFORMED) as error:
            raise ParseError(f"gate contract_stats: {error}") from error
        return None


class _Span(NamedTuple):
    """Seconds from ``first`` to ``last``, both counted; to be followed by others to ``until``."""

    first: int
    last: int
    until: int

    def half(self) -> "_Span":
        return self._replace(last=(self.first + self.last) // 2)

    def rest(self) -> "_Span":
        """What follows, at most twice as long: what was too full a moment ago may be so again."""
        first, length = self.last + 1, self.last + 1 - self.first
        return _Span(first, min(self.last + 2 * length, self.until), self.until)


def _asked(url: str) -> _Span:
    """``until`` is the address's fragment: a note to ourselves that is not sent."""
    address, until = urldefrag(url)
    query = query_of(address)
    first, last = int(query.get("from", "")), int(query.get("to", ""))
    return _Span(first, last, int(until or last))


def _next(url: str, span: _Span) -> str:
    address = with_query(urldefrag(url)[0], {"from": str(span.first), "to": str(span.last)})
    return f"{address}#{span.until}"


def _event(row: _Row, received_ms: int, instruments: Instruments) -> Liquidation | None:
    """What a row tells; None where nothing of the order was filled."""
    size = number(row.order_size)
    executed = EXACT.subtract(size.copy_abs(), number(row.left).copy_abs())
    if not executed > ZERO:
        return None
    listed = instruments.get(row.contract) or unlisted(row.contract)
    side = Side.LONG if size < ZERO else Side.SHORT
    price = number(row.order_price) or number(row.fill_price)
    return liquidation(listed, side, price, executed, milliseconds(row.time), received_ms)


def _sum(told: Decimal) -> Decimal:
    dollars = number(told)
    if not (dollars.is_finite() and dollars >= ZERO):
        raise ParseError("a sum that cannot be")
    return dollars


def milliseconds(time: int) -> int:
    """A time in seconds or milliseconds. Raises ``ValueError`` for one that cannot be."""
    return msgspec.convert(time * 1000 if time < _LATEST_SECONDS else time, Milliseconds)


@lru_cache(maxsize=4096)
def unlisted(symbol: str) -> Instrument:
    return unpriced(NAME, symbol, coin(checked(symbol).rpartition("_")[0] or symbol))
