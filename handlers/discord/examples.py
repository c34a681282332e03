"""Commands that texts show as typed words, as one fills them in on Discord."""

from bot.errors import UserError
from bot.typed.draft import Draft, say_threshold
from bot.typed.rule_text import DEFAULT_WINDOW, parse_question, parse_rule
from handlers.answers.follow_words import MARKET, parse_follow

ADD = "/alert add"
QUESTIONS = ("/liqs", "/imbalance", "/top")


def as_slash(shown: str) -> str:
    """``/alert BTC 5m long > 10m`` as ``/alert add coin:BTC window:5m metric:long above:10M``.

    A pattern (``/liqs [coin] [window]``) loses its brackets: Discord shows the parts by itself.
    What is no command of ours, or not understood, stays as it is.
    """
    name, _, words = shown.partition(" ")
    if name == "/alert" and words != "add":
        return _rule(words)
    if "[" in words:
        return name
    if name == "/follow" and words:
        return _follow(words)
    return _question(name, words) if words and name in QUESTIONS else shown


def _rule(words: str) -> str:
    try:
        return _filled(parse_rule(words, ()))
    except UserError:
        return ADD


def _filled(draft: Draft) -> str:
    """Discord asks for all of these, also where the window does not matter."""
    above = say_threshold(draft.metric, draft.threshold).removeprefix("$")
    scope = f"coin:{draft.coin or 'all'} window:{draft.window or DEFAULT_WINDOW}"
    exchange = f" exchange:{draft.exchange}" if draft.exchange else ""
    return f"{ADD} {scope} metric:{draft.metric} above:{above}{exchange}"


def _follow(words: str) -> str:
    try:
        wish = parse_follow(words, ())
    except UserError:
        return f"/follow {words}"
    severity = f" severity:{wish.severity.word}" if wish.severity else ""
    return f"/follow coin:{wish.coin or MARKET}{severity}"


def _question(name: str, words: str) -> str:
    try:
        asked = parse_question(words, ())
    except UserError:
        return f"{name} {words}"
    coin = f" coin:{asked.coin}" if asked.coin else ""
    return f"{name}{coin} window:{asked.window}"
