"""``/alert``: a person's own threshold, saved, repeated in full, and measured at once."""

from bot.metrics import METRICS
from bot.typed.rule_text import Draft, Question, link_payload
from bot.wording.history import SWAP
from bot.wording.lines import scope
from bot.wording.numbers import duration, money, round_money
from bot.wording.text import Button, Code, Message, Paragraph
from handlers.answers.listing import delete, listing, swap
from handlers.answers.questions import EXCHANGE, asked, filled
from handlers.answers.rights import may_change, private_link, refusal
from handlers.answers.saving import save_for
from handlers.answers.understood import rungs, understood
from handlers.routing.repairs import RUN
from handlers.talk import Form, House, Option, Reply, Request

ADD = Form(
    "add",
    "Be told when a figure passes your own threshold",
    (
        Option("coin", "Which coin, or all", "coin", required=True),
        Option("window", "Over how long", "window", required=True),
        Option("metric", "What is measured", "metric", required=True),
        Option("above", "An amount like 50m, a share like 80%, or p99, x10", "text", required=True),
        EXCHANGE,
    ),
)
REMOVE = Form(
    "remove",
    "Delete one of your alerts",
    (Option("rule", "Which alert", "rule", required=True),),
)


class Alert:
    """One rule in words of any order, or in a form."""

    name = "alert"
    summary = "Tell me when a figure passes my own threshold"
    usage = "[coin] [window] [metric] > amount"
    forms = (ADD, Form("list", "Your alerts, nearest to firing first"), REMOVE)
    verbs = ("alertme", SWAP)

    async def answer(self, request: Request, house: House) -> Reply:
        """The rule as understood, its value now and the distance; or what is missing."""
        if request.form == "alertme":
            return await _offer(asked(request, house), request, house)
        if request.form == SWAP:
            number, _, rule = request.text.partition(" ")
            return await swap(number, rule, request, house)
        if request.form == "remove":
            return await delete(filled(request, "rule"), request, house)
        words = request.text or _composed(request)
        if request.form == "list" or words.lower() == "list":
            return await listing(request, house)
        if not words:
            return Reply(_usage())
        draft, basis = await understood(words, house)
        return await save_for(request, draft, house, basis)


def _composed(request: Request) -> str:
    """A filled form as it would be typed."""
    above = filled(request, "above")
    words = filled(request, "coin", "metric", "window", "exchange")
    return f"{words} > {above}" if above else words


def _usage() -> Message:
    lines = (
        (Code("/alert 50m"), " all coins, 1 h, over $50M"),
        (Code("/alert BTC 5m long > 10m"), " BTC longs, 5 min, over $10M"),
        (Code("/alert 1h imbalance > 85%"), " one side is 85% of the hour"),
        (Code("/alert BTC about once a week"), " or > p99, > x10, > 0.5% oi, > rank 3/90d"),
    )
    measures = (f"I can measure {', '.join(METRICS)}.",)
    return Message(("Tell me what to watch, for example:",), (Paragraph((*lines, measures)),))


async def _offer(question: Question, request: Request, house: House) -> Reply:
    """Thresholds for what is on the screen, each a button that sets it."""
    reading = house.desk.reading(question.coin, question.exchange, question.window)
    amounts = rungs(reading.total)
    if private_link(request, house) and not await may_change(request):
        draft = Draft(question.coin, question.exchange, question.window, "total", amounts[1])
        return await refusal(request, house, link_payload(draft)) or Reply(None)
    where = scope(question.coin, question.exchange)
    head = f"Tell you when {where} pass{'es' if question.coin else ''} …"
    now = f"… in {duration(reading.span_ms)}; now {money(reading.total)}. "
    words = [question.coin or "all", question.window, question.exchange or ""]
    buttons = tuple(_rung(" ".join(filter(None, words)), amount) for amount in amounts)
    lines = ((now, "Another number: ", Code(f"/alert {words[0]} {words[1]} > 50m")),)
    return Reply(Message((head,), (Paragraph(lines),), (buttons,)))


def _rung(scope_words: str, amount: int) -> Button:
    text = f"{scope_words} > {round_money(amount).removeprefix('$')}"
    return Button(round_money(amount), f"{RUN}|alert|{text}")
