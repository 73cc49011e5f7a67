"""Cells as text to numbers, durations and clock times; what cannot be converted becomes null, never something else."""

import re

import pyarrow as pa
import pyarrow.compute as pc

from ingest.sniff import Decimals

_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$|^[+-]?(nan|NaN|inf|Inf|INF)$"
_DURATION = r"^(?:(?P<d>\d+)(?:\s*d\s*|[-. ]))?(?P<h>\d+):(?P<m>[0-5]?\d):(?P<s>[0-5]?\d(?:\.\d*)?)$"
EMPTY = ("", "-", "--", "N/A", "n/a", "NA", "#N/A", "null", "NULL", "None")
"""Spellings of a cell without a value."""
_DAYS = re.compile(r"\d+(?:\s*d\s*|[-. ])\d+:")


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
