"""Neware's exports as csv and workbook (BTSDA): one row per record, or records nested below their cycle and step."""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from ingest.text.headers import Field, Form, plain, split_heading
from ingest.text.reader import Layout, TextReader
from ingest.text.sniff import DELIMITERS
from ingest.text.step_times import Made, StepsBefore
from ingest.text.steps import RecordGaps, StateSign
from ingest.text.unfold import UnfoldedReader
from ingest.workbook.reader import Naming, WorkbookReader

_PER_STEP = "accumulates within the step"
_MODES = [f"{mode}{between}" for mode in ("CC", "CV", "CCCV", "CP", "CPCV", "CR", "") for between in (" ", "_", "")]
_MODES_IN_CHINESE = ("恒流", "恒压", "恒流恒压", "恒功率", "恒阻", "")
_SIGNED = "negative in discharge steps"
_STEPS_BEFORE = "Time after the steps before (s)"
_ABOVE = ("Cycle above", "Step above", "Step type above")

_MEASURED = (
    Field("record_index", ("DataPoint", "Record ID", "Record Index", "Record number", "数据序号", "记录序号")),
    Field("unix_time_second", ("Date", "Absolute Time", "Realtime", "Real Time", "绝对时间"), form=Form.CLOCK),
    Field("current_ampere", ("Current", "Cur", "电流"), rule=_SIGNED),
    Field("voltage_volt", ("Voltage", "Volt", "电压")),
    Field("power_watt", ("Power", "功率")),
    Field("step_cumulative_capacity_ah", ("Capacity", "容量"), rule=_PER_STEP),
    Field("step_charging_capacity_ah", ("Chg. Cap.", "Capacitance_Chg", "CapaCity-Chg", "充电容量"), rule=_PER_STEP),
    Field(
        "step_discharging_capacity_ah", ("DChg. Cap.", "Capacitance_DChg", "CapaCity-DChg", "放电容量"), rule=_PER_STEP
    ),
    Field("step_cumulative_energy_wh", ("Energy", "能量"), rule=_PER_STEP),
    Field("step_charging_energy_wh", ("Chg. Energy", "Engy_Chg", "充电能量"), rule=_PER_STEP),
    Field("step_discharging_energy_wh", ("DChg. Energy", "Engy_DChg", "放电能量"), rule=_PER_STEP),
    Field("dc_internal_resistance_ohm", ("DCIR",)),
    Field("dc_internal_resistance_ohm", ("DCIR(O)",), "Ohm", rule="O stands for Ω"),
    Field("dc_internal_resistance_ohm", ("DCIR(mO)",), "mOhm", rule="O stands for Ω"),
    *(
        Field(
            f"temperature_t{number}_celsius",
            (f"T{number}", f"Aux. T{number}", f"Aux.CH TU{number} T", f"Auxiliary channel TU{number} T"),
        )
        for number in range(1, 6)
    ),
    Field("temperature_t1_celsius", ("Temperature",)),
)
FIELDS = (
    *_MEASURED,
    Field("cycle_count", ("Cycle Index", "Cycle ID", "Cycle", "循环号", "循环序号", _ABOVE[0])),
    # Neware's step index comes back in every cycle: the vocabulary's step_id.
    Field("step_id", ("Step Index", "Step ID", "Step", "Steps", "工步号", "工步序号", _ABOVE[1])),
    Field("step_id", ("步次",), rank=1),
    Field(
        "step_type",
        ("Step Type", "Step Name", "Status", "State", "工步类型", "工步名称", "状态", _ABOVE[2]),
        form=Form.TEXT,
    ),
    Field("step_time_second", ("Time", "Step Time", "Relative Time", "时间", "相对时间"), form=Form.DURATION),
    Field("test_time_second", ("Total Time", "Cumulative Time", "总时间"), form=Form.DURATION),
    Field("test_time_second", (_STEPS_BEFORE,), "s", Form.DURATION, "time within the step after the steps before it"),
)
_RECORD = frozenset({"recordindex", "recordid", "datapoint", "数据序号", "记录序号"})
_CYCLE = frozenset({"cycleindex", "cycleid", "循环号", "循环序号"})
_STEP = frozenset({"stepindex", "stepid", "工步号", "工步序号", "步次"})
_HEADINGS = _RECORD | _CYCLE | _STEP | {""}
_NUMBERED = _RECORD | {"recordnumber"}
_TYPED = frozenset({"steptype", "stepname", "status", "state", "工步类型", "工步名称", "状态"})
_TOLD = _TYPED | {"relativetime", "absolutetime", "相对时间", "绝对时间"}
_TIMES = frozenset({"time", "steptime", "relativetime", "时间", "相对时间"})
_TOTAL = frozenset({"totaltime", "cumulativetime", "总时间"})
_VOLTAGE, _CURRENT = frozenset({"voltage", "电压"}), frozenset({"current", "cur", "电流"})
_OF_OTHERS = frozenset({"testtime", "systime", "测试时间", "系统时间"})
"""Times as Arbin and Landt call them."""
_SHEETS = Naming(
    parts=re.compile(r"(?P<channel>record|Detail_\d+_\d+_\d+)(?:[_ (-]*(?P<part>\d+)\)?)?", re.IGNORECASE),
    about=re.compile(r"unit|test|info", re.IGNORECASE),
)


def is_header(cells: Sequence[str]) -> bool:
    """Neware's record, and its step's type or relative time, beside current and voltage; no time as others print it."""
    names = _names(cells)
    nested = not any(cell.strip() for cell in cells[:2])
    if nested or not names.isdisjoint(_OF_OTHERS):
        return False
    return all(not names.isdisjoint(one) for one in (_NUMBERED, _TOLD, _VOLTAGE, _CURRENT))


