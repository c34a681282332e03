"""What the core asks of the world. Adapters and fakes fulfil these; nothing here acts."""

from bot.ports.books import (
    Books,
    Chat,
    Chats,
    Keyboard,
    Keyboards,
    Ledger,
    Mark,
    Notebook,
    Press,
    Rulebook,
)
from bot.ports.delivery import Accounts, Found, Notification, Notifier, Outbox, Waiting
from bot.ports.flushes import (
    Cases,
    Charts,
    Files,
    Flushbook,
    FlushRoom,
    Pictures,
    Stories,
)
from bot.ports.heard import (
    BadFrame,
    Desk,
    Listings,
    Past,
    PastSum,
    Quarantine,
    SourceStatus,
    Tape,
)
from bot.ports.history import History
from bot.ports.markets import Markets
from bot.ports.record import Archive, Facts, Imported, Series

__all__ = [
    "Accounts",
    "Archive",
    "BadFrame",
    "Books",
    "Cases",
    "Charts",
    "Chat",
    "Chats",
    "Desk",
    "Facts",
    "Files",
    "FlushRoom",
    "Flushbook",
    "Found",
    "History",
    "Imported",
    "Keyboard",
    "Keyboards",
    "Ledger",
    "Listings",
    "Mark",
    "Markets",
    "Notebook",
    "Notification",
    "Notifier",
    "Outbox",
    "Past",
    "PastSum",
    "Pictures",
    "Press",
    "Quarantine",
    "Rulebook",
    "Series",
    "SourceStatus",
    "Stories",
    "Tape",
    "Waiting",
]
