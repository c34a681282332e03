"""How hard to try: ``make test`` takes a tenth of what ``make torture`` takes.

The rest of this room is the fault rig: the bot in a process of its own between doubles, killed
again and again, and its books checked afterwards (``python -m tests.torture``).
"""

import os

TENFOLD = "TORTURE"


def times(examples: int) -> int:
    """So many examples, and ten times as many under torture."""
    return examples * 10 if os.environ.get(TENFOLD) else examples
