"""Novonix csv exports: sections [Summary], [Protocol] and [Data]; earlier ones with every line in quotes."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from ingest.reader import Head, Reading
from ingest.text.headers import Field, Form, plain, split_heading
from ingest.text.no_sensor import NoSensor
from ingest.text.reader import Layout
from ingest.text.sniff import DELIMITERS, split
from ingest.text.unfold import UnfoldedReader
from schemas.ingested import Declared

_CODE = "Novonix's code of the kind of step"
_BEGINS = "[Summary]"
_SECTION = b"[Data]"
_LONGEST_PROTOCOL = 16 * 1024 * 1024
_KEPT_CHARACTERS = 32_768
"""So much of what stands above the records is kept; a protocol may be longer than what is searched for the header."""

_MEASURED = (
    Field("unix_time_second", ("Date and Time",), form=Form.CLOCK),
    Field("cycle_count", ("Cycle Number",)),
    Field("test_time_second", ("Run Time",)),
    Field("step_time_second", ("Step Time",)),
    Field("current_ampere", ("Current",), rule="charge positive as exported"),
    Field("voltage_volt", ("Potential", "Voltage")),
    # Seen in exports of two programs: it runs on over steps, rests and cycles, down while discharging.
    Field("net_capacity_ah", ("Capacity",), rule="charge minus discharge since the start of the test"),
    Field("power_watt", ("Power",)),
    Field("temperature_t1_celsius", ("Temperature",), rule="empty below absolute zero: no sensor"),
)
FIELDS = (
    *_MEASURED,
    Field("step_id", ("Step Number",)),
    Field("step_type", ("Step Type",), form=Form.TEXT, rule=_CODE),
)
# Without a column Step Type, the one called Step Number holds that code: 0 in every rest.
FIELDS_OF_CODES = (*_MEASURED, Field("step_type", ("Step Number",), form=Form.TEXT, rule=_CODE))


def is_header(cells: Sequence[str]) -> bool:
    """Novonix's run time stands beside a potential; a step's number with its type, or neither."""
    return _is_novonix(cells) and ("steptype" in _names(cells) or "stepnumber" not in _names(cells))


def is_header_of_codes(cells: Sequence[str]) -> bool:
    """The same with a step's number alone."""
    return _is_novonix(cells) and not is_header(cells)


def unfold(lines: Iterable[str]) -> Iterator[str]:
    """Whole lines without the quotes that a spreadsheet leaves around them, and one header for all records.

    A test that was begun again has its sections once more between its records: they become blank lines. A header with
    other columns than the first stays, to be found wrong. Cells without heading behind the last column of the first
    record, as some versions write them, get an empty one.
    """
    header = ""
    above = 0
    waiting = False
    for raw in lines:
        whole = len(raw) > 2 and raw[0] == raw[-1] == '"' and raw.count('"') == 2
        line = raw[1:-1] if whole else raw
        if waiting:
            yield header + _unnamed(header, line)
            waiting = False
        if not header or above:
            above += len(line) + 1
            begins = _delimiter(line) != ""
            if begins and not header:
                header, above, waiting = line, 0, True
            elif begins:
                above = 0
                yield "" if line == header else line
            else:
                yield "" if header or above > _KEPT_CHARACTERS else line
        elif line.startswith(_BEGINS):
            above = 1
            yield ""
        else:
            yield line
    if waiting:
        yield header


def _delimiter(line: str) -> str:
    """What stands between the headings; nothing where the line is no header."""
    return next((sign for sign in DELIMITERS if _is_novonix(split(line, sign))), "")


def _unnamed(header: str, record: str) -> str:
    """Empty headings for the cells that a record has beyond the header; none where a comma may be a decimal sign."""
    sign = _delimiter(header)
    told = sign != "," or re.search(r"\d\.\d", record)
    return sign * (len(split(record, sign)) - len(split(header, sign))) if told else ""


class NovonixReader(UnfoldedReader):
    """The shared text reader behind a protocol that may be long, for one of the two sets of columns."""

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout, unfold)

    def recognises(self, head: Head) -> bool:
        """True where the layout's header stands below the sections of a Novonix file."""
        return super().recognises(_widened(head))

    def read(self, head: Head, declared: Declared) -> Reading:
        """Open the file.

        Raises:
            Unreadable: as `UnfoldedReader.read`.
        """
        return super().read(_widened(head), declared)


def _names(cells: Sequence[str]) -> set[str]:
    return {plain(split_heading(cell)[0]) for cell in cells}


def _is_novonix(cells: Sequence[str]) -> bool:
    return len(cells) > 3 and {"dateandtime", "runtime", "current", "potential"} <= _names(cells)


def _widened(head: Head) -> Head:
    """The head down to the first records, where the protocol is longer than it."""
    if b"Novonix" not in head.start[:500] or _SECTION in head.start or len(head.start) == head.size:
        return head
    with head.path.open("rb") as file:
        start = file.read(_LONGEST_PROTOCOL)
    at = start.find(_SECTION)
    return replace(head, start=start[: at + len(head.start)]) if at >= 0 else head


_WITHIN_LINES = 100_000
LAYOUT = Layout(
    "Novonix csv",
    "2",
    FIELDS,
    is_header,
    instrument="Novonix",
    steps=lambda: (NoSensor(),),
    header_within=_WITHIN_LINES,
)
OF_CODES = replace(LAYOUT, name="Novonix csv with step codes", fields=FIELDS_OF_CODES, is_header=is_header_of_codes)
READERS = (NovonixReader(LAYOUT), NovonixReader(OF_CODES))
