"""Flushes as they are kept: what happened, what was said of it, who follows."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from bot.figures import Reading
from bot.flush.flush import Flush
from bot.pictures.chart import Picture
from bot.rules import Destination
from bot.sentences.case import Case
from bot.story.batch import Batch, Telling
from bot.story.follow import Follow
from bot.story.page import Reader
from bot.wording.text import File


class Flushbook(Protocol):
    """Fulfilled by storage. Everything may raise ``StoreError``."""

    async def store(self, batch: Batch, now_ms: int) -> None:
        """All of it in one transaction; the same again changes nothing.

        A post whose key is known amends the stored one, like an alert.
        """
        ...

    async def state(self) -> bytes | None:
        """The flush machine's, as it was stored last."""
        ...

    async def next_id(self) -> int:
        """Larger than the number of any flush that was ever stored."""
        ...

    async def get(self, flush: int) -> Flush | None: ...

    async def latest(self, limit: int, coin: str | None = None) -> list[Flush]:
        """By start, latest first; ``coin`` "" is every scope, None the whole market alone.

        Coins' flushes that are within a market-wide one are left out of "".
        """
        ...

    async def telling(self, key: str) -> Telling | None: ...

    async def tellings(self, flush: int) -> list[Telling]:
        """Oldest first."""
        ...

    async def telling_of(self, number: int) -> str | None:
        """The ``why`` of the notification ``L<number>``; None where there is none."""
        ...

    async def follows(self) -> list[Follow]:
        """Everybody's, for the start."""
        ...

    async def following(self, destination: Destination) -> list[Follow]: ...

    async def readers(self, flushes: Sequence[int]) -> list[Reader]: ...

    async def thin(self, now_ms: int) -> None:
        """Forget pictures after 7 days, readers after 2, tellings after 90; flushes stay."""
        ...


class Pictures(Protocol):
    """Drawn charts by their digest."""

    async def keep(self, picture: Picture, now_ms: int) -> None: ...

    async def find(self, digest: str) -> Picture | None: ...


class Stories(Protocol):
    """What goes on, for whoever asks; answers from memory."""

    def running(self) -> Sequence[Flush]:
        """All that are not closed, market-wide ones first, as they are now."""
        ...


class Cases(Protocol):
    """What sentences look at, of this moment; from memory, and never raises."""

    def of_flush(self, flush: Flush) -> Case: ...

    def of_reading(self, reading: Reading, flush: Flush | None = None) -> Case:
        """Of a window; ``flush``: what it belongs to."""
        ...


class Charts(Protocol):
    """Pictures, drawn beside the loop; None where there is none, and never raises."""

    async def of_flush(self, flush: Flush) -> Picture | None: ...

    async def of_reading(self, reading: Reading) -> Picture | None: ...


class Files(Protocol):
    """A case as files: the chart, the minutes, the inputs. Raises ``StoreError``."""

    async def of_flush(self, flush: Flush) -> tuple[File, ...]: ...


class FlushRoom(msgspec.Struct, frozen=True):
    """All that is known of flushes, and their pictures."""

    book: Flushbook
    stories: Stories
    cases: Cases
    charts: Charts
    files: Files
