"""In a group, a question that was asked a moment ago: its answer is edited, nothing new is said."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from bot.clock import Clock
from bot.wording.text import Message

FRESH_S = 60.0
"""So long after an answer was sent it stands where people still see it."""

MOST = 500
"""Questions remembered; the longest unasked is forgotten first, and answered anew."""

Question = tuple[int, int, str, str]
"""Chat, topic, command and what was typed behind it."""

Say = Callable[[Message, int | None], Awaitable[int | None]]
"""Sends a message, or edits one of ours into it; the id of what now says so."""


class _Answer:
    """What was last answered to a question, and what there is to say since."""

    def __init__(self) -> None:
        self.turn = asyncio.Lock()
        self.asked = 0
        self.answered = 0
        self.words = Message(())
        self.said: Message | None = None
        self.shown: int | None = None
        self.sent_at = 0.0


class Echo:
    """Remembers answers in groups for a minute. Real time, bounded memory."""

    def __init__(self, clock: Clock, most: int = MOST) -> None:
        self._clock = clock
        self._most = most
        self._known: OrderedDict[Question, _Answer] = OrderedDict()

    async def answer(self, question: Question, words: Message, say: Say) -> None:
        """Say it anew or by an edit; of those who ask meanwhile the last one's words are said."""
        answer = self._recall(question)
        answer.asked += 1
        answer.words = words
        mine = answer.asked
        async with answer.turn:
            if answer.answered >= mine:
                return
            await self._say(answer, say)

    async def _say(self, answer: _Answer, say: Say) -> None:
        saying, words = answer.asked, answer.words
        edits = answer.shown if self._clock.monotonic() - answer.sent_at < FRESH_S else None
        if edits is None or words != answer.said:
            shown = await say(words, edits)
            if shown is None:
                return
            if shown != edits:
                answer.sent_at = self._clock.monotonic()
            answer.shown, answer.said = shown, words
        answer.answered = saying

    def forget(self, chat: int, message: int) -> None:
        """A message was turned into something else, by a button."""
        for question in [q for q, a in self._known.items() if q[0] == chat and a.shown == message]:
            del self._known[question]

    def _recall(self, question: Question) -> _Answer:
        answer = self._known.pop(question, None) or _Answer()
        self._known[question] = answer
        if len(self._known) > self._most:
            self._known.popitem(last=False)
        return answer
