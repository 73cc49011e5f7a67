"""Arbin's result database (.res of MITS Pro 3 to 7): the table of records, and auxiliary temperatures beside it."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ingest.clocks import known_zone, zoned
from ingest.clocks.repeated_hour import RepeatedHour
from ingest.findings import empty_cells, no_clock
from ingest.formats.arbin.jet import Database, Table, at_keys
from ingest.in_memory import in_batches
from ingest.reader import Head, Reading
from ingest.text.steps import Columns, RecordGaps, Step
from ingest.units import unit
from schemas.errors import SeveralCells, Unreadable
from schemas.ingested import Conversion, Declared
from schemas.quantities import QUANTITIES, Kind, Obligation
from schemas.report import Problem, Severity

RECORDS, TESTS, AUXILIARY, AUXILIARY_NAMES = (
    "Channel_Normal_Table",
    "Global_Table",
    "Auxiliary_Table",
    "Aux_Global_Data_Table",
)
_TEMPERATURE, _SENSORS = 1, 5
_UNIX_EPOCH_DAYS, _DAY_S, _CLOCK_S = 25_569, 86_400.0, 1e-3
"""Days are counted from 30 December 1899; the clock resolves a millisecond."""
_SCHEDULE = "accumulates since the schedule's last reset"
_COLUMNS = {
    "record_index": ("Data_Point", "1", "records come in the order of data points, which the database does not keep"),
    "test_time_second": ("Test_Time", "s", ""),
    "step_time_second": ("Step_Time", "s", ""),
    "step_id": ("Step_Index", "1", ""),
    "cycle_count": ("Cycle_Index", "1", ""),
    "current_ampere": ("Current", "A", "charge positive as recorded"),
    "voltage_volt": ("Voltage", "V", ""),
    "schedule_charging_capacity_ah": ("Charge_Capacity", "Ah", _SCHEDULE),
    "schedule_discharging_capacity_ah": ("Discharge_Capacity", "Ah", _SCHEDULE),
    "schedule_charging_energy_wh": ("Charge_Energy", "Wh", _SCHEDULE),
    "schedule_discharging_energy_wh": ("Discharge_Energy", "Wh", _SCHEDULE),
    "internal_resistance_ohm": ("Internal_Resistance", "Ohm", ""),
}
_CLOCK = "DateTime"
_NO_TERM = {"Test_ID", "Is_FC_Data"}
_FIXED = "unit fixed by Arbin's schema"


class ArbinResults:
    """A `Reader` for .res files."""

    name = "Arbin res"
    version = "1"

    def recognises(self, head: Head) -> bool:
        """True for a Jet database that is named as Arbin names it, or holds the table of records."""
        if not head.start.startswith((b"\x00\x01\x00\x00Standard Jet DB", b"\x00\x01\x00\x00Standard ACE DB")):
            return False
        try:
            return head.filename.lower().endswith(".res") or RECORDS in Database(head.path).tables
        except Unreadable:
            return False

    def read(self, head: Head, declared: Declared) -> Reading:
        """Read the records of one test into memory; `batches` hands them over.

        Raises:
            SeveralCells: the database holds records of several tests or channels, and none is picked.
            Unreadable: it is damaged, no results of Arbin, or has no records.
        """
        database = Database(head.path)
        if RECORDS not in database.tables:
            raise Unreadable(
                f"“{head.filename}” is a database without Arbin's table {RECORDS}: export the test as csv."
            )
        records = database.numbers(RECORDS)
        missing = [name for name in ("Test_ID", "Data_Point") if name not in records.columns]
        if missing or not records.rows:
            raise Unreadable(
                f"“{head.filename}” has no records in {RECORDS}: export the test as csv from MITS Pro if it ran at all."
            )
        tests = database.texts(TESTS) if TESTS in database.tables else []
        test = _picked(records, tests, declared)
        order = np.flatnonzero(records.columns["Test_ID"] == test)
        order = order[np.argsort(records.columns["Data_Point"][order], kind="stable")]
        opened = _Opened(database, records, order)
        return opened.reading(test, next((one for one in tests if one.get("Test_ID") == test), {}), declared)


@dataclass(frozen=True)
class _Opened:
    """The records of one test: the rows `order` of the table."""

    database: Database
    records: Table
    order: npt.NDArray[np.int64]

    def reading(self, test: int, about: Mapping[str, object], declared: Declared) -> Reading:
        """Canonical columns, and what is said of the others."""
        columns: dict[str, pa.Array] = {}
        told: list[Conversion] = []
        for name, (source, spelled, rule) in _COLUMNS.items():
            if source in self.records.columns:
                kind = pa.int64() if QUANTITIES[name].kind is Kind.COUNT else pa.float64()
                columns[name] = self.records.array(source, self.order).cast(kind)
                told.append(_conversion(name, source, spelled, rule))
        lost = max(self.records.said - self.records.rows, 0)
        reading = Reading(iter(()), told, "Arbin", rows_in=len(self.order) + lost)
        reading.header = {key: str(value) for key, value in about.items() if value not in (None, "")}
        reading.problems += _absent(columns)
        self._add_temperatures(columns, test, about, reading)
        steps = self._clock(columns, declared, reading)
        reading.problems += self._left(columns)
        reading.batches = in_batches(columns, (RecordGaps(), *steps), reading)
        return reading

    def _clock(self, columns: dict[str, pa.Array], declared: Declared, reading: Reading) -> tuple[Step, ...]:
        """Unix times where the zone of the tester's clock is known."""
        if _CLOCK not in self.records.columns:
            return ()
        zone = declared.time_zone
        if zone is None or not known_zone(zone):
            why = "its times carry no time zone and none is declared"
            if zone is not None:
                why = f"the declared time zone “{zone}” is none of the IANA names such as Europe/Berlin"
            reading.problems.append(no_clock(_CLOCK, why))
            return ()
        days = self.records.columns[_CLOCK][self.order].astype(np.float64)
        local = np.round((days - _UNIX_EPOCH_DAYS) * _DAY_S / _CLOCK_S) * _CLOCK_S
        local[self.records.missing[_CLOCK][self.order] | ~(np.abs(days) < 1e6)] = np.nan
        columns["unix_time_second"] = zoned(pa.array(local, from_pandas=True), zone)
        rule = f"days since 30 December 1899, local time of {zone}"
        reading.conversions.append(Conversion(column="unix_time_second", source=_CLOCK, unit="d", rule=rule))

        def ahead() -> Generator[Columns, None, None]:
            yield dict(columns)

        return (RepeatedHour(zone, ahead),)

    def _add_temperatures(
        self, columns: dict[str, pa.Array], test: int, about: Mapping[str, object], reading: Reading
    ) -> None:
        """Auxiliary temperatures, one value for a data point and sensor; other auxiliary channels are named only."""
        if AUXILIARY not in self.database.tables:
            return
        table = self.database.numbers(AUXILIARY)
        if not table.rows or not {"Test_ID", "Data_Point", "Auxiliary_Index", "Data_Type", "X"} <= set(table.columns):
            return
        units = _auxiliary_units(self.database, about)
        points = self.records.columns["Data_Point"][self.order]
        mine = (table.columns["Test_ID"] == test) & ~table.missing["X"]
        left: list[str] = []
        sensors = np.stack([table.columns[name][mine] for name in ("Data_Type", "Auxiliary_Index")], axis=1)
        for kind, index in np.unique(sensors, axis=0).tolist():
            spelled = units.get((kind, index), "C" if kind == _TEMPERATURE else "")
            found = unit(spelled, "Cel") if kind == _TEMPERATURE else None
            if found is None or not 0 <= index < _SENSORS:
                left.append(f"auxiliary {index + 1} of type {kind}" + (f" in {spelled}" if spelled else ""))
                continue
            rows = np.flatnonzero(mine)[(sensors == (kind, index)).all(axis=1)]
            values = table.columns["X"][rows].astype(np.float64) * found.factor + found.offset
            name = f"temperature_t{index + 1}_celsius"
            columns[name] = at_keys(points, table.columns["Data_Point"][rows], values)
            rule = f"auxiliary temperature {index + 1}, by its data point"
            reading.conversions.append(_conversion(name, f"{AUXILIARY}.X", spelled, rule))
        if left:
            reading.problems.append(_no_term("Auxiliary channels", left))

    def _left(self, columns: Mapping[str, pa.Array]) -> list[Problem]:
        known = {source for name, (source, _, _) in _COLUMNS.items() if name in columns} | _NO_TERM | {_CLOCK}
        left = sorted(set(self.records.columns) - known)
        return [_no_term("Columns", left)] if left else []


