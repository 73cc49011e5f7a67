"""Basytec text exports: preamble and header behind a tilde, units in brackets, current signed; tabs or spaces."""

import re
from collections.abc import Iterable, Iterator, Sequence

from ingest.clocks.starts import note_start
from ingest.reader import Head, Reading
from ingest.text.headers import Field, Form, Spelling, plain, split_heading
from ingest.text.reader import Layout, TextReader
from ingest.text.steps import RecordGaps
from ingest.text.unfold import UnfoldedReader
from schemas.ingested import Declared

_CYCLE = "accumulates within the cycle; the heading is the unit"
_SIGN_LOST = "Basytec prints °C; the sign may be damaged in the file"

FIELDS = (
    Field("record_index", ("DataSet",)),
    # Behind its tilde: a column Time of some exports is the time of day.
    Field("test_time_second", ("~Time",), form=Form.DURATION),
    Field("step_time_second", ("t-Step",), form=Form.DURATION),
    Field("unix_time_second", ("DateTime",), form=Form.CLOCK),
    # The line of the test plan that is executed: the program's step.
    Field("step_id", ("Line",)),
    Field("step_type", ("Command",), form=Form.TEXT),
    Field("cycle_count", ("Cyc-Count",)),
    Field("current_ampere", ("I",), rule="charge positive as exported"),
    Field("voltage_volt", ("U",)),
    Field("power_watt", ("P",)),
    Field("cycle_charging_capacity_ah", ("Ah-Cyc-Charge",), "Ah", rule=_CYCLE),
    Field("cycle_discharging_capacity_ah", ("Ah-Cyc-Discharge",), "Ah", rule=_CYCLE),
    Field("cycle_charging_energy_wh", ("Wh-Cyc-Charge",), "Wh", rule=_CYCLE),
    Field("cycle_discharging_energy_wh", ("Wh-Cyc-Discharge",), "Wh", rule=_CYCLE),
    Field("step_net_capacity_ah", ("Ah-Step",), "Ah", rule="accumulates within the step; the heading is the unit"),
    Field("step_net_energy_wh", ("Wh-Step",), "Wh", rule="accumulates within the step; the heading is the unit"),
    *(
        field
        for number in range(1, 6)
        for field in (
            Field(f"temperature_t{number}_celsius", (f"T{number}[°C]",), "°C", rule=_SIGN_LOST),
            Field(f"temperature_t{number}_celsius", (f"T{number}",)),
        )
    ),
)
# The published ageing study that prints neither unit nor preamble; its description fixes the units.
STUDY_FIELDS = (
    Field("test_time_second", ("run_time",), form=Form.DURATION),
    Field("voltage_volt", ("c_vol",), "V"),
    Field("current_ampere", ("c_cur",), "A", rule="charge positive as exported"),
    Field("surface_temperature_celsius", ("c_surf_temp",), "°C"),
    Field("ambient_temperature_celsius", ("amb_temp",), "°C"),
)
_OTHER_DATES = ("~End of Test", "~Date and Time of Data Converting")
_DATE_AND_TIME = re.compile(r"(\d{1,2}\.\d{1,2}\.\d{4}) (\d{1,2}:)")


def same(name: str) -> str:
    """Names are compared with the mark before the first one, a tilde or, in some copies, a number sign."""
    return ("~" if name.lstrip().startswith(("~", "#")) else "") + plain(name)


def is_header(cells: Sequence[str]) -> bool:
    """Basytec's time behind a tilde stands beside U, I and the set's number."""
    names = {plain(split_heading(cell)[0]) for cell in cells}
    return same(split_heading(cells[0])[0]) == "~time" and {"dataset", "u", "i"} <= names


def is_study_header(cells: Sequence[str]) -> bool:
    """The study's run time stands beside the cell's voltage and current."""
    return {"run_time", "c_vol", "c_cur"} <= {cell.strip() for cell in cells}


def unfold(lines: Iterable[str]) -> Iterator[str]:
    """Columns that stand apart by spaces become ones that stand apart by tabs; a date and its time stay together."""
    rows = iter(lines)
    columns = 0
    for line in rows:
        if _spaced(line):
            columns = len(line.split())
            yield "\t".join(line.split())
            break
        yield line
    for line in rows:
        whole = _DATE_AND_TIME.sub(r"\1T\2", line)
        # Between two spaces an empty cell may stand; without empty cells several spaces are but an alignment.
        ways = (whole.split(" "), whole.split(), line.split())
        # Of columns Date and Time, each has its own part.
        yield "\t".join(next((cells for cells in ways if len(cells) == columns), ways[1]))


def _spaced(line: str) -> bool:
    return "\t" not in line and line.startswith(("~Time", "#Time")) and is_header(line.split())


class Basytec(UnfoldedReader):
    """A `Reader` that takes the start of the test from the preamble where no column holds the time."""

    def read(self, head: Head, declared: Declared) -> Reading:
        """Open the file; raises as `UnfoldedReader.read`."""
        reading = super().read(head, declared)
        dates = {name: text.strip() for name, _, text in (line.partition(":") for line in reading.header.values())}
        start = dates.get("~Start of Test")
        if start and not any(one.column == "unix_time_second" for one in reading.conversions):
            note_start(reading, start, declared, [dates[name] for name in _OTHER_DATES if dates.get(name)])
        return reading


LAYOUT = Layout(
    "Basytec text",
    "2",
    FIELDS,
    is_header,
    instrument="Basytec",
    steps=lambda: (RecordGaps(),),
    spelling=Spelling(same=same),
)
STUDY = Layout("Basytec csv", "1", STUDY_FIELDS, is_study_header, instrument="Basytec", preamble=False)
READERS = (Basytec(LAYOUT, unfold), TextReader(STUDY))
