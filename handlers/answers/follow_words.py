"""What was typed behind ``/follow``: which flushes, how bad, and how their stages shall come."""

from collections.abc import Collection, Iterator, Mapping, Sequence

import msgspec
from rapidfuzz import fuzz, process

from bot.errors import UserError
from bot.flush.flush import Severity
from bot.story.follow import DEFAULT_HOW, Follow, How, Step
from bot.typed.amounts import quoted
from bot.typed.vocabulary import Vocabulary, instead
from bot.typed.words import ALL, Word, words

MARKET = "market"

_STEPS: Mapping[str, Step] = {step.value: step for step in Step} | {
    "begin": Step.START,
    "onset": Step.START,
    "over": Step.END,
    "second": Step.SECOND_WAVE,
    "wave": Step.SECOND_WAVE,
    "second-wave": Step.SECOND_WAVE,
    "after": Step.AFTER,
    "hours-after": Step.AFTER,
    "clear": Step.ALL_CLEAR,
    "all-clear": Step.ALL_CLEAR,
}
_HOWS: Mapping[str, How] = {how.value: how for how in How} | {
    "rings": How.RING,
    "loud": How.RING,
    "silently": How.SILENT,
    "quiet": How.SILENT,
    "edits": How.EDIT,
    "none": How.OFF,
    "never": How.OFF,
}
_SEVERITIES: Mapping[str, Severity] = {severity.word: severity for severity in Severity}
_NOISE = frozenset(
    ("a", "and", "at", "coin", "flush", "flushes", "from", "how", "in", "is", "least", "me", "of")
) | frozenset(("on", "or", "severity", "stage", "step", "the", "to", "up", "with", "worse"))
_MARKET = ALL | {"market-wide"}
_KNOWN = (*_STEPS, *_HOWS, *_SEVERITIES, MARKET)
_NEAR = 75
"""How alike, of 100, a word must be to one of ours to be taken for a misspelt one."""

POSSIBLE = (
    "type market or a coin, a severity (minor, notable, major, severe), or a stage and how, "
    "such as end silent"
)


class Wish(msgspec.Struct, frozen=True):
    """What shall be different. ``coin`` None: flushes of the whole market; ``named`` tells whether
    a coin or the market was named at all. ``severity`` None: as it is. ``off``: no more of it."""

    coin: str | None = None
    named: bool = False
    severity: Severity | None = None
    how: dict[Step, How] = {}
    off: bool = False

    def upon(self, known: Follow) -> Follow:
        """A follow with what was wished; stages that are as by default are left out."""
        how = {**known.how, **self.how}
        return msgspec.structs.replace(
            known,
            severity=self.severity or known.severity,
            how={
                step: how[step] for step in Step if step in how and how[step] != DEFAULT_HOW[step]
            },
        )


class _Sorted:
    """The words in their heaps, as they come. ``steps`` wait for how they shall be told, ``how``
    for what."""

    def __init__(self) -> None:
        self.coin: str | None = None
        self.named = False
        self.severity: Severity | None = None
        self.ways: dict[Step, How] = {}
        self.steps: list[Step] = []
        self.how: How | None = None
        self.used = True

    def step(self, step: Step) -> None:
        if self.how is None:
            self.steps.append(step)
        else:
            self.ways[step], self.used = self.how, True

    def way(self, how: How) -> None:
        self.ways |= dict.fromkeys(self.steps, how)
        if self.steps:
            self.how, self.used = None, True
        else:
            self.how, self.used = how, False
        self.steps = []

    def scope(self, coin: str | None) -> None:
        if self.named and coin != self.coin:
            first, second = self.coin or MARKET, coin or MARKET
            raise UserError(f"I follow one at a time, not {first} and {second}: type one.")
        self.coin, self.named = coin, True

    def bad(self, severity: Severity) -> None:
        if self.severity not in (None, severity):
            raise UserError("I follow from one severity on: type the lower of the two.")
        self.severity = severity


