"""Cells as text to numbers, durations and clock times; what cannot be converted becomes null, never something else."""

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.text.digits import EXACT_DIGITS, matching
from ingest.text.signs import Decimals

_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$|^[+-]?(nan|NaN|inf|Inf|INF)$"
_DURATION = r"^(?::?(?P<d>\d+)(?:\s*d\s*|[-. :]))?(?P<h>\d+):(?P<m>[0-5]?\d):(?P<s>[0-5]?\d(?:\.\d*)?)$"
EMPTY = ("", "-", "--", "N/A", "n/a", "NA", "#N/A", "null", "NULL", "None")
"""Spellings of a cell without a value."""
_DAYS = re.compile(r"\d+(?:\s*d\s*|[-. ])\d+:|:?\d+:\d+:\d+:")


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
    """True for a duration that prints its days: `0d 00:01:30`, `1-00:01:30`, `1.00:01:30`, `:1:00:01:30`."""
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
    kinds = matching(cells, _DURATION[1:-1].replace(r"\.", r"[.,]" if signs.decimal == "," else r"\."))
    if kinds is None:
        return None
    out = np.empty(len(cells))
    for kind, found in kinds:
        start, end = found.span("s")
        minutes, seconds = kind.number(*found.span("m")), kind.decimal(start, end, "," if "," in found["s"] else ".")
        # The pattern holds for all their digits but for the tens, which are below 6 in the example alone.
        if seconds is None or (minutes > 59).any() or (seconds >= 60).any() or _long(found["h"], found["d"]):
            return None
        values = seconds + minutes * 60.0
        for name, factor in (("h", 3600.0), ("d", 86400.0)):
            values = values + kind.number(*found.span(name)) * factor if found[name] else values
        out[kind.rows] = values
    return pa.array(out)


def reals_at_once(cells: pa.Array, signs: Decimals) -> pa.Array | None:
    """What `reals` makes of cells that are alike, untrimmed ones too; None where it has to be asked."""
    group, point = re.escape(signs.thousands), re.escape(signs.decimal)
    kinds = matching(cells, rf"(?P<s>[+-]?)(?P<w>\d{{1,3}}(?:{group}\d{{3}})+|\d+)(?P<f>{point}\d+)?")
    if kinds is None:
        return None
    out = np.empty(len(cells))
    for kind, found in kinds:
        groups = [number.span() for number in re.finditer(r"\d+", found["w"])]
        begin, places = found.start("w"), len(found["f"] or ".") - 1
        if sum(end - start for start, end in groups) + places > EXACT_DIGITS:
            return None
        value = kind.number(begin, begin + groups[0][1])
        for start, end in groups[1:]:
            value = value * 1000 + kind.number(begin + start, begin + end)
        scaled = value * 10**places + (kind.number(found.start("f") + 1, found.end("f")) if places else 0)
        real = scaled / float(10**places)
        out[kind.rows] = -real if found["s"] == "-" else real
    return pa.array(out)


def wholes_at_once(cells: pa.Array, signs: Decimals) -> pa.Array | None:
    """What `wholes` makes of cells that are alike, untrimmed ones too; None where it has to be asked."""
    values = reals_at_once(cells, signs)
    if values is None or not pc.all(pc.equal(values, pc.floor(values))).as_py():
        return None
    return values.cast(pa.int64())


def _long(*numbers: str | None) -> bool:
    return any(number is not None and len(number) > EXACT_DIGITS for number in numbers)
