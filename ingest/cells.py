"""Cells as text to numbers, durations and clock times; what cannot be converted becomes null, never something else."""

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.digits import EXACT_DIGITS, TENS, alike
from ingest.sniff import Decimals

_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$|^[+-]?(nan|NaN|inf|Inf|INF)$"
_DURATION = r"^(?:(?P<d>\d+)(?:\s*d\s*|[-. ]))?(?P<h>\d+):(?P<m>[0-5]?\d):(?P<s>[0-5]?\d(?:\.\d*)?)$"
EMPTY = ("", "-", "--", "N/A", "n/a", "NA", "#N/A", "null", "NULL", "None")
"""Spellings of a cell without a value."""
_DAYS = re.compile(r"\d+(?:\s*d\s*|[-. ])\d+:")


def is_number(cell: str) -> bool:
    """True for a trimmed cell with a decimal point or none that is one number."""
    return re.match(_NUMBER, cell) is not None


def text(cells: pa.Array) -> pa.Array:
    """Cells as trimmed strings, null where empty."""
    trimmed = pc.utf8_trim_whitespace(cells)
    return pc.if_else(pc.is_in(trimmed, pa.array(EMPTY)), pa.scalar(None, pa.string()), trimmed)


def reals(cells: pa.Array, signs: Decimals) -> pa.Array:
    """Trimmed cells as float64."""
    if signs.thousands:
        grouped = rf"^[+-]?\d{{1,3}}(?:{re.escape(signs.thousands)}\d{{3}})+(?:{re.escape(signs.decimal)}\d*)?$"
        bare = pc.replace_substring(cells, signs.thousands, "")
        cells = pc.if_else(pc.match_substring_regex(cells, grouped), bare, cells)
    if signs.decimal == ",":
        # A point in a file of decimal commas is no decimal sign: such a cell must not pass as a number.
        cells = pc.replace_substring(pc.replace_substring(cells, ".", "?"), ",", ".")
    good = pc.match_substring_regex(cells, _NUMBER)
    return pc.if_else(good, cells, pa.scalar(None, pa.string())).cast(pa.float64())


def wholes(cells: pa.Array, signs: Decimals) -> pa.Array:
    """Trimmed cells as int64; `3.0` is 3, and 3.5 is none."""
    values = reals(cells, signs)
    whole = pc.and_(pc.equal(values, pc.floor(values)), pc.less(pc.abs(values), 2.0**53))
    return pc.if_else(pc.fill_null(whole, False), values, pa.scalar(None, pa.float64())).cast(pa.int64())


def has_days(cell: str) -> bool:
    """True for a duration that prints its days: `0d 00:01:30`, `1-00:01:30`, `1.00:01:30`, `1 00:01:30`."""
    return _DAYS.match(cell) is not None


def durations(cells: pa.Array, signs: Decimals) -> pa.Array:
    """Trimmed cells such as `0d 00:01:30.88`, `1-00:01:30` or `25:01:30` as seconds in float64."""
    if signs.decimal == ",":
        cells = pc.replace_substring(cells, ",", ".")
    parts = pc.extract_regex(cells, _DURATION)
    seconds = pc.struct_field(parts, "s").cast(pa.float64())
    for name, factor in (("m", 60.0), ("h", 3600.0), ("d", 86400.0)):
        part = pc.struct_field(parts, name)
        part = pc.if_else(pc.equal(part, ""), "0", part).cast(pa.float64())
        seconds = pc.add(seconds, pc.multiply(part, factor))
    return pc.if_else(pc.is_valid(parts), seconds, pa.scalar(None, pa.float64()))


def durations_at_once(cells: pa.Array, signs: Decimals) -> pa.Array | None:
    """What `durations` makes of cells that are alike, untrimmed ones too; None where it has to be asked."""
    kinds = alike(cells)
    if kinds is None:
        return None
    out = np.empty(len(cells))
    for kind in kinds:
        text = kind.example.replace(",", ".") if signs.decimal == "," else kind.example
        found = re.fullmatch(rf"\s*{_DURATION[1:-1]}\s*", text)
        if found is None:
            return None
        minutes, seconds = (kind.decimal(found.start(name), found[name]) for name in "ms")
        if minutes is None or seconds is None or (minutes >= 60).any() or (seconds >= 60).any():
            return None
        values = seconds + minutes * 60.0
        for name, length in (("h", 3600.0), ("d", 86400.0)):
            if found[name]:
                values = values + kind.numbers[kind.starts.index(found.start(name))] * length
        out[kind.rows] = values
    return pa.array(out)


def reals_at_once(cells: pa.Array, signs: Decimals) -> pa.Array | None:
    """What `reals` makes of cells that are alike, untrimmed ones too; None where it has to be asked."""
    kinds = alike(cells)
    if kinds is None:
        return None
    out = np.empty(len(cells))
    group, point = re.escape(signs.thousands), re.escape(signs.decimal)
    for kind in kinds:
        found = re.fullmatch(rf"\s*([+-]?)(?P<w>\d+(?:{group}\d{{3}})*)(?P<f>{point}\d+)?\s*", kind.example)
        if found is None:
            return None
        wholes = len(kind.numbers) - bool(found["f"])
        digits = np.sum(kind.lengths, axis=0)
        groups = [(length == 3).all() for length in kind.lengths[1:wholes]]
        if (digits > EXACT_DIGITS).any() or not all(groups) or (wholes > 1 and (kind.lengths[0] > 3).any()):
            return None
        value = kind.numbers[0]
        for number in kind.numbers[1:wholes]:
            value = value * 1000 + number
        real = value.astype(np.float64)
        if found["f"]:
            places = kind.lengths[-1]
            real = (value * TENS[places] + kind.numbers[-1]) / TENS[places].astype(np.float64)
        out[kind.rows] = -real if found[1] == "-" else real
    return pa.array(out)


def wholes_at_once(cells: pa.Array, signs: Decimals) -> pa.Array | None:
    """What `wholes` makes of cells that are alike, untrimmed ones too; None where it has to be asked."""
    values = reals_at_once(cells, signs)
    if values is None or not pc.all(pc.equal(values, pc.floor(values))).as_py():
        return None
    return values.cast(pa.int64())
