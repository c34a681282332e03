"""Who has read how far in each flush, and where something of it has rung."""

from collections import OrderedDict, deque
from collections.abc import Collection, Iterable, Iterator

from msgspec.structs import replace

from bot.flush.flush import Flush
from bot.market import Side
from bot.rules import Destination
from bot.story.page import Reader
from bot.story.places import Place, moved, place_of

MOST_PLACES = 20_000
MOST_RINGS = 8
"""Of each place."""


class Readers:
    """Rows of flushes that are not closed, as they are stored."""

    def __init__(self, rows: Iterable[Reader] = ()) -> None:
        self._rows: dict[int, dict[Place, Reader]] = {}
        self._rung: dict[Place, set[int]] = {}
        for row in rows:
            self.put(row)

    def get(self, flush: int, destination: Destination) -> Reader:
        """An empty one where nothing was told yet."""
        row = self._rows.get(flush, {}).get(place_of(destination))
        return row if row is not None else Reader(flush, destination)

    def put(self, row: Reader) -> None:
        place = place_of(row.destination)
        self._rows.setdefault(row.flush, {})[place] = row
        if row.rung:
            self._rung.setdefault(place, set()).add(row.flush)

    def rung(self, destination: Destination) -> Collection[int]:
        """The flushes of which something has rung there."""
        return self._rung.get(place_of(destination), ())

    def of(self, flush: int) -> Iterator[Reader]:
        """Everybody's of one flush."""
        yield from list(self._rows.get(flush, {}).values())

    def forget(self, flush: int) -> None:
        """It is closed."""
        for place in self._rows.pop(flush, ()):
            rung = self._rung.get(place, set())
            rung.discard(flush)
            if not rung:
                self._rung.pop(place, None)

    def move(self, platform: str, old_chat: int, new_chat: int) -> None:
        """A chat has a new id; rows that it has there already stay."""
        for rows in list(self._rows.values()):
            for place in [place for place in rows if place[:2] == (platform, old_chat)]:
                row = rows.pop(place)
                if moved(place, platform, old_chat, new_chat) not in rows:
                    there = replace(row.destination, chat=new_chat)
                    self.put(replace(row, destination=there))
        for place in [place for place in self._rung if place[:2] == (platform, old_chat)]:
            del self._rung[place]


class Rings:
    """Alerts that rang lately and belonged to no flush yet, by place."""

    def __init__(self) -> None:
        self._rang: OrderedDict[Place, deque[tuple[int, str | None, Side]]] = OrderedDict()

    def note(self, destination: Destination, at_ms: int, coin: str | None, side: Side) -> None:
        """An alert of a coin (None: all) by its heavier side rang, at this time of the market."""
        place = place_of(destination)
        rang = self._rang.setdefault(place, deque(maxlen=MOST_RINGS))
        rang.append((at_ms, coin, side))
        self._rang.move_to_end(place)
        if len(self._rang) > MOST_PLACES:
            self._rang.popitem(last=False)

    def of(self, destination: Destination, flush: Flush) -> bool:
        """Whether one of them told of this flush before it was known to be one.

        An alert of any coin is a sign of a market-wide flush; of a coin's, one of it or of all.
        """
        for at_ms, coin, side in self._rang.get(place_of(destination), ()):
            same = flush.coin is None or coin in (None, flush.coin)
            if same and side is flush.side and at_ms >= flush.start_ms:
                return True
        return False
