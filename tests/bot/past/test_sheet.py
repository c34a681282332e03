"""A CSV file is understood whole, or refused with one sentence that names the line."""

import csv
import io
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import HOUR_MS, MINUTE_MS, as_datetime
from bot.errors import UserError
from bot.exchanges import EXCHANGES
from bot.market import USD
from bot.past.sheet import COLUMNS, Sheet, read_sheet
from bot.ports import PastSum
from tests.bot.past.furniture import NOW_MS

T = NOW_MS // HOUR_MS * HOUR_MS - 1000 * HOUR_MS
HEADER = ",".join(COLUMNS)


def read(data: bytes | str, now_ms: int = NOW_MS) -> Sheet:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "sums.csv"
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return read_sheet(path, now_ms)


def sums(data: bytes | str) -> list[PastSum]:
    return [each for batch in read(data).sums() for each in batch]


def hourly(*rows: str) -> str:
    """Rows without their times."""
    return "\n".join([HEADER, *(f"{T + n * HOUR_MS},{row}" for n, row in enumerate(rows))])


def test_columns_may_stand_in_any_order_and_others_are_ignored() -> None:
    text = "Note,SHORT_USD, coin ,long_usd,exchange,Time\n"
    text += f"x,2,BTC,1.5,bybit,{T}\n\ny,4,BTC,3,bybit,{T + HOUR_MS}\n"
    assert sums(text) == [
        PastSum("BTC", "bybit", T, HOUR_MS, 3 * USD // 2, 2 * USD),
        PastSum("BTC", "bybit", T + HOUR_MS, HOUR_MS, 3 * USD, 4 * USD),
    ]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("quote", ["", '"'])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_what_spreadsheets_add_changes_nothing(newline: str, quote: str, mark: bytes) -> None:
    lines = hourly("BTC,bybit,1,2", "BTC,bybit,3,4").splitlines()
    quoted = [",".join(f"{quote}{cell}{quote}" for cell in line.split(",")) for line in lines]
    assert [each.long for each in sums(mark + newline.join(quoted).encode())] == [USD, 3 * USD]


@pytest.mark.parametrize(
    "times",
    [
        (str(T), str(T + HOUR_MS)),
        (str(T // 1000), str((T + HOUR_MS) // 1000)),
        (as_datetime(T).isoformat(), as_datetime(T + HOUR_MS).isoformat()),
        (f"{as_datetime(T):%Y-%m-%dT%H:%M:%SZ}", f"{as_datetime(T + HOUR_MS):%Y-%m-%d %H:%M:%S}"),
    ],
)
def test_a_time_is_in_milliseconds_in_seconds_or_iso(times: tuple[str, str]) -> None:
    text = "\n".join([HEADER, *(f"{time},BTC,okx,1,1" for time in times)])
    assert [each.start_ms for each in sums(text)] == [T, T + HOUR_MS]


@pytest.mark.parametrize(
    ("cell", "units"),
    [
        ("0", 0),
        ("21069771.35833", 2_106_977_135_833_000),
        ("407.21220001", 40_721_220_001),
        ("41975.927800000005", 4_197_592_780_000),
        ("1.5e6", 150_000_000_000_000),
        (" 7 ", 700_000_000),
        ("50000000000", 50_000_000_000 * USD),
    ],
)
def test_an_amount_is_exact_to_a_hundred_millionth_of_a_dollar(cell: str, units: int) -> None:
    assert sums(hourly(f"BTC,okx,{cell},0", "BTC,okx,0,0"))[0].long == units


@pytest.mark.parametrize("whole", ["all", "ALL", ""])
def test_all_or_an_empty_cell_is_every_coin_or_exchange(whole: str) -> None:
    first = sums(hourly(f"{whole},{whole},1,1", f"{whole},{whole},1,1"))[0]
    assert (first.coin, first.exchange) == ("", "")


def test_names_become_those_that_are_used_here() -> None:
    first, _, far, _ = sums(
        f"{HEADER}\n{T},1000pepe,OKX,1,1\n{T + HOUR_MS},PEPE,okx,1,1\n"
        f"{T},btc,Hyperliquid,1,1\n{T + HOUR_MS},BTC,hyperliquid,1,1\n"
    )
    assert (first.coin, first.exchange) == ("PEPE", "okx")
    assert (far.coin, far.exchange) == ("BTC", "hyperliquid")
    assert "okx" in EXCHANGES


def test_each_coin_and_exchange_has_its_own_span() -> None:
    fine = [f"{T + n * 30 * MINUTE_MS},ETH,all,1,1" for n in range(4)]
    coarse = [f"{T + n * HOUR_MS},BTC,all,1,1" for n in (0, 1, 4, 5)]
    lone = [f"{T},SOL,all,1,1"]
    spans = {each.coin: each.span_ms for each in sums("\n".join([HEADER, *coarse, *fine, *lone]))}
    assert spans == {"ETH": 30 * MINUTE_MS, "BTC": HOUR_MS, "SOL": 30 * MINUTE_MS}


def test_the_order_of_rows_does_not_matter() -> None:
    header, *rows = hourly(*["BTC,okx,1,1"] * 5).splitlines()
    backwards = sums("\n".join([header, *reversed(rows)]))
    assert sorted(each.start_ms for each in backwards) == [T + n * HOUR_MS for n in range(5)]


def test_an_hour_that_has_not_ended_is_left_out() -> None:
    hour = NOW_MS // HOUR_MS * HOUR_MS
    sheet = read("\n".join([HEADER, *(f"{hour - n * HOUR_MS},BTC,okx,1,1" for n in range(3))]))
    assert sheet.left_out == 1
    assert max(each.start_ms for batch in sheet.sums() for each in batch) == hour - HOUR_MS


GOOD = "BTC,okx,1,1"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        (HEADER, "holds no rows"),
        ("time,long_usd\n1,2", "does not name coin, exchange and short_usd"),
        (f"{HEADER};\n", "does not name short_usd"),
        (f"{HEADER},time\n{T},BTC,okx,1,1,{T}", "more than one column time"),
        (hourly(GOOD, "BTC,okx,1"), "line 3: there are 4 cells, and the header names 5"),
        (hourly(GOOD, "BTC,okx,1,1,1"), "line 3: there are 6 cells"),
        (hourly(GOOD, "BTC,okx,-1,1"), "line 3: '-1' is negative"),
        (hourly(GOOD, "BTC,okx,1,NaN"), "line 3: 'NaN' is no amount"),
        (hourly(GOOD, "BTC,okx,1,"), "line 3: '' is no amount"),
        (hourly(GOOD, "BTC,okx,1,inf"), "line 3: 'inf' is no amount"),
        (hourly(GOOD, "BTC,okx,1,1_000"), "line 3: '1_000' is no amount"),
        (hourly(GOOD, "BTC,okx,1,１２"), "line 3: '\\uff11\\uff12' is no amount"),
        (hourly(GOOD, 'BTC,okx,1,"1,000"'), "line 3: '1,000' is no amount"),
        (hourly(GOOD, "BTC,okx,1,50000000001"), "line 3: '50000000001' is more than $50 billion"),
        (hourly(GOOD, "BTC,okx,1,1e99"), "line 3: '1e99' is more than $50 billion"),
        (hourly(GOOD, "a coin,okx,1,1"), "line 3: 'a coin' is no name of a coin"),
        (hourly(GOOD, "BTC,\x1b[2J,1,1"), "line 3: '\\x1b[2J' is no name of an exchange"),
        (f"{HEADER}\nyesterday,{GOOD}", "line 2: 'yesterday' is no time"),
        (f"{HEADER}\n1234567890123456789,{GOOD}", "line 2: '1234567890123456789' is no time"),
        (f"{HEADER}\n0001-01-01T00:00:00+14:00,{GOOD}", "is no time from 2010"),
        (f"{HEADER}\n{NOW_MS + 1},{GOOD}", "line 2: 2026-09-17 18:33:20 UTC is in the future"),
        (f"{HEADER}\n{T},{GOOD}", "one row only for BTC on OKX"),
        (
            f"{HEADER}\n{T},{GOOD}\n{T + HOUR_MS},{GOOD}\n\n{T},btc,OKX,5,5",
            "line 5: BTC on OKX at 2026-08-07 02:00:00 UTC stands in line 2 already",
        ),
        (
            f"{HEADER}\n{T},{GOOD}\n{T + 4 * HOUR_MS},{GOOD}",
            "has a row every 4 h for BTC on OKX",
        ),
        (
            f"{HEADER}\n{T},,,1,1\n{T + 7 * MINUTE_MS},,,1,1",
            "a row every 7 min for all coins on all exchanges, which does not add up to hours",
        ),
        (
            f"{HEADER}\n" + "\n".join(f"{T - 1 + n * HOUR_MS},{GOOD}" for n in range(3)),
            "line 2: 2026-08-07 01:59:59 UTC is not where a span of 1 h begins",
        ),
        (
            "\n".join([HEADER, *(f"{NOW_MS // HOUR_MS * HOUR_MS},{c},okx,1,1" for c in "AB")]),
            "one row only for A on OKX",
        ),
        (f'{HEADER}\n{T},"BTC,okx,1,1', "line 2: this is no CSV"),
        (HEADER.encode("utf-16"), "is not UTF-8 text"),
        (f"{HEADER}\n".encode() + b"\xff\xfe,BTC,okx,1,1", "is not UTF-8 text"),
    ],
)
def test_what_cannot_be_is_one_sentence_with_its_line(text: bytes | str, sentence: str) -> None:
    with pytest.raises(UserError) as refused:
        read(text)
    assert sentence in refused.value.sentence
    assert refused.value.sentence.endswith(".")
    assert refused.value.sentence.isprintable()


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"I cannot read .*none.csv: No such file"):
        read_sheet(tmp_path / "none.csv", NOW_MS)


