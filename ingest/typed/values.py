"""Columns that carry a type, as those of Parquet, to canonical values: numbers, time spans, points in time, text."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from ingest import clocks
from ingest.text import cells, columns
from ingest.text.headers import Form, Source, conversion
from ingest.text.signs import Decimals
from ingest.units import Unit
from schemas.ingested import Conversion, Declared
from schemas.quantities import Kind

CLOCK = "unix_time_second"
_PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_SIGNS = Decimals()


@dataclass(frozen=True)
class TypedColumn:
    """How one column becomes canonical: `convert` makes null of what is no `wanted`; `zone` where clocks are local."""

    source: Source
    convert: Callable[[pa.Array], pa.Array]
    wanted: str = "a number"
    rule: str = ""
    zone: str | None = None

    @property
    def conversions(self) -> list[Conversion]:
        """The record of the column, and of its text where that is kept."""
        own = conversion(self.source, self.rule)
        if self.zone is None:
            return [own]
        rule = f"as it stands in the file, local time of {self.zone}"
        return [own, Conversion(column=columns.CLOCK_TEXT, source=self.source.heading, unit="", rule=rule)]


def plan(source: Source, kind: pa.DataType, seen: pa.Array, declared: Declared) -> TypedColumn | str:
    """How a column of this type is read, or why it cannot be; `seen` are some of its values."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if source.quantity.kind is Kind.TEXT:
        plain = is_text(kind) or pa.types.is_integer(kind) or pa.types.is_boolean(kind) or pa.types.is_null(kind)
        return TypedColumn(source, text_of, "text") if plain else _refused(source, kind, "text")
    if source.quantity.name == CLOCK and (is_text(kind) or pa.types.is_timestamp(kind)):
        return _clock(source, kind, text_of(seen), declared)
    if pa.types.is_duration(kind) and source.quantity.ucum == "s":
        span = replace(source, unit=Unit(str(kind), 1 / _PER_SECOND[kind.unit]))
        return TypedColumn(span, lambda values: _seconds(values, kind.unit), rule="time span to seconds")
    if source.quantity.kind is Kind.COUNT:
        whole = _counts if not is_text(kind) else lambda values: cells.wholes(cells.text(text_of(values)), _SIGNS)
        return TypedColumn(source, whole, "a whole number") if _is_number(kind) else _refused(source, kind, "counts")
    if source.field.form is Form.DURATION and is_text(kind) and _has_colon(seen):
        rule = "days, hours:minutes:seconds to seconds"
        timed = replace(source, unit=None)
        return TypedColumn(timed, lambda values: cells.durations(cells.text(text_of(values)), _SIGNS), "a time", rule)
    if not _is_number(kind):
        return _refused(source, kind, "numbers")
    if source.unit is None:
        return f"The column “{source.heading}” prints no unit: write it into its name or metadata, or declare it."
    return TypedColumn(source, lambda values: _canonical(source, _reals(values)))


def is_text(kind: pa.DataType) -> bool:
    """True for strings, be they looked up in a dictionary or not."""
    plain = kind.value_type if pa.types.is_dictionary(kind) else kind
    found: bool = pa.types.is_string(plain) or pa.types.is_large_string(plain)
    return found


def text_of(values: pa.Array) -> pa.Array:
    """Values as strings."""
    return _decoded(values).cast(pa.string())


def _refused(source: Source, kind: pa.DataType, wanted: str) -> str:
    return (
        f"The column “{source.heading}” is of the type {kind} and cannot be read as {source.quantity.label}: "
        f"write it as {wanted}."
    )


def _clock(source: Source, kind: pa.DataType, seen: pa.Array, declared: Declared) -> TypedColumn | str:
    if pa.types.is_timestamp(kind) and kind.tz is not None:
        aware = replace(source, unit=None)
        return TypedColumn(aware, lambda values: _seconds(values, kind.unit), rule="point in time to Unix seconds")
    known = [one.strip() for one in seen.drop_null().to_pylist() if one.strip()]
    if is_text(kind) and known and all(cells.is_number(one) for one in known):
        return TypedColumn(source, lambda values: _canonical(source, cells.reals(cells.text(text_of(values)), _SIGNS)))
    zone = declared.time_zone
    if zone is not None and not clocks.known_zone(zone):
        return f"the declared time zone “{zone}” is none of the IANA names such as Europe/Berlin"
    clock = clocks.moments(known, zone)
    if isinstance(clock, str):
        return clock
    local = replace(source, unit=None)
    rule, zone = clock.rule, clock.zone
    return TypedColumn(
        local, lambda values: clocks.unix_seconds(cells.text(text_of(values)), clock), "a date and time", rule, zone
    )


def _is_number(kind: pa.DataType) -> bool:
    numeric: bool = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    return numeric or is_text(kind) or pa.types.is_null(kind)


def _decoded(values: pa.Array) -> pa.Array:
    return values.dictionary_decode() if pa.types.is_dictionary(values.type) else values


def _reals(values: pa.Array) -> pa.Array:
    decoded = _decoded(values)
    if is_text(decoded.type):
        return cells.reals(cells.text(decoded.cast(pa.string())), _SIGNS)
    # Integers beyond 2⁵³, such as nanoseconds of a clock, lose their last digits.
    return decoded.cast(pa.float64(), safe=False)


def _counts(values: pa.Array) -> pa.Array:
    decoded = _decoded(values)
    if pa.types.is_integer(decoded.type):
        return decoded.cast(pa.int64())
    real = decoded.cast(pa.float64())
    whole = pc.fill_null(pc.and_(pc.equal(real, pc.floor(real)), pc.less(pc.abs(real), 2.0**53)), False)
    return pc.if_else(whole, real, pa.scalar(None, pa.float64())).cast(pa.int64())


def _canonical(source: Source, values: pa.Array) -> pa.Array:
    return values if source.unit is None else source.unit.canonical(values)


def _seconds(values: pa.Array, unit: str) -> pa.Array:
    whole = _decoded(values).cast(pa.int64())
    return pc.divide(whole.cast(pa.float64(), safe=False), float(_PER_SECOND[unit]))


def _has_colon(seen: pa.Array) -> bool:
    found: bool | None = pc.any(pc.match_substring(text_of(seen), ":")).as_py()
    return bool(found)
