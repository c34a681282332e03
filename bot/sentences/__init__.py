"""Sentences: what an alert may say beyond its figures, one small rule a file."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.sentences import (
    aftermath,
    all_clear,
    alts,
    catalyst,
    common,
    cooling,
    crowded,
    depth,
    ended,
    forced,
    funding,
    headlines,
    levels,
    move,
    open_interest,
    order,
    pace,
    rank,
    refilled,
    regime,
    second_wave,
    self_feeding,
    severity,
    side,
    source,
    spot,
)
from bot.sentences.sentence import Sentence

_ALL: tuple[Sentence, ...] = (
    side.SENTENCE,
    all_clear.SENTENCE,
    ended.SENTENCE,
    second_wave.SENTENCE,
    rank.SENTENCE,
    move.SENTENCE,
    order.SENTENCE,
    pace.SENTENCE,
    aftermath.SENTENCE,
    open_interest.SENTENCE,
    refilled.SENTENCE,
    funding.SENTENCE,
    cooling.SENTENCE,
    levels.SENTENCE,
    depth.SENTENCE,
    source.SENTENCE,
    alts.SENTENCE,
    self_feeding.SENTENCE,
    catalyst.SENTENCE,
    headlines.SENTENCE,
    crowded.SENTENCE,
    forced.SENTENCE,
    spot.SENTENCE,
    regime.SENTENCE,
    severity.SENTENCE,
    common.SENTENCE,
)

SENTENCES: Mapping[str, Sentence] = MappingProxyType({each.name: each for each in _ALL})
"""Every sentence by its name, the most important first."""
