"""The screens of the first three taps, for a person and for a group."""

from bot.figures import Reading
from bot.presets import Preset
from bot.wording.coverage import deafness, is_young, listening, plus
from bot.wording.history import normal_part
from bot.wording.lines import heavier, sided
from bot.wording.numbers import money, together
from bot.wording.rules import say_rule, say_value
from bot.wording.text import Bold, Button, Code, Line, Message, Note, Paragraph
from handlers.answers.follow_screens import followed_when
from handlers.answers.pace import Chosen, heard, offered
from handlers.talk import House

NO_ADVICE = "Figures, not advice."

Row = tuple[Button, ...]


def first_screen(house: House, kept: int | None = None) -> Message:
    """Tap 1: what this is, what is going on, how often it may write.

    ``kept`` rules are on again after a stop; None where there was none.
    """
    ask: Line = ("How often may I write?",)
    blocks = (Paragraph((*_back(kept), now_line(house))), Paragraph((ask,)), Note((NO_ADVICE,)))
    rows = (*_preset_rows(offered(house)), (Button("My own number", "pace|own"),))
    return Message((_purpose(house),), blocks, rows)


def group_screen(house: House, kept: int | None = None) -> Message:
    """A group's greeting: nothing is on until an admin chooses, whoever asked for it."""
    ask = (
        "Anyone may ask ",
        Code("/liqs"),
        " and ",
        Code("/imbalance"),
        ". An admin can switch on alerts here:",
    )
    rows = _preset_rows(offered(house))
    last = ((Button("Not here", "pace|none"),),)
    blocks = (Paragraph((*_back(kept), now_line(house), ask)), Note((NO_ADVICE,)))
    return Message(("Liqwatch is here.",), blocks, (*rows, *last))


def set_screen(chosen: Chosen, value: int | None, expected: str) -> Message:
    """Tap 2: what was set, how far away it is, and how a test arrives.

    ``expected`` says how often it is likely to speak, as ``presets.expectation`` does.
    """
    rows = (
        (Button("Send me a test", "trial"),),
        (Button("Change", "hello"), Button("My own number", "pace|own")),
    )
    return Message(("Set.",), (Paragraph(_set_lines(chosen, value, expected)),), rows)


def group_set(chosen: Chosen, value: int | None, expected: str) -> Message:
    """A group's choice, shrunk to what matters from now on."""
    more: Line = (Code("/alerts"), " to change, ", Code("/test"), " to hear one.")
    return Message(
        (f"Set by an admin: {chosen.preset.label.lower()}, here.",),
        (Paragraph((*_set_lines(chosen, value, expected), more)),),
    )


def ready_screen(quiet: Line | None = None) -> Message:
    """Tap 3: the test is on its way, or ``quiet`` says why not; what one can do from here."""
    lines: tuple[Line, ...] = (
        quiet or ("The test alert is on its way; its numbers are invented.",),
        (Code("/liqs"), " now · ", Code("/alerts"), " yours · ", Code("/mute"), " for a while"),
        ("Figures are at least what I heard, not advice.",),
    )
    return Message(("Ready.",), (Paragraph(lines),))


def own_number() -> Message:
    """How to type a rule."""
    lines: tuple[Line, ...] = (
        (Code("/alert 50m"), " all coins, 1 h, over $50M"),
        (Code("/alert BTC 5m long > 10m"), " BTC longs, 5 min, over $10M"),
    )
    return Message(
        ("Type your own number, such as:",), (Paragraph(lines),), ((Button("Back", "hello"),),)
    )


def not_here() -> Message:
    return Message(("No alerts here. Anyone may ask ", Code("/liqs"), "; /start asks again."))


def now_line(house: House) -> Line:
    """``Right now: $8.2M+ in the last hour, 54% longs.`` or that it has just started."""
    reading = house.desk.reading(None, None, "1h")
    if (deaf := deafness(reading)) is not None:
        return deaf
    if is_young(reading):
        return listening(reading, _told(reading))
    if not reading.total:
        return ("Right now: nothing liquidated in the last hour.",)
    usual = normal_part(house.history.standing(reading))
    unusual = f" {usual[0].upper()}{usual[1:]}." if usual else ""
    return (
        f"Right now: {_told(reading)} in the last hour, ",
        f"{sided(reading, heavier(reading))}.{unusual}",
    )


def _told(reading: Reading) -> str:
    return f"{money(reading.total)}{plus(reading)}" if reading.total else "nothing"


def _purpose(house: House) -> str:
    number = len(heard(house))
    exchanges = "1 exchange" if number == 1 else f"{number} exchanges"
    return f"I watch forced liquidations on {exchanges} and tell you when it gets big."


def _back(kept: int | None) -> tuple[Line, ...]:
    if kept is None:
        return ()
    if kept == 0:
        return (("I am on again.",),)
    return ((f"I am on again, with {kept} alert{'' if kept == 1 else 's'}: ", Code("/alerts")),)


def _preset_rows(presets: tuple[Preset, ...]) -> tuple[Row, ...]:
    return tuple(
        (Button(" · ".join(filter(None, (one.label, one.note))), f"pace|{one.name}"),)
        for one in presets
    )


def _set_lines(chosen: Chosen, value: int | None, expected: str) -> tuple[Line, ...]:
    rule = chosen.rule
    amount, _, often = expected.partition(":")
    passes: Line = ("all coins pass ", Bold(amount), f":{often}")
    lines: list[Line] = [("I write when ", *passes, ".")]
    if chosen.follow is not None:
        lines = [("I write when",), ("• ", *passes), ("• ", followed_when(chosen.follow))]
    if value is not None and value <= rule.threshold:
        now, away = (say_value(rule.metric, it) for it in (value, rule.threshold - value))
        lines.append((f"Now {now}, so {away} away.",))
    elif value is not None:
        now = say_value(rule.metric, value)
        lines.append((f"Already there: {now}. I write when it falls back and rises again.",))
    if chosen.replaced:
        others = together([say_rule(rule) for rule in chosen.replaced])
        lines.append((f"In place of {others}.",))
    return tuple(lines)
