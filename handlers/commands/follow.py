"""``/follow``: which flushes are told here, from which severity on, and which stages ring."""

from msgspec.structs import replace

from handlers.answers import following
from handlers.answers.follow_words import Wish, parse_follow
from handlers.answers.questions import filled
from handlers.answers.screens import FOLLOWS, without_mark
from handlers.talk import Form, House, Option, Reply, Request

COIN = Option("coin", "Flushes of which coin; of the whole market when left out", "coin")
SEVERITY = Option("severity", "From which on: minor, notable, major or severe", "text")
STEP = Option("stage", "Which stage: start, building, peak, fading, end, second wave ...", "text")
HOW = Option("how", "How it comes: ring, silent, edit or off; off alone ends it", "text")


class Follow:
    """Follows and what they are like."""

    name = "follow"
    summary = "Be told of flushes: start, end, second wave"
    usage = "[market|coin] [severity]"
    forms = (Form("", summary, (COIN, SEVERITY, STEP, HOW)),)
    verbs = tuple(sorted(FOLLOWS))

    async def answer(self, request: Request, house: House) -> Reply:
        """What is followed, or what was just changed about it. Raises ``UserError``."""
        typed = request.text or filled(request, "coin", "severity", "stage", "how")
        words, is_screen = without_mark(typed.split())
        reply = await _answered(" ".join(words), request, house)
        return reply if is_screen else replace(reply, edit=False)


async def _answered(typed: str, request: Request, house: House) -> Reply:
    if not typed or typed.lower() == "list":
        return await following.everything(request, house)
    wish = parse_follow(typed, house.desk.coins())
    stages = request.pressed and request.form == "stages"
    if wish.off:
        return await following.ended(wish, request, house)
    if request.pressed and request.form == "followed":
        return await following.shown(wish.coin, request, house)
    if stages and wish == Wish(wish.coin, wish.named):
        return await following.shown(wish.coin, request, house, stages=True)
    return await following.changed(wish, request, house, stages)
