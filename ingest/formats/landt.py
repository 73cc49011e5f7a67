"""Landt (Lanhe) csv exports: the software's own headings, and the flat ones whose names end in the unit."""

from collections.abc import Sequence

from ingest.headers import Field, Form, plain, split_heading
from ingest.steps import StateSign
from ingest.text import Layout, TextReader

_PER_STEP = "accumulates within the step"
_SIGNED = "charge positive; the states tell where the file has no signs"
_CHARGE = ("C_CC", "C_CV", "C_CCCV", "C_CP", "CCC", "CCCV_C", "CC_C", "CV_C", "CHARGE CC", "CHARGE CV", "CHARGE CCCV")
_DISCHARGE = ("D_CC", "D_CV", "D_CP", "D_CR", "CCD", "CCCV_D", "CC_D", "CV_D", "DISCHARGE CC", "DISCHARGE CV")


def _named(quantity: str, name: str, *units: str, rule: str = "") -> tuple[Field, ...]:
    return tuple(Field(quantity, (f"{name}_{unit}",), unit, rule=rule) for unit in units)


FLAT_FIELDS = (
    Field("cycle_count", ("cycle_index",)),
    Field("step_id", ("step_index",)),
    Field("step_type", ("step_name",), form=Form.TEXT),
    Field("unix_time_second", ("date_time_iso_string",), form=Form.CLOCK),
    *_named("test_time_second", "test_time", "s", "h"),
    *_named("step_time_second", "step_time", "s", "h"),
    *_named("current_ampere", "current", "A", "mA", "uA", rule=_SIGNED),
    *_named("voltage_volt", "voltage", "V", "mV"),
    *_named("step_charging_capacity_ah", "charge_capacity", "Ah", "mAh", rule=_PER_STEP),
    *_named("step_discharging_capacity_ah", "discharge_capacity", "Ah", "mAh", rule=_PER_STEP),
    *_named("step_charging_energy_wh", "charge_energy", "Wh", "mWh", rule=_PER_STEP),
    *_named("step_discharging_energy_wh", "discharge_energy", "Wh", "mWh", rule=_PER_STEP),
    *_named("temperature_t1_celsius", "temperature_1", "C"),
    *_named("temperature_t2_celsius", "temperature_2", "C"),
    *_named("temperature_t3_celsius", "temperature_3", "C"),
)
OWN_FIELDS = (
    Field("record_index", ("Index", "Record")),
    Field("cycle_count", ("Cycle-Index", "CycleNo", "Cycle")),
    Field("step_id", ("Step-Index", "StepNo", "Step")),
    Field("step_type", ("State", "StepStatus", "Mode"), form=Form.TEXT),
    Field("unix_time_second", ("SysTime",), form=Form.CLOCK),
    Field("test_time_second", ("TestTime",), form=Form.DURATION),
    Field("step_time_second", ("StepTime",), form=Form.DURATION),
    Field("current_ampere", ("Current",), rule=_SIGNED),
    Field("voltage_volt", ("Voltage",)),
    Field("step_cumulative_capacity_ah", ("Capacity",), rule=_PER_STEP),
    Field("step_cumulative_energy_wh", ("Energy",), rule=_PER_STEP),
    Field("temperature_t1_celsius", ("AuxTemp", "Temperature")),
)


def is_flat_header(cells: Sequence[str]) -> bool:
    """The channel's index and the time as an ISO string stand beside a step's name."""
    names = {plain(cell) for cell in cells}
    return {"channelindex", "cycleindex", "datetimeisostring", "stepname"} <= names


def is_own_header(cells: Sequence[str]) -> bool:
    """Landt's system time stands beside test and step time, voltage and current."""
    return {"systime", "testtime", "steptime", "voltage", "current"} <= {plain(split_heading(c)[0]) for c in cells}


def _steps() -> tuple[StateSign]:
    return (StateSign(charge=frozenset(_CHARGE), discharge=frozenset(_DISCHARGE)),)


READERS = (
    TextReader(Layout("Landt flat csv", "1", FLAT_FIELDS, is_flat_header, instrument="Landt", steps=_steps)),
    TextReader(Layout("Landt csv", "1", OWN_FIELDS, is_own_header, instrument="Landt", steps=_steps)),
)
