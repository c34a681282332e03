"""CoinGlass's liquidation history, without any I/O: addresses, answers, and what refusals mean.

Sources, read 2026-11-25 (stored copies):
https://docs.coinglass.com/reference/aggregated-liquidation-history (parameters, fields, plans),
/reference/timestamps-and-pagination (``start_time`` belongs to the answer and ``end_time`` does
not; a start before what the plan reaches is moved up; the order of rows is not promised),
/reference/support-exchanges, /reference/responses-error-codes, /reference/quickstart. One answer::

    {"code":"0","msg":"success","data":[{"time":1658966400000,
     "aggregated_long_liquidation_usd":5916885.14234,
     "aggregated_short_liquidation_usd":12969583.87632}]}

What a refusal looks like is documented by its number only. The texts are those that users of the
API report, mostly in an HTTP 200: code 400 ``Invalid API key provided``, code 401 ``Upgrade
plan``, code 403 ``The requested interval is not available for your current API plan.`` That
``exchange_list`` takes all exchanges at once is not said anywhere, and nothing here has met the
live service.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Literal

import msgspec

from bot.clock import HOUR_MS
from bot.errors import ParseError
from bot.exchanges.coins import coin
from bot.past.cells import ALL, of_decimal, of_number
from bot.ports import PastSum

SOURCE = "coinglass"
KEY_HEADER = "CG-API-KEY"
RATE_HEADER = "API-KEY-MAX-LIMIT"
USED_HEADER = "API-KEY-USE-LIMIT"
EXCHANGES_PATH = "/api/futures/supported-exchanges"
HISTORY_PATH = "/api/futures/liquidation/aggregated-history"
PRICING = "https://www.coinglass.com/pricing"
ACCOUNT = "https://www.coinglass.com/account"

PAGE = 1000
"""The most spans that one answer holds."""

SPANS: Mapping[int, str] = {HOUR_MS: "1h", 4 * HOUR_MS: "4h"}
"""What is asked for, finest first: an hour is what ranks are about, 4 h what every plan gives."""

Kind = Literal["key", "plan", "span", "rate", "other"]


class Refusal(msgspec.Struct, frozen=True):
    """CoinGlass says no: the key, the plan, the plan for this span, the rate, or what it says."""

    kind: Kind
    sentence: str


TOO_MANY = Refusal("rate", "CoinGlass says that the plan's requests are used up")


class _Answer(msgspec.Struct):
    code: str | int
    msg: str | None = None
    data: msgspec.Raw = msgspec.Raw(b"null")


class _Row(msgspec.Struct):
    time: int
    long: Decimal = msgspec.field(name="aggregated_long_liquidation_usd")
    short: Decimal = msgspec.field(name="aggregated_short_liquidation_usd")


_answers = msgspec.json.Decoder(_Answer)
_rows = msgspec.json.Decoder(list[_Row] | None)
_names = msgspec.json.Decoder(list[str])


def history_query(
    symbol: str, exchanges: Sequence[str], span_ms: int, start_ms: int, end_ms: int
) -> dict[str, str]:
    """The parameters of one page; at most ``PAGE`` spans lie in [start, end)."""
    return {
        "exchange_list": ",".join(exchanges),
        "symbol": symbol,
        "interval": SPANS[span_ms],
        "limit": str(PAGE),
        "start_time": str(start_ms),
        "end_time": str(end_ms),
    }


def read_exchanges(status: int, body: bytes) -> list[str] | Refusal:
    """The names for ``exchange_list``. Raises ``ParseError``."""
    data = _data(status, body)
    if isinstance(data, Refusal):
        return data
    try:
        names = _names.decode(data)
    except ValueError as error:
        raise ParseError(f"no list of exchanges: {error}") from error
    if not names:
        raise ParseError("an empty list of exchanges")
    return names


def read_history(status: int, body: bytes, symbol: str, span_ms: int) -> list[PastSum] | Refusal:
    """The sums of one answer over all exchanges, by time. Raises ``ParseError``.

    The latest may be of a span that has not ended.
    """
    data = _data(status, body)
    if isinstance(data, Refusal):
        return data
    try:
        rows = _rows.decode(data) or []
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise ParseError(f"no list of sums: {error}") from error
    name = coin(symbol)
    return sorted((_sum(row, name, span_ms) for row in rows), key=lambda each: each.start_ms)


def _sum(row: _Row, name: str, span_ms: int) -> PastSum:
    start_ms = of_number(row.time)
    if start_ms is None or start_ms % span_ms:
        raise ParseError(f"{row.time} is not where a span begins")
    long, short = of_decimal(row.long), of_decimal(row.short)
    if long is None or short is None:
        raise ParseError(f"{row.long} and {row.short} are no sums of liquidations")
    return PastSum(name, ALL, start_ms, span_ms, long, short)


def _data(status: int, body: bytes) -> msgspec.Raw | Refusal:
    try:
        answer = _answers.decode(body)
    except (ValueError, RecursionError) as error:
        raise ParseError(f"no JSON with a code: {error}") from error
    code = str(answer.code)
    if status == 200 and code == "0":
        return answer.data
    return _refusal(code if code != "0" else str(status), answer.msg or "")


def _refusal(code: str, message: str) -> Refusal:
    said = message.lower()
    if code == "429":
        return TOO_MANY
    if "interval" in said:
        return Refusal("span", "Your CoinGlass plan does not include sums of this span")
    if "upgrade" in said or "plan" in said:
        return Refusal(
            "plan", f"Your CoinGlass plan does not include the liquidation history: see {PRICING}"
        )
    if "key" in said or code == "401":
        return Refusal(
            "key", f"CoinGlass does not accept COINGLASS_API_KEY: copy it again from {ACCOUNT}"
        )
    shown = "".join(c for c in message if c.isprintable())[:120] or "no reason"
    return Refusal("other", f"CoinGlass refuses with code {code[:10]}: {shown}")
