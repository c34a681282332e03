"""Named places that the program passes on the way of an alert or a command.

A test that wants a process to die exactly there gives ``build`` a function that does it; nothing
else can.
"""

from collections.abc import Callable

PLACES = (
    "alerts judged",  # the engine has spoken, nothing is stored
    "write begun",  # inside any transaction, before its commit
    "write committed",  # on disk, nobody knows yet
    "alert claimed",  # marked as being sent, the call not made
    "alert called",  # the platform has answered, nothing is settled
    "alert settled",
    "update arrived",  # fetched, not looked at
    "update kept",  # its effect is on disk, the engine and its person do not know
    "update answered",  # its person knows, the platform has no confirmation
)

Passing = Callable[[str], None]


def unseen(place: str) -> None:
    """What passing a place does in a running bot: nothing."""
