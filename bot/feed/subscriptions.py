"""Which topics one connection asked for, what was answered, and what to ask next; no I/O."""

from collections import deque
from collections.abc import Callable, Collection

from bot.exchanges.dialect import Ack, Topics


class Subscriptions:
    """One request at a time, each awaited: an exchange's answers need no order that way.

    A refused request of several topics is halved until the topic that spoils it stands alone.
    ``doubtful`` topics, refused on an earlier connection, are asked for last and one by one.
    ``refusals`` counts what was news: a topic that is refused again is none.
    """

    def __init__(
        self,
        topics: Topics,
        cut: Callable[[Topics], tuple[Topics, ...]],
        doubtful: Collection[str] = (),
    ) -> None:
        self.accepted: set[str] = set()
        self.refused: dict[str, str] = {}
        self.refusals = 0
        self._cut = cut
        self._doubtful = set(doubtful)
        self._known: set[str] = set()
        self._asked: dict[str, Topics] = {}
        self._open = ""
        self._waiting: deque[Topics] = deque()
        self.want(tuple(topic for topic in topics if topic not in doubtful))
        self._waiting += [(topic,) for topic in topics if topic in doubtful]
        self._known.update(topics)

    def want(self, topics: Topics) -> bool:
        """Ask for topics that are new, or were refused; True when there are any."""
        fresh = tuple(t for t in topics if t not in self._known)
        again = tuple(t for t in topics if t in self.refused)
        for topic in again:
            del self.refused[topic]
        self._doubtful.update(again)
        self._known.update(fresh)
        if fresh:
            self._waiting += self._cut(fresh)
        self._waiting += [(topic,) for topic in again]
        return bool(fresh or again)

    def next(self) -> tuple[str, Topics] | None:
        """The next request's id and topics; None when all was asked for."""
        if not self._waiting:
            return None
        topics = self._waiting.popleft()
        self._open = str(len(self._asked) + 1)
        self._asked[self._open] = topics
        return self._open, topics

    @property
    def settled(self) -> bool:
        """The latest request was answered."""
        return not self._open

    def hear(self, ack: Ack) -> None:
        """Take an answer; one without an id belongs to the request that waits.

        OKX answers once for each topic of a request, so a refusal may follow an acceptance.
        """
        request = ack.request or self._open
        topics = self._asked.get(request)
        if topics is None:
            return
        if request == self._open:
            self._open = ""
        if ack.accepted:
            given = topics if ack.only is None else set(topics).intersection(ack.only)
            self.accepted.update(given)
            self.refused.update((topic, ack.reason) for topic in topics if topic not in given)
        else:
            self._refuse(topics, ack.reason)

    def _refuse(self, topics: Topics, reason: str) -> None:
        self.refusals += not self._doubtful.issuperset(topics)
        self.accepted.difference_update(topics)
        if len(topics) > 1:
            middle = len(topics) // 2
            self._waiting.extendleft((topics[middle:], topics[:middle]))
        else:
            self.refused[topics[0]] = reason
