"""Which exchanges were heard, and whether a window is complete."""

from collections.abc import Iterable, Mapping

import msgspec

from bot.clock import DAY_MS, MINUTE_MS
from bot.exchanges.dialect import Publication
from bot.figures import Deaf, Hearing
from bot.market import Gap, GapKind

NEVER_MS = 1 << 62

UNWATCHED = "not watched"

OPENING_MS = MINUTE_MS
"""An exchange that is heard this soon after the start was never lost: figures begin with it."""

OURS: tuple[GapKind, ...] = ("stopped", "unwatched")
"""Kinds of gaps that are all streams': no process of ours listened to any."""

MOST_PAST = 1_000
"""Ended gaps of one exchange that are kept; the oldest go first."""


class Ear:
    """One exchange: its open gaps and the ended ones of the last day, by stream.

    What an open one goes on from is kept for longer.
    """

    def __init__(self) -> None:
        self.open: dict[str, Gap] = {}
        self.past: list[Gap] = []
        self.heard_ms = -1
        self._since: dict[str, int] = {}

    def note(self, gap: Gap) -> None:
        """A gap that begins, ends, or was filled afterwards."""
        if gap.end_ms is None:
            self.open[gap.stream] = gap
        elif gap.filled:
            self._fill(gap, gap.end_ms)
        else:
            self.open.pop(gap.stream, None)
            self._remember(gap, gap.end_ms)
        self._since = {stream: self._since_ms(opened) for stream, opened in self.open.items()}

    def silent(self, after_ms: int) -> bool:
        """Nothing at all can have been heard since: a gap spans it, and no event came."""
        if not self.open or self.heard_ms > after_ms:
            return False
        return any(since_ms <= after_ms for since_ms in self._since.values())

    def complete_ms(self, start_ms: int) -> int:
        """From here on all that can be heard was heard; later while a gap is younger.

        An exchange that was not there from the start on does not count once its gap spans a
        window: no figure held it. One that was lost counts for a day more, for if it came back
        sooner it would make rules speak again of what they have told.
        """
        over = (g for g in self.past if g.start_ms < self._since.get(g.stream, NEVER_MS))
        from_ms = max((gap.end_ms or 0 for gap in over), default=0)
        for since_ms in self._since.values():
            lost = since_ms > start_ms + OPENING_MS
            from_ms = max(from_ms, since_ms + DAY_MS if lost else since_ms)
        return from_ms

    def deaf(self, exchange: str, after_ms: int) -> list[Deaf]:
        """Gaps since then, oldest first, those of several streams made one."""
        gaps = [gap for gap in self.past if (gap.end_ms or 0) > after_ms]
        gaps += self.open.values()
        merged: list[Deaf] = []
        for gap in sorted(gaps, key=lambda gap: gap.start_ms):
            told = Deaf(exchange, gap.start_ms, gap.end_ms, gap.reason, gap.kind)
            if merged and _is_one(merged[-1], told):
                merged[-1] = _joined(merged[-1], told)
            else:
                merged.append(told)
        return merged

    def opened_ms(self, start_ms: int) -> int:
        """When the silence ended that began with the start; the start itself without one.

        A feed begins a little after the engine does: stored rules are loaded in between.
        """
        first = next(iter(self.deaf("", start_ms - 1)), None)
        if first is None or first.from_ms > start_ms + OPENING_MS:
            return start_ms
        return NEVER_MS if first.to_ms is None else first.to_ms

    def _since_ms(self, gap: Gap) -> int:
        """Since when its stream is silent: a gap that begins where the last ended goes on."""
        since_ms = gap.start_ms
        for past in reversed(self.past):
            its = past.stream == gap.stream or past.kind in OURS
            if its and past.start_ms <= since_ms <= (past.end_ms or 0):
                since_ms = past.start_ms
        return since_ms

    def _remember(self, gap: Gap, end_ms: int) -> None:
        if gap.start_ms == end_ms:
            return
        if (place := self._continued(gap)) is None:
            self.past.append(gap)
        else:
            start_ms = min(gap.start_ms, self.past[place].start_ms)
            end_ms = max(end_ms, self.past[place].end_ms or 0)
            self.past[place] = msgspec.structs.replace(gap, start_ms=start_ms, end_ms=end_ms)
        oldest_ms = min([end_ms - DAY_MS, *self._since.values()])
        if len(self.past) > MOST_PAST or (self.past[0].end_ms or 0) < oldest_ms:
            self.past = [past for past in self.past if (past.end_ms or 0) > oldest_ms][-MOST_PAST:]

    def _continued(self, gap: Gap) -> int | None:
        """The place of the gap that this one goes on from, for another reason."""
        for place in range(len(self.past) - 1, -1, -1):
            past = self.past[place]
            if past.stream == gap.stream:
                goes_on = past.kind == gap.kind and gap.start_ms <= (past.end_ms or 0)
                return place if goes_on else None
        return None

    def _fill(self, filled: Gap, end_ms: int) -> None:
        """What its own history has told was heard after all."""
        self.past = [
            left
            for past in self.past
            for left in (
                _without(past, filled.start_ms, end_ms) if past.stream == filled.stream else [past]
            )
        ]


