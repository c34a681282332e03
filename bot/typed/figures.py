"""Which typed figure is the window and which the threshold: ``5m`` can be either."""

from collections.abc import Sequence

import msgspec

from bot.errors import UserError
from bot.rules import WINDOWS
from bot.typed.amounts import quoted
from bot.typed.sorting import Sorted
from bot.typed.vocabulary import instead
from bot.typed.words import Word

_MISSING = "I need a threshold: type one like > 50m, or > 80% for a share."


class Figures(msgspec.Struct, frozen=True):
    """The threshold's word, and all others, which must be windows."""

    threshold: Word
    windows: list[Word]


def choose_figures(found: Sorted, typed: Sequence[Word]) -> Figures:
    """Behind the sign stands the amount; without a sign, what can be no window is the amount.

    Raises ``UserError`` where none is there, or where ``5m`` could be both.
    """
    if found.above:
        values = [word for word in found.after if _can_be_value(word)]
        if not values:
            raise UserError(_MISSING)
        return _figures(values[0], [*found.before, *found.after])
    figures = found.before
    sure = [word for word in figures if not word.is_span]
    if sure:
        return _figures(sure[0], figures)
    open_words = [word for word in figures if word.is_minutes_or_millions]
    if not open_words:
        raise UserError(_MISSING)
    no_windows = [word for word in open_words if word.window is None]
    decided = len(figures) > len(open_words) or found.measures & {"order", "orders"}
    if no_windows or decided:
        return _figures((no_windows or open_words)[0], figures)
    raise _ambiguous(open_words, typed)


def kept_window(spans: Sequence[Word], typed: Sequence[Word]) -> str | None:
    """The one window among these words, None where there is no word. Raises ``UserError``."""
    for word in spans:
        if not word.is_span:
            raise UserError(
                f"I do not understand {quoted(word.text)}: type one amount, like > 50m."
            )
        if word.window is None:
            raise _unknown_window(word, typed)
    windows = list(dict.fromkeys(word.window for word in spans if word.window))
    if len(windows) > 1:
        raise UserError(
            f"I can take one window at a time, not {windows[0]} and {windows[1]}: type one."
        )
    return windows[0] if windows else None


def _can_be_value(word: Word) -> bool:
    return not word.is_span or word.is_minutes_or_millions


def _figures(threshold: Word, words: Sequence[Word]) -> Figures:
    return Figures(threshold, [word for word in words if word is not threshold])


def _ambiguous(open_words: Sequence[Word], typed: Sequence[Word]) -> UserError:
    word = open_words[-1]
    minutes, amount = word.low.removesuffix("m"), f"> ${word.low.removesuffix('m')}M"
    if len(open_words) > 1:
        choices = tuple(_moved(typed, one) for one in reversed(open_words[:2]))
        names = " or ".join(one.text for one in open_words[:2])
        return UserError(f"Which one is the amount, {names}? Type > before it.", choices)
    as_amount = instead(typed, word, f"1h {amount}")
    as_window = instead(typed, word, f"{word.low} {amount}")
    sentence = f"Is {word.text} {minutes} minutes or ${minutes}M? Type both, such as {as_window}."
    return UserError(sentence, (as_amount, as_window))


def _moved(typed: Sequence[Word], amount: Word) -> str:
    rest = " ".join(word.text for word in typed if word is not amount)
    return f"{rest} > {amount.text}"


def _unknown_window(word: Word, typed: Sequence[Word]) -> UserError:
    """``I keep 5m, 15m, 30m, 1h, 4h, 12h and 24h, not 2h.``"""
    *names, last = WINDOWS
    choices = tuple(instead(typed, word, window) for window in _nearest(word))
    shown = quoted(word.text).strip("“”")
    return UserError(f"I keep {', '.join(names)} and {last}, not {shown}.", choices)


def _nearest(word: Word) -> list[str]:
    """The kept windows just below and just above, as far as there are any."""
    below = [name for name, span_ms in WINDOWS.items() if span_ms < word.span_ms]
    above = [name for name, span_ms in WINDOWS.items() if span_ms > word.span_ms]
    return [*below[-1:], *above[:1]]
