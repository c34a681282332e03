"""The answers to ``/liqs``, ``/imbalance`` and ``/top``."""

from collections.abc import Sequence

from bot.figures import Reading
from bot.wording.text import Message


def liqs_message(reading: Reading, others: Sequence[Reading] = ()) -> Message:
    """``reading`` is what was asked; ``others`` the same scope over the other windows.

    Buttons: ``liqs|<coin or all>|<window>[|exchange]`` and ``alertme|<coin or all>|<window>``.
    """
    raise NotImplementedError


def imbalance_message(reading: Reading, others: Sequence[Reading] = ()) -> Message:
    """As ``liqs_message``; buttons ``imbalance|<coin or all>|<window>``."""
    raise NotImplementedError


def top_message(reading: Reading) -> Message:
    """The leading coins and exchanges of one window; buttons ``top|all|<window>``."""
    raise NotImplementedError
