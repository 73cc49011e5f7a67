"""Basytec text exports: preamble and header behind a tilde, units in brackets, current signed."""

from collections.abc import Sequence

from ingest.headers import Field, Form, plain, split_heading
from ingest.steps import RecordGaps
from ingest.text import Layout, TextReader

_CYCLE = "accumulates within the cycle; the heading is the unit"
_SIGN_LOST = "Basytec prints °C; the sign may be damaged in the file"

FIELDS = (
    Field("record_index", ("DataSet",)),
    Field("test_time_second", ("Time",), form=Form.DURATION),
    Field("step_time_second", ("t-Step",), form=Form.DURATION),
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
    Field("temperature_t1_celsius", ("T1[°C]",), "°C", rule=_SIGN_LOST),
    Field("temperature_t1_celsius", ("T1",)),
    Field("temperature_t2_celsius", ("T2[°C]",), "°C", rule=_SIGN_LOST),
    Field("temperature_t2_celsius", ("T2",)),
)


def is_header(cells: Sequence[str]) -> bool:
    """Basytec's time behind a tilde stands beside U, I and the set's number."""
    names = {plain(split_heading(cell)[0]) for cell in cells}
    return cells[0].startswith("~Time") and {"dataset", "u", "i"} <= names


LAYOUT = Layout("Basytec text", "1", FIELDS, is_header, instrument="Basytec", steps=lambda: (RecordGaps(),))
READERS = (TextReader(LAYOUT),)
