"""What a source does not tell, since when and why; no I/O."""

from collections.abc import Hashable, Iterable, Mapping
from typing import Generic, TypeVar

import msgspec

from bot.feed.web import Failure
from bot.structure.source import Question
from bot.structure.view import Missing

K = TypeVar("K", bound=Hashable)

UNREADABLE = "answered something unreadable"

_WORDS: Mapping[str, str] = {
    "timeout": "timed out",
    "tls": "TLS failed",
    "content": UNREADABLE,
}


class Trouble(msgspec.Struct, frozen=True):
    """``many`` failures in a row, the last for this ``reason``."""

    reason: str
    since_ms: int
    many: int = 1

    @property
    def lasts(self) -> bool:
        """Once may be chance."""
        return self.many > 1


class Troubles(Generic[K]):
    """By question, and by role where a whole host refuses."""

    def __init__(self) -> None:
        self._questions: dict[K, Trouble] = {}
        self._hosts: dict[str, Trouble] = {}

    def failed(self, key: K, reason: str, at_ms: int) -> None:
        self._questions[key] = _more(self._questions.get(key), reason, at_ms)

    def refused(self, role: str, reason: str, at_ms: int) -> None:
        """Nothing is asked there for a while."""
        self._hosts[role] = _more(self._hosts.get(role), reason, at_ms)

    def answered(self, key: K, role: str) -> None:
        self._questions.pop(key, None)
        self._hosts.pop(role, None)

    def missing(self, questions: Mapping[K, Question], title: str) -> list[Missing]:
        """What these questions would have told, each thing of a coin once, the earliest first."""
        found: dict[tuple[str, str], Missing] = {}
        for key, question in questions.items():
            trouble = self._of(key, question.role)
            if trouble is not None:
                one = Missing(question.what, title, trouble.reason, trouble.since_ms, question.coin)
                known = found.setdefault((question.what, question.coin), one)
                if one.since_ms < known.since_ms:
                    found[question.what, question.coin] = one
        return sorted(found.values(), key=lambda one: one.since_ms)

    def lasting(self, questions: Mapping[K, Question]) -> dict[str, str]:
        """What is missing for more than a moment, with the reason."""
        found: dict[str, str] = {}
        for key, question in questions.items():
            trouble = self._of(key, question.role)
            if trouble is not None and (trouble.lasts or question.role in self._hosts):
                found.setdefault(question.what, trouble.reason)
        return found

    def keep_only(self, keys: Iterable[K]) -> None:
        """Forget about questions that are not asked any more."""
        known = set(keys)
        for key in [key for key in self._questions if key not in known]:
            del self._questions[key]

    def _of(self, key: K, role: str) -> Trouble | None:
        return self._hosts.get(role) or self._questions.get(key)


def clause(failure: Failure, place: str = "") -> str:
    """``answered 429``; with a ``place`` among the hosts of a source ``spot answered 429``."""
    if failure.status is not None and failure.kind != "proxy":
        said = f"answered {failure.status}"
    elif failure.kind in _WORDS:
        said = _WORDS[failure.kind]
    else:
        return f"no connection to {place}" if place else "no connection"
    return f"{place} {said}" if place else said


def _more(known: Trouble | None, reason: str, at_ms: int) -> Trouble:
    if known is None:
        return Trouble(reason, at_ms)
    return Trouble(reason, known.since_ms, known.many + 1)
