"""What is followed, as screens: the list, one of them, and how each of its stages comes."""

from collections.abc import Sequence

from bot.flush.flush import Severity
from bot.rules import Destination
from bot.story.follow import Follow, How, Step
from bot.wording.numbers import together
from bot.wording.text import Button, Code, Line, Message, Paragraph
from handlers.answers.follow_words import MARKET, follow_text
from handlers.answers.screens import inside

_SPOKEN = {
    Step.SECOND_WAVE: "a second wave",
    Step.AFTER: "a look back after 1 h and 4 h",
    Step.ALL_CLEAR: "the all-clear",
}
_NEXT = {How.RING: How.SILENT, How.SILENT: How.EDIT, How.EDIT: How.OFF, How.OFF: How.RING}
_NUMBERS_A_ROW = 5
_STAGES_A_ROW = 2


def list_message(follows: Sequence[Follow], destination: Destination) -> Message:
    """All that a place follows, a line and a button each; how to begin where that is nothing.

    Buttons: ``followed|<market or coin>`` each, else ``follow|market``.
    """
    whose = "You follow" if destination.direct else "Followed here"
    if not follows:
        examples: tuple[Line, ...] = (
            (Code("/follow market"), " flushes of the whole market"),
            (Code("/follow BTC severe"), " flushes of BTC, the severe ones"),
        )
        head = "You follow no flushes." if destination.direct else "No flushes are followed here."
        row = (Button("Follow the market", f"follow|{MARKET}"),)
        return inside(Message((head,), (Paragraph(examples),), (row,)))
    lines = tuple((_sentence(f"{_from(one)}: {rings(one)}"),) for one in follows)
    buttons = [Button(_name(one.coin), f"followed|{one.coin or MARKET}") for one in follows]
    count = "1 kind of flush" if len(follows) == 1 else f"{len(follows)} kinds of flushes"
    head = f"{whose}: {count}"
    return inside(Message((head,), (Paragraph(lines),), _rows(buttons, _NUMBERS_A_ROW)))


def one_message(follow: Follow, saved: bool = False) -> Message:
    """From which severity on, and what will ring. ``saved``: this is new or was just changed.

    Buttons: ``follow|<scope> <severity>`` each, ``stages|<scope>``, ``follow|<scope> off``.
    """
    scope = follow.coin or MARKET
    severities = tuple(
        Button(
            f"• {one.word.capitalize()}" if one is follow.severity else one.word.capitalize(),
            f"follow|{scope} {one.word}",
        )
        for one in Severity
    )
    rest = (
        Button("Stages", f"stages|{scope}"),
        Button("Unfollow", f"follow|{scope} off"),
        Button("All", "followed"),
    )
    head = f"{'Set' if saved else 'Followed'}: {scoped(follow)}."
    return inside(Message((head,), (Paragraph(((ways(follow),),)),), (severities, rest)))


def stages_message(follow: Follow) -> Message:
    """How each stage comes; a press on one changes it.

    Buttons: ``stages|<scope> <step> <how>`` each, ``followed|<scope>``.
    """
    scope = follow.coin or MARKET
    buttons = [
        Button(
            f"{step.value.capitalize()}: {follow.way(step)}",
            f"stages|{scope} {step} {_NEXT[follow.way(step)]}",
        )
        for step in Step
    ]
    back = (Button("Back", f"followed|{scope}"),)
    lines: tuple[Line, ...] = (
        (ways(follow),),
        ("Each can ring, come silently, edit the last message, or be off: press to change.",),
    )
    head = f"Stages of {_flushes(follow.coin)}"
    return inside(Message((head,), (Paragraph(lines),), (*_rows(buttons, _STAGES_A_ROW), back)))


def unfollowed_message(removed: Sequence[Follow]) -> Message:
    """What is followed no more; one can be had back. Buttons: ``follow|<as typed>``."""
    undo = tuple(Button("Undo", f"follow|{follow_text(one)}") for one in removed[:1])
    row = (*(undo if len(removed) == 1 else ()), Button("All", "followed"))
    told = together([_flushes(one.coin) for one in removed])
    return inside(Message((f"No longer followed: {told}.",), buttons=(row,)))


def followed_line(follows: Sequence[Follow]) -> Line:
    """``Flushes: market-wide from notable, BTC from severe. /follow``"""
    return (f"Flushes: {', '.join(_from(one) for one in follows)}. ", Code("/follow"))


def followed_when(follow: Follow) -> str:
    """``a market-wide flush starts, and when it is over. In between I edit, silently``"""
    if follow.how or follow.severity is not Severity.NOTABLE:
        return f"{scoped(follow)}: {_ways(follow)}"
    return f"a {_scope(follow.coin)} flush starts, and when it is over. In between I edit, silently"


def scoped(follow: Follow) -> str:
    """``market-wide flushes from notable on``"""
    return f"{_flushes(follow.coin)} from {follow.severity.word} on"


def rings(follow: Follow) -> str:
    """``start, end and a second wave ring``"""
    loud = [step for step in Step if follow.way(step) is How.RING]
    return f"{_steps(loud)} {'rings' if len(loud) == 1 else 'ring'}" if loud else "nothing rings"


def ways(follow: Follow) -> str:
    """``Start, end and a second wave ring; the rest edits that message.``"""
    return f"{_sentence(_ways(follow))}."


def _ways(follow: Follow) -> str:
    by = {how: [step for step in Step if _way(follow, step) is how] for how in How}
    if not by[How.RING] and not by[How.SILENT]:
        return "nothing of it comes, because no stage rings or comes silently"
    parts = [rings(follow)]
    if by[How.SILENT]:
        one = len(by[How.SILENT]) == 1
        parts.append(f"{_steps(by[How.SILENT])} {'comes' if one else 'come'} silently")
    if by[How.OFF]:
        one = len(by[How.OFF]) == 1
        parts.append(f"{_steps(by[How.OFF])} {'is' if one else 'are'} off")
    if by[How.EDIT]:
        parts.append("the rest edits that message")
    return "; ".join(parts)


def _way(follow: Follow, step: Step) -> How:
    """At the start there is nothing yet that could be edited: then it is a silent message."""
    way = follow.way(step)
    return How.SILENT if way is How.EDIT and step is Step.START else way


def _sentence(words: str) -> str:
    return words[0].upper() + words[1:]


def _steps(steps: Sequence[Step]) -> str:
    return together([_SPOKEN.get(step, step.value) for step in steps])


def _from(follow: Follow) -> str:
    return f"{_scope(follow.coin)} from {follow.severity.word}"


def _flushes(coin: str | None) -> str:
    return f"{_scope(coin)} flushes"


def _scope(coin: str | None) -> str:
    return coin or "market-wide"


def _name(coin: str | None) -> str:
    return coin or "Market"


def _rows(buttons: Sequence[Button], length: int) -> tuple[tuple[Button, ...], ...]:
    return tuple(tuple(buttons[at : at + length]) for at in range(0, len(buttons), length))
