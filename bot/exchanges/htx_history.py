"""HTX's liquidations as it writes them, in frames and in its public record, and that record."""

import re
from decimal import Decimal
from functools import lru_cache
from itertools import product
from types import MappingProxyType
from typing import Annotated, Literal

import msgspec

from bot.errors import ParseError
from bot.exchanges.addresses import query_of, with_query
from bot.exchanges.checks import MALFORMED, Milliseconds, liquidation, number, unpriced, worth
from bot.exchanges.coins import checked, coin
from bot.exchanges.dialect import Missed, Page, Topics
from bot.market import DOLLARS, Instrument, Instruments, Liquidation, Side

NAME = "htx"
USDT_M, COIN_M_SWAPS, COIN_M_FUTURES = "usdt_m", "coin_m_swaps", "coin_m_futures"
"""The three markets; each has a stream of its own, of this name."""

_SIDES = {"sell": Side.LONG, "buy": Side.SHORT}
_DELIVERY = re.compile(r"\d{6}$")
_WINDOW_MS = 2 * 3_600_000
"""The longest span that one question about the past may have."""

_PATHS = MappingProxyType(
    {
        USDT_M: "/linear-swap-api/v3/swap_liquidation_orders?contract=",
        COIN_M_SWAPS: "/swap-api/v3/swap_liquidation_orders?contract=",
        COIN_M_FUTURES: "/api/v3/contract_liquidation_orders?symbol=",
    }
)


class Order(msgspec.Struct, kw_only=True):
    """One liquidation; ``volume`` counts contracts, ``trade_turnover`` the quote's money."""

    contract_code: str
    direction: Literal["buy", "sell"]
    volume: Decimal
    price: Decimal
    created_at: Milliseconds
    trade_turnover: Decimal | None = None


class _Row(Order):
    query_id: Annotated[int, msgspec.Meta(ge=0, lt=1 << 62)]


class _Rows(msgspec.Struct):
    code: int
    msg: str = ""
    data: list[_Row] | None = None


# Lax: some numbers come in quotes, and which of them has changed.
_ROWS = msgspec.json.Decoder(_Rows, strict=False)


class HtxHistory:
    """Of one contract in at most two hours a question, from the latest row to the earliest.

    https://www.htx.com/en-us/opend/newApiPages/?id=8cb7f19e-77b5-11ed-9966-0242ac110003, read
    2026-11-25. A row's ``created_at`` is documented as the liquidation's time and a frame's as the
    order's. They may differ, so rows are not taken for exact.
    """

    reach_s = 90 * 86_400.0
    gap_s = 0.1  # 120 requests in 3 seconds are allowed
    exact = False

    def pages(self, missed: Missed) -> Topics:
        """As many as the market has contracts, for every two hours: futures are told by coin."""
        name, until_ms = missed.stream.name, missed.until_ms
        listed = [code for code in missed.instruments if market(code) == name]
        asked = {pair(code)[0] for code in listed} if name == COIN_M_FUTURES else set(listed)
        starts = range(missed.since_ms, until_ms, _WINDOW_MS)
        base = missed.urls["rest"] + _PATHS[name]
        return tuple(
            f"{base}{contract}&trade_type=0&start_time={start}"
            f"&end_time={min(start + _WINDOW_MS, until_ms)}&direct=prev"
            for contract, start in product(sorted(asked), starts)
        )

    def read(self, body: bytes, url: str, missed: Missed, received_ms: int) -> Page:
        """An answer may hold a single row: only an empty one is the last."""
        try:
            answer = _ROWS.decode(body)
            if answer.code != 200:
                raise ParseError(f"htx liquidation_orders: code {answer.code} {answer.msg}")
            query = query_of(url)
            before = int(query["from_id"]) if "from_id" in query else None
            rows = [row for row in answer.data or () if before is None or row.query_id < before]
            events = [event(row, received_ms, missed.instruments) for row in rows]
        except MALFORMED as error:
            raise ParseError(f"htx liquidation_orders: {error}") from error
        if not rows or min(row.created_at for row in rows) < missed.since_ms:
            return events, None
        return events, with_query(url, {"from_id": str(min(row.query_id for row in rows))})


def event(order: Order, received_ms: int, instruments: Instruments) -> Liquidation:
    """What a frame or a row tells. Raises ``ParseError``, ``ValueError``, ``ArithmeticError``."""
    code, side = order.contract_code, _SIDES[order.direction]
    listed = instruments.get(code) or _unlisted(code)
    price, contracts = number(order.price), number(order.volume)
    made = liquidation(listed, side, price, contracts, order.created_at, received_ms)
    if order.trade_turnover and market(code) == USDT_M and pair(code)[1] in DOLLARS:
        return worth(made, number(order.trade_turnover))
    return made


def pair(code: str) -> tuple[str, str]:
    """Asset and quote: BTC-USDT, BTC-USDT-211210 (USDT-M), BTC-USD, BTC211231 (coin-M)."""
    base, _, rest = code.partition("-")
    quote = rest.partition("-")[0]
    return (base, quote) if quote else (_DELIVERY.sub("", base), "USD")


def market(code: str) -> str:
    """Which of the three markets a contract belongs to."""
    if "-" not in code:
        return COIN_M_FUTURES
    return COIN_M_SWAPS if pair(code)[1] == "USD" else USDT_M


@lru_cache(maxsize=4096)
def _unlisted(code: str) -> Instrument:
    return unpriced(NAME, checked(code), coin(pair(code)[0]))
