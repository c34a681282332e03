"""All exchanges as ``/sources`` tells them: who is heard, who is not well, who never can be."""

from collections.abc import Iterator, Sequence

from bot.exchanges.unheard import UNHEARD, Unheard
from bot.figures import Reading
from bot.ports import SourceStatus
from bot.wording.buttons import Row
from bot.wording.coverage import is_young, listening
from bot.wording.numbers import UNKNOWN, alike, clock, named, together
from bot.wording.source import BACK, VERB, covered, warnings
from bot.wording.text import Block, Bold, Button, Line, Message, Note, Paragraph, Table

OTHERS = "unheard"
"""Names no exchange: asks for those that cannot be heard."""

BUTTONS_IN_ROW = 4

_NOW = {"degraded": "partly", "mute": "silent", "deaf": "off", "connecting": "joining"}
"""Short enough for a phone."""

_MISSED = "How much is liquidated where nobody tells, nobody knows; none of it is in my figures."


def overview_message(sources: Sequence[SourceStatus], reading: Reading) -> Message:
    """``reading`` is the last 24 h of everything. Buttons: ``sources|<exchange>``."""
    at_ms = reading.at_ms
    blocks: list[Block] = [_table(sources)]
    if doubtful := [line for source in sources for line in warnings(source, at_ms)]:
        blocks.append(Paragraph(tuple(doubtful)))
    worth: list[Line] = [listening(reading)] if is_young(reading) else []
    worth += [(told,) for told in _publications(sources)]
    if worth:
        blocks.append(Paragraph(tuple(worth)))
    live = sum(source.state == "live" for source in sources)
    head = (f"Sources · {live} of {len(sources)} exchanges heard",)
    return Message(head, (*blocks, Note((_never(),))), _buttons(sources, at_ms))


def unheard_message(one: Unheard | None = None) -> Message:
    """Those that cannot be heard, or one of them."""
    if one is not None:
        text = Paragraph(((one.why,), (one.means or _MISSED,)))
        return Message((f"Sources · {one.title} · not heard",), (text,), ((BACK,),))
    lines = [(Bold(f"{o.title}."), f" {o.why} {o.means}".rstrip()) for o in UNHEARD.values()]
    head = (f"Sources · {len(UNHEARD)} exchanges cannot be heard",)
    return Message(head, (Paragraph(tuple(lines)), Note((_MISSED,))), ((BACK,),))


def _buttons(sources: Sequence[SourceStatus], at_ms: int) -> tuple[Row, ...]:
    buttons = [Button(named(s.exchange), f"{VERB}|{s.exchange}") for s in sources]
    buttons += [Button("Not heard", f"{VERB}|{OTHERS}"), Button(f"↻ {clock(at_ms)}", VERB)]
    rows = range(0, len(buttons), BUTTONS_IN_ROW)
    return tuple(tuple(buttons[at : at + BUTTONS_IN_ROW]) for at in rows)


def _table(sources: Sequence[SourceStatus]) -> Table:
    sums = alike([source.usd if source.known else 0 for source in sources])
    rows = (
        (
            named(source.exchange),
            _NOW.get(source.state, source.state),
            said if source.known else UNKNOWN,
            covered(source.day),
        )
        for source, said in zip(sources, sums, strict=True)
    )
    return Table((("24 h", "now", "USD", "heard"), *rows))


def _publications(sources: Sequence[SourceStatus]) -> Iterator[str]:
    """Who tells less, or other, than every liquidation."""
    sampled = [named(s.exchange) for s in sources if s.publication.kind == "sampled"]
    if sampled:
        verb = "publishes" if len(sampled) == 1 else "publish"
        yield f"At least: {together(sampled)} {verb} samples."
    for source in sources:
        if source.publication.kind == "derived":
            yield f"{named(source.exchange)} publishes {source.publication.how}."


def _never() -> str:
    """The note on those without a feed, and those whose feed is not understood."""
    mute = [
        f"{one.title} ({one.aside})" if one.aside else one.title
        for one in UNHEARD.values()
        if not one.feed
    ]
    unclear = [one.title for one in UNHEARD.values() if one.feed]
    return (
        f"Without a live feed, so never in my figures: {together(mute)}. "
        f"Nor {together(unclear)}: the feed is not understood."
    )
