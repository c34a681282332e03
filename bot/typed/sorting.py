"""Words put in their heaps: coin, exchange, measures, figures before and behind the sign."""

from collections.abc import Sequence

import msgspec

from bot.errors import UserError
from bot.typed.vocabulary import Vocabulary, instead, unknown_coin, unknown_measure
from bot.typed.words import ABOVE, ALL, BELOW, NOISE, Word


class Sorted(msgspec.Struct):
    """What each word is; ``before`` and ``after`` hold the figures on either side of the sign."""

    coin: str | None = None
    exchange: str | None = None
    measures: set[str] = msgspec.field(default_factory=set)
    before: list[Word] = msgspec.field(default_factory=list)
    after: list[Word] = msgspec.field(default_factory=list)
    floor: Word | None = None
    above: bool = False


def sort(typed: Sequence[Word], vocabulary: Vocabulary) -> Sorted:
    """Raises ``UserError`` for two coins, for ``<``, and for what is none of all these."""
    found = Sorted()
    named: list[Word] = []
    expects_floor = False
    for word in typed:
        if expects_floor and word.is_value:
            found.floor, expects_floor = word, False
        elif word.low == "floor":
            expects_floor = True
        elif not _is_plain_part(word, found, vocabulary):
            named.append(word)
    if expects_floor:
        raise UserError("The floor has no amount: type it like floor 10m.")
    _give_back_digits(found, named, vocabulary)
    found.coin = _one_coin(named, typed, vocabulary)
    return found


def _is_plain_part(word: Word, found: Sorted, vocabulary: Vocabulary) -> bool:
    """Put a word where it belongs; False where it can only be a coin, or a mistake."""
    if word.low in ABOVE:
        found.above = True
    elif word.low in BELOW:
        raise UserError("I watch for rises only: type the alert with > instead of <.")
    elif vocabulary.is_surely_coin(word):
        return False
    elif word.is_value:
        (found.after if found.above else found.before).append(word)
    elif (exchange := vocabulary.exchange(word)) is not None:
        _set_exchange(found, exchange)
    elif (measure := vocabulary.measure(word)) is not None:
        found.measures.add(measure)
    else:
        return word.text.startswith("/") or word.low in ALL or word.low in NOISE
    return True


def _set_exchange(found: Sorted, exchange: str) -> None:
    if found.exchange not in (None, exchange):
        raise UserError(
            f"I can watch one exchange or all of them, not {found.exchange} and {exchange}: "
            "type one."
        )
    found.exchange = exchange


def _give_back_digits(found: Sorted, named: list[Word], vocabulary: Vocabulary) -> None:
    """A coin may be called ``4``: it is one when the amount stands behind the sign."""
    for word in list(found.before):
        listed = word.text.isdigit() and vocabulary.near_coins(word)[:1] == [word.text]
        if found.after and listed and not named:
            found.before.remove(word)
            named.append(word)


def _one_coin(named: list[Word], typed: Sequence[Word], vocabulary: Vocabulary) -> str | None:
    coins = {coin: word for word in named if (coin := vocabulary.coin(word)) is not None}
    for word in named:
        near = vocabulary.near_measure(word)
        known = vocabulary.coin(word) is not None
        if near is not None and (not known or vocabulary.takes_any):
            raise unknown_measure(word, near, typed)
        if not known and coins:
            raise unknown_measure(word, None, typed)
        if not known:
            raise unknown_coin(word, vocabulary, typed)
    if len(coins) > 1:
        first, second = list(coins)[:2]
        choices = (
            instead(_without(typed, coins[second]), coins[first], first),
            instead(_without(typed, coins[first]), coins[second], second),
        )
        raise UserError(f"I can take one coin or all, not {first} and {second}: type one.", choices)
    return next(iter(coins), None)


def _without(typed: Sequence[Word], word: Word) -> list[Word]:
    return [other for other in typed if other is not word]
