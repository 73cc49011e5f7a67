"""From a filled-in template to a `Reading`: parameters as rows, genealogy beside them, all findings at once."""

from collections.abc import Callable, Iterator

import pyarrow as pa

from ingest import clocks
from ingest.production import checks, genealogy, table
from ingest.production.entries import Facts, Filled, Told
from ingest.production.values import values
from ingest.reader import Head, Reading
from ingest.text.headers import plain
from schemas.ingested import Declared
from schemas.production import GENEALOGY, PARAMETERS, CellFormat
from schemas.vocabulary import VERSION, production

Fill = Callable[[Head, Told], Filled]


def read(head: Head, declared: Declared, fill: Fill) -> Reading:
    """The reading of a template that `fill` takes apart; the file is read when the first batch is asked for."""
    reading = Reading(batches=iter(()), conversions=[], table=PARAMETERS)
    reading.batches = _batches(head, declared, fill, reading)
    reading.more = lambda: {GENEALOGY: table.genealogy(reading.produced)}
    return reading


def _batches(head: Head, declared: Declared, fill: Fill, reading: Reading) -> Iterator[pa.RecordBatch]:
    told = Told(head.filename)
    filled = fill(head, told)
    cell_format = _facts(filled.facts, told)
    found = values(filled, _zone(filled.facts, declared, told), told)
    checks.check(found, cell_format, told)
    reading.produced = genealogy.produced(found, filled.edges, told)
    if not found and not filled.edges:
        told.error("no-rows", "No value is filled in.", "Fill in at least one sheet; rows named EXAMPLE do not count.")
    reading.rows_in = filled.rows
    reading.header = _header(filled.facts)
    reading.started_at = min((value.time for value in found if value.time is not None), default=None)
    reading.conversions.extend(filled.conversions.values())
    reading.problems.extend(told.settle())
    yield from table.batches(found, filled.facts.run)


def _facts(facts: Facts, told: Told) -> CellFormat | None:
    if not facts.run:
        message = "The file does not name its production run."
        told.error("run-missing", message, "Fill in “Production run”, such as RUN-2026-014.", facts.place)
    if facts.version not in (None, VERSION):
        message = f"The file was filled in with vocabulary {facts.version} and is read with {VERSION}."
        told.note("template-version", message, "Parameters that one of them lacks are listed as unknown.", facts.place)
    formats = production().formats.values()
    found = next((one for one in formats if plain(facts.cell_format) in (plain(one.id), plain(one.label))), None)
    if facts.cell_format and found is None:
        known = ", ".join(one.id for one in formats)
        message = f"“{facts.cell_format}” is no known cell format."
        told.warn("cell-format-unknown", message, f"Choose one of {known}.", facts.place, facts.cell_format)
    return found


def _zone(facts: Facts, declared: Declared, told: Told) -> str | None:
    said = facts.time_zone
    if said is not None and not clocks.known_zone(said):
        message = f"“{said}” is no IANA time zone."
        told.error("time-zone-unknown", message, "Write it like Europe/Berlin or UTC.", facts.place, said)
        said = None
    if said is not None and declared.time_zone not in (None, said):
        message = f"The file names the time zone {said}, the metadata {declared.time_zone}; the file's was taken."
        told.warn("time-zone-differs", message, "Correct one of them.", facts.place, said)
    return said or declared.time_zone


def _header(facts: Facts) -> dict[str, str]:
    said = {
        "production run": facts.run,
        "cell format": facts.cell_format,
        "time zone": facts.time_zone,
        "vocabulary version": facts.version,
    }
    return {name: value for name, value in said.items() if value}
