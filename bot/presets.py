"""The three answers to "How often may I write?", fitted to the exchanges that are heard."""

from collections.abc import Collection

import msgspec

from bot.rule_text import Draft


class Preset(msgspec.Struct, frozen=True):
    """``name``: ``big``, ``medium`` or ``many``. ``label`` names a frequency, ``note`` for whom."""

    name: str
    label: str
    note: str
    often: str
    draft: Draft


def presets(exchanges: Collection[str]) -> tuple[Preset, ...]:
    """Rarest first. ``exchanges`` are those that are heard."""
    raise NotImplementedError
