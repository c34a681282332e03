"""Settings that follow from registries: base URLs by role, and what exchanges leave in doubt."""

from bot.exchanges import EXCHANGES
from bot.structure import STRUCTURE


def url_name(exchange: str, role: str) -> str:
    """The setting that replaces one base URL: ``BINANCE_WS_URL``."""
    return f"{exchange}_{role}_url".upper()


def exchange_urls() -> dict[str, str]:
    """Every exchange's URL settings with their defaults; follows from the registry."""
    return {
        url_name(exchange.name, role): url
        for exchange in EXCHANGES.values()
        for role, url in exchange.urls.items()
    }


def all_urls() -> dict[str, str]:
    """Those of exchanges, and those that sources of market structure have beside them.

    A source with a key is reached where its key is used for everything else.
    """
    beside = {
        url_name(source.name, role): url
        for source in STRUCTURE.values()
        for role, url in source.urls.items()
        if not source.keyed
    }
    return exchange_urls() | {n: url for n, url in beside.items() if n not in exchange_urls()}


def exchange_choices() -> dict[str, tuple[str, ...]]:
    """Every exchange's other settings with their values, the default first; as ``choices``."""
    return {
        f"{exchange.name}_{name}".upper(): values
        for exchange in EXCHANGES.values()
        for name, values in exchange.choices.items()
    }
