"""Digatron csv exports: a preamble, and the units on a line of their own below the header."""

import re
from collections.abc import Iterable, Iterator, Sequence

from ingest.headers import Field, Form, plain, split_heading
from ingest.sniff import DELIMITERS, split
from ingest.steps import StateSign
from ingest.text import Layout
from ingest.unfold import UnfoldedReader

_RESETS = "accumulates since the program's last reset"

FIELDS = (
    Field("unix_time_second", ("Time Stamp", "Timestamp", "Date Time"), form=Form.CLOCK),
    Field("step_id", ("Step",)),
    Field("step_type", ("Status",), form=Form.TEXT),
    Field("test_time_second", ("Prog Time", "Program Time"), form=Form.DURATION),
    Field("step_time_second", ("Step Time",), form=Form.DURATION),
    Field("cycle_count", ("Cycle",)),
    Field("current_ampere", ("Current",), rule="state CHA is positive, state DCH negative"),
    Field("voltage_volt", ("Voltage",)),
    Field("power_watt", ("Watt", "Power")),
    Field("step_net_capacity_ah", ("AhStep",), rule="accumulates within the step"),
    Field("step_net_energy_wh", ("WhStep",), rule="accumulates within the step"),
    Field("schedule_charging_capacity_ah", ("AhCha",), rule=_RESETS),
    Field("schedule_discharging_capacity_ah", ("AhDch",), rule=_RESETS),
    Field("schedule_charging_energy_wh", ("WhCha",), rule=_RESETS),
    Field("schedule_discharging_energy_wh", ("WhDch",), rule=_RESETS),
    Field("temperature_t1_celsius", ("Temperature", "LogTemp1", "LogTemp001", "Temp1")),
    Field("temperature_t2_celsius", ("LogTemp2", "LogTemp002", "Temp2")),
)


def is_header(cells: Sequence[str]) -> bool:
    """Digatron's program time stands beside step, status, voltage and current."""
    names = {plain(split_heading(cell)[0]) for cell in cells}
    return {"step", "status", "progtime", "steptime", "voltage", "current"} <= names


def unfold(lines: Iterable[str]) -> Iterator[str]:
    """The header with the units of the line below it, on that line; its own line becomes blank."""
    rows = iter(lines)
    for line in rows:
        delimiter = next((sign for sign in DELIMITERS if sign in line and is_header(split(line, sign))), None)
        if delimiter is None:
            yield line
            continue
        below = next(rows, None)
        units = split(below or "", delimiter)
        if any(units) and all(re.fullmatch(r"\s*(\[[^\]]*\])?\s*", cell) for cell in units):
            headings = split(line, delimiter)
            units += [""] * (len(headings) - len(units))
            yield ""
            yield delimiter.join(f"{name} {unit}".strip() for name, unit in zip(headings, units, strict=False))
        else:
            yield from (text for text in (line, below) if text is not None)
        yield from rows


LAYOUT = Layout(
    "Digatron csv",
    "1",
    FIELDS,
    is_header,
    instrument="Digatron",
    steps=lambda: (StateSign(charge=frozenset({"CHA"}), discharge=frozenset({"DCH"})),),
)
READERS = (UnfoldedReader(LAYOUT, unfold),)
