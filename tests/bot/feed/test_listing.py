"""The instrument table of an exchange."""

from bot.clock import SystemClock
from bot.feed.listing import Listing, ask
from bot.feed.web import Failure, open_session
from bot.feed.wire import Wire
from tests.bot.feed.conftest import SHORT, Shelf
from tests.bot.feed.toy import Toy, ToyServer


async def test_all_pages_make_up_the_table(server: ToyServer) -> None:
    server.pages = [["AUSDT"], ["BUSDT", "CUSDT"], ["DUSDT"]]
    async with open_session() as session:
        answer = await ask(Toy(), server.urls, Wire(session, SystemClock(), SystemClock()))
    assert not isinstance(answer, Failure)
    assert [instrument.coin for instrument in answer] == ["A", "B", "C", "D"]


async def test_a_sudden_half_table_is_believed_only_the_third_time(server: ToyServer) -> None:
    server.pages = [[f"C{n}USDT" for n in range(10)]]
    async with open_session() as session:
        wire = Wire(session, SystemClock(), SystemClock(), None, SHORT)
        listing = Listing(
            Toy(), server.urls, wire, Shelf(), adopted=lambda table: None, answered=lambda: None
        )
        assert await listing.refresh() is None
        server.pages = [["C1USDT"]]
        refusals = [await listing.refresh(), await listing.refresh()]
        assert [r.sentence for r in refusals if r] == ["only 1 instruments where 10 were"] * 2
        assert len(listing.instruments) == 10
        assert await listing.refresh() is None
        assert len(listing.instruments) == 1
