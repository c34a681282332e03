"""Exchanges that cannot be heard: without a public live feed, or with one that is not understood.

Their APIs as documented and as tried by others, read on 22 November 2026. Of Phemex, Crypto.com and
WOO X it is only known that nobody has found a feed.
"""

from collections.abc import Mapping
from types import MappingProxyType

import msgspec


class Unheard(msgspec.Struct, frozen=True):
    """``why``, and what that ``means`` for the figures where it is known, in sentences.

    ``aside`` is the meaning in a few words. ``feed``: there is one, but it is not understood well
    enough to count it.
    """

    title: str
    why: str
    means: str = ""
    aside: str = ""
    feed: bool = False


UNHEARD: Mapping[str, Unheard] = MappingProxyType(
    {
        "hyperliquid": Unheard(
            "Hyperliquid",
            "No public feed: it tells a liquidation only to the account that it concerns.",
            "CoinGlass credited it with $10.3B of the $19.1B of 10 October 2025: over half of that "
            "day, and none of it would be in my figures.",
            aside="over half of 10 October 2025, by CoinGlass",
        ),
        "kucoin": Unheard("KuCoin", "No public feed: its socket knows no such topic."),
        "mexc": Unheard("MEXC", "No public feed: its socket knows no such topic."),
        "bingx": Unheard("BingX", "No public feed: its socket refuses to be asked for one."),
        "phemex": Unheard("Phemex", "No public feed is known: only the account concerned is told."),
        "cryptocom": Unheard("Crypto.com", "No public feed is known."),
        "woox": Unheard("WOO X", "No public feed is known."),
        "backpack": Unheard(
            "Backpack",
            "It has a public feed, but does not say whether a side is the order's or the "
            "position's.",
            "A wrong guess would make longs of shorts, so it is not counted.",
            feed=True,
        ),
    }
)
