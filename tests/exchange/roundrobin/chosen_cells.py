"""Cells and choices for tests of chosen KPIs: a record's facts, cycles with capacity checks, every kind of KPI."""

from typing import Any

import pyarrow as pa

from exchange.roundrobin.chosen import CellFacts, Tables, computed
from exchange.roundrobin.kpis import Configuration, Kpi, Source
from ingest.derived.running import Running
from schemas.ingested import Declared
from schemas.round.plan import EvaluationPlan
from tests.synthetic_cell import TRAPS, Cell, Columns, cell

FULL = CellFacts(
    Configuration.FULL,
    nominal_capacity_ah=1.0,
    loading_mg_per_cm2=12.0,
    coated_area_cm2=500.0,
    mass_g=40.0,
    width_mm=100.0,
    height_mm=50.0,
    thickness_mm=4.0,
)
RATE: dict[str, Any] = {"kind": "capacity-at-rate", "c_rate": 0.5, "cutoff_c_rate": 0.025}
Choice = dict[str, Any]


def plan(*choices: Choice) -> EvaluationPlan:
    entries = [{"kpi": {"label": one["id"], **one}, "sigma_from": "own-spread"} for one in choices]
    return EvaluationPlan.model_validate({"kpis": entries})


def tables(made: Cell, scale: float = 1.0, **declared: object) -> Tables:
    columns = TRAPS["counter begins anew in each step"](made.rows())
    columns |= {name: columns[name] * scale for name in ("current_ampere", "step_cumulative_capacity_ah")}
    return read(columns, **({"nominal_capacity_ah": scale} | declared))


def of(tables: Tables, *choices: Choice, facts: CellFacts = FULL, source: Source = Source.INTEGRATED) -> dict[str, Kpi]:
    return computed(plan(*choices).in_order(), tables, facts, source)


def one(tables: Tables, facts: CellFacts = FULL, **choice: Any) -> Kpi:
    return of(tables, {"id": "one", **choice}, facts=facts)["one"]


def ageing(seconds: tuple[int, ...], amps: tuple[float, ...] | None = None) -> Cell:
    """Cycles of charge to constant voltage, rest, a discharge of so many seconds at 0.5 A or at `amps`, and rest."""
    made = Cell()
    for at, long in enumerate(seconds):
        current = 0.5 if amps is None else amps[at]
        made.step(
            at + 1, 5000 if not at else seconds[at - 1] * (0.5 if amps is None else amps[at - 1]) / 0.5 - 945, 0.5
        )
        made.step(at + 1, 1800, 0.5, 0.025, held=True)
        made.step(at + 1, 600, 0.0)
        made.step(at + 1, long, -current)
        made.step(at + 1, 600, 0.0)
    return made


def window(made: Cell, at: int = 0) -> Choice:
    """Voltages that fit the discharge of the cycle with this place."""
    charged, discharged = made.parts[5 * at + 1], made.parts[5 * at + 3]
    return {"lower_v": round(float(discharged["voltage"][-1]), 6), "upper_v": round(float(charged["voltage"].max()), 6)}


def read(columns: Columns, **declared: object) -> Tables:
    """The tables of these rows."""
    said = {"nominal_capacity_ah": 1.0, "cell_configuration": "full"} | declared
    running = Running(Declared.model_validate(said))
    running.add(pa.RecordBatch.from_pydict(columns))
    found = {name: one.table for name, one in running.finish().items()}
    return Tables(found["cycles"], found["steps"], found.get("pulses"), found.get("rests"))


def pulsed(until: int | None = None) -> Tables:
    """The cell of three cycles with a pulse in each, up to a row."""
    return read({name: values[:until] for name, values in TRAPS["base"](cell()[0]).items()})


EVERY: tuple[Choice, ...] = (
    {"id": "q", "kind": "cycle-capacity", "cycle": 1, "normalisation": "active-mass"},
    RATE | {"id": "r", "lower_v": 3.0, "upper_v": 4.2, "normalisation": "area"},
    RATE | {"id": "r2", "lower_v": 3.0, "upper_v": 4.2, "c_rate": 1.0},
    {"id": "ratio", "kind": "capacity-ratio", "of": "r", "by": "r2"},
    {"id": "kept", "kind": "capacity-retention", "of": "r", "check_up": 2},
    {"id": "aged", "kind": "cycle-retention", "c_rate": 1, "cycle": 2},
    {"id": "first", "kind": "first-cycle-efficiency"},
    {"id": "ce", "kind": "coulombic-efficiency", "cycle": 1},
    {"id": "e", "kind": "cycle-energy", "cycle": 1, "normalisation": "cell-mass"},
    RATE | {"id": "er", "kind": "energy-at-rate", "lower_v": 3.0, "upper_v": 4.2},
    {"id": "ee", "kind": "energy-efficiency", "cycle": 1},
    {"id": "v", "kind": "mean-voltage", "cycle": 1},
    {"id": "cv", "kind": "cv-share", "cycle": 1},
    {"id": "dcr", "kind": "dc-resistance", "normalisation": "area", "soc": 0.5},
    {"id": "ocv", "kind": "rest-voltage", "least_s": 60},
    {"id": "efc", "kind": "equivalent-full-cycles"},
    {
        "id": "load",
        "kind": "production-parameter",
        "step": "coating",
        "parameter": "dry_loading",
        "electrode": "positive",
    },
    {"id": "y", "kind": "yield"},
)
