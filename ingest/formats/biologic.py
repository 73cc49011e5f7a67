"""BioLogic text exports (EC-Lab, BT-Lab): .mpt with its block of settings, or .txt with headings alone; impedance."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from ingest import eclab, sniff
from ingest.headers import Field, Form
from ingest.reader import Head, Reading
from ingest.starts import note_start
from ingest.text import Given, Layout, TextReader
from schemas.errors import Unreadable
from schemas.ingested import Declared

_MAGIC = re.compile(r"(?:EC|BT)-Lab ASCII FILE\s*Nb header lines\s*:\s*(\d+)")
_STARTED = re.compile(r"(?:Acquisition|Technique) started on\s*:\s*(\S.*)")
_REFERENCE = re.compile(r"Reference electrode\s*:\s*(\S.*)")
_ABSOLUTE = re.compile(r"Time format\s*:\s*Absolute\s+([MDY]{2})")
_ORDERS = {"MM": "month first", "DD": "day first", "YY": "year first"}
_CLOCK, _TIME = "unix_time_second", "test_time_second"
_SINCE_FIRST = Given(_TIME, 0.0, "clock time since the first row: the column of times holds dates")
_MOST_HEADER_LINES = 20_000
_LONGEST_LINE = 16 * 1024

LAYOUT = Layout(
    name="BioLogic text",
    version="2",
    fields=eclab.COMMON,
    is_header=eclab.is_header,
    instrument="BioLogic",
    spelling=eclab.SPELLING,
)


@dataclass(frozen=True)
class _Seen:
    """A file up to its first row: its layout, its settings, and whether its times are dates."""

    head: Head
    settings: list[str]
    within: int

    @property
    def layout(self) -> Layout:
        return replace(LAYOUT, header_within=self.within)

    @property
    def technique(self) -> str:
        return next((line.strip() for line in self.settings[2:] if line.strip()), "")

    def said(self, setting: re.Pattern[str]) -> str:
        """What the settings say there, or nothing."""
        found = setting.search("\n".join(self.settings))
        return found[1].strip() if found else ""


class BioLogicReader:
    """The shared text reader, behind a block of settings that may be long and names the technique."""

    name = LAYOUT.name
    version = LAYOUT.version

    def recognises(self, head: Head) -> bool:
        """True where BioLogic's headings stand in one of the lines that the file calls its header."""
        seen = _seen(head)
        return TextReader(seen.layout).recognises(seen.head)

    def read(self, head: Head, declared: Declared) -> Reading:
        """Open the file; its technique and its columns decide what voltage and current are, see `ingest.eclab`.

        Raises:
            Unreadable: as `TextReader.read`; times that are dates of which no Unix time can be made.
        """
        seen = _seen(head)
        opened = sniff.find_header(seen.head, eclab.is_header, seen.within)
        headings = opened.headings if opened else ()
        named = eclab.names(headings)
        way = eclab.way(named, seen.technique, declared.cell_configuration, seen.said(_REFERENCE))
        layout = replace(seen.layout, fields=way.fields, given=way.given, steps=way.steps)
        if opened and _dated(seen.head, opened):
            reading = _of_dates(seen, layout, declared)
        else:
            reading = TextReader(layout).read(seen.head, declared)
            if started := seen.said(_STARTED):
                note_start(reading, started, declared)
        reading.problems += way.problems
        return reading


def _dated(head: Head, opened: sniff.Opened) -> bool:
    """Whether the first cell of the times is a date."""
    place = next((at for at, one in enumerate(opened.headings) if eclab.names([one]) == {"time"}), None)
    lines = sniff.decoded(head.start, opened.encoding).split("\n")[opened.line + 1 :]
    first = next((sniff.split(line, opened.delimiter) for line in lines if line.strip()), [])
    return place is not None and place < len(first) and re.search(r"\d[/.:-]\d+[/.:-]", first[place]) is not None


def _of_dates(seen: _Seen, layout: Layout, declared: Declared) -> Reading:
    """The file with Unix times made of its dates, and its test time counted from the first of them."""
    clock = Field(_CLOCK, ("time",), form=Form.CLOCK, order=_ORDERS.get(seen.said(_ABSOLUTE)))
    fields = (clock, *(field for field in layout.fields if field.quantity != _TIME))
    dated = replace(layout, fields=fields, given=(*layout.given, _SINCE_FIRST))
    reading = TextReader(dated).read(seen.head, declared)
    if all(one.column != _CLOCK for one in reading.conversions):
        why = next((problem.message for problem in reading.problems if problem.rule == "time-without-zone"), "")
        raise Unreadable(
            f"The times of this file are dates, of which no test time can be made. {why} Declare the time zone of the "
            "test place in the metadata, or export the file again with the time format “Elapsed”."
        )
    reading.batches = _since_first(reading.batches)
    return reading


def _since_first(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    start: float | None = None
    for batch in batches:
        clock = batch.column(batch.schema.get_field_index(_CLOCK))
        if start is None:
            start = clock[0].as_py()
        yield batch.set_column(batch.schema.get_field_index(_TIME), _TIME, pc.round(pc.subtract(clock, start), 6))


def _seen(head: Head) -> _Seen:
    widened = _widened(head)
    settings = _settings(widened)
    return _Seen(widened, settings, max(LAYOUT.header_within, len(settings)))


def _announced(head: Head) -> int:
    """How many lines the file says that its header has, the headings among them; 0 where it does not say."""
    found = _MAGIC.match(head.start[:200].removeprefix(codecs.BOM_UTF8).decode("latin-1"))
    return min(int(found[1]), _MOST_HEADER_LINES) if found else 0


def _settings(head: Head) -> list[str]:
    """The lines of the block of settings; none where the file has no such block."""
    codec = sniff.encoding(head.start)
    return sniff.decoded(head.start, codec).split("\n")[: _announced(head)] if codec else []


def _widened(head: Head) -> Head:
    """The head, with as many more bytes as its settings need: many loops or sequences make them long."""
    lines = _announced(head)
    if head.start.count(b"\n") > lines or len(head.start) == head.size:
        return head
    with head.path.open("rb") as file:
        settings = b"".join(file.readline(_LONGEST_LINE) for _ in range(lines))
        return replace(head, start=settings + file.read(len(head.start)))


READERS = (BioLogicReader(),)