def _picked(records: Table, tests: Sequence[Mapping[str, object]], declared: Declared) -> int:
    """The test to read: the only one that has records, or the one that is declared."""
    there = np.unique(records.columns["Test_ID"]).tolist()
    named = _names(there, tests)
    wanted = declared.reading.channel
    if wanted is not None:
        there = [test for test in there if wanted == named[test]]
    if len(there) == 1:
        return int(there[0])
    names = tuple(named.values())
    if not there:
        raise Unreadable(f"No test in the file is “{wanted}” as declared; there are {', '.join(names)}: pick one.")
    raise SeveralCells(
        f"The file holds records of {len(names)} channels ({', '.join(names[:20])}{', …' if len(names) > 20 else ''}) "
        "and a dataset is one cell: pick one of them.",
        "channel",
        names,
    )


def _names(there: Sequence[int], tests: Sequence[Mapping[str, object]]) -> dict[int, str]:
    """What each test is called: its channel, where that tells the tests apart, or its number."""
    channels = {one.get("Test_ID"): (one.get("DAQ_Index"), one.get("Channel_Index")) for one in tests}
    found = {test: channels.get(test, (None, None)) for test in there}
    if None in {index for _, index in found.values()} or len(set(found.values())) < len(there):
        return {test: f"test {test}" for test in there}
    if len({daq for daq, _ in found.values()}) == 1:
        return {test: f"channel {index}" for test, (_, index) in found.items()}
    return {test: f"channel {daq}-{index}" for test, (daq, index) in found.items()}


