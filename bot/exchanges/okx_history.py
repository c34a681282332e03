"""OKX's public record of liquidation orders: the last day of one underlying, newest first.

https://www.okx.com/docs-v5/en/#public-data-rest-api-get-liquidation-orders, read 2026-11-22.
An answer to ``?instType=SWAP&uly=IOST-USDT&state=filled&limit=100``:

    {"code":"0","msg":"","data":[{"details":[{"bkLoss":"0","bkPx":"0.007831","ccy":"",
    "posSide":"short","side":"buy","sz":"13","ts":"1692266434010"}],"instId":"IOST-USDT-SWAP",
    "instType":"SWAP","totalLoss":"0","uly":"IOST-USDT"}]}

Its rows are those of the channel, found alike by others in time, price, size and side. ``after``
asks for what is older than a time. How far back it goes is disputed: a day was measured, seven
were documented, and one observer was given no more than the last hundred; so a page that should
have followed and is not there is an error, and the gap stays.
"""

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import msgspec

from bot.errors import ParseError
from bot.exchanges.checks import MALFORMED
from bot.exchanges.dialect import History, Stream, Topics
from bot.exchanges.okx_orders import Row, liquidations
from bot.market import Instruments, Liquidation

_PATH = "/api/v5/public/liquidation-orders"
_LIMIT = 100
_SWAP = "-SWAP"


class _Answer(msgspec.Struct):
    data: list[Row]
    code: str = "0"
    msg: str = ""


_DECODER = msgspec.json.Decoder(_Answer, strict=False)


class OkxHistory(History):
    """The record; see ``dialect.History``."""

    reach_s = 24 * 3600.0
    gap_s = 0.1  # 40 requests in two seconds, by older copies of the documentation 20
    exact = True

    def pages(
        self,
        stream: Stream,
        since_ms: int,
        until_ms: int,
        instruments: Instruments,
        urls: Mapping[str, str],
    ) -> Topics:
        """One for each kind and underlying, from now on backwards."""
        listed = sorted({_underlying(symbol) for symbol in instruments})
        return tuple(
            f"{urls['rest']}{_PATH}?instType={kind}&uly={underlying}&state=filled&limit={_LIMIT}"
            for kind, underlying in listed
            if kind in stream.topics
        )

    def read(
        self, body: bytes, url: str, since_ms: int, received_ms: int, instruments: Instruments
    ) -> tuple[list[Liquidation], str | None]:
        """A full page's oldest millisecond may be cut in two, so the next page tells all of it."""
        try:
            answer = _DECODER.decode(body)
            if answer.code != "0":
                raise ParseError(f"code {answer.code} {answer.msg}".strip())
            events = liquidations(answer.data, received_ms, instruments)
            after_ms = _asked_after(url)
        except (ParseError, *MALFORMED) as error:
            raise ParseError(f"okx history: {error}") from error
        oldest_ms = min((event.time_ms for event in events), default=None)
        if oldest_ms is None:
            if after_ms is not None:
                raise ParseError("okx history: it ends after a full page")
            return [], None
        if after_ms is not None and oldest_ms >= after_ms:
            raise ParseError("okx history: the next page is no older")
        if oldest_ms < since_ms or sum(len(row.details) for row in answer.data) < _LIMIT:
            return events, None
        whole = [event for event in events if event.time_ms > oldest_ms]
        if not whole:
            raise ParseError("okx history: more in a millisecond than a page holds")
        return whole, _older_than(url, oldest_ms + 1)


def _underlying(symbol: str) -> tuple[str, str]:
    """``BTC-USDT-SWAP`` -> SWAP, BTC-USDT; ``BTC-USD_UM_XPERP-310404`` -> FUTURES, BTC-USD."""
    if symbol.endswith(_SWAP):
        return "SWAP", symbol.removesuffix(_SWAP)
    return "FUTURES", symbol.rpartition("-")[0].partition("_")[0]


def _asked_after(url: str) -> int | None:
    asked = dict(parse_qsl(urlsplit(url).query)).get("after")
    return None if asked is None else int(asked)


def _older_than(url: str, time_ms: int) -> str:
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query)) | {"after": str(time_ms)}
    return urlunsplit(parts._replace(query=urlencode(query)))
