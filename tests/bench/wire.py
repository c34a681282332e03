"""Frames and instrument answers for the benchmarks: synthetic, in the exchanges' exact shapes.

Written after the exchanges' documentation. Where libraries read different fields of one order
(Binance: filled or asked quantity, average or limit price), these fields agree, as they do in the
documentation's own examples; so every library has to say the same.
"""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import islice, product
from string import ascii_uppercase
from typing import Any

LISTED = 800
"""Contracts of one exchange."""

_START_MS = 1_760_000_000_000
_INVERSE_EVERY = 20
_MULTIPLE_EVERY = 25


@dataclass(frozen=True)
class Contract:
    """``asset`` is what the exchange calls the coin, with its multiple."""

    coin: str
    asset: str
    inverse: bool
    price: Decimal
    step: Decimal


@dataclass(frozen=True)
class Tape:
    """Texts as they arrive, and the answers of the REST addresses that list the contracts.

    ``orders`` counts the liquidations in all frames, whoever keeps them.
    """

    exchange: str
    frames: tuple[str, ...]
    listings: dict[str, bytes]
    orders: int


def contracts(seed: int) -> list[Contract]:
    """One exchange's list: the great coins first, and a long tail of small ones."""
    chance = random.Random(seed)
    return [_contract(number, name, chance) for number, name in enumerate(islice(_names(), LISTED))]


def _names() -> Iterator[str]:
    yield from ("BTC", "ETH", "SOL", "XRP", "DOGE")
    yield from ("".join(letters) for letters in product(ascii_uppercase[:20], repeat=4))


def _contract(number: int, coin: str, chance: random.Random) -> Contract:
    digits = chance.randint(1, 6)
    price = Decimal(chance.randint(1_000, 999_999)).scaleb(-digits)
    inverse = number % _INVERSE_EVERY == 1
    multiple = number % _MULTIPLE_EVERY == 7
    asset = f"1000{coin}" if multiple and not inverse else coin
    return Contract(coin, asset, inverse, price, Decimal(1).scaleb(-chance.randint(0, 3)))


@dataclass(frozen=True)
class _Order:
    contract: Contract
    long: bool
    quantity: str
    price: str
    at_ms: int


def _orders(seed: int, count: int) -> Iterator[_Order]:
    """Half of them in the forty greatest contracts, as on a real day."""
    chance = random.Random(seed)
    listed = contracts(seed)
    for number in range(count):
        contract = chance.choice(listed[:40] if chance.random() < 0.5 else listed)
        price = contract.price * (1000 + chance.randint(-30, 30)) / 1000
        steps = chance.randint(1, 99_999)
        yield _Order(
            contract,
            chance.random() < 0.6,
            str(steps if contract.inverse else steps * contract.step),
            str(price.quantize(contract.price)),
            _START_MS + 40 * number,
        )


def _text(body: object) -> str:
    return json.dumps(body, separators=(",", ":"))


def _body(body: object) -> bytes:
    return _text(body).encode()


def binance(count: int, *, seed: int = 1, inverse: bool = True, combined: bool = False) -> Tape:
    """One order a frame. ``combined`` wraps frames as the address ``/stream`` does."""
    orders = [o for o in _orders(seed, count) if inverse or not o.contract.inverse]
    frames = [_force_order(order, combined) for order in orders]
    listed = contracts(seed)
    listings = {
        "fapi": _body({"symbols": [_binance_row(c) for c in listed if not c.inverse]}),
        "dapi": _body({"symbols": [_binance_row(c) for c in listed if c.inverse]}),
    }
    return Tape("binance", tuple(frames), listings, len(frames))


def _binance_symbol(contract: Contract) -> str:
    return f"{contract.asset}USD_PERP" if contract.inverse else f"{contract.asset}USDT"


def _force_order(order: _Order, combined: bool) -> str:
    symbol = _binance_symbol(order.contract)
    body = {
        "e": "forceOrder",
        "E": order.at_ms,
        "o": {
            "s": symbol,
            "S": "SELL" if order.long else "BUY",
            "o": "LIMIT",
            "f": "IOC",
            "q": order.quantity,
            "p": order.price,
            "ap": order.price,
            "X": "FILLED",
            "l": order.quantity,
            "z": order.quantity,
            "T": order.at_ms,
        },
        "ps": symbol.removesuffix("_PERP"),
        "st": 2 if order.contract.inverse else 1,
    }
    return _text({"stream": "!forceOrder@arr", "data": body} if combined else body)


