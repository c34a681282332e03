"""Which measure was meant, and its threshold in that measure's unit."""

from collections.abc import Sequence

from bot.errors import UserError
from bot.metrics import METRICS, Unit
from bot.typed.amounts import (
    parse_amount,
    parse_count,
    parse_part,
    parse_share,
    parse_times,
    quoted,
)
from bot.typed.vocabulary import instead
from bot.typed.words import Word

_PARSERS = {
    Unit.USD: parse_amount,
    Unit.SHARE: parse_share,
    Unit.COUNT: parse_count,
    Unit.PART: parse_part,
    Unit.TIMES: parse_times,
}

_TOGETHER = {
    frozenset({"long", "share"}): "long_share",
    frozenset({"short", "share"}): "short_share",
    frozenset({"long", "imbalance"}): "long_share",
    frozenset({"short", "imbalance"}): "short_share",
    frozenset({"imbalance", "share"}): "imbalance",
    frozenset({"share"}): "imbalance",
    frozenset({"largest", "order"}): "largest",
    frozenset({"largest", "orders"}): "largest",
    frozenset({"count", "order"}): "count",
    frozenset({"count", "orders"}): "count",
}
"""Measures that are said in two words."""


def resolve_metric(measures: set[str], threshold: Word) -> str:
    """The metric of all words about measures; ``total`` or, for a share, ``imbalance`` if none.

    Raises ``UserError`` for two measures at once.
    """
    percent = threshold.text.endswith("%")
    meant = frozenset(measures - {"total"} if len(measures) > 1 else measures)
    if not meant:
        return "imbalance" if percent else "total"
    if meant in _TOGETHER:
        return _TOGETHER[meant]
    if len(meant) > 1:
        both = " and ".join(sorted(meant)[:2])
        raise UserError(f"I can watch one measure in an alert, not {both}: type one of them.")
    metric = next(iter(meant))
    if metric == "orders":
        return "count" if threshold.text.isdigit() else "order"
    if percent and metric in ("long", "short"):
        return f"{metric}_share"
    return metric


def parse_threshold(metric: str, word: Word, typed: Sequence[Word]) -> int:
    """The figure in the metric's unit. Raises ``UserError``."""
    unit = METRICS[metric].unit
    figure = word.text.removeprefix("+")
    if unit is Unit.SHARE and not figure.endswith("%") and word.text.isascii():
        choices: tuple[str, ...] = ()
        if figure.isdigit() and 50 < int(figure[:9]) < 100:
            choices = (instead(typed, word, f"{figure}%"),)
        raise UserError(
            f"{metric} is a share, not {quoted(figure)}: type a share like 80%.", choices
        )
    if unit is Unit.USD and figure.endswith("%"):
        raise UserError(
            f"{metric} is an amount, not {quoted(figure)}: type one like 50m, or watch imbalance."
        )
    return _PARSERS[unit](figure)
