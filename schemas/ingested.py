"""What ingest made of the files of one test: tables, report, and how it got there."""

from datetime import datetime

from pydantic import BaseModel

from schemas.instructions import Instructions
from schemas.production import Produced
from schemas.report import Report


class Declared(BaseModel, frozen=True):
    """What the metadata say about a file before it is read; used for checks and where a file is silent.

    `time_zone` is an IANA name and is needed where the file's wall-clock times are naive; `time_zone_of_line` tells
    that the record had none and the pilot line's was taken.
    `nominal_capacity_ah` in Ah, the voltage window in V; `cycles` is how many the protocol asks for, `chemistry` the
    positive electrode's (it decides which voltages are plausible).
    """

    time_zone: str | None = None
    time_zone_of_line: bool = False
    nominal_capacity_ah: float | None = None
    lower_voltage_v: float | None = None
    upper_voltage_v: float | None = None
    cell_configuration: str | None = None
    chemistry: str | None = None
    cycles: int | None = None
    reading: Instructions = Instructions()

    def reads_as(self, other: "Declared") -> bool:
        """Whether files are read alike by both, wherever the time zone came from."""
        alike = {"time_zone_of_line": False}
        return self.model_copy(update=alike) == other.model_copy(update=alike)


class Column(BaseModel, frozen=True):
    """One column of a table with its unit (UCUM) and IRI, empty where the vocabulary has none."""

    name: str
    type: str
    unit: str = ""
    iri: str = ""


class Conversion(BaseModel, frozen=True):
    """How one canonical column came to be: source header, unit found there, factor, and the rule applied."""

    column: str
    source: str
    unit: str
    factor: float = 1.0
    rule: str = ""


class Table(BaseModel, frozen=True):
    """One Parquet file that ingest wrote; `name` is for example `timeseries`, `file` its name in the output folder."""

    name: str
    file: str
    rows: int
    bytes: int
    sha256: str
    columns: tuple[Column, ...]


class Choices(BaseModel, frozen=True):
    """What a file holds of which one has to be picked, and the reading instruction that picks it."""

    by: str
    names: tuple[str, ...]


class Source(BaseModel, frozen=True):
    """One raw file that was read: its name and hash, by which reader, and the file in it where it was an archive."""

    file: str
    sha256: str
    reader: str
    reader_version: str
    member: str = ""


class Read(BaseModel, frozen=True):
    """What a file says beside its rows: lines of its header by number or name, and when it begins."""

    started_at: datetime | None = None
    header: dict[str, str] = {}


class Ingested(BaseModel, frozen=True):
    """The result of one ingest run; with errors in the report `tables` is empty."""

    reader: str
    reader_version: str
    schema_version: str
    instrument: str = ""
    started_at: datetime | None = None
    header: dict[str, str] = {}
    conversions: tuple[Conversion, ...] = ()
    tables: tuple[Table, ...] = ()
    cycles: int = 0
    choices: Choices | None = None
    sources: tuple[Source, ...] = ()
    produced: Produced = Produced()
    declared: Declared = Declared()
    report: Report = Report()
