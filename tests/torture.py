"""How hard to try: ``make test`` takes a tenth of what ``make torture`` takes."""

import os

TENFOLD = "TORTURE"


def times(examples: int) -> int:
    """So many examples, and ten times as many under torture."""
    return examples * 10 if os.environ.get(TENFOLD) else examples
