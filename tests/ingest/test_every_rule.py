"""For every registered rule a file or reading that it finds, beside one that it does not; none may be missing here."""

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingest import archive_cycles, detect, sandbox
from ingest.derived import described
from ingest.formats.biologic import mpr_process
from ingest.formats.neware import binary as neware
from ingest.limits import GIB, MIB, Limits
from ingest.pipeline import ingest
from ingest.reader import Head, Reading
from schemas.ingested import Declared
from schemas.instructions import Instructions
from schemas.report import Problem
from schemas.rules import RULES
from tests import mpr_files
from tests import production as template
from tests.ingest.test_checks_of_channels import stuck, warmed
from tests.ingest.test_checks_of_scale import with_counters, with_step_time
from tests.ingest.test_pipeline import bdf
from tests.ingest.test_sandbox import GENEROUS, children, server, soon
from tests.ingest.test_text import maccor
from tests.ingest.test_validate import CELL, Columns, cell, findings
from tests.samples import FILES

Change = Callable[[Columns], Columns | None]


def _set(column: str, rows: slice | int, value: object) -> Change:
    def change(columns: Columns) -> None:
        columns[column][rows] = value

    return change


def _add(column: str, rows: slice, value: float) -> Change:
    def change(columns: Columns) -> None:
        columns[column][rows] += value

    return change


def _times(factor: float, *names: str) -> Change:
    return lambda columns: columns | {name: columns[name] * factor for name in names}


def _impedance(columns: Columns) -> Columns:
    imaginary = np.array([-0.01, -0.02])
    return {
        "frequency_hertz": np.array([1e3, 1e2]),
        "real_impedance_ohm": np.array([0.1, 0.2]),
        "imaginary_impedance_ohm": imaginary,
    }


CHECKS: dict[str, tuple[Change, Declared]] = {
    "no-rows": (lambda columns: {name: values[:0] for name, values in columns.items()}, CELL),
    "column-missing": (lambda columns: {n: v for n, v in columns.items() if n != "voltage_volt"}, CELL),
    "value-missing": (_set("voltage_volt", 50, np.nan), CELL),
    "value-implausible": (_times(1000.0, "voltage_volt"), CELL),
    "voltage-outside-window": (lambda columns: None, Declared(upper_voltage_v=4.0)),
    "voltage-chemistry": (lambda columns: None, Declared(chemistry="LFP")),
    "voltage-jump": (_set("voltage_volt", 100, 0.0), CELL),
    "voltage-stuck": (lambda columns: stuck(1500), CELL),
    "voltage-small": (_times(0.001, "voltage_volt"), Declared()),
    "temperature-zero": (lambda columns: columns | {"temperature_t1_celsius": columns["voltage_volt"] * 0.0}, CELL),
    "temperatures-mixed": (lambda columns: warmed(0.2, 5.0), CELL),
    "cycle-counter": (_set("cycle_count", slice(800, None), 0), CELL),
    "step-counter": (_set("step_count", slice(800, None), 1), CELL),
    "current-sign": (_times(-1.0, "current_ampere"), CELL),
    "impedance-only": (_impedance, CELL),
    "impedance-inconsistent": (lambda columns: _impedance(columns) | {"phase_degree": np.array([45.0, 45.0])}, CELL),
    "voltage-zero": (_times(0.0, "voltage_volt"), Declared()),
    "time-goes-back": (_add("test_time_second", slice(100, None), -500.0), CELL),
    "duplicate-time": (_add("test_time_second", slice(50, 51), -10.0), CELL),
    "time-gap": (_add("test_time_second", slice(375, None), 7200.0), CELL),
    "duration-implausible": (_times(36_000.0, "test_time_second"), CELL),
    "clock-mismatch": (_times(1000.0, "test_time_second"), CELL),
    "step-time-scale": (lambda columns: _times(1000.0, "step_time_second")(with_step_time(columns)), CELL),
    "counter-scale": (lambda columns: _times(1000.0, "cumulative_energy_wh")(with_counters(columns)), CELL),
    "clock-goes-back": (_add("unix_time_second", slice(700, None), -3600.0), CELL),
    "capacity-implausible": (_times(1000.0, "current_ampere"), CELL),
    "nominal-capacity": (lambda columns: None, Declared(nominal_capacity_ah=0.6)),
    "rate-implausible": (lambda columns: None, Declared(nominal_capacity_ah=0.005)),
    "cycles-declared": (lambda columns: None, Declared(cycles=3)),
    "cycle-truncated": (lambda columns: {name: values[:1000] for name, values in columns.items()}, CELL),
    "no-cycles": (_times(0.0, "current_ampere"), CELL),
}
"""A change to the good test of `cell`, which has no finding at all, or another declaration."""

