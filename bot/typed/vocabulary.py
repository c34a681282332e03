"""The names that can be typed: coins, exchanges, measures; and what is near to a wrong one."""

import re
from collections.abc import Collection, Sequence

from rapidfuzz import fuzz, process

from bot.errors import UserError
from bot.metrics import METRICS
from bot.typed.amounts import quoted
from bot.typed.words import NOISE, Word, plain

LIKE_RULE = "an alert like BTC 1h long > 50m"
SUGGESTIONS = 2

_SPOKEN = {
    "liquidated": "total",
    "liquidations": "total",
    "liqs": "total",
    "sum": "total",
    "longs": "long",
    "shorts": "short",
    "imb": "imbalance",
    "skew": "imbalance",
    "biggest": "largest",
    "max": "largest",
    "number": "count",
    "orders": "orders",
    "share": "share",
    "shares": "share",
}
_WELL_FORMED = re.compile(r"[A-Z0-9]{1,20}", re.ASCII)
_AMOUNT = re.compile(r"[$\d.,]+(?:[kmb]|[mb]n|mio)?", re.ASCII | re.I)
_CAPITALS_BEHIND_DIGITS = re.compile(r"\d{1,7}[A-Z]{3,12}", re.ASCII)
_QUOTES = ("-USDT-SWAP", "-USD-SWAP", "USDT", "USDC", "-PERP", "PERP", "USD")
_NEAR_COIN = 55
_NEAR_MEASURE = 80


class Vocabulary:
    """What may be asked for here. ``coins`` empty: any well-formed coin is taken."""

    def __init__(self, coins: Collection[str], exchanges: Collection[str]) -> None:
        self._coins = {coin.upper(): coin for coin in coins}
        self._exchanges = {exchange.lower(): exchange for exchange in exchanges}
        self._measures = _measures()

    @property
    def takes_any(self) -> bool:
        """Whether any well-formed coin is taken."""
        return not self._coins

    def exchange(self, word: Word) -> str | None:
        return self._exchanges.get(word.low)

    def measure(self, word: Word) -> str | None:
        """A metric's name, or ``share`` or ``orders``, which need the rest to be understood."""
        return self._measures.get(word.low)

    def is_surely_coin(self, word: Word) -> bool:
        """Whether a word that could be something else is a coin: ``1INCH``, ``ME`` in capitals."""
        if _AMOUNT.fullmatch(word.text) or word.is_span:
            return False
        if word.text.upper() in self._coins:
            return word.is_value or (word.low in NOISE and word.text.isupper())
        return not self._coins and _CAPITALS_BEHIND_DIGITS.fullmatch(word.text) is not None

    def coin(self, word: Word) -> str | None:
        """The coin of that name, also with its quote (``BTCUSDT``); None where none is known."""
        name = word.text.upper().lstrip("#")
        bare = next((name.removesuffix(q) for q in _QUOTES if name.endswith(q)), "").rstrip("-/_")
        if self._coins:
            return self._coins.get(name) or self._coins.get(bare)
        name = bare or name
        return name if _WELL_FORMED.fullmatch(name) else None

    def near_coins(self, word: Word) -> list[str]:
        """The known coins that are most like a word, best first."""
        name = word.text.upper()
        found = process.extract(
            name, self._coins.keys(), scorer=fuzz.ratio, limit=SUGGESTIONS, score_cutoff=_NEAR_COIN
        )
        return [self._coins[match] for match, _, _ in found]

    def near_measure(self, word: Word) -> str | None:
        """A measure that was probably meant: ``imblance``."""
        if len(word.text) < 5:
            return None
        found = process.extractOne(
            word.low, self._measures.keys(), scorer=fuzz.ratio, score_cutoff=_NEAR_MEASURE
        )
        return found[0] if found else None


def unknown_coin(word: Word, vocabulary: Vocabulary, typed: Sequence[Word]) -> UserError:
    """``I know no coin BTCC. Did you mean BTC or BCH?``"""
    plain(word, LIKE_RULE)
    name = quoted(word.text.upper()).strip("“”")
    near = vocabulary.near_coins(word)
    if not near:
        return UserError(f"I know no coin {name}: type one that is listed, such as BTC, or all.")
    choices = tuple(instead(typed, word, coin) for coin in near)
    return UserError(f"I know no coin {name}. Did you mean {' or '.join(near)}?", choices)


def unknown_measure(word: Word, near: str | None, typed: Sequence[Word]) -> UserError:
    """``I do not measure “imblance”. Did you mean imbalance?``, or all that is measured."""
    plain(word, LIKE_RULE)
    if near is not None:
        sentence = f"I do not measure {quoted(word.text)}. Did you mean {near}?"
        return UserError(sentence, (instead(typed, word, near),))
    measures = ", ".join(METRICS)
    return UserError(f"I do not understand {quoted(word.text)}: I can measure {measures}.")


def instead(typed: Sequence[Word], word: Word, text: str) -> str:
    """What was typed, with one word replaced."""
    return " ".join(text if other is word else other.text for other in typed)


def _measures() -> dict[str, str]:
    named = {name: name for name in METRICS}
    for name in METRICS:
        for joint in ("", "-"):
            named[name.replace("_", joint)] = name
    return _SPOKEN | named
