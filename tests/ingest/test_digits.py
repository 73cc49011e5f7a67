"""Cells read all at once and one by one by pattern: the same to the last bit, or left to the pattern."""

import random
import re

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ingest import clocks
from ingest.clocks import Clock
from ingest.clocks.parts import PATTERNS
from ingest.text import cells
from ingest.text.digits import matching
from ingest.text.signs import Decimals

POINT, COMMA = Decimals(".", ","), Decimals(",", ".")
CLOCKS = [Clock(order, zone) for order in PATTERNS for zone in (None, "Europe/Berlin")]


def digits(least: int, most: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=least, max_size=most)


def joined(*parts: st.SearchStrategy[str] | str) -> st.SearchStrategy[str]:
    return st.tuples(*(st.just(part) if isinstance(part, str) else part for part in parts)).map("".join)


space = st.sampled_from(["", "", " ", "  "])
two = st.one_of(digits(1, 2), st.integers(0, 59).map(str), digits(3, 3))
seconds = joined(two, st.one_of(st.just(""), joined(st.sampled_from(".,"), digits(0, 16))))
duration = joined(
    space, st.one_of(st.just(""), joined(digits(0, 3), st.sampled_from(["d ", "d", " d "]))),
    digits(0, 4), ":", two, ":", seconds, space,
)  # fmt: skip
time = joined(
    st.sampled_from([" ", "T", ", ", "  "]), digits(1, 2), ":", digits(1, 2),
    st.one_of(st.just(""), joined(":", seconds)), st.sampled_from(["", " AM", " PM", "pm"]),
    st.sampled_from(["", "Z", "+02:00", "-0530", "+00:00", "+2:00"]),
)  # fmt: skip
month = st.sampled_from(["Nov", "nov", "March", "Foo", "dec"])
dash = st.sampled_from("-/. ")
date = st.one_of(
    joined(digits(1, 4), dash, digits(1, 3), dash, digits(2, 4)),
    joined(digits(1, 2), dash, month, dash, digits(2, 4)),
)
clock_cell = joined(space, date, st.one_of(st.just(""), time), space)
number = joined(
    space, st.sampled_from(["", "-", "+"]), digits(1, 3), st.one_of(st.just(""), joined(",", digits(3, 3))),
    st.one_of(st.just(""), joined(",", digits(2, 4))), st.one_of(st.just(""), joined(".", digits(0, 14))), space,
)  # fmt: skip


def column(cell: st.SearchStrategy[str]) -> st.SearchStrategy[list[str]]:
    """One or two cells, each with others that have the same signs around other digits."""
    other = st.tuples(cell, st.randoms(use_true_random=False)).map(
        lambda pair: [pair[0], redigited(*pair), redigited(*pair)]
    )
    return st.lists(other, min_size=1, max_size=2).map(lambda groups: [cell for group in groups for cell in group])


def redigited(cell: str, chance: random.Random) -> str:
    """Other digits: as many, except behind a sign such as a decimal's, or sometimes anywhere."""
    wild = chance.random() < 0.2

    def run(found: re.Match[str]) -> str:
        free = wild or cell[: found.start()].endswith((".", ","))
        length = max(1, len(found[0]) + (chance.choice((0, 1, -1)) if free else 0))
        return "".join(chance.choice("0123456789" if free else "012345") for _ in range(length))

    return re.sub("[0-9]+", run, cell)


def same_or_none(at_once: pa.Array | None, one_by_one: pa.Array) -> None:
    if at_once is None:
        return
    assert at_once.type == one_by_one.type and at_once.null_count == one_by_one.null_count
    for ours, theirs in zip(at_once.to_pylist(), one_by_one.to_pylist(), strict=True):
        assert ours == theirs or (ours != ours and theirs != theirs)
        if isinstance(ours, float):
            assert np.float64(ours).tobytes() == np.float64(theirs).tobytes() or ours != ours


@settings(max_examples=150, deadline=None)
@given(column(duration), st.sampled_from([POINT, COMMA]))
@example(["  2d 02:52:51.5699996948242", "  0d 00:00:0", " 10d 23:59:59.9"], POINT)
@example(["00:59:60.000", "00:59:59.000"], POINT)
@example(["00:00:01.5", "00:00;01.5"], POINT)
@example(["00:00:01.5", "00:00:x1.5"], POINT)
@example(["0:00:01.5", "0:00:01.25", "0:00:01.125"], POINT)
@example(["0d 00:01:30,88", "0d 00:01:30,8"], COMMA)
def test_durations_are_the_same_all_at_once(texts, signs):
    raw = pa.array(texts)
    same_or_none(cells.durations_at_once(raw, signs), cells.durations(cells.text(raw), signs))


