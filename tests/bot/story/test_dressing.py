"""Alerts before they are stored: their flush, who is rung, who waits, and what no fault costs."""

from collections.abc import Sequence

from msgspec.structs import replace

from bot.clock import SECOND_MS
from bot.figures import Reading
from bot.flush.flush import Flush, Stage
from bot.market import USD
from bot.rules import Alert, Destination, Rule
from bot.story.activity import Activity
from bot.story.audience import Audience
from bot.story.dressing import COMPANIONS_MS, Dressing
from bot.story.followers import Followers
from bot.story.page import Reader
from bot.story.readers import Readers, Rings
from bot.wording.text import Told
from tests.bot.sentences.golden import FLUSH, WAVE
from tests.bot.story.theatre import FakeCases
from tests.clocks import ManualClock
from tests.fakes import NOW_MS, a_reading

ANN = Destination("telegram", 11, direct=True)
BEN = Destination("telegram", 12, direct=True)
RUNNING = replace(FLUSH, id=311, stage=Stage.BUILDING)


class Story:
    """What is running, as a narration knows it."""

    def __init__(self, *flushes: Flush, readers: Sequence[Reader] = ()) -> None:
        self.activity, self.rings = Activity(), Rings()
        self.flushes = flushes
        current = {flush.id: flush for flush in flushes}
        self.audience: Audience | None = Audience(
            Followers(), Readers(readers), self.activity, self.rings, current
        )

    def latest(self) -> Sequence[Flush]:
        return self.flushes


class Dresser:
    def __init__(self, *flushes: Flush, readers: Sequence[Reader] = ()) -> None:
        self.clock = ManualClock(NOW_MS)
        self.cases = FakeCases()
        self.story = Story(*flushes, readers=readers)
        self.dressing = Dressing(self.cases, self.story, self.clock)

    def dress(self, *alerts: Alert) -> list[Alert]:
        return self.dressing.dress(alerts)[0]


def an_alert(
    to: Destination = ANN,
    metric: str = "total",
    *,
    coin: str | None = None,
    level: int = 1,
    number: int = 1,
    reading: Reading | None = None,
) -> Alert:
    rule = Rule(number, to, to.chat, coin, None, "1h", metric, 5_000_000 * USD)
    told = reading or a_reading(coin, long=9_000_000, short=1_000_000)
    return Alert(rule, 1, level, told.total, NOW_MS, told)


def test_an_alert_of_no_flush_rings_and_says_why_it_fired() -> None:
    (alert,) = Dresser().dress(an_alert())
    assert (alert.flush, alert.quiet, alert.hold_ms) == (0, False, 0)
    assert alert.why


def test_its_evidence_is_stored_with_it_once_for_all_who_hear_it() -> None:
    dresser = Dresser()
    alerts, batch = dresser.dressing.dress([an_alert(), an_alert(BEN, number=2)])
    assert [telling.key for telling in batch.tellings] == [alerts[0].why]
    assert alerts[0].why == alerts[1].why
    assert dresser.cases.asked == 1, "a burst is put into words once"


def test_an_alert_within_a_flush_refers_to_it_and_the_first_of_it_rings() -> None:
    dresser = Dresser(RUNNING)
    alerts, batch = dresser.dressing.dress([an_alert()])
    assert (alerts[0].flush, alerts[0].quiet) == (311, False)
    assert batch.readers == (Reader(311, ANN, rung=True),)
    second = dresser.dress(an_alert(number=2))
    assert (second[0].flush, second[0].quiet) == (311, True)
    assert not dresser.dress(an_alert(BEN))[0].quiet, "others are rung once as well"


def test_where_the_flush_itself_has_rung_its_alerts_are_quiet() -> None:
    dresser = Dresser(RUNNING, readers=[Reader(311, ANN, "F311", rung=True)])
    assert dresser.dress(an_alert())[0].quiet


def test_who_wants_no_more_of_a_flush_is_not_rung_by_its_alerts() -> None:
    dresser = Dresser(RUNNING, readers=[Reader(311, ANN, muted=True)])
    assert dresser.dress(an_alert())[0].quiet


def test_an_alert_of_the_other_side_is_no_part_of_the_flush() -> None:
    dresser = Dresser(RUNNING)
    shorts = a_reading(long=1_000_000, short=9_000_000)
    (alert,) = dresser.dress(an_alert(reading=shorts))
    assert (alert.flush, alert.quiet) == (0, False)


def test_a_flush_that_is_over_claims_no_alert() -> None:
    over = replace(RUNNING, waves=(replace(WAVE, end_ms=NOW_MS),))
    assert Dresser(over).dress(an_alert())[0].flush == 0


def test_a_coins_alert_belongs_to_its_own_flush_unless_that_is_a_part_of_the_markets() -> None:
    own = replace(RUNNING, id=312, coin="SOL")
    assert Dresser(RUNNING, own).dress(an_alert(coin="SOL"))[0].flush == 312
    assert Dresser(RUNNING, replace(own, within=311)).dress(an_alert(coin="SOL"))[0].flush == 311
    assert Dresser(own).dress(an_alert(coin="BTC"))[0].flush == 0


def test_twice_your_amount_within_a_flush_is_quiet() -> None:
    assert Dresser(RUNNING).dress(an_alert(level=2))[0].quiet


async def test_the_first_goes_at_once_and_its_companions_wait_until_a_quarter_minute_is_over() -> (
    None
):
    dresser = Dresser()
    assert dresser.dress(an_alert())[0].hold_ms == 0
    await dresser.clock.advance(4)
    assert dresser.dress(an_alert(number=2))[0].hold_ms == COMPANIONS_MS - 4 * SECOND_MS
    assert dresser.dress(an_alert(BEN))[0].hold_ms == 0
    await dresser.clock.advance(COMPANIONS_MS / SECOND_MS - 4)
    assert dresser.dress(an_alert(number=3))[0].hold_ms == 0


def test_single_orders_wait_for_nobody_and_a_burst_keeps_what_it_was() -> None:
    dresser = Dresser(RUNNING)
    dresser.dress(an_alert())
    order = an_alert(BEN, "order")
    first = dresser.dress(order)[0]
    assert (first.hold_ms, first.quiet, first.told, first.why) == (0, False, Told(), "")
    again = dresser.dress(replace(order, orders=2))[0]
    assert (again.quiet, again.hold_ms) == (False, 0), "the same message, which has rung"


def test_a_fault_in_words_costs_no_alert() -> None:
    dresser = Dresser()
    dresser.cases.broken = True
    plain = an_alert()
    assert dresser.dress(plain) == [plain]
    assert dresser.dressing.faults == 1


def test_before_the_story_is_known_alerts_ring() -> None:
    dresser = Dresser(RUNNING)
    dresser.story.audience = None
    assert not dresser.dress(an_alert())[0].quiet
