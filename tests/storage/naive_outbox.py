"""The outbox once more: lists, loops, and no thought of speed."""

from collections import Counter
from collections.abc import Callable, Iterator

import msgspec

from bot.clock import MINUTE_MS
from bot.delivery.outcomes import Delivered, Gone, Moved, Outcome, Refused, Retry, Unauthorized
from bot.ports import Accounts, Chat, Notification, Waiting
from bot.rules import Alert, Destination, Notice, Payload
from tests.storage.naive_rows import OPEN, Row


class NaiveOutbox:
    """Everything that ``StoredOutbox`` does, for one platform."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.chats: dict[tuple[int, int], Chat] = {}
        self.moved: dict[tuple[int, int], int] = {}

    def accounts(self) -> Accounts:
        states = Counter(row.state for row in self.rows)
        reasons = Counter(row.reason for row in self.rows if row.state == "dead")
        return Accounts(
            len(self.rows),
            states["sent"],
            states["merged"],
            states["dead"],
            sum(states[state] for state in OPEN),
            tuple(sorted(reasons.items(), key=lambda item: (-item[1], item[0]))),
        )

    def store(self, place: Destination, payload: Payload, key: str, now: int) -> None:
        for row in self.rows:
            if row.key == key and not row.pruned:
                if row.payload != payload:
                    self._amend(row, payload, now)
                return
        for (chat, _), new in self.moved.items():
            if chat == place.chat:
                place = msgspec.structs.replace(place, chat=new)
                break
        self.rows.append(Row(len(self.rows), key, place, payload, now, now))

    def _amend(self, row: Row, payload: Payload, now: int) -> None:
        if row.state == "dead":
            return
        row.payload = payload
        shown_by = row.head or row
        if shown_by.state == "sent":
            shown_by.state, shown_by.since_ms = "queued", now
            shown_by.unknowns, shown_by.doubt_ms = 0, None
        elif shown_by.state == "sending" or shown_by.doubt_ms is not None:
            shown_by.amended = True

    def wish(self, chat: Chat) -> None:
        at = (chat.destination.chat, chat.destination.thread)
        before, self.chats[at] = self.chats.get(at), chat
        if before is not None and before.state == "gone" != chat.state:
            self._find_topics(at[0])

    def _find_topics(self, chat: int) -> None:
        for at, known in self.chats.items():
            if at[0] == chat and known.state == "gone":
                self.chats[at] = msgspec.structs.replace(known, state="active", reason="")

    def claim(self, now: int, limit: int, lease: int, busy: set[int]) -> list[Notification]:
        claimed: list[tuple[tuple[int, int, int], Notification]] = []
        taken = set(busy)
        while len(claimed) < limit and (heads := list(self._heads(now, taken))):
            head = min(heads, key=lambda row: self._rank(row, now))
            rank = self._rank(head, now)
            if not self._held(head, now):
                claimed.append((rank, self._lease(head, now, lease)))
                taken.add(head.place.chat)
        return [one for _, one in sorted(claimed, key=lambda ranked: ranked[0])]

    def _rank(self, row: Row, now: int) -> tuple[int, int, int]:
        tried = row.doubt_ms is not None
        return self._lane(row, now), row.since_ms if tried else row.created_ms, row.number

    def _lane(self, row: Row, now: int) -> int:
        if row.created_ms < now - 30 * MINUTE_MS:
            return 2
        return 0 if row.place.direct or row.created_ms < now - 20_000 else 1

    def _heads(self, now: int, taken: set[int]) -> Iterator[Row]:
        seen = set(taken)
        seen |= {
            row.place.chat
            for row in self.rows
            if row.state == "sending" and row.lease_until_ms > now
        }
        for row in self.rows:
            if not row.is_open or row.place.chat in seen:
                continue
            seen.add(row.place.chat)
            if (row.state == "queued" and row.since_ms <= now) or row.state == "sending":
                yield row

    def _held(self, head: Row, now: int) -> bool:
        chat = self.chats.get((head.place.chat, head.place.thread), Chat(head.place))
        muted = chat.muted_until_ms > now and isinstance(head.payload, Alert)
        if chat.state != "active":
            self._end(head, chat.state)
            self._end_queue(head.place, chat.state, lambda _: True)
        elif muted:
            self._end(head, "muted")
            self._end_queue(head.place, "muted", lambda row: isinstance(row.payload, Alert))
        elif head.state == "sending" and head.unknowns == 2:
            self._end(head, "unknown")
        else:
            return False
        return True

    def _lease(self, head: Row, now: int, lease: int) -> Notification:
        if head.clean:
            self._merge(head)
        if head.state == "sending":
            head.unknowns += 1
            head.doubt_ms = head.since_ms if head.doubt_ms is None else head.doubt_ms
        head.amended = head.amended and head.doubt_ms is not None and head.message is None
        head.state, head.since_ms, head.lease_until_ms = "sending", now, now + lease
        head.attempts += 1
        return Notification(
            head.number,
            head.place,
            self._placed(head.payload, head.place),
            head.created_ms,
            head.attempts - 1,
            head.unknowns,
            head.message,
            tuple(
                Waiting(alert, row.created_ms)
                for row in self._members(head)
                if isinstance(alert := self._placed(row.payload, head.place), Alert)
            ),
        )

    def _merge(self, head: Row) -> None:
        joined = len(self._members(head))
        for row in self.rows[head.number + 1 :]:
            here = (row.place.chat, row.place.thread) == (head.place.chat, head.place.thread)
            if not (here and row.is_open):
                continue
            if not row.clean or self._members(row) or joined == 500:
                return
            row.state, row.head = "merged", head
            joined += 1

    def _members(self, head: Row) -> list[Row]:
        return [row for row in self.rows if row.head is head and row.state == "merged"]

    @staticmethod
    def _placed(payload: Payload, place: Destination) -> Payload:
        if isinstance(payload, Notice):
            return payload
        rule = msgspec.structs.replace(payload.rule, destination=place)
        return msgspec.structs.replace(payload, rule=rule)

    def settle(self, one: Notification, outcome: Outcome, now: int) -> None:
        row = self.rows[one.id]
        if row.pruned:
            return
        ours = row.state == "sending" and row.attempts == one.attempts + 1
        if isinstance(outcome, Delivered):
            if ours or row.message is None:
                self._arrived(row, outcome.message, now)
        elif ours:
            self._failed(row, one, outcome, now)

    def _arrived(self, row: Row, message: int, now: int) -> None:
        for other in self.rows:
            if other.head is row and other.state == "dead":
                other.state, other.reason = "merged", ""
        row.message, row.unknowns, row.doubt_ms, row.reason = message, 0, None, ""
        row.state = "queued" if row.amended else "sent"
        row.amended = False
        row.since_ms = now

    def _failed(self, row: Row, one: Notification, outcome: Outcome, now: int) -> None:
        match outcome:
            case Retry():
                self._again(row, outcome, now)
            case Unauthorized():
                self._back(row, now, outcome.reason)
            case Refused() if one.merged and row.message is None:
                for member in [row, *self._members(row)]:
                    member.head = None
                    self._back(member, now, "refused in company")
            case Refused():
                self._end(row, f"refused: {outcome.reason}")
            case Gone():
                self._end(row, f"gone: {outcome.reason}")
                for place in self._topics(row.place) if outcome.chat_wide else [row.place]:
                    self._leave(place, outcome.reason)
            case Moved() if outcome.to_chat == one.destination.chat:
                self._end(row, "refused: moved to where it is")
            case Moved():
                self._back(row, now, "")
                if row.place.chat != outcome.to_chat:
                    self._move(row.place.chat, outcome.to_chat)

    def _topics(self, place: Destination) -> list[Destination]:
        threads = {place.thread} | {thread for chat, thread in self.chats if chat == place.chat}
        threads |= {
            row.place.thread for row in self.rows if row.is_open and row.place.chat == place.chat
        }
        return [msgspec.structs.replace(place, thread=thread) for thread in threads]

    def _leave(self, place: Destination, reason: str) -> None:
        at = (place.chat, place.thread)
        chat = self.chats.setdefault(at, Chat(place))
        if chat.state == "active":
            self.chats[at] = msgspec.structs.replace(chat, state="gone", reason=reason)
        self._end_queue(place, f"gone: {reason}", lambda _: True)

    def _again(self, row: Row, retry: Retry, now: int) -> None:
        if retry.unknown:
            self._doubt(row, now, retry.harmless_s * 1000, retry.platform_wide)
        if row.unknowns > 2:
            self._end(row, "unknown")
        else:
            self._back(row, now + round(retry.after_s * 1000), retry.reason)

    def _doubt(self, row: Row, now: int, harmless_ms: float, forgiven: bool = False) -> None:
        if row.doubt_ms is None:
            row.doubt_ms = row.since_ms
        if not forgiven and now - row.doubt_ms >= harmless_ms:
            row.unknowns += 1

    def _back(self, row: Row, at: int, reason: str) -> None:
        row.state, row.since_ms, row.reason = "queued", at, reason
        row.amended = row.amended and row.doubt_ms is not None

    def recover(self, now: int, harmless_ms: int) -> tuple[int, int]:
        """How many alerts waited, and how many of them may arrive twice."""
        unsent = [row for row in self.rows if row.is_open and row.message is None]
        waiting = sum(row.is_open and isinstance(row.payload, Alert) for row in self.rows)
        waiting += sum(len(self._members(row)) for row in unsent)
        unclear = 0
        for row in self.rows:
            if row.state == "sending":
                self._doubt(row, now, harmless_ms)
                if row.unknowns > 2:
                    self._end(row, "unknown")
                else:
                    self._back(row, now, row.reason)
                    unclear += isinstance(row.payload, Alert)
        return waiting, unclear

    def prune(self) -> None:
        """All that has ended, long ago: it counts on, and nothing can be done with it any more."""
        for row in self.rows:
            row.pruned |= not (row.is_open or (row.head and row.head.is_open))

    def _end(self, row: Row, reason: str) -> None:
        row.reason, row.amended = reason, False
        if row.message is not None:
            row.state = "sent"
            return
        for member in self._members(row):
            member.state, member.reason = "dead", reason
        row.state = "dead"

    def _end_queue(self, place: Destination, reason: str, which: Callable[[Row], bool]) -> None:
        for row in self.rows:
            here = (row.place.chat, row.place.thread) == (place.chat, place.thread)
            if here and row.state == "queued" and which(row):
                self._end(row, reason)

    def _move(self, old: int, new: int) -> None:
        for at, to in self.moved.items():
            if to == old:
                self.moved[at] = new
        self.chats.setdefault((old, 0), Chat(Destination("telegram", old)))
        for (chat, thread), known in list(self.chats.items()):
            if chat != old:
                continue
            there = Destination("telegram", new, thread, known.destination.direct)
            found = self.chats.get((new, thread))
            if found is None or found == Chat(found.destination):
                self.chats[new, thread] = msgspec.structs.replace(known, destination=there)
            self.moved.pop((new, thread), None)
            self.moved[old, thread] = new
        for row in self.rows:
            if row.is_open and row.place.chat == old:
                row.place = msgspec.structs.replace(row.place, chat=new)
