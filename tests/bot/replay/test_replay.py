"""Recordings are summed exactly, and judged as the bot would have judged them."""

import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from bot.clock import MINUTE_MS, SECOND_MS
from bot.errors import UserError
from bot.replay.replay import Replay, replay_files
from bot.rules import WINDOWS
from tests.bot.exchanges.frames import binance, bybit, okx

FRAMES = Path(__file__).parents[4] / "shared" / "data" / "frames"
START = 1_789_670_000_000
OKX_TABLE = {
    "code": "0",
    "data": [{"instId": "ETH-USDT-SWAP", "ctVal": "0.1", "ctMult": "1", "ctValCcy": "ETH",
              "uly": "ETH-USDT"}],
}  # fmt: skip


def line(exchange: str, frame: object, after_ms: int = 0) -> str:
    text = frame if isinstance(frame, str) else json.dumps(frame)
    return json.dumps({"exchange": exchange, "received": START + after_ms, "frame": text})


def order(usd: object, after_ms: int = 0, side: str = "SELL", **changes: object) -> str:
    """A Binance order of so many dollars, at a price of one dollar."""
    frame = binance(z=str(usd), ap="1", S=side, T=START + after_ms, **changes)
    return line("binance", frame, after_ms)


def replayed(*lines: str, rules: tuple[str, ...] = ()) -> dict[str, Any]:
    replay = Replay(rules)
    for text in lines:
        replay.feed_line(text)
    return json.loads(json.dumps(replay.report()))


def test_everything_is_counted_where_it_belongs() -> None:
    report = replayed(
        order("10.25"),
        order("10.25"),
        order("4", 1, side="BUY"),
        line("bybit", bybit({"v": "2", "p": "3", "T": START}, {"v": "2", "p": "3", "T": START})),
        line("okx", okx({"ts": str(START)})),
        line("binance", {"result": None, "id": 1}),
        line("okx", "pong"),
        line("bybit", "{broken"),
    )
    assert {key: report[key] for key in ("events", "duplicates", "unpriced", "ignored", "bad")} == {
        "events": 5, "duplicates": 1, "unpriced": 1, "ignored": 2, "bad": 1,
    }  # fmt: skip
    assert (report["long_usd"], report["short_usd"]) == ("22.25", "4")
    assert report["exchanges"] == {
        "binance": {"events": 2, "long_usd": "10.25", "short_usd": "4"},
        "bybit": {"events": 2, "long_usd": "12", "short_usd": "0"},
        "okx": {"events": 1, "long_usd": "0", "short_usd": "0"},
    }
    assert report["coins"]["ICP"] == {"events": 2, "long_usd": "12", "short_usd": "0"}


def test_an_empty_recording_has_an_empty_report() -> None:
    report = replayed()
    assert (report["events"], report["long_usd"], report["alerts"]) == (0, "0", [])
    assert report["peaks"] == {name: {"total_usd": "0", "at": None} for name in WINDOWS}


@pytest.mark.parametrize("body", [OKX_TABLE, json.dumps(OKX_TABLE)])
def test_instruments_give_contract_sizes_to_what_follows(body: object) -> None:
    table = {"exchange": "okx", "received": START, "instruments": body}
    frame = line("okx", okx({"sz": "13", "bkPx": "4100.5", "ts": str(START)}))
    report = replayed(json.dumps(table), frame)
    assert (report["unpriced"], report["long_usd"]) == (0, "5330.65")


def test_a_broken_table_is_a_bad_frame() -> None:
    table = {"exchange": "okx", "received": START, "instruments": {"code": "1"}}
    assert replayed(json.dumps(table))["bad"] == 1


def test_a_second_table_adds_to_the_first() -> None:
    other = {"code": "0", "data": [{**OKX_TABLE["data"][0], "instId": "X-USDT-SWAP"}]}  # type: ignore[dict-item]
    lines = [
        json.dumps({"exchange": "okx", "received": START, "instruments": body})
        for body in (OKX_TABLE, other)
    ]
    assert replayed(*lines, line("okx", okx({"ts": str(START)})))["unpriced"] == 0


def test_the_first_frame_of_okx_counts_too() -> None:
    frame = line("okx", okx({"ts": str(START - 3_600_000)}))
    assert replayed(frame)["events"] == 1


