"""The cell that is known in closed form: through ingest and the KPIs every trap gives the truth or a refusal."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from exchange.roundrobin.chosen import CellFacts, Tables, computed
from exchange.roundrobin.kpis import (
    Configuration,
    Kpi,
    Source,
    Way,
    coulombic_efficiency,
    cv_share,
    cycle_capacity,
    dc_resistance,
    energy_efficiency,
    first_cycle_efficiency,
    mean_voltage,
)
from ingest.pipeline import ingest
from schemas.ingested import Declared
from schemas.instructions import ColumnMeaning, Instructions
from schemas.round.plan import EvaluationPlan
from tests.synthetic_cell import TRAPS, cell

EXTRACTION = Path(__file__).resolve().parents[3] / "../shared/reference/roundrobin/extraction"
SHARED = (
    "synthetic_base",
    "trap_capacity_cumulative_never_reset",
    "trap_capacity_resets_each_step",
    "trap_cycle_counter_increments_on_discharge",
    "trap_sign_flipped",
    "trap_units_h_mA",
)
MEANING = {
    "cycle": ColumnMeaning(quantity="cycle_count", unit="1"),
    "step": ColumnMeaning(quantity="step_count", unit="1"),
    "q_chg_cum_Ah": ColumnMeaning(quantity="charging_capacity_ah", unit="Ah"),
    "q_dis_cum_Ah": ColumnMeaning(quantity="discharging_capacity_ah", unit="Ah"),
    "q_step_Ah": ColumnMeaning(quantity="step_cumulative_capacity_ah", unit="Ah"),
    "test_time_h": ColumnMeaning(quantity="test_time_second", unit="h"),
    "voltage_V": ColumnMeaning(quantity="voltage_volt", unit="V"),
    "current_mA": ColumnMeaning(quantity="current_ampere", unit="mA"),
}
FULL = Configuration.FULL
DECLARED = Declared(nominal_capacity_ah=1.0, cell_configuration="full")


def tables(path: Path, out: Path, declared: Declared) -> dict[str, pa.Table]:
    """The derived tables of a file; none where ingest refuses it."""
    out.mkdir()
    found = ingest(path, path.name, out, declared)
    assert found.report.passed == bool(found.tables)
    return {table.name: pq.read_table(out / table.file) for table in found.tables}


def kpis(made: dict[str, pa.Table], cycle: int, source: Source) -> dict[str, Kpi]:
    cycles, pulses = made["cycles"], made.get("pulses")
    of_cycle = None if pulses is None else pulses.filter(pa.compute.equal(pulses["cycle"], cycle))
    return {
        "charge": cycle_capacity(cycles, cycle, Way.CHARGE, source),
        "discharge": cycle_capacity(cycles, cycle, Way.DISCHARGE, source),
        "efficiency": coulombic_efficiency(cycles, cycle, FULL, source),
        "energy efficiency": energy_efficiency(cycles, cycle, FULL),
        "voltage": mean_voltage(cycles, cycle, Way.DISCHARGE),
        "constant voltage": cv_share(cycles, cycle),
        "resistance": dc_resistance(of_cycle, Way.DISCHARGE),
    }


CHOSEN = {
    f"{name} {cycle}": f"{id}{cycle}"
    for cycle in (1, 2, 3)
    for name, id in (
        ("charge", "c"),
        ("efficiency", "e"),
        ("energy efficiency", "w"),
        ("voltage", "v"),
        ("constant voltage", "s"),
    )
}


def choices(made: dict[str, pa.Table], source: Source) -> dict[str, Kpi]:
    """The same KPIs as a coordinator chooses them; the discharges per gram, of 5 g."""
    rate = {"kind": "capacity-at-rate", "c_rate": 0.1, "lower_v": 3.2, "upper_v": 4.2, "cutoff_c_rate": 0.05}
    every: list[dict[str, object]] = [{"id": "rate", **rate}, {"id": "first", "kind": "first-cycle-efficiency"}]
    for cycle in (1, 2, 3):
        of = {"cycle": cycle}
        every += [
            {"id": f"c{cycle}", "kind": "cycle-capacity", "way": "charge"} | of,
            {"id": f"d{cycle}", "kind": "cycle-capacity", "normalisation": "active-mass"} | of,
            {"id": f"e{cycle}", "kind": "coulombic-efficiency"} | of,
            {"id": f"w{cycle}", "kind": "energy-efficiency"} | of,
            {"id": f"v{cycle}", "kind": "mean-voltage"} | of,
            {"id": f"s{cycle}", "kind": "cv-share"} | of,
        ]
    entries = [{"kpi": {"label": one["id"], **one}, "sigma_from": "own-spread"} for one in every]
    plan = EvaluationPlan.model_validate({"kpis": entries})
    facts = CellFacts(FULL, nominal_capacity_ah=1.0, active_mass_g=5.0)
    return computed(plan.in_order(), Tables(made["cycles"], made["steps"], made.get("pulses")), facts, source)


def agree(made: dict[str, pa.Table], truths: list[dict[str, float]]) -> int:
    """How many KPIs had a value; each of them is the truth."""
    given = 0
    for source in Source:
        for cycle, truth in enumerate(truths, 1):
            for name, kpi in kpis(made, cycle, source).items():
                exact = 1e-9 if "voltage" not in name and "energy" not in name else 2e-6
                assert kpi.reason if kpi.value is None else kpi.value == pytest.approx(truth[name], rel=exact), name
                given += kpi.value is not None
        chosen = choices(made, source)
        for cycle, truth in enumerate(truths, 1):
            for name, kpi in kpis(made, cycle, source).items():
                if f"{name} {cycle}" in CHOSEN:
                    again = chosen[CHOSEN[f"{name} {cycle}"]]
                    assert (again.value, again.rows, again.reason) == (kpi.value, kpi.rows, kpi.reason)
            per_gram = chosen[f"d{cycle}"]
            assert (
                per_gram.reason
                if per_gram.value is None
                else per_gram.value == pytest.approx(1000 * truth["discharge"] / 5, rel=1e-9)
            )
        assert chosen["rate"].value is None and chosen["rate"].reason, "a pulse lies between, or the file says no steps"
        assert (chosen["first"].value is None) is bool(chosen["first"].reason)
        first = first_cycle_efficiency([made["cycles"]], FULL, source)
        assert first.reason if first.value is None else first.value == pytest.approx(truths[0]["efficiency"], rel=1e-9)
    return given


@pytest.mark.parametrize("name", SHARED)
@pytest.mark.parametrize("mapped", [False, True], ids=["as it says", "columns declared"])
def test_the_shared_cell_gives_its_closed_form_truth_or_a_refusal(name: str, mapped: bool, tmp_path: Path) -> None:
    path = EXTRACTION / f"{name}.csv"
    if not path.exists():
        pytest.skip(f"{path.name} is not beside the project")
    headings = path.open().readline().strip().split(",")
    columns = {heading: MEANING[heading] for heading in headings if heading in MEANING}
    declared = DECLARED.model_copy(update={"reading": Instructions(columns=columns)}) if mapped else DECLARED
    made = tables(path, tmp_path / "out", declared)
    if "sign" in name:
        assert made == {}, "the check of the sign refuses it"
        return
    if not made:
        assert not mapped, "declared, every file can be read"
        return
    expected = json.loads((EXTRACTION / "synthetic.expected.json").read_text())["cycles"]
    truths = [
        {
            "charge": one["Q_chg"],
            "discharge": one["Q_dis"],
            "efficiency": one["CE"],
            "energy efficiency": one["EE"],
            "voltage": one["E_dis"] / one["Q_dis"],
            "constant voltage": 1 - one["cc_fraction"],
            "resistance": one["R_10s"],
        }
        for one in expected
    ]
    counted = mapped and "capacity" in name
    assert agree(made, truths) == (42 if counted else 33)


@pytest.mark.parametrize("trap", TRAPS)
def test_our_cell_gives_its_closed_form_truth_or_a_refusal(trap: str, tmp_path: Path) -> None:
    rows, truths = cell()
    path = tmp_path / "cell.bdf.csv"
    pyarrow.csv.write_csv(pa.table(TRAPS[trap](rows)), path)
    made = tables(path, tmp_path / "out", DECLARED)
    if trap == "sign turned":
        assert made == {}
        return
    known = [
        {
            "charge": truth.charge_ah,
            "discharge": truth.discharge_ah,
            "efficiency": truth.efficiency,
            "energy efficiency": truth.discharge_wh / truth.charge_wh,
            "voltage": truth.discharge_wh / truth.discharge_ah,
            "constant voltage": 1 - truth.cc_share,
            "resistance": truth.resistance_ohm,
        }
        for truth in truths
    ]
    assert agree(made, known) == (42 if "anew" in trap else 33)