@settings(max_examples=200, deadline=None)
@given(column(clock_cell), st.sampled_from(CLOCKS))
@example(
    ["12/31/2020 11:59:59 PM", "1/1/2021 12:00:00 AM", "02/30/2021 1:00:00 AM"], Clock("month first", "Europe/Berlin")
)
@example(["2025-06-06 09:10:07.970000+00:00", "2025-06-06 09:10:08+00:00"], Clock("year first", None))
@example(["2025-06-06 09:10:07+00:00", "2025-06-06 09:10:08"], Clock("year first", None))
@example(["31.03.2024 02:30:00", "27.10.2024 02:30:00"], Clock("day first", "Europe/Berlin"))
@example(["23-Nov-23 3:56:08 PM", "01-Dec-23 3:56:08 AM"], Clock("month by name", "UTC"))
def test_clock_times_are_the_same_all_at_once(texts, clock):
    raw = pa.array(texts)
    same_or_none(clocks.unix_seconds_at_once(raw, clock), clocks.unix_seconds(cells.text(raw), clock))


@settings(max_examples=150, deadline=None)
@given(column(number), st.booleans())
@example(["1,234", "12,345,678.25", "7"], False)
@example(["-0", "1,0000"], False)
def test_numbers_with_thousands_separators_are_the_same_all_at_once(texts, comma):
    signs = COMMA if comma else POINT
    raw = pa.array([text.translate(str.maketrans(",.", ".,")) if comma else text for text in texts])
    same_or_none(cells.reals_at_once(raw, signs), cells.reals(cells.text(raw), signs))
    same_or_none(cells.wholes_at_once(raw, signs), cells.wholes(cells.text(raw), signs))


@pytest.mark.parametrize(
    ("at_once", "texts"),
    [
        (
            lambda raw: cells.durations_at_once(raw, POINT),
            ["  0d 00:01:30.88", "  0d 00:00:5", " 12d 23:59:59.999"] * 50,
        ),
        (lambda raw: cells.durations_at_once(raw, COMMA), ["24:00:50,500", "123:00:00,000"] * 50),
        (
            lambda raw: clocks.unix_seconds_at_once(raw, Clock("month first", "Europe/Berlin")),
            ["12/11/2020 12:22:12", "1/2/2020 1:02:03 PM", "1/2/2020 1:02:03 AM"] * 50,
        ),
        (
            lambda raw: clocks.unix_seconds_at_once(raw, Clock("year first", None)),
            ["2024-07-15 08:00:30.25+00:00", "2024-07-15 08:01:00+00:00"] * 50,
        ),
        (lambda raw: cells.wholes_at_once(raw, POINT), ["1", "999", "1,000", "1,234,567"] * 50),
    ],
)
def test_what_exports_hold_is_read_at_once(at_once, texts):
    assert at_once(pa.array(texts)) is not None


@pytest.mark.parametrize(
    "texts", [[], ["1:00", None], ["１:00"], ["1:\x0000"], ["1" * 65], [""], [f"{'x' * i}1" for i in range(40)]]
)
def test_cells_that_are_not_alike_are_left_to_the_pattern(texts):
    assert matching(pa.array(texts, pa.string()), r".*") is None


def test_a_slice_of_cells_is_read_by_itself():
    raw = pa.array(["junk", "00:00:01", "00:00:02", "junk"]).slice(1, 2)
    found = cells.durations_at_once(raw, POINT)
    assert found is not None and found.to_pylist() == [1, 2]


def test_a_time_without_offset_among_times_with_one_is_no_time():
    texts = pa.array(["2025-06-06 09:10:07+00:00", "2025-06-06 09:10:08"])
    assert clocks.unix_seconds(texts, Clock("year first", None)).to_pylist() == [1749201007.0, None]
    assert clocks.unix_seconds(texts, Clock("year first", "Europe/Berlin")).to_pylist() == [None, 1749193808.0]


def test_thousands_of_times_of_every_number_of_decimals_are_the_same_all_at_once():
    chance = random.Random(1)
    for decimals in range(1, 14):
        texts = [
            f"{number % 2 * 7}d {number % 2 * 21:02d}:{number % 2 * 42:02d}:{second:.{decimals}f}"
            for number, second in enumerate(chance.random() * 59 for _ in range(1000))
        ]
        found = cells.durations_at_once(pa.array(texts), POINT)
        assert found is not None
        same_or_none(found, cells.durations(pa.array(texts), POINT))


def test_thousands_of_clock_times_of_every_offset_are_the_same_all_at_once():
    chance = random.Random(2)
    for decimals, offset in enumerate(("+0530", "-0330", "+05:45", "Z"), 1):
        texts = [
            f"20{chance.randrange(100):02d}-{chance.randrange(1, 13)}-{chance.randrange(1, 32)} "
            f"{chance.randrange(24)}:{chance.randrange(60):02d}:{chance.uniform(0, 59):.{decimals}f}{offset}"
            for _ in range(2000)
        ]
        found = clocks.unix_seconds_at_once(pa.array(texts), Clock("year first", None))
        assert found is not None and 0 < found.null_count < 200
        same_or_none(found, clocks.unix_seconds(pa.array(texts), Clock("year first", None)))