NAMES = st.sampled_from(["BTC", "ETH", "SHIB", ""])
EXCHANGE_NAMES = st.sampled_from([*EXCHANGES, "hyperliquid", ""])
AMOUNTS = st.integers(0, 50_000_000_000 * USD)


@st.composite
def histories(draw: st.DrawFn) -> list[PastSum]:
    keys = draw(st.lists(st.tuples(NAMES, EXCHANGE_NAMES), min_size=1, max_size=4, unique=True))
    made: list[PastSum] = []
    for coin, exchange in keys:
        span_ms = draw(st.sampled_from([1, 5, 15, 30, 60])) * MINUTE_MS
        for n in range(draw(st.integers(2, 6))):
            start_ms = T + n * span_ms
            made.append(PastSum(coin, exchange, start_ms, span_ms, draw(AMOUNTS), draw(AMOUNTS)))
    return draw(st.permutations(made))


@st.composite
def written(draw: st.DrawFn, history: list[PastSum]) -> bytes:
    """A history as a file, in one of the many ways it can be written."""
    columns = draw(st.permutations([*COLUMNS, "note"]))
    out = io.StringIO()
    writer = csv.writer(
        out,
        lineterminator=draw(st.sampled_from(["\n", "\r\n"])),
        quoting=draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
    )
    writer.writerow(columns)
    spelt = draw(st.sampled_from([str.upper, str.lower]))
    whole = draw(st.sampled_from(["", "all"]))
    for one in history:
        cells = {
            "time": draw(st.sampled_from([one.start_ms, one.start_ms // 1000,
                                          as_datetime(one.start_ms).isoformat()])),
            "coin": spelt(one.coin or whole),
            "exchange": spelt(one.exchange or whole),
            "long_usd": f"{Decimal(one.long).scaleb(-8):f}",
            "short_usd": f"{Decimal(one.short).scaleb(-8)}",
            "note": draw(st.sampled_from(["", "a, b", 'a "word"', "two\nlines"])),
        }  # fmt: skip
        writer.writerow([cells[column] for column in columns])
    return draw(st.sampled_from([b"", b"\xef\xbb\xbf"])) + out.getvalue().encode()


@given(st.data())
def test_whatever_was_written_is_read_again(data: st.DataObject) -> None:
    history = data.draw(histories())
    by_key = sorted(sums(data.draw(written(history))), key=repr)
    assert by_key == sorted(history, key=repr)


CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from([str(T), str(T + HOUR_MS), "BTC", "okx", "all", "", "1.5", "1e9", "-0"]),
    st.datetimes().map(lambda at: at.isoformat()),
)


@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
def test_any_bytes_are_understood_or_refused(data: bytes) -> None:
    for start in (b"", HEADER.encode() + b"\n"):
        try:
            read(start + data)
        except UserError as refused:
            assert refused.sentence.isprintable()


@given(st.lists(st.lists(CELLS, min_size=5, max_size=5), max_size=6))
def test_any_cells_are_understood_or_refused(rows: list[list[str]]) -> None:
    out = io.StringIO()
    csv.writer(out).writerows([COLUMNS, *rows])
    try:
        sheet = read(out.getvalue().encode("utf-8", "replace"))
    except UserError as refused:
        assert refused.sentence.isprintable()
    else:
        assert sum(map(len, sheet.sums())) == sheet.rows - sheet.left_out
