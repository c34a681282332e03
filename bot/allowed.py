"""Who may use this installation, where its operator lists them (``ALLOW``)."""

from collections.abc import Iterable

import structlog

log = structlog.get_logger()


class Allowed:
    """Chats, people and servers by platform and id; nobody listed: everyone.

    A listed chat that gets a new id stays allowed. All who ask share one of these.
    """

    def __init__(self, listed: Iterable[tuple[str, int]] = ()) -> None:
        self._listed = set(listed)

    @property
    def everyone(self) -> bool:
        return not self._listed

    def admits(self, platform: str, *ids: int) -> bool:
        """Whether one of these ids is listed, or nothing is."""
        return self.everyone or any((platform, one) in self._listed for one in ids)

    def ids(self, platform: str) -> frozenset[int]:
        """What is listed of one platform."""
        return frozenset(number for name, number in self._listed if name == platform)

    def follow(self, platform: str, old: int, new: int) -> None:
        """A chat has a new id; what was not allowed before is not allowed by this."""
        if (platform, old) not in self._listed or (platform, new) in self._listed:
            return
        self._listed.add((platform, new))
        known, now = f"{platform}:{old}", f"{platform}:{new}"
        log.info("a chat that ALLOW lists has a new id and stays allowed", old=known, new=now)
