"""The KPIs of a build as a plan chooses them: read from its stored tables, from its record and from production."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pytest

from exchange.rounds.values import values_of
from exchange.services import Services
from exchange.settings import Settings
from schemas.dataset import IngestRun
from schemas.metadata import Metadata
from schemas.round.plan import EvaluationPlan
from schemas.round.submission import KpiValue
from storage import catalogue, runs
from storage.database import connect
from storage.folder_store import FolderStore
from tests.built import built
from tests.production import run as production_run
from tests.production import workbook
from tests.records import metadata
from tests.synthetic_cell import TRAPS, Columns, cell
from tests.worlds import network

POSITIVE = {"loading_mg_per_cm2": 12.0, "coated_area_cm2": 500.0}
CELL: dict[str, Any] = {
    "cell": "C-1",
    "cell_configuration": "full",
    "nominal_capacity_ah": 1.0,
    "time_zone": "UTC",
    "cell.specification.positive": POSITIVE,
    "cell.specification.mass_g": 40.0,
}


class Queue:
    """Nothing waits for a worker here."""

    def enqueue(self, session: object, run: str, attempt: int = 0) -> None:
        """Leave it."""


@pytest.fixture
def services(sqlite_url: str, folder_store: FolderStore, tmp_path: Path) -> Iterator[Services]:
    settings = Settings(data=tmp_path, _env_file=None)  # type: ignore[call-arg]  # no .env here
    made = Services(settings, connect(sqlite_url), folder_store, Queue(), b"s")
    network(made)
    yield made
    made.sessions.close()


def csv(columns: Columns) -> bytes:
    sink = pa.BufferOutputStream()
    pyarrow.csv.write_csv(pa.table(columns), sink)
    content: bytes = sink.getvalue().to_pybytes()
    return content


def plan(*choices: dict[str, Any], **said: Any) -> EvaluationPlan:
    entries = [{"kpi": {"label": one["id"], **one}, "sigma_from": "own-spread"} for one in choices]
    return EvaluationPlan.model_validate({"kpis": entries, **said})


def run_of(services: Services, record: Metadata, columns: Columns | None = None) -> IngestRun:
    content = csv(TRAPS["counter begins anew in each step"](cell()[0]) if columns is None else columns)
    dataset = built(services, "north", content, "cell.bdf.csv", record)
    with services.sessions.read() as session:
        return runs.runs_of(session, dataset, 1)[-1]


def by_id(values: tuple[KpiValue, ...]) -> dict[str, KpiValue]:
    return {one.kpi: one for one in values}


def test_values_of_a_build_are_those_of_the_cell_in_the_order_of_the_plan(services: Services) -> None:
    record = metadata(**CELL)
    chosen = plan(
        {"id": "q", "kind": "cycle-capacity", "cycle": 1, "normalisation": "active-mass"},
        {"id": "ce", "kind": "coulombic-efficiency", "cycle": 2},
        {"id": "r", "kind": "dc-resistance", "normalisation": "area"},
        {"id": "e", "kind": "cycle-energy", "cycle": 1, "normalisation": "cell-mass"},
        {"id": "v", "kind": "cycle-energy", "cycle": 1, "normalisation": "cell-volume"},
        {"id": "far", "kind": "cycle-capacity", "cycle": 9},
    )
    values = values_of(services, run_of(services, record), record, chosen)
    assert [one.kpi for one in values] == ["q", "ce", "r", "e", "v", "far"]
    truth, found = cell()[1], by_id(values)
    assert found["q"].value == pytest.approx(1000 * truth[0].discharge_ah / 6.0, rel=1e-12)
    assert (found["q"].unit, found["q"].definition) == ("mA.h/g", "cycle-capacity/1, normalised/1")
    assert found["q"].parameters["amount"] == 6.0 and found["q"].rows
    assert abs(float(str(found["q"].parameters["difference_ppm"]))) < 1e-3
    assert found["ce"].value == pytest.approx(truth[1].efficiency, rel=1e-12)
    assert found["r"].value == pytest.approx(500.0 * truth[0].resistance_ohm, rel=1e-9)
    assert found["r"].unit == "Ohm.cm2"
    assert found["e"].value == pytest.approx(truth[0].discharge_wh / 0.040, rel=1e-6)
    assert found["v"].value is None and found["v"].unit == "W.h/L"
    assert "no cell.specification.width_mm" in found["v"].reason
    assert (found["far"].value, found["far"].reason) == (None, "there is no cycle 9")
    assert KpiValue.model_validate_json(found["q"].model_dump_json()).value == found["q"].value


def test_values_of_production_come_from_what_the_cell_was_made_from(services: Services, tmp_path: Path) -> None:
    sheets = production_run(
        Coating=[
            [
                "Roll id",
                "Made from batch",
                "Electrode polarity",
                "Dry loading, side A [g/m²]",
                "Dry loading, side B [mg/cm²]",
                "Dry loading, side A, set-point [mg/cm²]",
            ],
            ["R-1", "SL-1", "positive", 125.0, 12.7, 99.0],
            ["R-2", "SL-2", "negative", 72.5, 7.3, 99.0],
            ["R-9", "SL-1", "positive", 990.0, 99.0, 99.0],
        ]
    )
    record = metadata(**CELL)
    said = Metadata.model_validate(
        {"kind": "production-run", "time_zone": "UTC", "production": {"cells_built": 60, "cells_passed": 57}}
    )
    built(services, "north", workbook(tmp_path / "run.xlsx", sheets).read_bytes(), "run.xlsx", said)
    run = run_of(services, record)
    loading = {"kind": "production-parameter", "step": "coating", "parameter": "dry_loading"}
    chosen = plan(
        loading | {"id": "a", "electrode": "positive", "side": "A"},
        loading | {"id": "both", "electrode": "positive"},
        loading | {"id": "negative", "electrode": "negative", "side": "B"},
        loading | {"id": "wet", "electrode": "positive", "parameter": "wet_loading"},
        {"id": "layers", "kind": "production-parameter", "step": "stacking", "parameter": "layers"},
        {
            "id": "glue",
            "kind": "production-parameter",
            "step": "drying",
            "parameter": "adhesion",
            "electrode": "positive",
        },
        {"id": "y", "kind": "yield"},
    )
    found = by_id(values_of(services, run, record, chosen))
    assert (found["a"].value, found["a"].unit) == (12.5, "mg/cm2")
    assert found["both"].value == pytest.approx(12.6, rel=1e-15), "the mean of the sides, not their sum"
    assert found["negative"].value == 7.3 and found["layers"].value == 10.0
    assert "no actual value of Wet loading in coating for roll R-1" in found["wet"].reason
    assert "went through drying as positive electrode" in found["glue"].reason
    assert (found["y"].value, found["y"].parameters["built"]) == (0.95, 60)
    again = production_run(Coating=[sheets["Coating"][0], ["R-1", "SL-1", "positive", 130.0, 13.0, 99.0]])
    second = built(services, "north", workbook(tmp_path / "again.xlsx", again).read_bytes(), "again.xlsx", said)
    twice = by_id(values_of(services, run, record, chosen))
    assert twice["a"].value is None and "several production runs tell of Dry loading" in twice["a"].reason
    with services.sessions.begin() as session:
        catalogue.withdraw(session, second, services.now())
    assert by_id(values_of(services, run, record, chosen))["a"].value == 12.5
    elsewhere = by_id(values_of(services, run, record, chosen, maker="west"))
    assert elsewhere["a"].value is None and "no production run tells of this cell" in elsewhere["a"].reason


def test_a_build_without_tables_has_a_reason_for_each_kpi(services: Services) -> None:
    record = metadata(**CELL)
    run = run_of(services, record).model_copy(update={"id": "none"})
    chosen = plan(
        {"id": "q", "kind": "cycle-capacity", "cycle": 1},
        {"id": "q-c10", "kind": "capacity-at-rate", "c_rate": 0.1, "lower_v": 2.7, "upper_v": 4.2},
        {"id": "r", "kind": "dc-resistance"},
        {"id": "ocv", "kind": "rest-voltage", "least_s": 60},
        {"id": "y", "kind": "yield"},
    )
    values = values_of(services, run, record, chosen)
    assert [one.value for one in values] == [None] * 5 and all(one.reason for one in values)


def test_a_counter_that_cannot_be_trusted_gives_no_value_where_the_round_counts_by_counters(services: Services) -> None:
    columns = TRAPS["counter begins anew in each step"](cell()[0])
    columns["step_cumulative_capacity_ah"] = np.asarray(columns["step_cumulative_capacity_ah"]) * 1.002
    record = metadata(**CELL)
    run = run_of(services, record, columns)
    choice = {"id": "q", "kind": "cycle-capacity", "cycle": 1}
    [integrated] = values_of(services, run, record, plan(choice))
    [counted] = values_of(services, run, record, plan(choice, charge_source="counter"))
    assert integrated.value and "2000 ppm" in str(integrated.parameters["no_counter"])
    assert counted.value is None and "2000 ppm" in counted.reason
    with services.sessions.read() as session:
        assert catalogue.find(session, run.dataset) is not None