def parse_follow(text: str, coins: Collection[str]) -> Wish:
    """``btc severe``, ``market notable``, ``btc end silent``, ``btc off``, in words of any order.

    ``coins`` are those that can be asked for; when empty any well-formed coin is taken. Raises
    ``UserError``, whose choices are whole wishes.
    """
    try:
        return _parsed(words(text), Vocabulary(coins, ()))
    except UserError as error:
        sound = tuple(choice for choice in error.choices if _is_understood(choice, coins))
        raise UserError(error.sentence, sound) from None


def follow_text(follow: Follow) -> str:
    """A follow as ``parse_follow`` reads it: ``BTC severe end silent``."""
    ways = (f"{step.value} {how.value}" for step, how in follow.how.items())
    return " ".join((follow.coin or MARKET, follow.severity.word, *ways))


def _is_understood(text: str, coins: Collection[str]) -> bool:
    try:
        _parsed(words(text), Vocabulary(coins, ()))
    except UserError:
        return False
    return True


def _parsed(typed: list[Word], vocabulary: Vocabulary) -> Wish:
    found = _Sorted()
    for word in _joined(typed):
        _sort(word, found, typed, vocabulary)
    if found.steps:
        step, whole = found.steps[-1].value, " ".join(word.text for word in typed)
        choices = tuple(f"{whole} {how}" for how in How)
        raise UserError(f"How shall {step} reach you: ring, silent, edit or off?", choices)
    off = not found.used and found.how is How.OFF
    if not found.used and not off:
        raise UserError(f"Which stage shall come so? Type it like end {found.how}.")
    return Wish(found.coin, found.named, found.severity, found.ways, off)


def _joined(typed: Sequence[Word]) -> Iterator[Word]:
    """``second wave``, ``hours after`` and ``all clear`` as one word each."""
    rest = list(typed)
    while rest:
        word = rest.pop(0)
        if rest and f"{word.low} {rest[0].low}" in _STEPS:
            word = Word(f"{word.text} {rest.pop(0).text}")
        yield word


def _sort(word: Word, found: _Sorted, typed: Sequence[Word], vocabulary: Vocabulary) -> None:
    low = word.low
    if not found.named and _is_coin_in_capitals(word, vocabulary):
        found.scope(vocabulary.coin(word))
    elif low in _STEPS:
        found.step(_STEPS[low])
    elif low in _HOWS:
        found.way(_HOWS[low])
    elif low in _SEVERITIES:
        found.bad(_SEVERITIES[low])
    elif low in _MARKET:
        found.scope(None)
    elif low not in _NOISE:
        found.scope(_coin(word, found, typed, vocabulary))


def _is_coin_in_capitals(word: Word, vocabulary: Vocabulary) -> bool:
    """A coin may be called like one of our words: ``CLEAR``."""
    own = word.low in _KNOWN or word.low in _NOISE | _MARKET
    return own and word.text.isupper() and not vocabulary.takes_any and bool(vocabulary.coin(word))


def _coin(word: Word, found: _Sorted, typed: Sequence[Word], vocabulary: Vocabulary) -> str:
    near = process.extractOne(word.low, _KNOWN, scorer=fuzz.ratio, score_cutoff=_NEAR)
    coin = vocabulary.coin(word)
    if coin is not None and not (near and vocabulary.takes_any):
        return coin
    if near is not None:
        sentence = f"I do not understand {quoted(word.text)}. Did you mean {near[0]}?"
        raise UserError(sentence, (instead(typed, word, near[0]),))
    coins = [] if found.named else vocabulary.near_coins(word)
    if coins and word.text.isascii():
        name = quoted(word.text.upper()).strip("“”")
        choices = tuple(instead(typed, word, coin) for coin in coins)
        raise UserError(f"I know no coin {name}. Did you mean {' or '.join(coins)}?", choices)
    raise UserError(f"I do not understand {quoted(word.text)}: {POSSIBLE}.")
