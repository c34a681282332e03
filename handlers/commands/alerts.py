"""``/alerts``: the alerts of this place, nearest to firing first, to be paused or deleted."""

from msgspec.structs import replace

from handlers.answers import listing
from handlers.answers.screens import RULES, without_mark
from handlers.talk import Form, House, Reply, Request


class Alerts:
    """The list and its buttons."""

    name = "alerts"
    summary = "Your alerts, nearest to firing first: pause, delete"
    usage = ""
    forms = (Form("", summary),)
    verbs = tuple(sorted(RULES))

    async def answer(self, request: Request, house: House) -> Reply:
        """The list, or one alert after what was done with it."""
        words, is_screen = without_mark(request.text.split())
        number = words[0] if words else ""
        acts = {
            "rule": listing.show,
            "pause": listing.pause,
            "resume": listing.resume,
            "delete": listing.delete,
        }
        if request.pressed and request.form in acts:
            reply = await acts[request.form](number, request, house)
        else:
            reply = await listing.listing(request, house, _page(number))
        return reply if is_screen else replace(reply, edit=False)


def _page(word: str) -> int:
    return int(word) if word.isascii() and word.isdigit() and len(word) <= 3 else 1