def is_nested_header(cells: Sequence[str]) -> bool:
    """A header of records below their cycle and step, once it is unfolded."""
    return tuple(cells[:3]) == _ABOVE


def unfold(lines: Iterable[str]) -> Iterator[str]:
    """Records with the cycle, step and step type above them; the rows of cycles and steps become blank lines."""
    rows = iter(lines)
    above: deque[str] = deque(maxlen=2)
    for line in rows:
        delimiter = next((sign for sign in DELIMITERS if line.startswith(sign * 2)), "")
        cells = _cells(line, delimiter) if delimiter else []
        if _is_record_header(cells):
            nested = _Nested(delimiter, cells, [_cells(one, delimiter) for one in above])
            yield nested.header
            yield from nested.records(rows)
        else:
            above.append(line)
            yield line


class _Nested:
    """The cycle and the step in which the lines below the three headers are; `above` are those of cycles and steps."""

    def __init__(self, delimiter: str, cells: Sequence[str], above: Sequence[Sequence[str]]) -> None:
        self._delimiter, self._headings = delimiter, list(cells)
        step = [plain(split_heading(cell)[0]) for cell in above[-1]] if above else []
        self._number = next((at for at, name in enumerate(step) if name in _STEP), 1)
        self._kind = next((at for at, name in enumerate(step) if name in _TYPED), self._number + 1)
        self._width = len(above[0]) if len(above) == 2 else 0
        names = [plain(split_heading(cell)[0]) for cell in cells]
        self._time = next(at for at, name in enumerate(names) if name in _TIMES)
        self._printed = not _TOTAL.isdisjoint(names)
        self._cycle = self._step = self._type = ""
        self._before_s = self._within_s = 0.0

    @property
    def header(self) -> str:
        """The heading of each column; a test time is made where the records print only that within the step."""
        made = () if self._printed else (_STEPS_BEFORE,)
        return self._delimiter.join((*_ABOVE, *made, *self._headings[2:]))

    def records(self, lines: Iterable[str]) -> Iterator[str]:
        """One line for each line: a record, or a blank one; what is neither goes through, to be told as wrong."""
        for line in lines:
            cells = _cells(line, self._delimiter)
            if len(cells) > self._time and not any(cells[:2]) and cells != self._headings:
                made = () if self._printed else (self._tested(cells[self._time]),)
                yield self._delimiter.join((self._cycle, self._step, self._type, *made, *cells[2:]))
            else:
                yield "" if self._enters(cells) else line

    def _enters(self, cells: Sequence[str]) -> bool:
        """True for the row of a cycle or a step, and for headers that come again."""
        first, second, third, *_ = (*cells, "", "", "")
        if first.isdigit():
            self._cycle = first
            # Some versions leave out the line break between the row of a cycle and that of its first step.
            behind = [*cells[self._width :], ""] if self._width else [""]
            if any(behind):
                self._begin(behind if not behind[0] else ["", *behind])
        elif not first and second.isdigit():
            self._begin(cells)
        return first.isdigit() or (not first and second.isdigit()) or plain(first or second or third) in _HEADINGS

    def _begin(self, step: Sequence[str]) -> None:
        """The next step, from its row."""
        self._before_s, self._within_s = self._before_s + self._within_s, 0.0
        self._step, self._type = (step[at] if at < len(step) else "" for at in (self._number, self._kind))

    def _tested(self, text: str) -> str:
        """The time since the test began, in the duration's form; a time that is none stays as it is, to be told."""
        found = re.fullmatch(r"(\d+):(\d+):(\d+(?:[.,]\d*)?)", text)
        if found is None:
            return text
        self._within_s = int(found[1]) * 3600 + int(found[2]) * 60 + float(found[3].replace(",", "."))
        minutes, seconds = divmod(round(self._before_s + self._within_s, 6), 60)
        hours, minutes = divmod(int(minutes), 60)
        return f"0d {hours}:{minutes}:{seconds:.6f}"


def _cells(line: str, delimiter: str) -> list[str]:
    return [cell.strip().strip('"').strip() for cell in line.split(delimiter)]


def _names(cells: Sequence[str]) -> set[str]:
    return {plain(split_heading(cell)[0]) for cell in cells}


def _is_record_header(cells: Sequence[str]) -> bool:
    names = _names(cells)
    needed = (_TIMES, _RECORD, _VOLTAGE, _CURRENT)
    return names.isdisjoint(_OF_OTHERS) and all(not names.isdisjoint(one) for one in needed)


def _steps() -> tuple[StateSign, RecordGaps]:
    charge = frozenset({*(f"{mode}CHG" for mode in _MODES), *(f"{mode}充电" for mode in _MODES_IN_CHINESE)})
    discharge = frozenset({*(f"{mode}DCHG" for mode in _MODES), *(f"{mode}放电" for mode in _MODES_IN_CHINESE)})
    return StateSign(charge=charge, discharge=discharge), RecordGaps()


FLAT = Layout(
    "Neware csv",
    "1",
    FIELDS,
    is_header,
    instrument="Neware",
    steps=_steps,
    made=(Made("test_time_second", "step_time_second", "time within the step after the steps before it", StepsBefore),),
)
NESTED = Layout("Neware nested csv", "1", FIELDS, is_nested_header, instrument="Neware", steps=_steps)
READERS = (
    TextReader(FLAT),
    UnfoldedReader(NESTED, unfold),
    WorkbookReader(replace(FLAT, name="Neware workbook"), _SHEETS),
    WorkbookReader(replace(NESTED, name="Neware nested workbook"), _SHEETS, unfold),
)
