"""Who hears of a flush, how, and where something of it has rung."""

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from bot.events import ChatMoved, Event, FlushMuted, FollowRemoved, FollowSaved
from bot.flush.flush import Flush
from bot.flush.news import FlushNews
from bot.rules import Destination
from bot.story.activity import Activity
from bot.story.follow import How, Step
from bot.story.followers import Followers
from bot.story.page import Reader
from bot.story.places import Place, place_of
from bot.story.readers import Readers, Rings
from bot.story.steps import Move, Seen, move, rings, running


class Audience:
    """``current``: the flushes that are not closed, as they were told of last, by number."""

    def __init__(
        self,
        followers: Followers,
        readers: Readers,
        activity: Activity,
        rings: Rings,
        current: Mapping[int, Flush],
    ) -> None:
        self._followers = followers
        self._readers = readers
        self._activity = activity
        self._rings = rings
        self._current = current
        self._loud: dict[int, dict[Place, bool]] = {}

    def take(self, event: Event) -> bool:
        """What concerns people; False for everything else."""
        if isinstance(event, FollowSaved | FollowRemoved):
            self._followers.take(event)
        elif isinstance(event, FlushMuted):
            if event.flush in self._current:
                row = self._readers.get(event.flush, event.destination)
                self._readers.put(replace(row, muted=True))
        elif isinstance(event, ChatMoved):
            chats = event.platform, event.old_chat, event.new_chat
            self._followers.move(*chats)
            self._readers.move(*chats)
            self._activity.move(*chats)
        else:
            return False
        return True

    def moves(
        self, news: FlushNews, late: bool = False, only_new: bool = False
    ) -> Iterator[tuple[Reader, Move]]:
        """What to write for whom; each with his row as it was.

        ``late``: it is old news. ``only_new``: for those alone who have heard nothing yet.
        """
        flush = news.flush
        outer = self._current.get(flush.within) if flush.within is not None else None
        if outer is not None and not only_new:
            yield from self._endings(flush, outer)
        if news.what == "folded":
            return
        for follow in self._followers.of(flush, outer):
            row = self._readers.get(flush.id, follow.destination)
            first = row.step is None
            if only_new and not first:
                continue
            row = replace(row, rung=row.rung or (first and self.has_rung(flush, row.destination)))
            spoke = self._activity.since(row.destination, row.told_ms)
            step = move(news, follow, row, Seen(row.rung, spoke, late))
            if step is not None:
                yield row, step

    def read(self, row: Reader, step: Move, real_ms: int) -> Reader | None:
        """He has read so far; his new row where it is another than was stored."""
        fresh = step.how in (How.RING, How.SILENT)
        now = replace(
            row,
            step=step.step,
            page=step.key if fresh else row.page,
            told_ms=real_ms if fresh else row.told_ms,
            rung=row.rung or step.how is How.RING,
        )
        if fresh:
            rings = self._loud.setdefault(row.flush, {})
            rings[place_of(row.destination)] = step.how is How.RING
        if now == self._readers.get(row.flush, row.destination):
            return None
        self._readers.put(now)
        return now

    def is_loud(self, row: Reader) -> bool:
        """Whether the page that edits go to was to ring: one that still waits must ring then.

        Of a page from before this start its key tells; where it was delivered nothing rings.
        """
        known = self._loud.get(row.flush, {}).get(place_of(row.destination))
        if known is not None:
            return known
        flush = self._current.get(row.flush)
        follow = self._followers.get(flush.coin, row.destination) if flush else None
        return row.rung and follow is not None and rings(row.page, follow)

    def has_rung(self, flush: Flush, destination: Destination) -> bool:
        """Whether something of it rang there: a page or an alert, of it or of a coin within it."""
        rung = self._readers.rung(destination)
        return any(self._is_part(number, flush) for number in rung) or self._rings.of(
            destination, flush
        )

    def rang(self, flush: Flush, destination: Destination) -> Reader:
        """An alert of it rings there; the row to store with it."""
        row = replace(self._readers.get(flush.id, destination), rung=True)
        self._readers.put(row)
        return row

    def is_muted(self, flush: Flush, destination: Destination) -> bool:
        """Whether somebody there wants no more of it."""
        return self._readers.get(flush.id, destination).muted

    def forget(self, flush: int) -> None:
        """It is closed."""
        self._readers.forget(flush)
        self._loud.pop(flush, None)

    def _is_part(self, number: int, flush: Flush) -> bool:
        """Whether it is that flush, or a coin's that is a part of it, or will be within seconds."""
        if number == flush.id:
            return True
        part = self._current.get(number)
        if part is None or flush.coin is not None or part.coin is None:
            return False
        fits = part.side is flush.side and running(part) and running(flush)
        return fits or part.within == flush.id

    def _endings(self, flush: Flush, outer: Flush) -> Iterator[tuple[Reader, Move]]:
        """Its story goes on inside the market-wide one: one last edit that says so."""
        for row in self._readers.of(flush.id):
            if row.page and not row.muted and self._followers.folded(row.destination, outer):
                last = replace(row, muted=True)
                yield last, Move(row.step or Step.START, How.EDIT, row.page)
