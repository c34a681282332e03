"""What the figures of a picture or a file are worth, in one line."""

from collections.abc import Collection, Sequence

from bot.casebook.minutes import asked
from bot.figures import Deaf
from bot.wording.numbers import clock, count, named, together

NAMED = 3


def note(heard: Collection[str], sampled: Collection[str], deaf: Sequence[Deaf]) -> str:
    """``At least: Binance and OKX publish samples. 15 of 16 exchanges heard; Lighter off since
    02:41 UTC.``"""
    everyone = asked(heard, deaf)
    return " ".join(filter(None, (_samples(sampled, len(everyone)), _heard(everyone, deaf))))


def _samples(sampled: Collection[str], many: int) -> str:
    if not sampled:
        return ""
    if len(sampled) > NAMED:
        return f"At least: {len(sampled)} of {many} exchanges publish samples."
    verb = "publishes" if len(sampled) == 1 else "publish"
    return f"At least: {together([named(name) for name in sampled])} {verb} samples."


def _heard(everyone: Sequence[str], deaf: Sequence[Deaf]) -> str:
    away = sorted({gap.exchange for gap in deaf})
    if not everyone:
        return "No exchange heard."
    if not away:
        only = f"{named(everyone[0])} heard throughout."
        return only if len(everyone) == 1 else f"All {count(len(everyone))} exchanges heard."
    told = f"{len(everyone) - len(away)} of {len(everyone)} exchanges heard throughout"
    if len(away) > NAMED:
        return f"{told}."
    return f"{told}; {together([_gap(name, deaf) for name in away])}."


def _gap(exchange: str, deaf: Sequence[Deaf]) -> str:
    its = [gap for gap in deaf if gap.exchange == exchange]
    if len(its) > 1:
        return f"{named(exchange)} off {len(its)} times"
    gap = its[0]
    if gap.to_ms is None:
        return f"{named(exchange)} off since {clock(gap.from_ms)}"
    return f"{named(exchange)} off {clock(gap.from_ms).removesuffix(' UTC')}–{clock(gap.to_ms)}"
