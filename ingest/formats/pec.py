"""PEC csv exports: a preamble of the request, units written out in the headings, one or several cells."""

from collections.abc import Sequence

from ingest import sniff
from ingest.headers import Field, Form, plain, split_heading
from ingest.reader import Head, Reading
from ingest.text import Layout, TextReader
from schemas.errors import Unreadable
from schemas.ingested import Declared

_CYCLE = "accumulates within the cycle"

FIELDS = (
    Field("step_id", ("Step",)),
    # PEC counts cycles from 0.
    Field("cycle_count", ("Cycle",)),
    Field("test_time_second", ("Total Time",), form=Form.DURATION),
    Field("step_time_second", ("Step Time",), form=Form.DURATION),
    Field("unix_time_second", ("Real Time",), form=Form.CLOCK),
    Field("voltage_volt", ("Voltage",)),
    Field("current_ampere", ("Current",), rule="charge positive as exported"),
    # Capacity and energy differ by their unit alone, so their headings are compared with it.
    Field("cycle_charging_capacity_ah", ("Charge Capacity (mAh)",), "mAh", rule=_CYCLE),
    Field("cycle_charging_capacity_ah", ("Charge Capacity (Ah)",), "Ah", rule=_CYCLE),
    Field("cycle_discharging_capacity_ah", ("Discharge Capacity (mAh)",), "mAh", rule=_CYCLE),
    Field("cycle_discharging_capacity_ah", ("Discharge Capacity (Ah)",), "Ah", rule=_CYCLE),
    Field("cycle_charging_energy_wh", ("Charge Capacity (mWh)",), "mWh", rule=_CYCLE),
    Field("cycle_charging_energy_wh", ("Charge Capacity (Wh)",), "Wh", rule=_CYCLE),
    Field("cycle_discharging_energy_wh", ("Discharge Capacity (mWh)",), "mWh", rule=_CYCLE),
    Field("cycle_discharging_energy_wh", ("Discharge Capacity (Wh)",), "Wh", rule=_CYCLE),
    Field("ambient_temperature_celsius", ("Ambient temperature",)),
    Field("surface_temperature_celsius", ("Cell surface temperature",)),
    Field("internal_resistance_ohm", ("Internal Resistance 1",)),
    Field("dc_internal_resistance_ohm", ("DC Internal Resistance",)),
    Field("ac_internal_resistance_ohm", ("AC Internal Resistance",)),
)


def is_header(cells: Sequence[str]) -> bool:
    """PEC's test, cell, rack and shelf stand beside a total time."""
    names = {plain(split_heading(cell)[0]) for cell in cells}
    return {"test", "cell", "rack", "shelf", "totaltime", "voltage", "current"} <= names


class Pec(TextReader):
    """A `Reader` for files of one cell."""

    def read(self, head: Head, declared: Declared) -> Reading:
        """Open the file; `batches` parses it.

        Raises:
            Unreadable: as `TextReader.read`; rows of several cells.
        """
        reading = super().read(head, declared)
        opened = sniff.find_header(head, is_header)
        if opened is not None:
            _check_one_cell(head, opened)
        return reading


def _check_one_cell(head: Head, opened: sniff.Opened) -> None:
    """Rows from the beginning, the middle and the end tell whether cells follow or alternate."""
    position = [plain(heading) for heading in opened.headings].index("cell")
    found = sorted({row[position].strip() for row in sniff.sample(head, opened) if len(row) > position})
    if len(found) > 1:
        raise Unreadable(
            f"“{head.filename}” holds records of several cells (column “Cell”: {', '.join(found[:5])}), and one file "
            "is one cell: export each cell by itself."
        )


LAYOUT = Layout("PEC csv", "1", FIELDS, is_header, instrument="PEC")
READERS = (Pec(LAYOUT),)
