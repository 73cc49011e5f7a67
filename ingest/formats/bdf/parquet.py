"""Battery Data Format as Parquet: terms as column names, deprecated names and their units included."""

import pyarrow as pa
import pyarrow.parquet as pq

from ingest.declared.mapping import mapped
from ingest.findings import no_clock
from ingest.parquet import Described
from ingest.reader import Head, Reading
from ingest.text.columns import CLOCK_TEXT
from ingest.text.headers import DECLARED, Columns, Source, match, plain, split_heading
from ingest.text.sniff import MOST_COLUMNS
from ingest.typed.rows import TypedRows, batches
from ingest.typed.values import CLOCK, TypedColumn, plan
from ingest.units import unit
from ingest.vocabulary import FIELDS
from schemas.errors import Unreadable
from schemas.ingested import Declared
from schemas.report import Problem

_SEEN_ROWS = 1000
_UNITS = (b"unit", b"units")


class BdfParquet:
    """A `Reader`; a Parquet file tells its columns and types itself."""

    name = "Battery Data Format parquet"
    version = "2"

    def recognises(self, head: Head) -> bool:
        """True for a Parquet file; whether its columns are the format's is said on reading."""
        return head.start.startswith(b"PAR1")

    def read(self, head: Head, declared: Declared) -> Reading:
        """Open the file.

        Raises:
            Unreadable: the footer is damaged, there are no rows, a required column is absent, without unit or of a
                type that holds no numbers; all columns are named at once.
        """
        try:
            file = pq.ParquetFile(head.path, pre_buffer=False)
            return _opened(file, declared)
        except (pa.ArrowException, OSError, UnicodeDecodeError) as fault:
            raise Unreadable(f"The Parquet file is damaged or cut off ({fault}): write and upload it again.") from fault


def _opened(file: pq.ParquetFile, declared: Declared) -> Reading:
    rows, columns = file.metadata.num_rows, file.metadata.num_columns
    if columns > MOST_COLUMNS:
        raise Unreadable(
            f"The Parquet file has {columns} columns a test at most {MOST_COLUMNS}: write those of the test alone."
        )
    if not rows:
        raise Unreadable("The Parquet file has no rows: export it again.")
    matched = _matched(file.schema_arrow, declared)
    planned, problems = _planned(file, (*matched.sources, *matched.twins), declared)
    reading = Reading(batches=iter(()), conversions=[], problems=[*matched.problems, *problems])
    if declared.reading.last_row is not None:
        reading.left_out = max(0, rows - declared.reading.last_row)
    taken = TypedRows(file, planned, len(matched.sources), min(rows, declared.reading.last_row or rows))
    reading.conversions = [one for column in taken.own.values() for one in column.conversions]
    reading.described = {CLOCK_TEXT: Described()} if any(one.zone for one in taken.own.values()) else {}
    reading.batches = batches(taken, reading)
    return reading


def _matched(schema: pa.Schema, declared: Declared) -> Columns:
    """Columns by name; a unit in a field's metadata counts where the name has none, and must not contradict it."""
    names = schema.names
    said = [_unit_of(field) for field in schema]
    headings = [
        f"{name} / {spelled}" if spelled and split_heading(name)[1] is None else name
        for name, spelled in zip(names, said, strict=True)
    ]
    # A machine name fixes its unit as a whole, and is no longer one with a unit behind it.
    fixed = {plain(name) for field in FIELDS if field.unit is not None for name in field.names}
    headings = [name if plain(name) in fixed else heading for name, heading in zip(names, headings, strict=True)]
    found = match(headings, FIELDS, declared=mapped(names, declared.reading.columns, FIELDS), synonyms=True)
    faults = [fault for source in found.sources if (fault := _contradiction(source, said[source.position]))]
    faults += [
        f"The column “{names[source.position]}” stands in the file more than once: remove or rename the other."
        for source in found.sources
        if names.count(names[source.position]) > 1
    ]
    if faults:
        raise Unreadable(" ".join(faults))
    return found


def _unit_of(field: pa.Field) -> str:
    found = (field.metadata or {}).get(next((one for one in _UNITS if one in (field.metadata or {})), b""), b"")
    return str(found.decode("utf-8", "replace")).strip()


def _contradiction(source: Source, said: str) -> str:
    other = unit(said, source.quantity.ucum) if said else None
    declared = source.field.fixed and source.field.rank == DECLARED
    if other is None or source.unit is None or declared:
        return ""
    if (other.factor, other.offset) == (source.unit.factor, source.unit.offset):
        return ""
    return (
        f"The name of the column “{source.heading}” says {source.unit.spelling} and its metadata say {said}: "
        "correct one of them, or declare the unit."
    )


def _planned(
    file: pq.ParquetFile, sources: tuple[Source, ...], declared: Declared
) -> tuple[list[TypedColumn | None], list[Problem]]:
    """How each column is read; None for a clock that cannot be placed, which is told."""
    first = next(file.iter_batches(_SEEN_ROWS))
    planned: list[TypedColumn | None] = []
    problems: list[Problem] = []
    faults: list[str] = []
    for source in sources:
        seen = first.column(source.position)
        column = plan(source, seen.type, seen, declared)
        planned.append(column if isinstance(column, TypedColumn) else None)
        if isinstance(column, str):
            if source.quantity.name == CLOCK and not column.startswith("The column"):
                problems.append(no_clock(source.heading, column))
            else:
                faults.append(column)
    if faults:
        raise Unreadable(" ".join(faults))
    return planned, problems


READERS = (BdfParquet(),)
