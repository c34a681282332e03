"""Where something was written since: an edit of what stands above that is not seen any more."""

from collections import OrderedDict

from bot.rules import Destination
from bot.story.places import Place, moved, place_of

MOST = 20_000
"""Places that are remembered; the one that was quiet for longest goes first."""


class Activity:
    """The last moment (real time, ms) at which somebody wrote in each place, or we did."""

    def __init__(self) -> None:
        self._last: OrderedDict[Place, int] = OrderedDict()

    def spoke(self, destination: Destination, at_ms: int) -> None:
        """A message that is not the story's own."""
        place = place_of(destination)
        self._last[place] = max(at_ms, self._last.get(place, at_ms))
        self._last.move_to_end(place)
        if len(self._last) > MOST:
            self._last.popitem(last=False)

    def since(self, destination: Destination, at_ms: int) -> bool:
        """Whether something was written there after this moment."""
        return self._last.get(place_of(destination), at_ms) > at_ms

    def move(self, platform: str, old_chat: int, new_chat: int) -> None:
        """A chat has a new id."""
        for place in [place for place in self._last if place[:2] == (platform, old_chat)]:
            now = moved(place, platform, old_chat, new_chat)
            self._last[now] = max(self._last.pop(place), self._last.get(now, 0))
