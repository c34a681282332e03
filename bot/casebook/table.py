"""The minutes of a case as a CSV file: exact US dollars, and the price of each minute."""

import csv
from collections.abc import Mapping, Sequence
from io import StringIO

from bot.casebook.minutes import filled
from bot.casebook.recorder import Minute
from bot.clock import MINUTE_MS, as_datetime
from bot.market import dollars
from bot.ports import Series

NAMED = 5
"""Coins with columns of their own; the others are the rest."""


def csv_of_market(
    by_coin: Mapping[str, Series], closes: Mapping[int, float], from_ms: int, to_ms: int
) -> bytes:
    """All coins together, the largest of them by themselves, and the rest."""
    totals = {coin: sum(each.longs) + sum(each.shorts) for coin, each in by_coin.items()}
    names = sorted(totals, key=lambda coin: (-totals[coin], coin))
    columns = [filled(by_coin[coin], from_ms, to_ms) for coin in names]
    blank = [Minute(at_ms, 0, 0, 0) for at_ms in range(from_ms, to_ms, MINUTE_MS)]
    told = {"": _summed([blank, *columns])}
    told |= dict(zip(names[:NAMED], columns, strict=False))
    if len(names) > NAMED:
        told["rest"] = _summed(columns[NAMED:])
    return _written(told, closes, "BTC")


def csv_of_coin(coin: str, minutes: Sequence[Minute], closes: Mapping[int, float]) -> bytes:
    """One coin alone."""
    return _written({"": list(minutes)}, closes, coin)


def _summed(columns: Sequence[Sequence[Minute]]) -> list[Minute]:
    return [
        Minute(each[0].start_ms, sum(m.long for m in each), sum(m.short for m in each), 0)
        for each in zip(*columns, strict=True)
    ]


def _written(
    columns: Mapping[str, Sequence[Minute]], closes: Mapping[int, float], priced: str
) -> bytes:
    """A minute a row, by its start; a price that is not known is left empty."""
    out = StringIO()
    table = csv.writer(out, lineterminator="\n")
    sides = [f"{coin}_{side}" if coin else side for coin in columns for side in ("long", "short")]
    table.writerow(["time_utc", *(f"{name}_usd" for name in sides), f"{priced}_close_usd"])
    for row in zip(*columns.values(), strict=True):
        start_ms = row[0].start_ms
        amounts = [f"{dollars(amount):f}" for m in row for amount in (m.long, m.short)]
        close = closes.get(start_ms)
        time = as_datetime(start_ms).strftime("%Y-%m-%dT%H:%M:%SZ")
        table.writerow([time, *amounts, "" if close is None else repr(close)])
    return out.getvalue().encode()
