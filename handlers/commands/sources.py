"""``/sources``: which exchanges are heard, how they publish, and who cannot be heard at all."""

from bot.ports import SourceStatus
from bot.wording.numbers import count, money, named
from bot.wording.text import Block, Line, Message, Moment, Note, Paragraph, Span, Table
from handlers.answers.questions import SHARE, shared
from handlers.talk import Form, House, Reply, Request

SILENT = ("Hyperliquid", "KuCoin", "MEXC", "BingX", "Phemex", "Crypto.com")
"""Exchanges that publish no live liquidations (their APIs as read on 22 November 2026)."""


class Sources:
    """What the figures are made of."""

    name = "sources"
    summary = "Which exchanges I hear, since when, and how they publish"
    usage = ""
    forms = (Form("", summary, (SHARE,)),)
    verbs = ("sources",)

    async def answer(self, request: Request, house: House) -> Reply:
        """Every exchange with its state and its last day."""
        sources = house.desk.sources()
        blocks: tuple[Block, ...] = (
            _table(sources),
            *(Paragraph(_lines(source), named(source.exchange)) for source in sources),
            Note((f"No live feed, so never in my figures: {', '.join(SILENT)}.",)),
        )
        live = sum(source.state == "live" for source in sources)
        head = (f"Sources · {live} of {len(sources)} exchanges heard",)
        return Reply(
            Message(head, blocks), edit=request.pressed, share=await shared(request, house)
        )


def _table(sources: list[SourceStatus]) -> Table:
    rows = ((named(source.exchange), source.state, *_day(source)) for source in sources)
    return Table((("24 h", "state", "orders", "USD"), *rows))


def _day(source: SourceStatus) -> tuple[str, str]:
    """Orders and dollars; of an exchange that is not heard, nothing is not zero."""
    if not source.events and source.state != "live":
        return ("–", "–")
    return (count(source.events), money(source.usd))


def _lines(source: SourceStatus) -> tuple[Line, ...]:
    return (_state(source), (_publication(source),), (_counts(source),))


def _state(source: SourceStatus) -> Line:
    since: Line = (" since ", Moment(source.since_ms, "f")) if source.since_ms else ()
    reason: tuple[Span, ...] = (f" ({source.reason})",) if source.reason else ()
    warning = "" if source.state == "live" else "⚠️ "
    return (f"{warning}{named(source.exchange)}: {source.state}", *since, *reason, *_last(source))


def _last(source: SourceStatus) -> Line:
    if source.last_event_ms is None:
        return (" · no liquidation yet",)
    return (" · last liquidation ", Moment(source.last_event_ms, "R"))


def _publication(source: SourceStatus) -> str:
    told = source.publication
    kind = {
        "complete": "every liquidation",
        "sampled": "samples",
        "derived": "what they follow from",
    }
    return f"Publishes {kind[told.kind]}" + (f": {told.how}" if told.how else "")


def _counts(source: SourceStatus) -> str:
    return (
        f"{count(source.instruments)} contracts · {count(source.unpriced)} unpriced · "
        f"{count(source.bad)} bad frames · {count(source.late)} late · "
        f"{count(source.reconnects)} reconnects"
    )