def _without(gap: Gap, from_ms: int, to_ms: int) -> list[Gap]:
    """What is left of an ended gap."""
    end_ms = gap.end_ms or gap.start_ms
    pieces = ((gap.start_ms, min(end_ms, from_ms)), (max(gap.start_ms, to_ms), end_ms))
    return [
        msgspec.structs.replace(gap, start_ms=start, end_ms=end)
        for start, end in pieces
        if start < end
    ]


def _is_one(gap: Deaf, following: Deaf) -> bool:
    """Whether two gaps are told as one: they touch, and are of a kind.

    The moment of connecting after a time in which no process ran belongs to that time.
    """
    if gap.to_ms is not None and gap.to_ms < following.from_ms:
        return False
    if gap.kind == following.kind:
        return True
    connected_ms = NEVER_MS if following.to_ms is None else following.to_ms
    connecting = following.kind == "off" and connected_ms - following.from_ms <= OPENING_MS
    return connecting and gap.kind in OURS


def _joined(one: Deaf, other: Deaf) -> Deaf:
    """Two gaps that touch, with the reason of the one that lasts."""
    if one.to_ms is None or other.to_ms is None:
        lasting = other if other.to_ms is None else one
        return Deaf(one.exchange, one.from_ms, None, lasting.reason, one.kind)
    lasting = other if other.to_ms >= one.to_ms else one
    return Deaf(one.exchange, one.from_ms, lasting.to_ms, lasting.reason, one.kind)


