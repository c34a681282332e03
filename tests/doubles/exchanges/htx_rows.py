"""How HTX writes a liquidation, a contract and a funding rate."""

from typing import Any

from tests.doubles.exchanges.order import Contract, Fill, now_ms, num


def code_of(contract: Contract) -> str:
    """What a topic names: coin-M futures go by their coin."""
    return contract.coin if contract.kind == "futures" else contract.symbol


def row(fill: Fill) -> dict[str, Any]:
    """Contracts, coins, and money only where margined in USDT."""
    contract = fill.contract
    amount = fill.usd / fill.price if contract.inverse else fill.units * contract.unit
    seen = {
        "symbol": contract.coin,
        "contract_code": contract.symbol,
        "direction": fill.closing("sell", "buy"),
        "offset": "close",
        "volume": num(fill.units),
        "price": num(fill.price),
        "created_at": fill.ms,
        "amount": num(amount),
    }
    return seen if contract.inverse else seen | {"trade_turnover": num(fill.usd)} | kinds(contract)


def past(fill: Fill) -> dict[str, Any]:
    """The same of history, with a number to page by."""
    seen = {"query_id": fill.number} | row(fill)
    for only_live in ("contract_type", "trade_partition"):
        seen.pop(only_live, None)
    return seen if fill.contract.inverse else seen | {"symbol": "USDT"}


def kinds(contract: Contract) -> dict[str, str]:
    perpetual = contract.kind == "linear-swap"
    return {
        "pair": contract.symbol if perpetual else contract.symbol.rpartition("-")[0],
        "business_type": "swap" if perpetual else "futures",
        "contract_type": "swap" if perpetual else "quarter",
        "trade_partition": "USDT",
    }


def listed(contract: Contract) -> dict[str, Any]:
    """A row of ``contract_info``, the endpoint's and the topic's."""
    delivered = contract.kind.endswith("futures")
    seen = {
        "symbol": contract.coin,
        "contract_code": contract.symbol,
        "contract_size": num(contract.unit),
        "price_tick": 0.1,
        "delivery_date": "20271231" if delivered else "",
        "delivery_time": "1830240000000" if delivered else "",
        "create_date": "20201021",
        "contract_status": 1,
    }
    if contract.kind == "futures":
        return seen | {"contract_type": "quarter", "settlement_time": "1628668800000"}
    seen["settlement_date"] = "1638518400000"
    return seen if contract.inverse else seen | {"support_margin_mode": "all"} | kinds(contract)


def funding(contract: Contract) -> dict[str, Any]:
    now = str(now_ms())
    return {
        "symbol": contract.coin,
        "contract_code": contract.symbol,
        "fee_asset": contract.coin if contract.inverse else "USDT",
        "funding_time": now,
        "funding_rate": "0.0001",
        "settlement_time": now,
        "estimated_rate": None,
    }
