"""Digatron csv exports, English and German: BTS-600 with units on a line of their own, Battery Manager with `#`."""

from collections.abc import Sequence

from ingest.text.headers import Field, Form, Spelling, plain, split_heading
from ingest.text.reader import Layout, TextReader
from ingest.text.steps import StateSign

_PER_STEP = "accumulates within the step; negative where the state discharges"
_RESETS = "accumulates since the program's last reset"

FIELDS = (
    Field("unix_time_second", ("Time Stamp", "Date Time", "Zeitstempel", "Zeit"), form=Form.CLOCK),
    Field("step_id", ("Step", "Schritt")),
    Field("step_type", ("Status", "Zustand"), form=Form.TEXT),
    Field(
        "test_time_second",
        ("Prog Time", "Program Time", "Program Duration", "Prog. Zeit", "Programmzeit", "Programmdauer"),
        form=Form.DURATION,
    ),
    Field("step_time_second", ("Step Time", "Step Duration", "Schrittzeit", "Schrittdauer"), form=Form.DURATION),
    Field("cycle_count", ("Cycle", "Zyklus")),
    Field("current_ampere", ("Current", "Strom"), rule="state CHA is positive, state DCH negative"),
    Field("voltage_volt", ("Voltage", "Spannung")),
    Field("power_watt", ("Watt", "Power", "Leistung")),
    Field("step_net_capacity_ah", ("AhStep",), rule=_PER_STEP),
    Field("step_net_energy_wh", ("WhStep",), rule=_PER_STEP),
    Field("schedule_charging_capacity_ah", ("AhCha", "AhLad"), rule=_RESETS),
    Field("schedule_discharging_capacity_ah", ("AhDch", "AhEla"), rule=_RESETS),
    Field("schedule_charging_energy_wh", ("WhCha", "WhLad"), rule=_RESETS),
    Field("schedule_discharging_energy_wh", ("WhDch", "WhEla"), rule=_RESETS),
    Field("ambient_temperature_celsius", ("Tenv",)),
    Field("temperature_t1_celsius", ("Temperature", "Temperatur", "LogTemp1", "LogTemp001", "Temp1", "T1")),
    Field("temperature_t2_celsius", ("LogTemp2", "LogTemp002", "Temp2", "T2")),
    Field("temperature_t3_celsius", ("LogTemp3", "LogTemp003", "Temp3", "T3")),
    Field("temperature_t4_celsius", ("LogTemp4", "LogTemp004", "Temp4", "T4")),
    Field("temperature_t5_celsius", ("LogTemp5", "LogTemp005", "Temp5", "T5")),
)
_NEEDED = (
    {"step", "schritt"},
    {"status", "zustand"},
    {"progtime", "programtime", "programduration", "progzeit", "programmzeit", "programmdauer"},
    {"voltage", "spannung"},
    {"current", "strom"},
)
_CAPITALS = {"AH": "Ah", "WH": "Wh"}
"""Units that Battery Manager capitalises in some headings of a file: AhCha#AH beside AhDch#Ah."""


def split(heading: str) -> tuple[str, str | None]:
    """Name and unit of `Voltage#V` and of `Voltage [V]`."""
    name, mark, unit = heading.strip().partition("#")
    if not mark:
        return split_heading(heading)
    return name, _CAPITALS.get(unit.strip(), unit.strip()) or None


def is_header(cells: Sequence[str]) -> bool:
    """Digatron's program time stands beside step, status, voltage and current."""
    names = {plain(split(cell)[0]) for cell in cells}
    return all(not names.isdisjoint(one) for one in _NEEDED)


def _steps() -> tuple[StateSign]:
    charge, discharge = frozenset({"CHA", "LAD"}), frozenset({"DCH", "ELA"})
    return (StateSign(charge, discharge, also=("step_net_capacity_ah", "step_net_energy_wh")),)


LAYOUT = Layout(
    "Digatron csv",
    "2",
    FIELDS,
    is_header,
    instrument="Digatron",
    steps=_steps,
    spelling=Spelling(split=split),
    units_below=True,
)
READERS = (TextReader(LAYOUT),)
