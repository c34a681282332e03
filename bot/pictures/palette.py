"""The colours of charts: dark and light, longs and shorts told apart by direction as well."""

from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from bot.pictures.chart import Theme


class Palette(msgspec.Struct, frozen=True):
    """Colours as ``#rrggbb``."""

    paper: str
    ink: str
    faint: str
    long: str
    short: str
    price: str
    total: str


PALETTES: Mapping[Theme, Palette] = MappingProxyType(
    {
        "dark": Palette(
            paper="#14171c",
            ink="#eef1f5",
            faint="#4a525d",
            long="#e5534b",
            short="#3fb37f",
            price="#7aa2f7",
            total="#d9dee6",
        ),
        "light": Palette(
            paper="#ffffff",
            ink="#1b1f24",
            faint="#c3c9d1",
            long="#d64545",
            short="#2e9e6b",
            price="#2f5fd0",
            total="#4b535d",
        ),
    }
)
