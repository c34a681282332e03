"""``/market``: a coin's price, open interest, funding, book and levels as they are now."""

from bot.errors import UserError
from bot.figures import Reading
from bot.ports import Markets
from bot.typed.rule_text import DEFAULT_WINDOW, parse_question
from bot.wording.coverage import is_young
from bot.wording.market import VERB, market_message
from bot.wording.numbers import together
from bot.wording.text import Message
from handlers.answers.questions import SHARE, filled, shared, watched
from handlers.talk import Form, House, Option, Reply, Request

DEFAULT_COIN = "BTC"
TILT_WINDOWS = ("24h", "1h")
OFF = "I do not follow the market's structure here."

_COIN = Option("coin", f"Which coin; {DEFAULT_COIN} when left out", "coin")


class Market:
    """What surrounds the liquidations of one coin."""

    name = "market"
    summary = "Price, open interest, funding, order book and levels of a coin"
    usage = "[coin]"
    forms = (Form("", summary, (_COIN, SHARE)),)
    verbs = (VERB,)

    async def answer(self, request: Request, house: House) -> Reply:
        """The market of one coin that is followed. Raises ``UserError`` for any other."""
        if not (markets := house.markets) or not markets.coins():
            return Reply(Message((OFF,)), edit=request.pressed)
        coin = _coin(request, house, markets)
        view = markets.view(coin)
        if view is None:
            raise UserError(_follows(markets), tuple(markets.coins()))
        message = market_message(view, markets.coins(), *_liquidations(coin, house))
        return Reply(message, edit=request.pressed, share=await shared(request, house))


def _coin(request: Request, house: House, markets: Markets) -> str:
    typed = request.text or filled(request, "coin")
    followed = markets.coins()
    question = parse_question(typed, {*house.desk.coins(), *followed}, watched(house))
    if question.exchange is not None or question.window != DEFAULT_WINDOW:
        coin = question.coin or DEFAULT_COIN
        raise UserError("I tell a market as it is now, over all sources: /market BTC.", (coin,))
    if question.coin is not None:
        return question.coin
    return DEFAULT_COIN if DEFAULT_COIN in followed else next(iter(followed), DEFAULT_COIN)


def _follows(markets: Markets) -> str:
    return f"I follow {together(tuple(markets.coins()))}; for another coin set COINS."


def _liquidations(coin: str, house: House) -> tuple[Reading | None, Reading | None]:
    """Of the coin and of all coins over the longest window that has run its whole span."""
    for window in TILT_WINDOWS:
        everything = house.desk.reading(None, None, window)
        if not is_young(everything):
            return house.desk.reading(coin, None, window), everything
    return None, None