def _binance_row(contract: Contract) -> dict[str, Any]:
    symbol = _binance_symbol(contract)
    quote = "USD" if contract.inverse else "USDT"
    status = {"contractStatus": "TRADING", "contractSize": 10}
    return {
        "symbol": symbol,
        "pair": symbol.removesuffix("_PERP"),
        "contractType": "PERPETUAL",
        "deliveryDate": 4133404800000,
        "onboardDate": 1569398400000,
        "baseAsset": contract.asset,
        "quoteAsset": quote,
        "marginAsset": contract.asset if contract.inverse else quote,
        "pricePrecision": 6,
        "quantityPrecision": 3,
        "filters": [{"filterType": "PRICE_FILTER", "tickSize": "0.000001"}],
        **(status if contract.inverse else {"status": "TRADING"}),
    }


def bybit(count: int, *, seed: int = 2) -> Tape:
    """Orders of one symbol together; see ``_batches``."""
    frames = [_all_liquidation(batch) for batch in _batches(seed, count)]
    listed = contracts(seed)
    listings = {
        category: _body(
            {
                "retCode": 0,
                "result": {
                    "category": category,
                    "list": [_bybit_row(c) for c in listed if c.inverse is (category == "inverse")],
                    "nextPageCursor": "",
                },
            }
        )
        for category in ("linear", "inverse")
    }
    return Tape("bybit", tuple(frames), listings, count)


def _bybit_symbol(contract: Contract) -> str:
    return f"{contract.asset}USD" if contract.inverse else f"{contract.asset}USDT"


def _all_liquidation(batch: list[_Order]) -> str:
    symbol = _bybit_symbol(batch[0].contract)
    data = [
        {
            "T": order.at_ms,
            "s": symbol,
            "S": "Buy" if order.long else "Sell",
            "v": order.quantity,
            "p": order.price,
        }
        for order in batch
    ]
    topic = f"allLiquidation.{symbol}"
    return _text({"topic": topic, "type": "snapshot", "ts": batch[-1].at_ms, "data": data})


def _bybit_row(contract: Contract) -> dict[str, Any]:
    quote = "USD" if contract.inverse else "USDT"
    return {
        "symbol": _bybit_symbol(contract),
        "contractType": "InversePerpetual" if contract.inverse else "LinearPerpetual",
        "status": "Trading",
        "baseCoin": contract.asset,
        "quoteCoin": quote,
        "settleCoin": contract.asset if contract.inverse else quote,
        "launchTime": "1585526400000",
        "priceFilter": {"tickSize": "0.000001"},
        "lotSizeFilter": {"qtyStep": "0.001", "minOrderQty": "1"},
    }


def okx(count: int, *, seed: int = 3) -> Tape:
    """Orders of one contract together; see ``_batches``."""
    frames = [_liquidation_orders(batch) for batch in _batches(seed, count)]
    listings = {
        "SWAP": _body({"code": "0", "msg": "", "data": [_okx_row(c) for c in contracts(seed)]}),
        "FUTURES": _body({"code": "0", "msg": "", "data": []}),
    }
    return Tape("okx", tuple(frames), listings, count)


def _okx_family(contract: Contract) -> str:
    return f"{contract.coin}-USD" if contract.inverse else f"{contract.coin}-USDT"


def _liquidation_orders(batch: list[_Order]) -> str:
    family = _okx_family(batch[0].contract)
    details = [
        {
            "bkLoss": "0",
            "bkPx": order.price,
            "ccy": "",
            "posSide": "long" if order.long else "short",
            "side": "sell" if order.long else "buy",
            "sz": order.quantity,
            "ts": str(order.at_ms),
        }
        for order in batch
    ]
    row = {
        "details": details,
        "instFamily": family,
        "instId": f"{family}-SWAP",
        "instType": "SWAP",
        "uly": family,
    }
    return _text({"arg": {"channel": "liquidation-orders", "instType": "SWAP"}, "data": [row]})


def _okx_row(contract: Contract) -> dict[str, Any]:
    family = _okx_family(contract)
    return {
        "instType": "SWAP",
        "instId": f"{family}-SWAP",
        "uly": family,
        "instFamily": family,
        "settleCcy": contract.coin if contract.inverse else "USDT",
        "ctVal": "100" if contract.inverse else str(contract.step),
        "ctMult": "1",
        "ctValCcy": "USD" if contract.inverse else contract.coin,
        "ctType": "inverse" if contract.inverse else "linear",
        "tickSz": "0.000001",
        "lotSz": "1",
        "minSz": "1",
        "lever": "50",
        "state": "live",
    }


def _batches(seed: int, count: int) -> Iterator[list[_Order]]:
    """As in a flush: half of the frames hold one order, the others two to eight of one contract."""
    chance = random.Random(seed)
    orders = _orders(seed, count)
    for order in orders:
        length = 1
        while length < 8 and chance.random() < 0.5:
            length += 1
        more = islice(orders, length - 1)
        yield [
            order,
            *(replace(order, quantity=str(n), at_ms=o.at_ms) for n, o in enumerate(more, 1)),
        ]


TAPES: tuple[Callable[[int], Tape], ...] = (binance, bybit, okx)
"""Each exchange's stream of so many orders."""