Edit = Callable[[bytes], bytes]


def _swap(old: str, new: str, encoding: str = "utf-8") -> Edit:
    def edit(content: bytes) -> bytes:
        assert old.encode(encoding) in content
        return content.replace(old.encode(encoding), new.encode(encoding))

    return edit


def _autumn(minutes: int, clock: str, rows: int) -> Edit:
    """Rows at one a `minutes`, their clock at the same printed day and hour, the minutes going on."""

    def edit(content: bytes) -> bytes:
        lines = "".join(
            f"{row},{clock.format(row * minutes % 60)},{row * minutes * 60}.0,1.0,1,1,0,3.2,0,0,0,0\n"
            for row in range(rows)
        )
        head = "Data_Point,Date_Time,Test_Time(s),Step_Time(s),Cycle_Index,Step_Index,Current(A),Voltage(V),"
        return (
            f"{head}Charge_Capacity(Ah),Discharge_Capacity(Ah),Charge_Energy(Wh),Discharge_Energy(Wh)\n{lines}".encode()
        )

    return edit


SAMPLES: dict[str, tuple[str, Edit, str | None]] = {
    "unreadable": ("bdf.csv", lambda content: b"hello", None),
    "several-cells": ("pec.csv", _swap("207,1,SBT1,001,1,,1", "207,2,SBT1,001,1,,1"), None),
    "cell-unreadable": ("bdf.csv", _swap("\n10.0,3.2,", "\n10.0,high,"), None),
    "cell-empty": ("bdf.csv", _swap("\n10.0,3.2,", "\n10.0,,"), None),
    "row-ragged": ("bdf.csv", _swap("\n10.0,3.2,", "\n10.0,"), None),
    "column-left-out": ("bdf.csv", _swap("ambient_temperature_celsius", "Ambient Temperature / furlong"), None),
    "column-twice": ("bdf.csv", _swap("ambient_temperature_celsius", "Voltage / V"), None),
    "column-unknown": ("bdf.csv", _swap("ambient_temperature_celsius", "mood"), None),
    "text-damaged": (
        "novonix_quoted.csv",
        lambda content: content + content.splitlines(keepends=True)[-1] * 2000 + b'"\xff"\n',
        None,
    ),
    "record-missing": ("arbin.csv", _swap("\n3,2024", "\n4,2024"), None),
    "table-left-out": ("gamry_chronop.dta", lambda content: content, None),
    "current-convention": ("gamry_chronop.dta", _swap("CONVENTION\tIQUANT\t1", "CONVENTION\tIQUANT\t0"), None),
    "rows-announced": ("gamry_corpot.dta", _swap("TABLE\t2", "TABLE\t20"), "Europe/Berlin"),
    "impedance-truncated": (
        "gamry_eispot.dta",
        _swap("ZCURVE", "FREQINIT\tQUANT\t1E5\nFREQFINAL\tQUANT\t1\nPTSPERDEC\tQUANT\t10\nZCURVE"),
        "Europe/Berlin",
    ),
    "experiment-aborted": (
        "gamry_chronop.dta",
        lambda content: content + b"EXPERIMENTABORTED\tTOGGLE\tT\tExperiment Aborted\n",
        "Europe/Berlin",
    ),
    "voltage-of-electrode": ("biologic_three_electrodes.mpt", lambda content: content, "Europe/Berlin"),
    "export-joined": ("biologic_gcpl.mpt", lambda content: content * 2, "Europe/Berlin"),
    "sign-unknown": ("digatron_unsigned.csv", _swap(",CHA,", ",???,"), None),
    "time-without-zone": ("arbin.csv", lambda content: content, None),
    "start-ambiguous": ("gamry_comma.dta", lambda content: content, "Europe/Berlin"),
    "clock-repeated-hour": ("arbin.csv", _autumn(10, "2024-10-27 02:{:02d}:00", 6), "Europe/Berlin"),
    "clock-skipped-hour": ("arbin.csv", _autumn(10, "2024-03-31 02:{:02d}:00", 6), "Europe/Berlin"),
    "step-time-runs-on": (
        "neware_flat.csv",
        lambda content: (
            b"DataPoint,Cycle Index,Step Index,Step Type,Time,Current(mA),Voltage(V)\n"
            b"1,1,1,CC Chg,00:00:20,500,3.2\n2,1,2,CC Chg,00:00:40,500,3.3\n"
        ),
        None,
    ),
    "past-midnight": (
        "maccor.txt",
        lambda content: maccor(("23:59:50", "0", "R"), ("23:59:59", "0", "R"), ("0:00:10", "0", "R")).encode(),
        None,
    ),
}
"""A sample, what is done to it, and the time zone that is declared."""
GOOD = (("bdf.csv", "Europe/Berlin"), ("pec.csv", "Europe/Berlin"))


