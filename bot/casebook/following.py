"""Whether what was said of a flush follows again from what was written down of it."""

from collections.abc import Sequence

from bot.errors import ParseError
from bot.sentences.record import changed, retold
from bot.story.batch import Telling
from bot.wording.numbers import count, together


def following(tellings: Sequence[Telling]) -> str:
    """One line: how many tellings are told in the same way again, and why the others are not."""
    if not tellings:
        return "Nothing of what was said of it is kept."
    altered: list[str] = []
    others: set[str] = set()
    same = 0
    for telling in tellings:
        try:
            retold(telling.record)
            newer = changed(telling.record)
        except ParseError:
            altered.append(telling.key)
            continue
        others.update(newer)
        same += not newer
    line = f"{count(same)} of {count(len(tellings))} tellings follow from their records again."
    if len(tellings) == 1:
        line = f"{count(same)} of 1 telling follows from its record again."
    if others:
        line += f" Sentences of another version today: {together(sorted(others))}."
    if altered:
        line += f" Not as they were written: {together(altered)}."
    return line
