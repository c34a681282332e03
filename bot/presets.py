"""The three answers to "How often may I write?", fitted to the exchanges that are heard.

Amounts follow from the 30-minute sums of BTC liquidations on Binance, Bybit and OKX from
21 February to 22 May 2026, taken as rolling hours and armed again below 70%: 35M was passed once
a week, 10M 1.1 times a day, 2M 3.5 times a day (in all hours p99 was 26M and the largest 87M).
BTC is 40% of the four largest coins there and about 45% of all coins when it gets big, so over all
coins that is 75M, 22M and 4.5M. What public feeds showed is a floor, and so are these.
"""

from collections.abc import Collection, Mapping

import msgspec

from bot.history.known import Often
from bot.market import USD
from bot.typed.rule_text import Draft
from bot.wording.history import often_phrase
from bot.wording.numbers import round_money

WEIGHTS = {"binance": 45, "bybit": 35, "okx": 20}
"""Each exchange's part of that record, in percent."""

UNKNOWN_WEIGHT = 10
"""What an exchange outside of that record is taken to add, in percent of it."""

_ROUND = (10, 15, 20, 25, 30, 40, 50, 75, 100)
_DOLLARS = {"big": 75_000_000, "medium": 22_000_000, "many": 4_500_000}
_WORDS = {
    "big": ("About once a week", "the big flushes", "about weekly"),
    "medium": ("About once a day", "", "about daily"),
    "many": ("Several times a day", "for scalpers", "several times a day"),
}


class Preset(msgspec.Struct, frozen=True):
    """``name``: ``big``, ``medium`` or ``many``. ``label`` names a frequency, ``note`` for whom.

    ``often`` is the frequency inside a sentence.
    """

    name: str
    label: str
    note: str
    often: str
    draft: Draft


def presets(
    exchanges: Collection[str], known: Mapping[str, int | None] | None = None
) -> tuple[Preset, ...]:
    """Rarest first. ``exchanges`` are those that are heard; none is taken as the whole record.

    ``known``: by preset, the amount (``market.USD``) that this installation's own history gives;
    it is used where it gives all of them, each rarer one the larger.
    """
    own = [known.get(name) if known else None for name in _DOLLARS]
    amounts = [amount for amount in own if amount is not None]
    if len(amounts) == len(own) and amounts == sorted(set(amounts), reverse=True):
        return tuple(
            Preset(name, *_WORDS[name], Draft(None, None, "1h", "total", amount))
            for name, amount in zip(_DOLLARS, amounts, strict=True)
        )
    weight = sum(WEIGHTS.get(exchange, UNKNOWN_WEIGHT) for exchange in set(exchanges)) or 100
    return tuple(
        Preset(name, *_WORDS[name], _all_coins(_rounded(dollars * weight // 100)))
        for name, dollars in _DOLLARS.items()
    )


def expectation(preset: Preset, exchanges: Collection[str], often: Often | None = None) -> str:
    """``$75M in 1 h: about weekly on the 3 exchanges I hear, by last spring's record``

    With ``often`` from this installation's history: ``$150M in 1 h: 12 times in the last 92 days``.
    """
    if often is not None:
        return f"{round_money(preset.draft.threshold)} in 1 h: {often_phrase(often)}"
    number = len(set(exchanges))
    on = f"the {number} exchanges" if number > 1 else "the one exchange"
    amount = round_money(preset.draft.threshold)
    return f"{amount} in 1 h: {preset.often} on {on} I hear, by last spring's record"


def _all_coins(dollars: int) -> Draft:
    return Draft(None, None, "1h", "total", dollars * USD)


def _rounded(dollars: int) -> int:
    """The nearest amount that people would say: 1, 1.5, 2, 2.5, 3, 4, 5, 7.5 times a ten."""
    scale: int = 10 ** max(len(str(dollars)) - 2, 0)
    return min((step * scale for step in _ROUND), key=lambda amount: abs(amount - dollars))
