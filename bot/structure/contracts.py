"""Which contract or pair of a source is a coin's, and how many coins its price is for."""

from collections.abc import Iterable

import msgspec

from bot.exchanges.coins import coin
from bot.structure.source import RefusedError

_MULTIPLES = {"": 1, "K": 1_000, "1M": 1_000_000}
_LARGEST_MULTIPLE = 1_000_000_000


class Contract(msgspec.Struct, frozen=True):
    """``symbol`` as the source spells it; its price and quantity are of ``multiple`` coins."""

    symbol: str
    multiple: int = 1


class Contracts:
    """One contract a coin. Until the source has told its list, each coin has the usual name.

    ``usual``: ``{}USDT``. What is not listed is not asked for, and is not missing.
    """

    def __init__(self, usual: str) -> None:
        self._usual = usual
        self._listed: dict[str, Contract] | None = None

    def learn(self, listed: Iterable[tuple[str, str]]) -> None:
        """The whole list: what each contract is of, as the source calls it, and its symbol.

        Of two contracts of a coin the one of fewer coins is taken, then the first. Raises
        ``RefusedError`` for a list of none.
        """
        found: dict[str, Contract] = {}
        for asset, symbol in listed:
            try:
                name, multiple = named(asset)
            except ValueError:
                continue
            known = found.get(name)
            if known is None or multiple < known.multiple:
                found[name] = Contract(symbol, multiple)
        if not found:
            raise RefusedError("lists no contract")
        self._listed = found

    def of(self, name: str) -> Contract | None:
        """None: the source has no such contract."""
        if self._listed is None:
            return Contract(self._usual.format(name))
        return self._listed.get(name)


def named(asset: str) -> tuple[str, int]:
    """``1000PEPE`` or ``kPEPE`` -> ``("PEPE", 1000)``. Raises ``ValueError`` for no name."""
    name, spelled = coin(asset), asset.upper()
    rest = spelled.removesuffix(name) if spelled.endswith(name) else spelled.removeprefix(name)
    multiple = _MULTIPLES.get(rest) or int(rest)
    if not 1 <= multiple <= _LARGEST_MULTIPLE:
        raise ValueError(f"{asset} is of too many coins")
    return name, multiple