class Ears:
    """All exchanges. Without a gap an exchange counts as heard since the start."""

    def __init__(self, exchanges: Mapping[str, Publication], start_ms: int) -> None:
        self.start_ms = start_ms
        self._publications = dict(exchanges)
        self._ears = {name: Ear() for name in exchanges}
        # Asked for at every fall of a figure, changed by gaps alone.
        self._complete: dict[str | None, int] = {}

    def note(self, gap: Gap) -> None:
        self._ear(gap.exchange).note(gap)
        self._complete.clear()

    def heard(self, exchange: str, now_ms: int) -> bool:
        """An event came; whether it came in spite of an open gap."""
        ear = self._ear(exchange)
        ear.heard_ms = now_ms
        return bool(ear.open)

    def silent(self, exchange: str | None, after_ms: int) -> bool:
        """Nothing of a scope can have been heard since then."""
        if exchange is not None:
            return exchange not in self._ears or self._ears[exchange].silent(after_ms)
        return all(ear.silent(after_ms) for ear in self._ears.values())

    def complete(self, exchange: str | None, span_ms: int, now_ms: int) -> bool:
        """Whether a window has run its whole span, and overlaps no gap that it does not lie in."""
        after_ms = now_ms - span_ms
        return self._complete_ms(exchange) <= after_ms and not self.silent(exchange, after_ms)

    def complete_at(self, exchange: str | None, span_ms: int, now_ms: int) -> int:
        """The earliest time to ask again, unless a gap begins or ends before."""
        at_ms = self._complete_ms(exchange) + span_ms
        return at_ms if at_ms > now_ms else now_ms + span_ms

    def hearing(
        self, exchange: str | None, span_ms: int, now_ms: int, unpriced: int = 0
    ) -> Hearing:
        """What a figure over this window is worth."""
        after_ms = now_ms - span_ms
        names = sorted(self._ears) if exchange is None else [exchange]
        heard = tuple(name for name in names if not self.silent(name, after_ms))
        deaf: list[Deaf] = []
        for name in names:
            if name in self._ears:
                deaf += self._ears[name].deaf(name, after_ms)
            else:
                deaf.append(Deaf(name, self.start_ms, None, UNWATCHED))
        sampled = tuple(name for name in heard if self._sampled(name))
        since_ms = self._since_ms(names)
        later = tuple(gap for gap in deaf if gap.to_ms is None or gap.to_ms > since_ms)
        return Hearing(heard, sampled, later, since_ms, unpriced)

    def _since_ms(self, names: Iterable[str]) -> int:
        """When all of these were heard that came soon after the start."""
        ears = [self._ears[name] for name in names if name in self._ears]
        opened = [ear.opened_ms(self.start_ms) for ear in ears]
        soon = [at_ms for at_ms in opened if at_ms <= self.start_ms + OPENING_MS]
        return max([self.start_ms, *soon])

    def _sampled(self, exchange: str) -> bool:
        publication = self._publications.get(exchange)
        return publication is not None and publication.kind == "sampled"

    def gaps(self, exchange: str, span_ms: int, now_ms: int) -> tuple[Deaf, ...]:
        """What was not heard of an exchange in the last ``span_ms``, oldest first."""
        ear = self._ears.get(exchange)
        return tuple(ear.deaf(exchange, now_ms - span_ms)) if ear else ()

    def coverage(self, exchange: str, span_ms: int, now_ms: int) -> float:
        """The share, 0 to 1, that was heard of the last ``span_ms``, or of what was watched."""
        after_ms = max(now_ms - span_ms, self.start_ms)
        watched_ms = now_ms - after_ms
        heard_ms = after_ms
        deaf_ms = 0
        for gap in self.gaps(exchange, watched_ms, now_ms):  # they may overlap
            told_ms = max(heard_ms, now_ms if gap.to_ms is None else gap.to_ms)
            deaf_ms += told_ms - min(told_ms, max(heard_ms, gap.from_ms))
            heard_ms = told_ms
        return 1 - deaf_ms / watched_ms if watched_ms else 0.0

    def names(self) -> Iterable[str]:
        return self._ears

    def publication(self, exchange: str) -> Publication:
        return self._publications.get(exchange, Publication("complete"))

    def _complete_ms(self, exchange: str | None) -> int:
        known = self._complete.get(exchange)
        if known is None:
            known = self._complete[exchange] = self._find_complete_ms(exchange)
        return known

    def _find_complete_ms(self, exchange: str | None) -> int:
        if exchange is not None:
            ear = self._ears.get(exchange)
            return max(self.start_ms, ear.complete_ms(self.start_ms)) if ear else NEVER_MS
        return max(
            [self.start_ms, *(ear.complete_ms(self.start_ms) for ear in self._ears.values())]
        )

    def _ear(self, exchange: str) -> Ear:
        ear = self._ears.get(exchange)
        if ear is None:
            ear = self._ears[exchange] = Ear()
            self._complete.clear()
        return ear
