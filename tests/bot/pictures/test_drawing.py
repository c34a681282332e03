"""Every chart becomes a picture of the promised size, and its words say what it shows."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.pictures.alt import LONGEST, alt_text
from bot.pictures.chart import Bucket, Chart, Theme
from bot.pictures.drawing import HEIGHT, WIDTH, draw
from bot.pictures.palette import PALETTES
from tests.bot.pictures.charts import START, a_chart


def size(png: bytes) -> tuple[int, ...]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    return struct.unpack(">II", png[16:24])


@pytest.mark.parametrize("theme", PALETTES)
def test_a_picture_has_its_size_and_its_paper_the_themes_colour(theme: Theme) -> None:
    from io import BytesIO

    from PIL import Image

    png = draw(a_chart(theme=theme))
    assert size(png) == (WIDTH, HEIGHT)
    corner = Image.open(BytesIO(png)).convert("RGB").getpixel((2, 2))
    assert "#{:02x}{:02x}{:02x}".format(*corner) == PALETTES[theme].paper  # type: ignore[misc]


def test_longs_rise_and_shorts_hang_in_their_colours() -> None:
    from io import BytesIO

    from PIL import Image

    buckets = (Bucket(START, 5e6, 0.0), Bucket(START + 30 * 60_000, 0.0, 5e6))
    chart = a_chart(buckets=buckets, bucket_ms=30 * 60_000, prices=(), marks=(), holes=())
    image = Image.open(BytesIO(draw(chart))).convert("RGB")
    where: dict[str, list[tuple[int, int]]] = {"long": [], "short": []}
    for x in range(250, 1050, 5):
        for y in range(130, 590, 5):
            colour = "#{:02x}{:02x}{:02x}".format(*image.getpixel((x, y)))  # type: ignore[misc]
            for side in where:
                if colour == getattr(PALETTES["dark"], side):
                    where[side].append((x, y))
    longs, shorts = where["long"], where["short"]
    assert max(x for x, _ in longs) < min(x for x, _ in shorts)
    assert max(y for _, y in longs) < max(y for _, y in shorts)


@pytest.mark.parametrize(
    "chart",
    [
        a_chart(buckets=(), prices=(), marks=(), holes=()),
        a_chart(prices=a_chart().prices[:1]),
        a_chart(buckets=a_chart().buckets[:1], end_ms=START + 60_000),
        a_chart(end_ms=START + 92 * 86_400_000, bucket_ms=86_400_000),
        a_chart(offset_min=330, zone="Kolkata"),
        a_chart(title="$" * 300),
        a_chart(totals=(0.0,) * 30 + (5e6,) * 30),
    ],
    ids=["empty", "one price", "one bucket", "quarter", "half an hour east", "long title", "apart"],
)
def test_a_chart_with_little_or_much_in_it_is_drawn_too(chart: Chart) -> None:
    assert size(draw(chart)) == (WIDTH, HEIGHT)


def test_words_say_the_sums_the_prices_way_and_what_was_not_heard() -> None:
    assert alt_text(a_chart()) == (
        "$565M+ liquidated in 97 min · 86% longs. Largest hour in 92 days. "
        "Bars of 1 min: longs $400M, shorts $12M, the largest bar $20M. "
        "BTC went from $91,480 to $87,350, lowest $87,350. Not heard throughout: Lighter."
    )


def test_words_of_an_empty_chart_say_so() -> None:
    chart = a_chart(buckets=(), prices=(), holes=(), subtitle="")
    assert alt_text(chart).endswith("86% longs. Bars of 1 min: nothing was liquidated.")


@settings(max_examples=30)
@given(st.text(max_size=2_000))
def test_words_are_never_longer_than_a_platform_takes(title: str) -> None:
    assert len(alt_text(a_chart(title=title))) <= LONGEST
