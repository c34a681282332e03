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

import msgspec

from bot.errors import ParseError
from bot.exchanges.addresses import query_of, with_query
from bot.exchanges.backwards import told
from bot.exchanges.checks import MALFORMED
from bot.exchanges.dialect import History, Missed, Page, Topics
from bot.exchanges.okx_orders import Row, liquidations

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

    def pages(self, missed: Missed) -> Topics:
        """One for each kind and underlying, from now on backwards."""
        listed = sorted({_underlying(symbol) for symbol in missed.instruments})
        return tuple(
            f"{missed.urls['rest']}{_PATH}?instType={kind}&uly={underlying}&state=filled&limit={_LIMIT}"
            for kind, underlying in listed
            if kind in missed.stream.topics
        )

    def read(self, body: bytes, url: str, missed: Missed, received_ms: int) -> Page:
        try:
            answer = _DECODER.decode(body)
            if answer.code != "0":
                raise ParseError(f"code {answer.code} {answer.msg}".strip())
            events = liquidations(answer.data, received_ms, missed.instruments)
            times = [detail.ts for row in answer.data for detail in row.details]
            after = query_of(url).get("after")
            before_ms = int(after) if after else max(times, default=0) + 1  # the first ends now
            if after and min(times, default=before_ms) >= before_ms:
                raise ParseError("it ends after a full page, or the next is no older")
            page = told(times, before_ms, missed.since_ms, _LIMIT)
        except (ParseError, *MALFORMED) as error:
            raise ParseError(f"okx history: {error}") from error
        certain = [event for event in events if page.holds(event.time_ms)]
        following = page.following
        return certain, None if following is None else with_query(url, {"after": str(following)})


def _underlying(symbol: str) -> tuple[str, str]:
    """``BTC-USDT-SWAP`` -> SWAP, BTC-USDT; ``BTC-USD_UM_XPERP-310404`` -> FUTURES, BTC-USD."""
    if symbol.endswith(_SWAP):
        return "SWAP", symbol.removesuffix(_SWAP)
    return "FUTURES", symbol.rpartition("-")[0].partition("_")[0]
