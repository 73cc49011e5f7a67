"""A protocol's targets against what a line reported: deviations and gaps are listed, edges are within."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pydantic import ValidationError

from exchange.conform import as_table, conform, counted, deviations, kept_to
from schemas.protocol import Conformance, ProductionProtocol, Target
from schemas.round.conformance import Keeping
from tests.production import Sheets, read, run, workbook


def reported(folder: Path, sheets: Sheets | None = None) -> pa.Table:
    path = workbook(folder / "run.xlsx", sheets or run())
    assert read(path).report.passed
    return pq.read_table(folder / "run-tables" / "parameters.parquet")


def found(folder: Path, sheets: Sheets | None = None, **target: Any) -> list[Conformance]:
    protocol = ProductionProtocol(name="RR-1", version="1", targets=(Target(**target),))
    return list(conform(protocol, reported(folder, sheets)))


LOADING = {"step": "coating", "parameter": "dry_loading", "unit": "mg/cm²"}


@pytest.mark.parametrize(
    ("target", "minus", "plus", "within"),
    [
        (12.4, 0.1, 0.1, True),
        (12.6, 0.1, 0.1, True),
        (12.4, 0.1, 0.0999, False),
        (12.61, 0.1, 0.1, False),
        (12.0, 0.0, None, True),
        (13.0, None, 0.0, True),
        (13.0, 0.4, None, False),
    ],
)
def test_a_value_on_the_edge_is_within(
    tmp_path: Path, target: float, minus: float | None, plus: float | None, within: bool
) -> None:
    first, _ = found(tmp_path, target=target, minus=minus, plus=plus, **LOADING)
    assert (first.object, first.actual, first.within) == ("R-1", 12.5, within)
    assert first.deviation == pytest.approx(12.5 - target, abs=1e-15)


def test_targets_may_be_in_another_unit(tmp_path: Path) -> None:
    first, second = found(tmp_path, **(LOADING | {"unit": "g/m²"}), target=126.0, minus=1.0, plus=1.0, critical=True)
    assert (first.target, first.low, first.high, first.unit) == (12.6, 12.5, 12.7, "mg/cm2")
    assert first.within and not second.within and second.deviation == pytest.approx(-5.35)
    assert deviations([first, second]) == (second,)


def test_temperatures_in_kelvin_keep_their_tolerance(tmp_path: Path) -> None:
    stacking = [["Cell id", "Made from roll", "Ambient temperature [°C]"], ["C-1", "R-1; R-2", 21.0]]
    target = {"step": "stacking", "parameter": "ambient_temperature", "unit": "K", "target": 293.15}
    [one] = found(tmp_path, run(Stacking=stacking), minus=1, plus=1, **target)
    assert (one.target, one.low, one.high, one.within, one.deviation) == (20.0, 19.0, 21.0, True, 1.0)


def test_what_is_missing_is_listed_by_object_and_set_points_do_not_count(tmp_path: Path) -> None:
    stacking = [
        ["Cell id", "Made from roll", "Layers", "Layers, set-point"],
        ["C-1", "R-1", 10, 10],
        ["C-2", "R-2", "", 10],
    ]
    target = {"step": "stacking", "parameter": "layers", "target": 10, "minus": 0, "plus": 0}
    first, second = found(tmp_path, run(Stacking=stacking), **target)
    assert (first.object, first.within) == ("C-1", True)
    assert (second.object, second.actual, second.within) == ("C-2", None, None)
    [nobody] = found(tmp_path, step="formation", parameter="first_charge", unit="mAh", target=1, minus=0, plus=1)
    assert (nobody.object, nobody.within) == (None, None)


def test_words_are_compared_as_words(tmp_path: Path) -> None:
    first, second = found(tmp_path, step="mixing", parameter="electrode_polarity", text="Positive")
    assert (first.within, second.within, second.actual_text) == (True, False, "negative")


def test_sides_are_told_apart(tmp_path: Path) -> None:
    one, other = found(tmp_path, **LOADING, side="B", target=12.5, minus=1, plus=1)
    assert (one.actual, other.actual, one.side) == (None, None, "B")


def test_a_target_of_an_electrode_is_not_asked_of_the_other(tmp_path: Path) -> None:
    [one] = found(tmp_path, **LOADING, target=12.5, minus=0.1, plus=0.1, electrode="positive")
    assert (one.object, one.within, one.label) == ("R-1", True, "Coating: Dry loading, positive electrode")
    [other] = found(tmp_path, **LOADING, target=12.5, minus=0.1, plus=0.1, electrode="negative")
    assert (other.object, other.within) == ("R-2", False)


def test_a_target_of_a_numbered_parameter_is_not_asked_of_the_others(tmp_path: Path) -> None:
    mixing = [
        ["Batch id", "Electrode polarity", "Component 1 mass [g]", "Component 2 mass [g]"],
        ["SL-1", "positive", 940.0, 30.0],
    ]
    target = {"step": "mixing", "parameter": "component_mass", "unit": "g", "target": 30.0, "minus": 1, "plus": 1}
    sheets = {"Production run": run()["Production run"], "Mixing": mixing}
    [one] = found(tmp_path, sheets, **target, number=2)
    assert (one.actual, one.within, one.label) == (30.0, True, "Mixing: Component 2 mass")
    assert [each.within for each in found(tmp_path, sheets, **target)] == [False, True]


THREE = (
    Target(**LOADING, target=12.5, minus=0.1, plus=0.1, electrode="positive", critical=True),  # type: ignore[arg-type]
    Target(step="stacking", parameter="layers", target=10, minus=0, plus=0),
    Target(step="coating", parameter="web_speed", unit="m/min", target=1, minus=0.5, plus=0.5),
)


def test_each_cell_counts_once_for_a_target_whatever_it_was_made_from(tmp_path: Path) -> None:
    kept = kept_to(THREE, reported(tmp_path))
    assert kept.keeping == (Keeping.WITHIN, Keeping.WITHIN, Keeping.MISSING)
    assert [one.object for one in kept.found] == ["R-1", "C-1", "C-2", "R-1", "R-2"]
    assert kept_to(THREE, None).keeping == (Keeping.MISSING,) * 3
    away = kept_to((THREE[0].model_copy(update={"electrode": None}),), reported(tmp_path))
    assert away.keeping == (Keeping.OUTSIDE,), "one roll is within, the other is not"
    cells = [("QX", kept.keeping), ("QX", away.keeping * 3), ("BM", ()), ("QX", kept.keeping)]
    first, layers, speed = counted(THREE, cells, blind=False)
    assert [(one.code, one.within, one.outside, one.missing) for one in first.lines] == [
        ("BM", 0, 0, 1),
        ("QX", 2, 1, 0),
    ]
    assert (first.asked, first.low, first.high, first.unit, first.critical) == (12.5, 12.4, 12.6, "mg/cm2", True)
    assert [one.missing for one in speed.lines] == [1, 2] and layers.lines and not layers.withheld


def test_under_codes_nothing_is_counted_that_tells_a_cells_design_or_a_lines_equipment() -> None:
    open_to_all = (
        *(THREE[0], THREE[2]),
        Target(step="calendering", parameter="thickness_without_foil", unit="µm", target=60, minus=2, plus=2),
        Target(step="calendering", parameter="porosity", unit="%", target=30, minus=2, plus=2),
    )
    telling = (
        THREE[1],
        Target(step="end-of-line", parameter="cell_mass", unit="g", target=40, minus=1, plus=1),
        Target(step="mixing", parameter="mixer_volume", unit="L", target=10, minus=1, plus=None),
        Target(step="coating", parameter="recipe", text="Recipe 7"),
    )
    found = counted((*open_to_all, *telling), [("QX", ())], blind=True)
    assert [bool(one.lines) for one in found] == [True] * 4 + [False] * 4
    assert all("each line reads in its letter alone" in one.withheld for one in found[4:])


def test_verdicts_become_a_table(tmp_path: Path) -> None:
    table = as_table(found(tmp_path, **LOADING, target=12.5, minus=1, plus=1, critical=True))
    assert table.num_rows == 2 and table.column("within").to_pylist() == [True, False]
    assert table.column("object_kind").to_pylist() == ["roll", "roll"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"parameter": "taste"},
        {"step": "cooking"},
        {"unit": "µm"},
        {"unit": "furlong"},
        {"minus": None, "plus": None},
        {"minus": -1.0},
        {"target": None},
        {"target": float("nan")},
        {"text": "twelve"},
        {"side": "C"},
        {"electrode": "left"},
        {"number": 2},
        {"step": "stacking", "parameter": "layers", "unit": "1", "electrode": "positive"},
        {"parameter": "recipe"},
    ],
)
def test_a_target_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    good = LOADING | {"target": 12.5, "minus": 0.1, "plus": 0.1}
    Target(**good)  # type: ignore[arg-type]  # a dict of several types
    with pytest.raises(ValidationError):
        Target(**(good | wrong))
