"""Battery Archive's csv files: the time series; its twin with one row per cycle is refused by naming the partner."""

import re
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from ingest import archive_cycles
from ingest.reader import Head, Reading
from ingest.text import sniff
from ingest.text.headers import Field, Form, plain, split_heading
from ingest.text.reader import Layout, TextReader
from schemas.errors import Unreadable
from schemas.ingested import Declared
from schemas.report import Problem

_CYCLE = "accumulates within the cycle, as the archive calculated it"

FIELDS = (
    Field("unix_time_second", ("Date_Time",), form=Form.CLOCK),
    Field("test_time_second", ("Test_Time",)),
    Field("cycle_count", ("Cycle_Index",)),
    Field("current_ampere", ("Current",), rule="charge positive as published"),
    Field("voltage_volt", ("Voltage",)),
    Field("cycle_charging_capacity_ah", ("Charge_Capacity",), rule=_CYCLE),
    Field("cycle_discharging_capacity_ah", ("Discharge_Capacity",), rule=_CYCLE),
    Field("cycle_charging_energy_wh", ("Charge_Energy",), rule=_CYCLE),
    Field("cycle_discharging_energy_wh", ("Discharge_Energy",), rule=_CYCLE),
    Field("ambient_temperature_celsius", ("Environment_Temperature",)),
    Field("temperature_t1_celsius", ("Cell_Temperature",)),
)


def is_header(cells: Sequence[str]) -> bool:
    """The archive's environment temperature stands beside date, test time and cycle."""
    names = {plain(split_heading(cell)[0]) for cell in cells}
    return {"datetime", "testtime", "cycleindex", "voltage", "current", "environmenttemperature"} <= names


def is_cycle_header(cells: Sequence[str]) -> bool:
    """Each row is a cycle: the least and the greatest voltage and current; some studies leave out start and end."""
    names = {plain(split_heading(cell)[0]) for cell in cells}
    return {"cycleindex", "mincurrent", "maxcurrent", "minvoltage", "maxvoltage"} <= names


class CycleData:
    """A `Reader` that recognises the twin with one row per cycle, to say which file is wanted instead.

    Beside its time series in one test it is a `Companion`: its capacities are compared with the cycle table.
    """

    name = "Battery Archive cycle data"
    version = "1"

    def recognises(self, head: Head) -> bool:
        """True where the first line has the columns of cycles."""
        opened = sniff.find_header(head, is_cycle_header)
        return opened is not None and opened.line == 0

    def compare(self, path: Path, cycles: pa.Table) -> list[Problem]:
        """Where the archive's capacities differ from the cycle table's."""
        return archive_cycles.differences(cycles, archive_cycles.published(path))

    def read(self, head: Head, declared: Declared) -> Reading:
        """Refuse it.

        Raises:
            Unreadable: always; the sentence names the partner.
        """
        partner, found = re.subn(r"cycle_data(?=\.csv$)", "timeseries", head.filename, flags=re.IGNORECASE)
        ending = "“_timeseries.csv” or “_timeseries_data.csv”"
        name = f"“{partner}” (or “…_timeseries_data.csv”)" if found else f"whose name ends in {ending}"
        raise Unreadable(
            f"“{head.filename}” has one row per cycle and no time series, so nothing can be checked or segmented: "
            f"upload its partner {name} of the Battery Archive; cycles are made of it here."
        )


LAYOUT = Layout("Battery Archive csv", "1", FIELDS, is_header, preamble=False)
READERS = (TextReader(LAYOUT), CycleData())
