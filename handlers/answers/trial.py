"""A marked test alert that goes the whole way: stored, paced, worded and sent like a real one."""

from bot.ports import Ledger
from bot.rules import Destination, Notice
from handlers.talk import House


async def put_trial(
    ledger: Ledger, destination: Destination, author: int, house: House, remark: str = ""
) -> None:
    """Put the invented alert into the outbox; it is marked as a test wherever it arrives.

    ``remark`` stands above it, such as who asked for it.
    """
    now_ms = house.clock.now_ms()
    notice = Notice(remark, house.desk.now_ms(), "test")
    key = f"test:{destination.chat}:{destination.thread}:{author}:{now_ms}"
    await ledger.put(destination, notice, key, now_ms)
