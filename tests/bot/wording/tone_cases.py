"""The event of the standard of tone at the moments of its texts."""

from msgspec.structs import replace

from bot.figures import Hearing, Split
from bot.flush.flush import Stage
from bot.sentences.case import Case
from tests.bot.sentences import golden, later
from tests.bot.sentences.golden import FLUSH, HOUR, at, figure, m


def building() -> Case:
    """02:38: 34 minutes of it, with the pace and the price of then, and everybody heard."""
    longs = m(190.5)
    coins = (
        Split("BTC", m(76), m(10)),
        Split("ETH", m(45), m(6)),
        Split("SOL", m(18), m(2)),
        Split("XRP", m(27), m(3)),
        Split("DOGE", longs - m(166), m(2.5)),
    )
    wave = replace(
        golden.WAVE, long=longs, short=m(23.5), coins=coins, exchanges=(), largest=None, low=89_000
    )
    everybody = tuple(part.name for part in golden.EXCHANGES)
    ears = Hearing(everybody, FLUSH.sampled, (), HOUR.hearing.since_ms)
    minutes = tuple(
        replace(minute, btc=m(8.2 if place >= 89 else 3.4), alts=m(6) if place >= 89 else m(3))
        for place, minute in enumerate(golden.CASE.minutes[:94])
    )
    then = at(34)
    windows = tuple(replace(one, at_ms=then, hearing=ears) for one in golden.WINDOWS)
    view = replace(golden.CURRENT, at_ms=then, price=figure(89_100, then), oi=None, funding=None)
    return replace(
        golden.CASE,
        at_ms=then,
        reading=replace(HOUR, at_ms=then, hearing=ears),
        windows=windows,
        flush=replace(FLUSH, stage=Stage.BUILDING, waves=(wave,), deaf=()),
        standing=None,
        before=replace(golden.BEFORE, oi_share=None),
        now=view,
        minutes=minutes,
        news=None,
    )


def fading() -> Case:
    """03:26: 560M of it."""
    wave = replace(golden.WAVE, long=m(481.6), short=m(78.4))
    flush = replace(FLUSH, stage=Stage.FADING, waves=(wave,), deaf=(later.LIGHTER,))
    return replace(later.FADING, flush=flush)


def second() -> Case:
    """05:51: 148M of the second wave, of which nothing else is known."""
    assert later.SECOND.flush is not None
    first, second = later.SECOND.flush.waves
    coins = (
        Split("BTC", m(50), m(9)),
        Split("ETH", m(30), m(6)),
        Split("SOL", m(12), m(3)),
        Split("XRP", m(16), m(3)),
        Split("DOGE", m(16.3), m(2.7)),
    )
    wave = replace(second, coins=coins, exchanges=(), largest=None)
    flush = replace(later.SECOND.flush, waves=(first, wave))
    before = replace(golden.BEFORE, levels=(), oi_share=None)
    return replace(later.SECOND, flush=flush, minutes=(), before=before, news=None)
