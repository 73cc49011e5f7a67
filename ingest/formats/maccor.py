"""Maccor text exports: tab or csv, several sets of headings, states C/D/R, clock-like times, European signs."""

from collections.abc import Sequence

from ingest.headers import Field, Form, plain, split_heading
from ingest.steps import RecordGaps, StateSign, Unmeasured
from ingest.text import Layout, TextReader

_PER_STEP = "accumulates within the step"
_STEP_UNITS = ("Step (Sec)", "Step (Min)", "Step (Hr)", "Step (Hour)")
_SIGNED = "state C is positive, state D negative"
_MEASURED = "0 where none was measured, left empty"

FIELDS = (
    Field("record_index", ("Rec", "Rec#", "Record", "Record#")),
    # Maccor counts cycles from 0. Cycle P is a counter of the procedure that need not advance with the cycles.
    Field("cycle_count", ("Cyc#", "Cyc", "Cycle", "Cycle#", "Cycle C", "Full Cycle")),
    Field("cycle_count", ("Cycle P",), rank=1, rule="the procedure's counter"),
    Field("step_id", ("Step", "Step#")),
    Field(
        "test_time_second", ("TestTime", "Test Time", "Test", "Prog Time", "Prüfzeit", "Testzeit"), form=Form.DURATION
    ),
    Field("step_time_second", ("StepTime", "Step Time", "Schrittzeit", *_STEP_UNITS), form=Form.DURATION),
    Field("unix_time_second", ("DPt Time", "DPT Time", "DPT", "Date Time", "Datum Zeit"), form=Form.CLOCK),
    Field("step_type", ("State", "MD", "Status", "Zustand"), form=Form.TEXT),
    Field("current_ampere", ("Amps", "Amp"), "A", rule=_SIGNED),
    Field("current_ampere", ("mAmps", "mAmp"), "mA", rule=_SIGNED),
    Field("current_ampere", ("Current", "Strom"), rule=_SIGNED),
    Field("voltage_volt", ("Volts", "Volt"), "V"),
    Field("voltage_volt", ("mVolts", "mVolt"), "mV"),
    Field("voltage_volt", ("Voltage", "Spannung")),
    Field("power_watt", ("Watts",), "W"),
    Field("power_watt", ("Power",)),
    Field("step_cumulative_capacity_ah", ("Amp-hr", "Amp-hrs", "AmpHr"), "Ah", rule=_PER_STEP),
    Field("step_cumulative_capacity_ah", ("mAmp-hr", "mAmp-hrs", "mAmpHr"), "mAh", rule=_PER_STEP),
    Field("step_cumulative_capacity_ah", ("Capacity", "Cap.", "Kapazität"), rule=_PER_STEP),
    Field("step_cumulative_energy_wh", ("Watt-hr", "Watt-hrs", "WattHr"), "Wh", rule=_PER_STEP),
    Field("step_cumulative_energy_wh", ("mWatt-hr", "mWatt-hrs", "mWattHr"), "mWh", rule=_PER_STEP),
    Field("step_cumulative_energy_wh", ("Energy", "Ener.", "Energie"), rule=_PER_STEP),
    Field("ac_internal_resistance_ohm", ("ACImp", "ACR"), rule=_MEASURED),
    Field("dc_internal_resistance_ohm", ("DCIR", "DCR"), rule=_MEASURED),
    Field("temperature_t1_celsius", ("Temp 1", "Temp", "Temperature Cell")),
    Field("temperature_t2_celsius", ("Temp 2",)),
    Field("temperature_t3_celsius", ("Temp 3",)),
    Field("temperature_t4_celsius", ("Temp 4",)),
    Field("temperature_t5_celsius", ("Temp 5",)),
    Field("ambient_temperature_celsius", ("EVTemp", "EV Temp", "Temperature Chamber"), rule="the chamber's"),
)
_CURRENTS = frozenset({"amps", "amp", "mamps", "mamp", "current", "strom"})
_MARKS = frozenset({"rec", "record", "dpttime", "dpt", "amphr", "mamphr", "md"})
_OTHERS = frozenset({"systime", "cyclelevel", "rack", "dataset"})
"""Headings of other makers that have some of Maccor's."""


def is_header(cells: Sequence[str]) -> bool:
    """Maccor's cycle, step and current stand beside its record number, its time of the data point or its counters."""
    names = {plain(split_heading(cell)[0]) for cell in cells} | {plain(cell) for cell in cells}
    if "step" not in names or names.isdisjoint(_CURRENTS) or not names.isdisjoint(_OTHERS):
        return False
    return any(name.startswith(("cyc", "fullcyc")) for name in names) and not names.isdisjoint(_MARKS)


def _steps() -> tuple[StateSign, Unmeasured, RecordGaps]:
    charge, discharge = ("C", "CHARGE", "CHA", "CHG"), ("D", "DISCHARGE", "DIS", "DCH")
    return (
        StateSign(charge=frozenset(charge), discharge=frozenset(discharge)),
        Unmeasured("ac_internal_resistance_ohm", "dc_internal_resistance_ohm"),
        RecordGaps(),
    )


LAYOUT = Layout("Maccor text", "2", FIELDS, is_header, instrument="Maccor", steps=_steps)
READERS = (TextReader(LAYOUT),)
