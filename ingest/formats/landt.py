"""Landt (Lanhe, LAND) exports: LANDdt's own headings, in Chinese too, and flat ones whose names end in the unit."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from ingest.text.headers import Field, Form, plain, split_heading
from ingest.text.reader import Layout, TextReader
from ingest.text.sniff import DELIMITERS, split
from ingest.text.step_times import Made, StepsBefore
from ingest.text.steps import StateSign
from ingest.text.unfold import UnfoldedReader
from ingest.workbook.reader import Naming, WorkbookReader

_PER_STEP = "accumulates within the step"
_SIGNED = "charge positive; the states tell where the file has no signs"
_MODES = ("CC", "CV", "CCCV", "CP", "CPCV", "CR", "RATE")
_MODES_IN_CHINESE = ("恒流", "恒压", "恒流恒压", "恒功率", "恒阻", "倍率", "")
_CHARGE = (
    *(name for mode in _MODES for name in (f"{mode}C", f"C_{mode}", f"{mode}_C", f"CHARGE {mode}")),
    *("CHARGE", "CHG"),
    *(f"{mode}充电" for mode in _MODES_IN_CHINESE),
)
_DISCHARGE = (
    *(name for mode in _MODES for name in (f"{mode}D", f"D_{mode}", f"{mode}_D", f"DISCHARGE {mode}")),
    *("DISCHARGE", "DCHG"),
    *(f"{mode}放电" for mode in _MODES_IN_CHINESE),
)


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
    Field("record_index", ("Index", "Record", "记录序号")),
    Field("cycle_count", ("Cycle-Index", "CycleNo", "Cycle", "循环序号")),
    Field("step_id", ("Step-Index", "StepNo", "Step", "工步序号")),
    Field("step_type", ("Step-State", "StepStatus", "State", "Mode", "工步状态", "工作模式"), form=Form.TEXT),
    Field("unix_time_second", ("SysTime", "系统时间"), form=Form.CLOCK),
    Field("test_time_second", ("TestTime", "测试时间"), form=Form.DURATION),
    Field("step_time_second", ("StepTime", "步骤时间"), form=Form.DURATION),
    Field("current_ampere", ("Current", "电流"), rule=_SIGNED),
    Field("voltage_volt", ("Voltage", "电压")),
    Field("step_cumulative_capacity_ah", ("Capacity", "容量"), rule=_PER_STEP),
    Field("step_cumulative_energy_wh", ("Energy", "能量"), rule=_PER_STEP),
    Field("power_watt", ("Power", "功率")),
    Field("temperature_t1_celsius", ("AuxTemp", "Temperature", "辅助温度")),
    Field("ambient_temperature_celsius", ("IncubTemp",)),
)
_NUMBERED = frozenset({"record", "index", "记录序号"})
_TIMED = frozenset({"testtime", "steptime", "测试时间", "步骤时间"})
_PLACED = frozenset(
    {
        *("stepno", "stepindex", "step", "stepstatus", "stepstate", "工步序号", "工步状态", "工作模式"),
        *("cycleno", "cycleindex", "cycle", "state", "循环序号", "测试时间"),
    }
)
_LAYERS = frozenset({"cycle", "step"})
_SHEETS = Naming(
    parts=re.compile(r"(?P<channel>Record(?:-Tab)?|记录表?)(?:[_ (-]*(?P<part>\d+)\)?)?", re.IGNORECASE),
    about=re.compile(r"Test information|Log|.*_Proc", re.IGNORECASE),
)


def is_flat_header(cells: Sequence[str]) -> bool:
    """The channel's index and the time as an ISO string stand beside a step's name."""
    names = {plain(cell) for cell in cells}
    return {"channelindex", "cycleindex", "datetimeisostring", "stepname"} <= names


def is_own_header(cells: Sequence[str]) -> bool:
    """Landt's test or step time stands beside voltage and current, and its system time or a record's number."""
    names = {plain(split_heading(cell)[0]) for cell in cells}
    electric = {"voltage", "current"} <= names or {"电压", "电流"} <= names
    if not electric or names.isdisjoint(_TIMED) or "datapoint" in names:
        return False
    return not names.isdisjoint({"systime", "系统时间"}) or not (
        names.isdisjoint(_NUMBERED) or names.isdisjoint(_PLACED)
    )


def unfold(lines: Iterable[str]) -> Iterator[str]:
    """Records alone of an export in layers: the rows of cycles and steps, and headers that come again, become blank."""
    rows = iter(lines)
    layered = False
    for line in rows:
        delimiter = next((sign for sign in DELIMITERS if sign in line and is_own_header(split(line, sign))), None)
        if delimiter is None:
            layered = layered or plain(next((cell for cell in re.split("[,;\t]", line) if cell), "")) in _LAYERS
            yield line
            continue
        # The blank shows that there is something to unfold, however many records the first cycle has.
        yield line + " " if layered else line
        records = _Layers(delimiter, split(line, delimiter))
        yield from (line if records.holds(line) else "" for line in rows)


class _Layers:
    """The layer in which the lines below the first header of records are."""

    def __init__(self, delimiter: str, headings: Sequence[str]) -> None:
        self._delimiter = delimiter
        self._number = next(at for at, heading in enumerate(headings) if heading.strip())
        self._in_records = True

    def holds(self, line: str) -> bool:
        """False for the row of a cycle or a step, and for any header; what is neither goes through, to be told."""
        cells = [cell.strip() for cell in split(line, self._delimiter)]
        first = plain(next((cell for cell in cells if cell), ""))
        if first in _LAYERS | _NUMBERED:
            self._in_records = first in _NUMBERED
            return False
        return self._in_records and not any(cells[: self._number])


def _steps() -> tuple[StateSign]:
    return (StateSign(charge=frozenset(_CHARGE), discharge=frozenset(_DISCHARGE)),)


_MADE = (Made("test_time_second", "step_time_second", "time within the step after the steps before it", StepsBefore),)
FLAT = Layout("Landt flat csv", "1", FLAT_FIELDS, is_flat_header, instrument="Landt", steps=_steps)
OWN = Layout("Landt csv", "1", OWN_FIELDS, is_own_header, instrument="Landt", steps=_steps, made=_MADE)
READERS = (
    TextReader(FLAT),
    UnfoldedReader(OWN, unfold),
    WorkbookReader(replace(FLAT, name="Landt flat workbook"), _SHEETS),
    WorkbookReader(replace(OWN, name="Landt workbook"), _SHEETS, unfold),
)
