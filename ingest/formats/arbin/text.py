"""Arbin's exports as csv and workbook (MITS Pro): units in the heading, or bare headings whose units are fixed."""

import re
from collections.abc import Sequence
from dataclasses import replace

from ingest.reader import Head, Reading
from ingest.text import sniff
from ingest.text.headers import Field, Form, plain, split_heading
from ingest.text.reader import Layout, TextReader
from ingest.text.steps import RecordGaps
from ingest.workbook.reader import Naming, WorkbookReader
from schemas.errors import Unreadable
from schemas.ingested import Declared

_BARE = "unit fixed by Arbin's export schema where the heading prints none"
_SCHEDULE = "accumulates since the schedule's last reset"


def _measured(quantity: str, unit: str, *names: str, rule: str = "") -> Field:
    said = "; ".join(part for part in (rule, _BARE) if part)
    return Field(quantity, names, unit, rule=said)


def _temperature(number: int) -> Field:
    """Arbin counts auxiliary channels from 1; `Temperature` alone is the first one."""
    first = ("Temperature", "Aux_Temperature") if number == 1 else ()
    return _measured(
        f"temperature_t{number}_celsius",
        "°C",
        *first,
        f"Aux_Temperature_{number}",
        f"Temperature_{number}",
        rule=f"auxiliary channel {number}",
    )


FIELDS = (
    Field("record_index", ("Data_Point", "Data Point")),
    Field("cycle_count", ("Cycle_Index", "Cycle Index", "Cycle ID")),
    # Arbin's Step_Index is the program's step: the vocabulary's step_id, not its step_index.
    Field("step_id", ("Step_Index", "Step Index", "Step ID")),
    Field("unix_time_second", ("DateTime", "Date_Time", "Date Time"), form=Form.CLOCK),
    _measured("test_time_second", "s", "Test_Time", "Test Time"),
    _measured("step_time_second", "s", "Step_Time", "Step Time"),
    _measured("current_ampere", "A", "Current", rule="charge positive as exported"),
    _measured("voltage_volt", "V", "Voltage"),
    _measured("power_watt", "W", "Power"),
    _measured("schedule_charging_capacity_ah", "Ah", "Charge_Capacity", "Charge Capacity", rule=_SCHEDULE),
    _measured("schedule_discharging_capacity_ah", "Ah", "Discharge_Capacity", "Discharge Capacity", rule=_SCHEDULE),
    _measured("schedule_charging_energy_wh", "Wh", "Charge_Energy", "Charge Energy", rule=_SCHEDULE),
    _measured("schedule_discharging_energy_wh", "Wh", "Discharge_Energy", "Discharge Energy", rule=_SCHEDULE),
    _measured("internal_resistance_ohm", "Ohm", "Internal_Resistance", "Internal Resistance"),
    _measured("ac_internal_resistance_ohm", "Ohm", "ACR"),
    *(_temperature(number) for number in range(1, 6)),
)
_PER_CYCLE = frozenset({"vmaxoncycle", "vmaxinonecycle", "chargetime", "dischargetime"})
_SHEETS = Naming(
    parts=re.compile(r"(?P<channel>Channel[-_ ]?\d+(?:-\d+)?)(?:_(?P<part>\d+))?"),
    about=re.compile(r"(Global_)?Info", re.IGNORECASE),
)


def is_header(cells: Sequence[str]) -> bool:
    """Arbin's cycle and step index stand beside test time, voltage and current; statistics per cycle are no records."""
    names = {plain(split_heading(cell)[0]) for cell in cells}
    indexed = not (names.isdisjoint({"stepindex", "stepid"}) or names.isdisjoint({"cycleindex", "cycleid"}))
    others = _PER_CYCLE | {"systime", "totaltime", "steptype", "record", "index"}
    return indexed and {"testtime", "voltage", "current"} <= names and names.isdisjoint(others)


def is_statistics(cells: Sequence[str]) -> bool:
    """Each row is a cycle or step: what it came to, such as its greatest voltage; BioLogic's records have a `time`."""
    names = {plain(split_heading(cell)[0]) for cell in cells}
    return "cycleindex" in names and not names.isdisjoint(_PER_CYCLE) and "time" not in names


class Statistics:
    """A `Reader` that recognises MITS Pro's statistics, to say which file is wanted instead."""

    name = "Arbin statistics"
    version = "1"

    def recognises(self, head: Head) -> bool:
        """True where the first line has the columns of statistics."""
        opened = sniff.find_header(head, is_statistics)
        return opened is not None and opened.line == 0

    def read(self, head: Head, declared: Declared) -> Reading:
        """Refuse it.

        Raises:
            Unreadable: always; the sentence says what to upload.
        """
        raise Unreadable(
            f"“{head.filename}” has one row per cycle or step and no time series, so nothing can be checked or "
            "segmented: upload the channel's records (such as “…_Channel_8_Wb_1.CSV”); cycles are made of them here."
        )


LAYOUT = Layout(
    name="Arbin csv",
    version="1",
    fields=FIELDS,
    is_header=is_header,
    instrument="Arbin",
    steps=lambda: (RecordGaps(),),
)
READERS = (
    TextReader(LAYOUT),
    Statistics(),
    WorkbookReader(replace(LAYOUT, name="Arbin workbook"), _SHEETS),
)
