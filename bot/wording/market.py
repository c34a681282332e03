"""The answer to ``/market``: price, positions, book, crowding and levels of one coin."""

from collections.abc import Collection, Iterator, Sequence
from itertools import groupby

from bot.figures import Reading
from bot.market import USD
from bot.structure.facts import Measure
from bot.structure.levels import nearest
from bot.structure.measures import tilt
from bot.structure.trends import direction
from bot.structure.view import Figure, Level, MarketView, Missing, Trend
from bot.wording.buttons import MAIN_COINS, Row
from bot.wording.numbers import UNKNOWN, alike, bracketed, clock, duration, money, share, together
from bot.wording.prices import coins, per_8h, percent, price, times
from bot.wording.reading import TELLING
from bot.wording.text import Block, Bold, Button, Line, Message, Note, Paragraph, Table

VERB = "market"

_NAMED_LACKS = 3
_BOOK = (("bids_2", "−2%"), ("bids_1", "−1%"), ("asks_1", "+1%"), ("asks_2", "+2%"))
_SCALE = 1_000_000
"""Shares as integers, for ``numbers.share``."""


def market_message(
    view: MarketView,
    followed: Collection[str],
    own: Reading | None = None,
    everything: Reading | None = None,
) -> Message:
    """``followed``: the coins that can be asked for. ``own`` and ``everything``: liquidations of
    the coin and of all coins over one window that has run its whole span, None where none has.

    A line stands only where its inputs are known; the last one names what is missing. Buttons:
    ``market|<coin>``.
    """
    head = (f"Market · {view.coin}",)
    blocks: list[Block] = [
        *_paragraph(_position(view)),
        *_book(view),
        *_paragraph(_ratios(view, own, everything), "Against each other"),
        *_paragraph(_surroundings(view), "Around it"),
    ]
    if not blocks:
        blocks.append(Paragraph((_nothing(view),)))
    note = _worth(view)
    return Message(head, (*blocks, *([Note(note)] if note else [])), _buttons(view, followed))


def _paragraph(lines: Iterator[str | Line], title: str = "") -> list[Block]:
    told = tuple((line,) if isinstance(line, str) else line for line in lines)
    return [Paragraph(told, title)] if told else []


def _position(view: MarketView) -> Iterator[str | Line]:
    """Price, open interest, funding, volatility, and how all that stands in 90 days."""
    if view.price is not None:
        change = f" · {percent(view.day_change)} in 24 h" if view.day_change is not None else ""
        yield (Bold(price(view.price.value)), f" on {together(view.price.sources)}{change}")
    if view.oi is not None:
        usd = f"{_dollars(view.oi_usd.value)} · " if view.oi_usd is not None else ""
        yield f"Open interest {usd}{coins(view.oi.value)} {view.coin}{_oi_change(view)}"
    leaning = [f"Funding {per_8h(view.funding.value)} per 8 h"] if view.funding else []
    if view.long_accounts is not None:
        leaning.append(f"{_share(view.long_accounts.value)} of accounts long")
    if leaning:
        yield " · ".join(leaning)
    yield from _volatility(view)
    yield from _crowding(view)


def _oi_change(view: MarketView) -> str:
    """Of the coins, behind which it stands: in US dollars it would follow the price."""
    return f", {percent(view.oi_day_change)} in 24 h" if view.oi_day_change is not None else ""


def _volatility(view: MarketView) -> Iterator[str]:
    now, usual = view.volatility, view.usual_volatility
    if now is None:
        return
    if usual is None or usual.value <= 0:
        yield f"15-min volatility {now.value:.0%} a year"
        return
    against = f"{now.value:.0%} against {usual.value:.0%} a year"
    yield f"15-min volatility {times(now.value / usual.value)} its 30 days: {against}"


def _crowding(view: MarketView) -> Iterator[str]:
    ranks = (("funding", view.funding_percentile), ("open interest", view.oi_percentile))
    told = [f"{name} above {_share(rank)}" for name, rank in ranks if rank is not None]
    if told:
        yield f"Of the hours in 90 days: {', '.join(told)}"


def _book(view: MarketView) -> list[Block]:
    """What rests within 1% and 2% of the price, lowest price left, as a book is read."""
    rows = {"futures": "", "spot": "spot_"}
    figures = {
        row: [getattr(view, f"{prefix}{field}") for field, _ in _BOOK]
        for row, prefix in rows.items()
    }
    known = {row: told for row, told in figures.items() if any(told)}
    if not known:
        return []
    head = ("book", *(label for _, label in _BOOK))
    return [Table((head, *((row, *_amounts(told)) for row, told in known.items())))]


def _amounts(told: Sequence[Figure | None]) -> list[str]:
    said = iter(alike([_units(figure.value) for figure in told if figure is not None]))
    return [UNKNOWN if figure is None else next(said) for figure in told]


