"""Arbin csv exports (MITS Pro): units in the heading, or bare headings whose units the export's schema fixes."""

from collections.abc import Sequence

from ingest.headers import Field, Form, plain, split_heading
from ingest.steps import RecordGaps
from ingest.text import Layout, TextReader

_BARE = "unit fixed by Arbin's export schema where the heading prints none"
_SCHEDULE = "accumulates since the schedule's last reset"


def _measured(quantity: str, unit: str, *names: str, rule: str = "") -> Field:
    said = "; ".join(part for part in (rule, _BARE) if part)
    return Field(quantity, names, unit, rule=said)


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
    _measured("temperature_t1_celsius", "°C", "Temperature", "Aux_Temperature_1", "Temperature_1"),
    _measured("temperature_t2_celsius", "°C", "Aux_Temperature_2", "Temperature_2"),
    _measured("temperature_t3_celsius", "°C", "Aux_Temperature_3", "Temperature_3"),
    _measured("temperature_t4_celsius", "°C", "Aux_Temperature_4", "Temperature_4"),
    _measured("temperature_t5_celsius", "°C", "Aux_Temperature_5", "Temperature_5"),
)


def is_header(cells: Sequence[str]) -> bool:
    """Arbin's data point and step index stand beside a test time and a voltage."""
    names = {plain(split_heading(cell)[0]) for cell in cells}
    return {"datapoint", "testtime", "voltage"} <= names and not names.isdisjoint({"stepindex", "stepid"})


LAYOUT = Layout(
    name="Arbin csv",
    version="1",
    fields=FIELDS,
    is_header=is_header,
    instrument="Arbin",
    steps=lambda: (RecordGaps(),),
)
READERS = (TextReader(LAYOUT),)