def test_sums_are_over_the_whole_file_even_where_received_steps_back() -> None:
    day = 24 * 60 * MINUTE_MS
    report = replayed(order(5, 2 * day), order(3, 0), order(2, day))
    assert report["long_usd"] == "10"
    assert report["peaks"]["24h"] == {"total_usd": "5", "at": START + 2 * day}


def test_peaks_are_the_fullest_that_each_window_was() -> None:
    report = replayed(order(5), order(7, 4 * MINUTE_MS), order(1, 8 * MINUTE_MS, side="BUY"))
    assert report["peaks"]["5m"] == {"total_usd": "12", "at": START + 4 * MINUTE_MS}
    assert report["peaks"]["15m"] == {"total_usd": "13", "at": START + 8 * MINUTE_MS}


def test_sums_keep_every_digit_and_show_no_exponent() -> None:
    tiny = binance(z="0.000000012345678901234567", ap="0.000000012345678901234567")
    huge = binance(z="49999999999.123456789", ap="1")
    report = replayed(line("binance", tiny), line("binance", huge))
    product = Decimal(12345678901234567 * 12345678901234567).scaleb(-48)
    assert "E" not in report["long_usd"]
    assert report["long_usd"].startswith("49999999999.1234567890000001524157")
    assert len(report["long_usd"].partition(".")[2]) == 48
    assert product < 1


def test_a_rule_speaks_again_only_after_its_window_has_been_complete() -> None:
    report = replayed(
        order(1_500_000, 1),
        order(10, 2 * MINUTE_MS),
        order(2_500_000, 20 * MINUTE_MS),
        rules=("BTC 5m long > 1m", "ETH 5m long > 1m"),
    )
    assert report["alerts"] == [
        {"rule": "BTC 5m long > 1m", "at": START + 1, "value": "1500000"},
        {"rule": "BTC 5m long > 1m", "at": START + 20 * MINUTE_MS, "value": "2500000"},
    ]


def test_shares_are_fractions_and_counts_are_whole_numbers() -> None:
    report = replayed(
        order(8_000_000),
        order(2_000_000, 1, side="BUY"),
        order(3_000_000, 2),
        rules=("5m long_share > 80%", "5m count > 2"),
    )
    told = [(alert["rule"], alert["value"]) for alert in report["alerts"]]
    assert told == [("5m long_share > 80%", "1"), ("5m count > 2", "3")]


def test_a_share_that_rises_while_nothing_comes_in_is_noticed_at_its_second() -> None:
    report = replayed(
        order(6_000_000, side="BUY"),
        order(6_000_000, 2 * MINUTE_MS),
        order(1, 30 * MINUTE_MS),
        rules=("5m long_share > 80%",),
    )
    assert report["alerts"] == [
        {"rule": "5m long_share > 80%", "at": START + 5 * MINUTE_MS, "value": "1"}
    ]


def test_a_burst_of_single_orders_is_one_alert_with_its_largest() -> None:
    report = replayed(
        order(2_000_000),
        order(3_000_000, SECOND_MS),
        order(2_000_000, 2 * SECOND_MS),
        rules=("order > 1m",),
    )
    assert report["alerts"] == [{"rule": "order > 1m", "at": START, "value": "3000000"}]


def test_alerts_of_one_moment_stand_in_the_order_of_their_rules() -> None:
    rules = ("total > 2m", "order > 1m", "5m total > 1m", "BTC total > 1m", "total > 1m")
    report = replayed(order(3_000_000), rules=(*rules, rules[0]))
    assert [alert["rule"] for alert in report["alerts"]] == [*rules, rules[0]]


def test_a_rule_about_the_markets_structure_is_refused() -> None:
    with pytest.raises(UserError, match="holds liquidations alone: it cannot tell oi_drop"):
        Replay(["BTC oi_drop > 5%"])


def test_a_bad_rule_is_said_at_once() -> None:
    with pytest.raises(UserError):
        Replay(["BTC 5m long > nan"])


