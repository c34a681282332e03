"""What a person typed about rules and figures, understood or politely refused."""

from collections.abc import Callable, Collection
from typing import TypeVar

import msgspec

from bot.errors import UserError
from bot.exchanges import EXCHANGES
from bot.metrics import METRICS, Unit
from bot.rules import DEFAULT_FLOOR
from bot.typed.amounts import parse_amount, quoted
from bot.typed.draft import Draft, checked, draft_of, draft_text, from_link_payload, link_payload
from bot.typed.figures import choose_figures, kept_window
from bot.typed.sorting import Sorted, sort
from bot.typed.threshold import parse_threshold, resolve_metric
from bot.typed.vocabulary import Vocabulary
from bot.typed.words import Word, words

DEFAULT_WINDOW = "1h"

Understood = TypeVar("Understood")


class Question(msgspec.Struct, frozen=True):
    """What figures are asked for; None means all. ``window`` is a key of ``WINDOWS``."""

    coin: str | None = None
    exchange: str | None = None
    window: str = DEFAULT_WINDOW


def parse_rule(text: str, coins: Collection[str], exchanges: Collection[str] = ()) -> Draft:
    """A rule in words of any order: ``BTC 1h long > 50m``. Raises ``UserError``.

    ``coins`` are those that can be asked for; when empty any well-formed coin is taken.
    ``exchanges`` defaults to the registered ones. The error's choices are whole rules.
    """
    vocabulary = Vocabulary(coins, exchanges or EXCHANGES)
    return _with_sound_choices(text, lambda typed: _rule(typed, vocabulary))


def parse_question(text: str, coins: Collection[str], exchanges: Collection[str] = ()) -> Question:
    """``[coin] [exchange] [window]`` in any order, ``all`` for all coins. Raises ``UserError``.

    ``coins`` and ``exchanges`` as in ``parse_rule``. The error's choices are whole questions.
    """
    vocabulary = Vocabulary(coins, exchanges or EXCHANGES)
    return _with_sound_choices(text, lambda typed: _question(typed, vocabulary))


def _with_sound_choices(text: str, parse: Callable[[str], Understood]) -> Understood:
    """Only what would be understood is offered as a choice."""
    try:
        return parse(text)
    except UserError as error:
        sound = tuple(choice for choice in error.choices if _is_understood(choice, parse))
        raise UserError(error.sentence, sound) from None


def _is_understood(text: str, parse: Callable[[str], object]) -> bool:
    try:
        parse(text)
    except UserError:
        return False
    return True


def _rule(text: str, vocabulary: Vocabulary) -> Draft:
    typed = words(text)
    found = sort(typed, vocabulary)
    figures = choose_figures(found, typed)
    metric = resolve_metric(found.measures, figures.threshold)
    if METRICS[metric].told:
        _one_market(found, metric)
    window = ""
    if METRICS[metric].windowed:
        window = kept_window(figures.windows, typed) or DEFAULT_WINDOW
    return checked(
        Draft(
            coin=found.coin,
            exchange=found.exchange,
            window=window,
            metric=metric,
            threshold=parse_threshold(metric, figures.threshold, typed),
            floor=_floor(found, metric),
        )
    )


def _one_market(found: Sorted, metric: str) -> None:
    """What surrounds the liquidations is known by coin, over all sources together."""
    if found.exchange is not None:
        raise UserError(f"{metric} is known over all exchanges together: leave the exchange out.")
    if found.coin is None:
        raise UserError(f"{metric} is of one coin: name it, such as BTC.")


def _floor(found: Sorted, metric: str) -> int:
    if found.floor is None:
        return DEFAULT_FLOOR
    if METRICS[metric].unit is not Unit.SHARE:
        raise UserError("A floor belongs to shares: imbalance, long_share and short_share.")
    return parse_amount(found.floor.text)


def _question(text: str, vocabulary: Vocabulary) -> Question:
    typed = words(text)
    found = sort(typed, vocabulary)
    spans = [word for word in (*found.before, *found.after) if word.is_span]
    strange = [word for word in (*found.before, *found.after) if not word.is_span]
    if strange or found.measures or found.floor or found.above:
        shown = strange[0].text if strange else _measure_typed(typed, vocabulary)
        raise UserError(
            f"I do not understand {quoted(shown)} here: type a coin and a window, such as BTC 1h."
        )
    return Question(found.coin, found.exchange, kept_window(spans, typed) or DEFAULT_WINDOW)


def _measure_typed(typed: list[Word], vocabulary: Vocabulary) -> str:
    return next((word.text for word in typed if vocabulary.measure(word)), ">")


__all__ = [
    "DEFAULT_WINDOW",
    "Draft",
    "Question",
    "draft_of",
    "draft_text",
    "from_link_payload",
    "link_payload",
    "parse_question",
    "parse_rule",
]
