"""A rule before it is anybody's: as typed, as said, and as carried by a link."""

import re

import msgspec

from bot.errors import UserError
from bot.market import USD
from bot.metrics import METRICS, Unit
from bot.rules import DEFAULT_FLOOR, WINDOWS, Rule
from bot.typed.amounts import LARGEST, SMALLEST
from bot.wording.numbers import base36, named, round_money, round_share, round_times

LONGEST_PAYLOAD = 58
"""Characters; Telegram's deep links carry 64, the rest is left to the platform."""

_SAID = {"total": "", "long": "longs", "short": "shorts"}
_COIN = re.compile(r"[A-Z0-9]{1,20}", re.ASCII)
_CENT = USD // 100


class Draft(msgspec.Struct, frozen=True):
    """A rule as typed: what it watches, not yet whose it is. Fields as in ``rules.Rule``."""

    coin: str | None
    exchange: str | None
    window: str
    metric: str
    threshold: int
    floor: int = DEFAULT_FLOOR


def draft_of(rule: Rule) -> Draft:
    """What a rule watches, without whose it is."""
    return Draft(rule.coin, rule.exchange, rule.window, rule.metric, rule.threshold, rule.floor)


def draft_text(draft: Draft, window: bool = True) -> str:
    """The canonical words of a draft, which ``parse_rule`` reads back: ``BTC longs 1h > $50M``.

    ``window`` false leaves the window to the sentence around it.
    """
    words = [draft.coin or "all"]
    if draft.exchange:
        words.append(f"on {named(draft.exchange)}")
    spoken = draft.metric if METRICS[draft.metric].told else draft.metric.replace("_", " ")
    words.append(_SAID.get(draft.metric, spoken))
    if window:
        words.append(draft.window)
    words.append(f"> {say_threshold(draft.metric, draft.threshold)}")
    if draft.floor != DEFAULT_FLOOR and METRICS[draft.metric].unit is Unit.SHARE:
        words.append(f"floor {round_money(draft.floor)}")
    return " ".join(filter(None, words))


def say_threshold(metric: str, threshold: int) -> str:
    """A threshold exactly as it was set, in its metric's unit."""
    unit = METRICS[metric].unit
    if unit in (Unit.SHARE, Unit.PART):
        return round_share(threshold)
    if unit is Unit.TIMES:
        return round_times(threshold)
    return f"{threshold:,}" if unit is Unit.COUNT else round_money(threshold)


def checked(draft: Draft) -> Draft:
    """The draft, if its threshold makes sense for its metric. Raises ``UserError``."""
    metric = METRICS[draft.metric]
    if metric.least <= draft.threshold <= metric.most:
        return draft
    if metric.unit is Unit.SHARE:
        raise UserError(_share_bounds(draft, metric.least))
    least, most = (say_threshold(draft.metric, n) for n in (metric.least, metric.most))
    raise UserError(f"{metric.name} goes from {least} to {most}.")


def link_payload(draft: Draft) -> str:
    """A draft in a few of [A-Za-z0-9_-], for a deep link.

    Raises ``UserError`` for a coin whose name is too long to be carried.
    """
    share = METRICS[draft.metric].unit is Unit.SHARE
    floor = base36(draft.floor // _CENT) if share and draft.floor != DEFAULT_FLOOR else ""
    cents = METRICS[draft.metric].unit is Unit.USD
    threshold = base36(draft.threshold // _CENT if cents else draft.threshold)
    parts = (_packed(draft.coin), draft.exchange or "", draft.window, draft.metric, threshold)
    payload = "-".join((*parts, floor) if floor else parts)
    if len(payload) > LONGEST_PAYLOAD:
        raise UserError("That alert is too long for a link; please type it to me in private.")
    return payload


def from_link_payload(payload: str) -> Draft:
    """The draft of a deep link. Raises ``UserError`` for anything else."""
    expired = UserError("This link no longer works; type the alert, such as /alert BTC 1h > 50m.")
    parts = payload.split("-")
    if len(parts) not in (5, 6) or len(payload) > LONGEST_PAYLOAD or not payload.isascii():
        raise expired
    coin, exchange, window, metric, threshold, *floor = parts
    known = METRICS.get(metric)
    if known is None or window not in (WINDOWS if known.windowed else ("",)):
        raise expired
    if not re.fullmatch(r"[a-z0-9_]{0,20}", exchange):
        raise expired
    try:
        value = int(threshold, 36) * (_CENT if known.unit is Unit.USD else 1)
        least = int(floor[0], 36) * _CENT if floor else DEFAULT_FLOOR
        draft = Draft(_unpacked(coin), exchange or None, window, metric, value, least)
    except ValueError:
        raise expired from None
    if known.unit is Unit.USD and not SMALLEST <= value <= LARGEST:
        raise expired
    if floor and not SMALLEST <= least <= LARGEST:
        raise expired
    return checked(draft)


def _share_bounds(draft: Draft, least: int) -> str:
    other = {"long_share": "short_share", "short_share": "long_share"}.get(draft.metric)
    hint = f"; for few of them watch {other}" if other and draft.threshold < least else ""
    return f"A share alert lies from {round_share(least)} to below 100%: type one like 80%{hint}."


def _packed(coin: str | None) -> str:
    """A coin in link letters; unusual ones as ``u`` and hexadecimal, which no coin starts with."""
    if coin is None or _COIN.fullmatch(coin):
        return coin or ""
    return "u" + coin.encode().hex()


def _unpacked(coin: str) -> str | None:
    if not coin or _COIN.fullmatch(coin):
        return coin or None
    if not coin.startswith("u"):
        raise ValueError(coin)
    name = bytes.fromhex(coin[1:]).decode()
    if not name.isprintable() or not name.strip():
        raise ValueError(coin)
    return name
