"""How each exchange's history is asked for, page by page, by its documentation."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.doubles.documented import D, Found, dec, kraken

Rows = list[tuple[object, int, Found]]
"""An identity, a time in ms, and what was liquidated."""


@dataclass(frozen=True)
class Paged:
    """``path`` with its query; ``turn``: what the next page's query has more, None at the end."""

    path: str
    rows: Callable[[Any], Rows]
    turn: Callable[[Any, Rows], str | None]


def ms(stamp: str) -> int:
    return round(datetime.fromisoformat(stamp).timestamp() * 1000)


def oldest(rows: Rows) -> int:
    return min(time for _, time, _ in rows)


def okx_rows(body: Any) -> Rows:
    details = [detail for row in body["data"] for detail in row["details"]]
    return [
        (
            (row["ts"], row["sz"], row["bkPx"]),
            int(row["ts"]),
            (dec(row["sz"]) * D("0.01") * dec(row["bkPx"]), row["side"] == "sell"),
        )
        for row in details
    ]


def gate_rows(body: Any) -> Rows:
    rows: Rows = []
    for number, row in enumerate(body):
        executed = abs(dec(row["order_size"])) - abs(dec(row["left"]))
        usd = executed * D("0.0001") * dec(row["fill_price"])
        rows.append((number, row["time"] * 1000, (usd, row["order_size"] < 0)))
    return rows


def htx_rows(body: Any) -> Rows:
    return [
        (
            row["query_id"],
            row["created_at"],
            (dec(row["trade_turnover"]), row["direction"] == "sell"),
        )
        for row in body["data"]
    ]


def deribit_rows(body: Any) -> Rows:
    return [
        (
            row["trade_id"],
            row["timestamp"],
            (dec(row["amount"]) * dec(row["price"]), row["direction"] == "sell"),
        )
        for row in body["result"]["trades"]
        if row.get("liquidation") == "T"
    ]


def dydx_rows(body: Any) -> Rows:
    return [
        (
            row["id"],
            ms(row["createdAt"]),
            (dec(row["size"]) * dec(row["price"]), row["side"] == "SELL"),
        )
        for row in body["trades"]
        if row["type"] == "LIQUIDATED"
    ]


def kraken_rows(body: Any) -> Rows:
    rows: Rows = []
    for row in body["history"]:
        live = row | {"feed": "trade", "qty": row["size"]}
        rows += [(row["uid"], ms(row["time"]), found) for found in kraken(live)]
    return rows


def bitfinex_rows(body: Any) -> Rows:
    return [
        (row[1], row[2], (abs(dec(row[5])) * dec(row[11]), row[5] > 0))
        for (row,) in body
        if row[8] == 0 and "F0:" in row[4]
    ]


HISTORIES = {
    "okx": Paged(
        "/api/v5/public/liquidation-orders?instType=SWAP&uly=BTC-USDT&state=filled&limit=20",
        okx_rows,
        lambda body, rows: f"&after={oldest(rows)}" if rows else None,
    ),
    "gate": Paged(
        "/api/v4/futures/usdt/liq_orders?contract=BTC_USDT&limit=1000",
        gate_rows,
        lambda body, rows: None,
    ),
    "htx": Paged(
        "/linear-swap-api/v3/swap_liquidation_orders?contract=BTC-USDT&trade_type=0&direct=prev",
        htx_rows,
        lambda body, rows: (
            f"&from_id={min(row['query_id'] for row in body['data'])}" if rows else None
        ),
    ),
    "deribit": Paged(
        "/api/v2/public/get_last_trades_by_currency?currency=USDC&kind=future&count=40",
        deribit_rows,
        lambda body, rows: (
            f"&end_timestamp={oldest(rows) - 1}" if body["result"]["has_more"] else None
        ),
    ),
    "dydx": Paged(
        "/v4/trades/perpetualMarket/BTC-USD?limit=40",
        dydx_rows,
        lambda body, rows: (
            f"&createdBeforeOrAt={body['trades'][-1]['createdAt']}"
            if len(body["trades"]) == 40
            else None
        ),
    ),
    "kraken": Paged(
        "/derivatives/api/v3/history?symbol=PF_XBTUSD",
        kraken_rows,
        lambda body, rows: f"&lastTime={body['history'][-1]['time']}" if rows else None,
    ),
    "bitfinex": Paged(
        "/v2/liquidations/hist?limit=40",
        bitfinex_rows,
        lambda body, rows: f"&end={oldest(rows)}" if len(body) == 40 else None,
    ),
}