def _ratios(view: MarketView, own: Reading | None, everything: Reading | None) -> Iterator[str]:
    if view.futures_to_spot is not None:
        yield f"Futures trade {_trend(view.futures_to_spot, 'spot')}"
    if view.oi_to_depth is not None:
        yield f"Open interest {_trend(view.oi_to_depth, 'spot bids in 1%')}"
    if view.oi_share is not None:
        part = ""
        if own is not None and everything is not None and everything.total >= TELLING:
            over = duration(everything.span_ms)
            part = f"{share(own.total, everything.total)} of liquidations in {over}, "
        size = f"{_share(view.oi_share.value)} of open interest"
        factor = tilt(own, everything, view) if part and own and everything else None
        ratio = f": tilt {factor:.2f}" if factor is not None else ""
        yield f"{view.coin} is {part}{size}{ratio}"


def _trend(told: Trend, base: str) -> str:
    """``7.4× spot (30 days 6.8×, 90 days 6.1×), widening``"""
    known = [
        f"{days} days {times(value)}"
        for days, value in ((30, told.month), (90, told.quarter))
        if value is not None
    ]
    before = f" ({', '.join(known)})" if known else ""
    way = direction(told)
    return f"{times(told.now)} {base}{before}{f', {way}' if way else ''}"


def _surroundings(view: MarketView) -> Iterator[str]:
    """The nearest levels, what spot takers did, and what others count."""
    if view.price is not None:
        near = nearest(view.levels, view.price.value)
        told = [_level(level, view.price) for level in near if level is not None]
        if told:
            yield f"Levels: {', '.join(told)}"
    if view.spot_buys is not None and view.spot_sells is not None:
        buys, sells = alike([_units(view.spot_buys.value), _units(view.spot_sells.value)])
        yield f"Spot takers in 15 min: {buys} bought, {sells} sold"
    for source, told_by in groupby(
        sorted(view.elsewhere, key=lambda one: one.figure.sources),
        key=lambda one: one.figure.sources,
    ):
        values = {one.measure: one.figure.value for one in told_by}
        yield f"{together(source)}: {', '.join(_counted(values))}"


def _level(level: Level, now: Figure) -> str:
    return f"{level.name} {price(level.price)} ({percent(level.price / now.value - 1)})"


def _counted(values: dict[Measure, float]) -> Iterator[str]:
    if Measure.OI_USD in values:
        yield f"{_dollars(values[Measure.OI_USD])} open interest"
    if Measure.FUNDING in values:
        yield f"funding {per_8h(values[Measure.FUNDING])}"
    if Measure.LIQUIDATED in values:
        yield f"{_dollars(values[Measure.LIQUIDATED])} liquidated unheard in 24 h"


def _nothing(view: MarketView) -> Line:
    if view.missing:
        return (f"⚠️ I cannot tell: nothing of {view.coin} is fresh.",)
    return (f"Just started: nothing of {view.coin} is here yet. Ask again in a minute.",)


def _worth(view: MarketView) -> Line:
    """``Binance, Bybit and OKX heard. Missing: funding of OKX (timed out).``"""
    heard = sorted({source for figure in _figures(view) for source in figure.sources})
    told = [f"{together(heard)} heard."] if heard else []
    lacks = list(_lacks(view.missing))
    if len(lacks) > _NAMED_LACKS:
        more = len(lacks) - _NAMED_LACKS
        told.append(f"Missing: {', '.join(lacks[:_NAMED_LACKS])} and {more} more.")
    elif lacks:
        told.append(f"Missing: {', '.join(lacks)}.")
    return (" ".join(told),) if told else ()


def _lacks(missing: Sequence[Missing]) -> Iterator[str]:
    """One clause for all that a source lacks for the same reason."""
    clauses: dict[tuple[str, str], list[str]] = {}
    for one in missing:
        whats = clauses.setdefault((one.source, one.reason), [])
        if one.what not in whats:
            whats.append(one.what)
    for (source, reason), whats in clauses.items():
        yield f"{together(whats)} of {source}{bracketed(reason)}"


def _figures(view: MarketView) -> Iterator[Figure]:
    """All that are of this moment: a volatility of 30 days outlives its source by hours."""
    for field in view.__struct_fields__:
        value = getattr(view, field)
        if isinstance(value, Figure) and field != "usual_volatility":
            yield value


def _buttons(view: MarketView, followed: Collection[str]) -> tuple[Row, ...]:
    """``• BTC`` ``ETH`` ``SOL``, the coin asked for where it is another, and ``↻``."""
    main = [coin for coin in MAIN_COINS if coin in followed]
    row = tuple(
        Button(f"• {coin}" if coin == view.coin else coin, f"{VERB}|{coin}")
        for coin in dict.fromkeys((*main, view.coin))
    )
    return (row, (Button(f"↻ {clock(view.at_ms)}", f"{VERB}|{view.coin}"),))


def _share(part: float) -> str:
    """``62%``, never 100% or 0% where it is not."""
    return share(round(part * _SCALE), _SCALE)


def _units(dollars: float) -> int:
    return round(dollars * USD)


def _dollars(dollars: float) -> str:
    return money(_units(dollars))