@pytest.mark.parametrize(
    "text",
    [
        "nonsense", "[]", "{}", "\udcff", b"\xff\xfe", "[" * 100_000,
        '{"exchange":"mtgox","received":1723895903305,"frame":"{}"}',
        '{"exchange":"binance","received":1723895903305}',
        '{"exchange":"binance","received":1723895903305,"frame":"{}","instruments":{}}',
        '{"exchange":"binance","received":-5,"frame":"{}"}',
        '{"exchange":"binance","received":"1723895903305","frame":"{}"}',
        '{"exchange":"binance","received":1e300,"frame":"{}"}',
        '{"exchange":"binance","received":1723895903305,"frame":{}}',
    ],
)  # fmt: skip
def test_a_line_that_is_none_is_the_users_mistake(text: bytes | str) -> None:
    with pytest.raises(UserError):
        Replay().feed_line(text)


def page(paths: list[Path], rules: tuple[str, ...] = (), as_json: bool = False) -> str:
    out = Console(file=io.StringIO(), width=100)
    replay_files(paths, rules, as_json, out)
    return out.file.getvalue()  # type: ignore[attr-defined]


def test_several_files_are_one_recording_and_the_json_is_one_object(tmp_path: Path) -> None:
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    first.write_text(order(5) + "\n\n" + order(7, 1) + "\n")
    second.write_text(order(7, 1) + "\r\n" + order(8, 2))
    report = json.loads(page([first, second], as_json=True))
    assert (report["events"], report["duplicates"], report["long_usd"]) == (3, 1, "20")


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    for recording, text in ((first, order(5)), (second, "")):
        recording.write_text(text + "\r\n", encoding="utf-8-sig", newline="")
    assert json.loads(page([first, second], as_json=True))["events"] == 1


def test_the_page_shows_what_the_report_holds(tmp_path: Path) -> None:
    recording = tmp_path / "one.jsonl"
    recording.write_text(order(2_000_000) + "\n")
    shown = page([recording], ("BTC 5m long > 1m",))
    for expected in ("1 liquidation ", "Binance", "BTC", "2,000,000.00", "BTC 5m long > 1m"):
        assert expected in shown


def test_a_mistake_names_its_file_and_line(tmp_path: Path) -> None:
    recording = tmp_path / "odd.jsonl"
    recording.write_text(order(5) + "\nnonsense\n")
    with pytest.raises(UserError, match=r"odd\.jsonl, line 2: .*\.$"):
        page([recording])
    with pytest.raises(UserError, match=r"I cannot read .*none\.jsonl"):
        page([recording, tmp_path / "none.jsonl"])
    with pytest.raises(UserError, match="I cannot read"):
        page([tmp_path])


EVENTS = st.lists(
    st.tuples(
        st.integers(0, 40),
        st.integers(1, 10**13),
        st.sampled_from(["SELL", "BUY"]),
        st.sampled_from(["BTCUSDT", "1000PEPEUSDT", "ETHBTC", "BTCUSD_PERP"]),
    ),
    max_size=12,
)


@given(EVENTS)
@settings(max_examples=40, deadline=None)
def test_it_agrees_with_adding_up_by_hand(
    events: list[tuple[int, int, str, str]],
) -> None:
    """In hundred-millionths, minute by minute in any order; equal frames are one event."""
    lines, seen, sums = [], set(), {"SELL": 0, "BUY": 0}
    for minute, units, side, symbol in events:
        usd = Decimal(units).scaleb(-8)
        lines.append(order(f"{usd:f}", minute * MINUTE_MS, side, s=symbol))
        if symbol.endswith("USDT") and (minute, units, side, symbol) not in seen:
            sums[side] += units
        seen.add((minute, units, side, symbol))
    report = replayed(*lines)
    assert Decimal(report["long_usd"]) == Decimal(sums["SELL"]).scaleb(-8)
    assert Decimal(report["short_usd"]) == Decimal(sums["BUY"]).scaleb(-8)
    assert report["events"] == len(seen)
    assert report["duplicates"] == len(events) - len(seen)
    assert report["unpriced"] == sum(not symbol.endswith("USDT") for *_, symbol in seen)


RECORDED = sorted(FRAMES.glob("*.jsonl")) if FRAMES.exists() else []


@pytest.mark.skipif(not RECORDED, reason="the recordings are not here")
@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_recordings_give_what_is_known_of_them(path: Path) -> None:
    known = json.loads((FRAMES / "expected.json").read_text())[path.name]
    report = json.loads(page([path], as_json=True))
    assert {key: report[key] for key in known} == known
    assert (report["bad"], report["ignored"], report["unpriced"]) == (0, 0, 0)
