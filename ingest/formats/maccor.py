"""Maccor text exports: tab or csv, several sets of headings, states C/D/R, clock-like times, European signs."""

from collections.abc import Sequence

from ingest.headers import Field, Form, plain, split_heading
from ingest.steps import RecordGaps, StateSign
from ingest.text import Layout, TextReader

_PER_STEP = "accumulates within the step"
_STEP_UNITS = ("Step (Sec)", "Step (Min)", "Step (Hr)", "Step (Hour)")
_SIGNED = "state C is positive, state D negative"

FIELDS = (
    Field("record_index", ("Rec", "Rec#", "Record")),
    # Maccor counts cycles from 0 and calls the column by the procedure's counter (Cyc#, Cycle P, Cycle C).
    Field("cycle_count", ("Cyc#", "Cyc", "Cycle", "Cycle#", "Cycle P", "Cycle C", "Full Cycle")),
    Field("step_id", ("Step", "Step#")),
    Field(
        "test_time_second", ("TestTime", "Test Time", "Test", "Prog Time", "Prüfzeit", "Testzeit"), form=Form.DURATION
    ),
    Field("step_time_second", ("StepTime", "Step Time", "Schrittzeit", *_STEP_UNITS), form=Form.DURATION),
    Field("unix_time_second", ("DPt Time", "DPT Time", "Date Time", "Datum Zeit"), form=Form.CLOCK),
    Field("step_type", ("State", "MD", "Status", "Zustand"), form=Form.TEXT),
    Field("current_ampere", ("Amps", "Amp"), "A", rule=_SIGNED),
    Field("current_ampere", ("Current", "Strom"), rule=_SIGNED),
    Field("voltage_volt", ("Volts", "Volt"), "V"),
    Field("voltage_volt", ("Voltage", "Spannung")),
    Field("power_watt", ("Watts",), "W"),
    Field("step_cumulative_capacity_ah", ("Amp-hr", "Amp-hrs", "AmpHr"), "Ah", rule=_PER_STEP),
    Field("step_cumulative_capacity_ah", ("Capacity", "Cap.", "Kapazität"), rule=_PER_STEP),
    Field("step_cumulative_energy_wh", ("Watt-hr", "Watt-hrs", "WattHr"), "Wh", rule=_PER_STEP),
    Field("step_cumulative_energy_wh", ("Energy", "Ener.", "Energie"), rule=_PER_STEP),
    Field("ac_internal_resistance_ohm", ("ACImp", "ACR")),
    Field("dc_internal_resistance_ohm", ("DCIR", "DCR")),
    Field("temperature_t1_celsius", ("Temp 1", "Temp", "EVTemp")),
    Field("temperature_t2_celsius", ("Temp 2",)),
    Field("temperature_t3_celsius", ("Temp 3",)),
)
_VALUES = frozenset({"amps", "amp", "current", "strom"})


def is_header(cells: Sequence[str]) -> bool:
    """Maccor's record number, cycle and step columns stand beside a current."""
    names = {plain(split_heading(cell)[0]) for cell in cells} | {plain(cell) for cell in cells}
    counters = not names.isdisjoint({"rec", "record"}) and "step" in names
    return counters and not names.isdisjoint(_VALUES) and any(name.startswith(("cyc", "full")) for name in names)


LAYOUT = Layout(
    name="Maccor text",
    version="1",
    fields=FIELDS,
    is_header=is_header,
    instrument="Maccor",
    steps=lambda: (
        StateSign(
            charge=frozenset({"C", "CHARGE", "CHA", "CHG"}), discharge=frozenset({"D", "DISCHARGE", "DIS", "DCH"})
        ),
        RecordGaps(),
    ),
)
READERS = (TextReader(LAYOUT),)
