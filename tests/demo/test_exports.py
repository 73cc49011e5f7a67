"""The demonstration's files, read back by the platform's own readers, say what the model says."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from exchange.demo.exports import Export, write_exports
from ingest.pipeline import ingest
from schemas.ingested import Ingested
from schemas.metadata import Metadata
from schemas.profiles import missing
from schemas.report import Severity

# A change of the model or of a layout changes these on purpose; another machine or Python must not.
FINGERPRINTS = {
    "NBI-26-001_RR2026.csv": "4f883afa1459708134155c354ad3dcd1124cf9ebf5fdc19685423e94c000b677",
    "ATL-26-001_RR2026.txt": "f98cf2c82b01bb2b90d30c51cc73cb5a5eb8e50b6ff9f94565d064b84f245131",
    "MED-26-001_RR2026.ndax": "49b2ecbb23c1e4844b4a5717e823a66de394e65083a73382ccfc0c55d1550b10",
}


@dataclass(frozen=True)
class Read:
    """One export and what ingest made of it."""

    export: Export
    ingested: Ingested
    folder: Path

    def column(self, table: str, name: str) -> np.ndarray:
        return pq.read_table(self.folder / f"{table}.parquet")[name].to_numpy()


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> list[Export]:
    return write_exports(tmp_path_factory.mktemp("exports"))


@pytest.fixture(scope="module")
def read(exports: list[Export], tmp_path_factory: pytest.TempPathFactory) -> list[Read]:
    found = []
    for export in exports:
        folder = tmp_path_factory.mktemp(export.cell)
        declared = Metadata.model_validate(export.metadata).declared()
        found.append(Read(export, ingest(export.path, export.filename, folder, declared), folder))
    return found


def test_three_lines_export_three_cells_each_in_three_layouts(exports: list[Export]) -> None:
    assert len(exports) == 9
    assert len({export.line for export in exports}) == 3
    assert {export.path.suffix for export in exports} == {".csv", ".txt", ".ndax"}
    assert all(export.path.stat().st_size < 3_000_000 for export in exports)


def test_the_metadata_are_complete_enough_to_release(exports: list[Export]) -> None:
    for export in exports:
        assert missing(Metadata.model_validate(export.metadata)) == ()


def test_the_same_seed_gives_the_same_bytes_on_every_machine(exports: list[Export]) -> None:
    found = {export.filename: hashlib.sha256(export.path.read_bytes()).hexdigest() for export in exports}
    assert {name: found[name] for name in FINGERPRINTS} == FINGERPRINTS


def test_another_seed_gives_other_cells(exports: list[Export], tmp_path: Path) -> None:
    others = write_exports(tmp_path, seed=1)
    assert all(one.model != other.model for one, other in zip(exports, others, strict=True))


def test_lines_differ_more_than_the_cells_of_one_line(exports: list[Export]) -> None:
    by_line: dict[str, list[float]] = {}
    for export in exports:
        by_line.setdefault(export.line, []).append(export.run.cycles[1].discharge_ah)
    within = max(float(np.std(cells, ddof=1)) for cells in by_line.values())
    assert float(np.std([np.mean(cells) for cells in by_line.values()], ddof=1)) > 2 * within


def test_every_file_is_read_whole_and_found_faultless(read: list[Read]) -> None:
    for one in read:
        worse = [problem for problem in one.ingested.report.problems if problem.severity is not Severity.NOTE]
        assert worse == [], one.export.filename
        assert one.ingested.report.rows_in == one.ingested.report.rows_out == len(one.export.run.records)
        assert one.ingested.cycles == 8


def test_current_is_positive_while_the_voltage_rises(read: list[Read]) -> None:
    for one in read:
        current = one.column("timeseries", "current_ampere")
        modelled = np.array([record.current_a for record in one.export.run.records])
        assert np.allclose(current, modelled, atol=2e-6), one.export.filename


def test_capacities_are_within_a_thousandth_of_the_model(read: list[Read]) -> None:
    for one in read:
        truth = one.export.run.cycles
        charge, discharge = one.column("cycles", "charge_capacity_ah"), one.column("cycles", "discharge_capacity_ah")
        assert np.allclose(charge[-8:], [cycle.charge_ah for cycle in truth], rtol=1e-3)
        assert np.allclose(discharge[-8:], [cycle.discharge_ah for cycle in truth], rtol=1e-3)


def test_the_first_cycle_efficiency_is_that_of_the_cell(read: list[Read]) -> None:
    for one in read:
        first = one.column("cycles", "discharge_capacity_ah")[0] / one.column("cycles", "charge_capacity_ah")[0]
        assert first == pytest.approx(one.export.model.formation_efficiency, abs=1e-3)


def test_clocks_are_told_as_universal_time(read: list[Read]) -> None:
    for one in read:
        number = int(one.export.cell[-3:])
        began = one.column("timeseries", "unix_time_second")[0] - one.export.run.records[0].time_s
        # 19 January 2026, 8:00 in central Europe; Maccor prints whole seconds.
        assert began == pytest.approx(1768806000 + 420 * number, abs=1.0)
