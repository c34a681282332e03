"""What figures are worth: who was heard, who publishes samples, since when."""

from bot.figures import Reading
from bot.wording.text import Note


def plus(reading: Reading) -> str:
    """``+`` where a total is a floor: a sampled exchange is in it, or somebody was deaf."""
    raise NotImplementedError


def coverage_note(reading: Reading) -> Note:
    """``At least: Binance, OKX publish samples. 2 of 3 exchanges heard; Bybit off since 02:41.``"""
    raise NotImplementedError


def silence(reading: Reading) -> str | None:
    """What to say in place of a zero: nothing liquidated, or nobody heard; None if there is
    something to tell."""
    raise NotImplementedError