def _auxiliary_units(database: Database, about: Mapping[str, object]) -> dict[tuple[object, object], str]:
    """The unit that is printed of each auxiliary channel that belongs to the test's channel, by type and index."""
    if AUXILIARY_NAMES not in database.tables:
        return {}
    channel = about.get("Channel_Index")
    return {
        (one.get("Data_Type"), one.get("Auxiliary_Index")): str(one.get("Unit") or "").strip()
        for one in database.texts(AUXILIARY_NAMES)
        if one.get("Channel_Index") in (channel, None) and one.get("Unit")
    }


def _absent(columns: Mapping[str, pa.Array]) -> list[Problem]:
    """Refuse a database without time, voltage or current; tell of records that lack one."""
    needed = [name for name, one in QUANTITIES.items() if one.obligation is Obligation.REQUIRED]
    absent = [QUANTITIES[name].label for name in needed if name not in columns]
    if absent:
        raise Unreadable(f"{RECORDS} has no column for {' and '.join(absent)}: export the test as csv from MITS Pro.")
    empty = [(name, columns[name]) for name in needed if columns[name].null_count]
    return [
        empty_cells(_COLUMNS[name][0], values.null_count, values.is_null().index(pa.scalar(True)).as_py() + 1)
        for name, values in empty
    ]


def _conversion(name: str, source: str, spelled: str, rule: str) -> Conversion:
    return Conversion(column=name, source=source, unit=spelled, rule="; ".join(one for one in (rule, _FIXED) if one))


def _no_term(what: str, left: Sequence[str]) -> Problem:
    message = f"{what} without a term stay in the raw file only: {', '.join(left)}."
    return Problem(rule="column-unknown", severity=Severity.NOTE, message=message)


READERS = (ArbinResults(),)