class Failing:
    """A reader as a third party might write it."""

    name = "Failing reader"
    version = "1"

    def recognises(self, head: Head) -> bool:
        return True

    def read(self, head: Head, declared: Declared) -> Reading:
        raise KeyError("a fault of theirs")


def fails(folder: Path, patch: pytest.MonkeyPatch) -> set[str]:
    patch.setattr(detect, "detect", lambda head: Failing())
    return {one.rule for one in ingest(FILES / "bdf.csv", "bdf.csv", folder).report.problems}


def loses_rows(folder: Path, patch: pytest.MonkeyPatch) -> set[str]:
    return {one.rule for one in findings(cell(), rows_in=5000)}


def warned(message: str) -> Callable[[Path, pytest.MonkeyPatch], set[str]]:
    """The library that reads Neware's files says this of a good file."""

    def read(folder: Path, patch: pytest.MonkeyPatch) -> set[str]:
        frame = neware._frame
        patch.setattr(neware, "_frame", lambda path, name: (frame(path, name)[0], [message]))
        return {one.rule for one in ingest(FILES / "neware.ndax", "neware.ndax", folder).report.problems}

    return read


def produced(**sheets: list[list[object]]) -> Callable[[Path, pytest.MonkeyPatch], set[str]]:
    """A filled-in template with these sheets instead of good ones."""

    def read(folder: Path, patch: pytest.MonkeyPatch) -> set[str]:
        path = template.workbook(folder / "run.xlsx", template.run(**sheets))
        return {one.rule for one in template.read(path).report.problems}

    return read


def ended(limits: Limits, content: Callable[[Path], Path]) -> Callable[[Path, pytest.MonkeyPatch], set[str]]:
    def read(folder: Path, patch: pytest.MonkeyPatch) -> set[str]:
        path = content(folder)
        (folder / "out").mkdir()
        found = sandbox.run(path, path.name, folder / "out", CELL, limits)
        return {one.rule for one in found.report.problems}

    return read


