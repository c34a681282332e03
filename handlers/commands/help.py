"""``/help``: all commands, made from the registry, with examples."""

from collections.abc import Sequence

from bot.rules import WINDOWS
from bot.wording.numbers import together
from bot.wording.text import Code, Line, Message, Note, Paragraph
from handlers.answers.saving import PERSON_LIMIT, PLACE_LIMIT
from handlers.talk import Command, Form, House, Reply, Request

EXAMPLES = (
    ("/liqs ETH 15m", "what was closed in ETH in 15 minutes"),
    ("/alert 50m", "all coins, 1 h, over $50M"),
    ("/alert BTC 5m long > 10m", "BTC longs, 5 min, over $10M"),
    ("/alert 1h imbalance > 85%", "one side is 85% of the hour"),
    ("/alert BTC order > 5m", "each single order from $5M up"),
)


class Help:
    """The registry, told."""

    name = "help"
    summary = "All commands, with examples"
    usage = ""
    forms = (Form("", summary),)
    verbs = ("help",)

    def __init__(self, others: Sequence[Command]) -> None:
        self._others = others

    async def answer(self, request: Request, house: House) -> Reply:
        """One line a command, then examples and limits."""
        commands = Paragraph(tuple(_line(one) for one in (*self._others, self)), "Commands")
        examples = Paragraph(tuple((Code(text), f" {says}") for text, says in EXAMPLES), "Examples")
        limits = (
            f"Windows: {together(tuple(WINDOWS))}. At most {PERSON_LIMIT} alerts a person, "
            f"{PLACE_LIMIT} a group; there only admins change them. Figures, not advice."
        )
        head = "I watch forced liquidations and tell you when it gets big."
        return Reply(Message((head,), (commands, examples, Note((limits,)))))


def _line(command: Command) -> Line:
    return (Code(f"/{command.name} {command.usage}".rstrip()), f" {command.summary}")
