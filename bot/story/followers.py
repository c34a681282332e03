"""Who follows which flushes, in memory, and who is told of one."""

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from bot.events import FollowRemoved, FollowSaved
from bot.flush.flush import Flush
from bot.rules import Destination
from bot.story.follow import Follow
from bot.story.places import Place, place_of


class Followers:
    """By coin (None: the whole market), then by place."""

    def __init__(self, follows: Iterable[Follow] = ()) -> None:
        self._follows: dict[str | None, dict[Place, Follow]] = {}
        for follow in follows:
            self._put(follow)

    def take(self, event: FollowSaved | FollowRemoved) -> None:
        """Somebody follows, in another way than before, or not any more."""
        if isinstance(event, FollowSaved):
            self._put(event.follow)
        else:
            self._remove(event.coin, place_of(event.destination))

    def move(self, platform: str, old_chat: int, new_chat: int) -> None:
        """A chat has a new id; what is followed there already stays as it is."""
        for coin, places in list(self._follows.items()):
            for place, follow in list(places.items()):
                if place[:2] != (platform, old_chat):
                    continue
                self._remove(coin, place)
                there = replace(follow.destination, chat=new_chat)
                if place_of(there) not in self._follows.get(coin, {}):
                    self._put(replace(follow, destination=there))

    def get(self, coin: str | None, destination: Destination) -> Follow | None:
        """Who follows this there."""
        return self._follows.get(coin, {}).get(place_of(destination))

    def of(self, flush: Flush, outer: Flush | None = None) -> Iterator[Follow]:
        """Whom this flush is told to. ``outer``: the market-wide one that it is within.

        A coin's flush is a part of that one for whoever is told of both.
        """
        for place, follow in self._follows.get(flush.coin, {}).items():
            if flush.severity >= follow.severity and not (
                outer is not None and self._hears(place, outer)
            ):
                yield follow

    def folded(self, destination: Destination, outer: Flush) -> bool:
        """Whether a coin's flush within ``outer`` is told there as a part of it."""
        return self._hears(place_of(destination), outer)

    def _hears(self, place: Place, outer: Flush) -> bool:
        follow = self._follows.get(None, {}).get(place)
        return follow is not None and outer.severity >= follow.severity

    def _put(self, follow: Follow) -> None:
        self._follows.setdefault(follow.coin, {})[place_of(follow.destination)] = follow

    def _remove(self, coin: str | None, place: Place) -> None:
        places = self._follows.get(coin, {})
        places.pop(place, None)
        if not places:
            self._follows.pop(coin, None)
