"""What is said, and what is logged, of a question that broke: the same on every platform."""

import traceback

SORRY = "Something went wrong on my side; it is noted. Please try once more."

FRAMES = 6
"""The innermost calls that are logged of a failure."""


def place_of(error: BaseException) -> str:
    """How one got to where it was raised. Its text and its chain may quote what somebody wrote."""
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    return " > ".join(f"{f.filename.rpartition('/')[2]}:{f.lineno} {f.name}" for f in frames)