def killed(folder: Path, patch: pytest.MonkeyPatch) -> set[str]:
    above = server()

    def kill() -> None:
        assert soon(lambda: bool(children(above)))
        os.kill(children(above)[0], signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    found = ended(GENEROUS, _endless)(folder, patch)
    killer.join()
    return found


def _endless(folder: Path) -> Path:
    os.mkfifo(folder / "endless.csv")
    return folder / "endless.csv"


def _long(folder: Path) -> Path:
    path = folder / "long.bdf.csv"
    path.write_bytes(b"test_time_second,voltage_volt,current_ampere\n" + b"1,2,3\n" * 40_000_000)
    return path


def _noisy(folder: Path) -> Path:
    columns = cell(cycles=400)
    columns["voltage_volt"] = columns["voltage_volt"] + np.random.default_rng(1).normal(0, 1e-3, 306_000)
    return bdf(folder / "noisy.bdf.csv", columns)


def _bomb(folder: Path) -> Path:
    column = pa.array(np.zeros(40_000_000))
    table = pa.table([column] * 3, names=["test_time_second", "voltage_volt", "current_ampere"])
    pages = {"data_page_size": GIB, "max_rows_per_page": len(column), "row_group_size": len(column)}
    pq.write_table(table, folder / "bomb.bdf.parquet", compression="zstd", use_dictionary=False, **pages)
    return folder / "bomb.bdf.parquet"


def declares(**reading: object) -> Callable[[Path, pytest.MonkeyPatch], set[str]]:
    """The rules of a file that is read as declared; without the declaration they are not found."""

    def rules(folder: Path, _: pytest.MonkeyPatch) -> set[str]:
        path = bdf(folder / "cell.csv", cell() | {"net_capacity_ah": np.zeros(len(cell()["test_time_second"]))})
        plain, read = (
            {one.rule for one in ingest(path, "cell.bdf.csv", folder, Declared(reading=how)).report.problems}
            for how in (Instructions(), Instructions.model_validate(reading))
        )
        return read - plain

    return rules


def with_a_short_step(folder: Path, patch: pytest.MonkeyPatch) -> set[str]:
    """The counter of a file lacks 1 % of what the current moved."""
    columns = with_counters(cell())
    columns["step_cumulative_capacity_ah"] = columns["step_cumulative_capacity_ah"] * 0.99
    return {one.rule for one in ingest(bdf(folder / "c.csv", columns), "c.bdf.csv", folder, CELL).report.problems}


def with_many_steps(folder: Path, patch: pytest.MonkeyPatch) -> set[str]:
    patch.setattr(described, "MOST_ROWS", 5)
    return {one.rule for one in ingest(bdf(folder / "c.csv", cell()), "c.bdf.csv", folder, CELL).report.problems}


def with_one_number_for_two_columns(folder: Path, patch: pytest.MonkeyPatch) -> set[str]:
    if not mpr_process.environment().exists():
        pytest.skip("the environment for .mpr files is not installed")
    columns = {
        mpr_files.TIME: (0, 1),
        mpr_files.EWE: (3, 3),
        mpr_files.CURRENT: (0, 1),
        256 + mpr_files.CURRENT: (2, 3),
    }
    path = mpr_files.write(folder / "some.mpr", columns)
    return {one.rule for one in ingest(path, path.name, folder).report.problems}


def with_two_voltages(folder: Path, patch: pytest.MonkeyPatch) -> set[str]:
    """A column under another name of the voltage says the same."""
    columns = cell() | {"Voltage / mV": cell()["voltage_volt"] * 1000}
    return {one.rule for one in ingest(bdf(folder / "c.csv", columns), "c.bdf.csv", folder, CELL).report.problems}


def with_published_cycles(folder: Path, patch: pytest.MonkeyPatch) -> set[str]:
    """The archive says of every cycle that nothing was discharged."""
    ingest(bdf(folder / "c.csv", cell()), "c.bdf.csv", folder, CELL)
    cycles = pq.read_table(folder / "cycles.parquet")
    published = [archive_cycles.Published(number, None, 0.0) for number in cycles["cycle"].to_pylist()]
    return {one.rule for one in archive_cycles.differences(cycles, published)}


OTHERS: dict[str, Callable[[Path, pytest.MonkeyPatch], set[str]]] = {
    "doubtful-column": with_one_number_for_two_columns,
    "counter-mismatch": with_a_short_step,
    "derived-left-out": with_many_steps,
    "cut": declares(last_row=20),
    "column-twice": with_two_voltages,
    "archive-cycles-differ": with_published_cycles,
    "sign-kept": declares(current_sign="discharge-positive"),
    "reader-failed": fails,
    "rows-lost": loses_rows,
    "cycles-not-recorded": warned("Raw cycle column not found"),
    "partly-damaged": warned("Aux files found, but could not read TestInfo.xml"),
    "doubtful-records": warned("unix_time_s goes back"),
    "reading-ended": killed,
    "limit-wall": ended(Limits(GIB, GIB, cpu_s=60, wall_s=0.5), _endless),
    "limit-cpu": ended(Limits(GIB, GIB, cpu_s=1, wall_s=60), _long),
    "limit-output": ended(Limits(GIB, MIB // 4, cpu_s=60, wall_s=60), _noisy),
    "limit-memory": ended(Limits(128 * MIB, GIB, cpu_s=60, wall_s=60), _bomb),
}
"""Rules that neither a column nor a cell brings about."""


@pytest.fixture(autouse=True, scope="module")
def no_server_is_left() -> object:
    yield
    sandbox.close()


def read(folder: Path, sample: str, edit: Edit, zone: str | None) -> tuple[Problem, ...]:
    path = folder / sample
    path.write_bytes(edit((FILES / sample).read_bytes()))
    return ingest(path, sample, folder, Declared(time_zone=zone)).report.problems


def test_every_registered_rule_has_an_example() -> None:
    here = {*CHECKS, *SAMPLES, *OTHERS}
    assert here <= set(RULES)
    missing = set(RULES) - here - _examples_elsewhere()
    assert missing == set(), "give the rule an example in this file, or name it in a test of its reader"


def _examples_elsewhere() -> set[str]:
    """Rules that another test of reading names between quotes, such as those of production data and of parts."""
    mine = {Path(__file__).name, "test_checks_bear_anything.py"}
    folders = (Path(__file__).parent, Path(__file__).parents[1] / "api")
    paths = [path for folder in folders for path in sorted(folder.glob("test_*.py"))]
    tests = "".join(path.read_text() for path in paths if path.name not in mine)
    return {rule for rule in RULES if f'"{rule}"' in tests}


@pytest.mark.parametrize("rule", CHECKS)
def test_a_check_finds_its_example(rule: str) -> None:
    change, declared = CHECKS[rule]
    columns = cell()
    changed = change(columns)
    _agrees(rule, findings(columns if changed is None else changed, declared))


@pytest.mark.parametrize("rule", SAMPLES)
def test_a_reader_tells_its_example(rule: str, tmp_path: Path) -> None:
    _agrees(rule, read(tmp_path, *SAMPLES[rule]))


@pytest.mark.parametrize("rule", OTHERS)
def test_what_befalls_a_file_is_told(rule: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert rule in OTHERS[rule](tmp_path, monkeypatch)


def test_good_files_have_none_of_these_findings(tmp_path: Path) -> None:
    assert findings(cell(), CELL) == findings(with_counters(with_step_time(cell())), CELL) == []
    silent = {"column-unknown", "cycle-truncated", "no-cycles"}
    for sample, zone in GOOD:
        assert {one.rule for one in read(tmp_path, sample, lambda content: content, zone)} <= silent
    assert {one.rule for one in ingest(FILES / "neware.ndax", "neware.ndax", tmp_path).report.problems} <= silent


def test_a_good_cell_s_file_has_no_note_either(tmp_path: Path) -> None:
    assert ingest(bdf(tmp_path / "cell.csv", cell()), "cell.bdf.csv", tmp_path, CELL).report.problems == ()


def test_every_finding_names_its_file(tmp_path: Path) -> None:
    for sample, edit, zone in SAMPLES.values():
        assert {one.file for one in read(tmp_path, sample, edit, zone)} == {sample}


def _agrees(rule: str, problems: list[Problem] | tuple[Problem, ...]) -> None:
    """It is found, and with a severity that its page names."""
    mine = [one for one in problems if one.rule == rule]
    assert mine, {one.rule: one.message for one in problems}
    assert {one.severity for one in mine} <= set(RULES[rule].severities)
