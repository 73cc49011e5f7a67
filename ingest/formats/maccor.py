"""Maccor text exports: tab or csv, several sets of headings, states C/D/R, clock-like times, European signs."""

import re
from collections.abc import Sequence
from dataclasses import replace

from ingest import clocks
from ingest.clocks.parts import MONTHS
from ingest.clocks.rates import unit_by_clock
from ingest.reader import Head, Reading
from ingest.text import sniff
from ingest.text.headers import Field, Form, plain, recognised, split_heading
from ingest.text.reader import Layout, TextReader
from ingest.text.steps import RecordGaps, StateSign, Unmeasured
from schemas.ingested import Declared

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


# Landt's software writes the same text with states of its own, such as C_CC.
_CHARGE = ("C", "CHARGE", "CHA", "CHG", "C_CC", "C_CV", "C_CCCV", "C_CP", "C_CR", "C_RATE")
_DISCHARGE = ("D", "DISCHARGE", "DIS", "DCH", "D_CC", "D_CV", "D_CCCV", "D_CP", "D_CR", "D_RATE")


def _steps() -> tuple[StateSign, Unmeasured, RecordGaps]:
    return (
        StateSign(charge=frozenset(_CHARGE), discharge=frozenset(_DISCHARGE)),
        Unmeasured("ac_internal_resistance_ohm", "dc_internal_resistance_ohm"),
        RecordGaps(),
    )


class Maccor(TextReader):
    """A `Reader` that lets the file itself say what its headings leave open.

    The dates that Maccor prints above the rows say whether days or months come first in them, the clock of the rows
    in which unit their times count.
    """

    def read(self, head: Head, declared: Declared) -> Reading:
        """Open the file; raises as `TextReader.read`."""
        opened = sniff.find_header(head, is_header)
        if opened is None:
            return super().read(head, declared)
        rows = sniff.sample(head, opened)
        found = recognised(opened.headings, self.layout.fields)
        shown = next(([row[at] for row in rows] for at, one in found.items() if one.form is Form.CLOCK), [])
        order = _order("\n".join(opened.preamble), shown)
        bare = {
            found[at]: [row[at] for row in rows]
            for at, heading in enumerate(opened.headings)
            if at in found and found[at].form is Form.DURATION and split_heading(heading)[1] is None
        }
        fields = [replace(one, order=order) if one.form is Form.CLOCK else one for one in self.layout.fields]
        fields = [_timed(one, bare[one], shown) if one in bare and shown else one for one in fields]
        return TextReader(replace(self.layout, fields=tuple(fields)), self.chunk_bytes).read(head, declared)


def _order(preamble: str, shown: Sequence[str]) -> str | None:
    """Whether day or month stands first in the dates of the rows, where the preamble tells it."""
    clock = clocks.recognise(_DATES.findall(preamble), "UTC")
    if isinstance(clock, clocks.Clock):
        return clock.order
    named, first = _NAMED.search(preamble), re.match(r"\s*(\d{1,2})[/.-](\d{1,2})[/.-]", shown[0] if shown else "")
    if named is None or first is None or named[2][:3].lower() not in MONTHS:
        return None
    begun = int(named[1]), MONTHS.index(named[2][:3].lower()) + 1
    ways = {"day first": (int(first[1]), int(first[2])), "month first": (int(first[2]), int(first[1]))}
    told = [order for order, date in ways.items() if date == begun]
    return told[0] if len(told) == 1 else None


def _timed(field: Field, times: Sequence[str], shown: Sequence[str]) -> Field:
    unit = unit_by_clock(times, shown)
    return field if unit is None else replace(field, unit=unit, rule=f"in {unit}: so fast goes the clock of its rows")


_DATES = re.compile(r"(?:Today's Date|Date of Test)[:\s,;]*(\d{1,2}[/.-]\d{1,2}[/.-]\d{4})", re.IGNORECASE)
"""The export's and the test's; a date in a comment may be written as its author is used to."""
_NAMED = re.compile(r"Date of Test[:\s,;]*(\d{1,2}) ([A-Z][a-z]{2,}) \d{4}", re.IGNORECASE)
"""On this day, which it names, the test began: its first row is of the same."""

LAYOUT = Layout("Maccor text", "2", FIELDS, is_header, instrument="Maccor", steps=_steps)
READERS = (Maccor(LAYOUT),)
