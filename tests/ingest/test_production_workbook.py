"""Production data: a template that was filled in is read to the last value, and every mistake in it is named."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from exchange.template import columns, production_xlsx
from schemas.ingested import Declared, Ingested
from schemas.production import ParameterForm
from schemas.report import Problem
from schemas.vocabulary import production
from tests.production import read, run, table, workbook


def rules(found: Ingested, severity: str | None = None) -> set[str]:
    return {one.rule for one in found.report.problems if severity in (None, one.severity.value)}


def only(found: Ingested, rule: str) -> Problem:
    [one] = [problem for problem in found.report.problems if problem.rule == rule]
    return one


def test_a_run_from_slurry_to_cell_is_read_with_its_genealogy(tmp_path: Path) -> None:
    path = workbook(tmp_path / "run.xlsx", run())
    found = read(path)
    assert found.report.problems == () and found.reader == "Production workbook"
    loading = next(row for row in table(path) if row["object"] == "R-1" and row["parameter"] == "dry_loading")
    assert loading == {
        "run": "RUN-7",
        "object": "R-1",
        "object_kind": "roll",
        "process_step": "coating",
        "process_step_iri": production().steps["coating"].iri,
        "parameter": "dry_loading",
        "parameter_iri": production().parameter("coating", "dry_loading").iri,  # type: ignore[union-attr]
        "class": "product feature",
        "side": "A",
        "part": None,
        "value": 12.5,
        "text": None,
        "unit": "mg/cm2",
        "recorded": "actual",
        "time": None,
        "machine": "Coater 1",
        "method": "punch and weigh",
        "source_sheet": "Coating",
        "source_row": 2,
        "source_column": "Dry loading, side A [mg/cm²]",
    }
    edges = {(row["input"], row["process_step"], row["output"]) for row in table(path, "genealogy")}
    assert edges == {
        ("NMC-77", "mixing", "SL-1"),
        ("PVDF-3", "mixing", "SL-1"),
        ("GR-12", "mixing", "SL-2"),
        ("SL-1", "coating", "R-1"),
        ("SL-2", "coating", "R-2"),
        *((roll, "stacking", cell) for roll in ("R-1", "R-2") for cell in ("C-1", "C-2")),
    }
    assert {(one.kind.value, one.name) for one in found.produced.objects} >= {("cell", "C-1"), ("lot", "NMC-77")}
    assert found.header["production run"] == "RUN-7"


def test_times_are_instants_in_utc(tmp_path: Path) -> None:
    path = workbook(tmp_path / "run.xlsx", run())
    assert read(path).report.passed
    by_object = {row["object"]: row["time"] for row in table(path) if row["parameter"] in ("solids_content", "layers")}
    assert by_object["SL-1"] == datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
    assert by_object["C-1"] == datetime(2026, 3, 4, 8, 0, tzinfo=UTC)


def test_the_empty_template_only_lacks_its_run_and_values(tmp_path: Path) -> None:
    path = tmp_path / "template.xlsx"
    path.write_bytes(production_xlsx())
    found = read(path)
    assert rules(found) == {"run-missing", "no-rows"}


def test_every_column_of_the_template_is_understood(tmp_path: Path) -> None:
    sheets: dict[str, list[list[Any]]] = {"Production run": [["Production run", "R"], ["Time zone", "UTC"]]}
    for step in production().steps.values():
        every = list(columns(step))
        cells: list[Any] = []
        for column in every:
            known = column.parameter
            if known is None:
                cells.append(column.choices[0] if column.choices else "X-1" if len(cells) == 0 else "")
            elif known.form in (ParameterForm.NUMBER, ParameterForm.WHOLE):
                cells.append(known.high)
            elif known.form is ParameterForm.MOMENT:
                cells.append("2026-03-31 08:00")
            else:
                cells.append(next(iter(known.choices), "text"))
        sheets[step.label] = [[column.heading for column in every], cells]
    path = workbook(tmp_path / "all.xlsx", sheets)
    found = read(path)
    assert rules(found) <= {"object-unused", "cell-without-genealogy", "order-unusual"}, found.report.problems
    wanted = sum(column.parameter is not None for step in production().steps.values() for column in columns(step))
    rows = table(path)
    assert len(rows) == wanted and all(row["class"] for row in rows)
    parameters = production().parameters
    assert {(r["process_step"], r["parameter"]) for r in rows} == {(s, one.id) for one in parameters for s in one.steps}
    assert {row["recorded"] for row in rows} == {"actual", "set-point"}


def coating(heading: str, cell: Any, polarity: Any = "positive") -> dict[str, list[list[Any]]]:
    return {
        "Coating": [
            ["Roll id", "Made from batch", "Electrode polarity", heading],
            ["R-1", "SL-1", polarity, cell],
            ["R-2", "SL-2", "negative", ""],
        ]
    }


@pytest.mark.parametrize(
    ("heading", "cell", "value"),
    [
        ("Dry loading, side A [g/m²]", 125.3, 12.53),
        ("Dry loading, side A [g/m2]", "125,3", 12.53),
        ("Dry loading, side B [mg / cm^2]", 0.3, 0.3),
        ("dry loading, SIDE a (kg/m²)", 0.3, 30.0),
        ("Web speed [mm/s]", 25, 1.5),
        ("Web speed, set-point [m/min]", "1.5", 1.5),
        ("Ambient temperature [K]", 293.15, 20.0),
        ("Ambient dew point [°C]", -40, -40.0),
    ],
)
def test_units_of_another_scale_are_converted_exactly(tmp_path: Path, heading: str, cell: Any, value: float) -> None:
    path = workbook(tmp_path / "run.xlsx", run(**coating(heading, cell)))
    found = read(path)
    assert found.report.passed, found.report.problems
    [row] = [row for row in table(path) if row["source_column"] == heading]
    assert row["value"] == value
    converted = [one for one in found.conversions if one.source == f"Coating: {heading}"]
    assert len(converted) == 1 and converted[0].unit in heading


@pytest.mark.parametrize(
    ("heading", "cell", "rule"),
    [
        ("Dry loading, side A [mg/cm]", 12.5, "unit-unknown"),
        ("Dry loading, side A [µm]", 12.5, "unit-mismatch"),
        ("Dry loading, side A", 12.5, "unit-missing"),
        ("Dry loading, side A [mg/cm²]", "about 12", "cell-unreadable"),
        ("Dry loading, side A [mg/cm²]", True, "cell-unreadable"),
        ("Dry loading, side A [mg/cm²]", datetime(2026, 5, 1, 12, 0), "cell-unreadable"),
        ("Dry loading, side A [mg/cm²]", "1,250", "decimal-ambiguous"),
        ("Coated side", "left", "choice-unknown"),
        ("Start", "yesterday", "cell-unreadable"),
        ("Start", "31.02.2026 10:00", "cell-unreadable"),
        ("Start", "03.04.2026 10:00", "time-ambiguous"),
        ("Start", datetime(2026, 3, 29, 2, 30), "clock-skipped-hour"),
    ],
)
def test_a_value_that_cannot_be_read_is_an_error_at_its_cell(
    tmp_path: Path, heading: str, cell: Any, rule: str
) -> None:
    found = read(workbook(tmp_path / "run.xlsx", run(**coating(heading, cell))))
    assert rules(found, "error") == {rule} and found.tables == ()
    if rule != "decimal-ambiguous":
        problem = only(found, rule)
        assert (problem.file, problem.sheet, problem.row, problem.column) == ("run.xlsx", "Coating", 2, heading)
        assert problem.hint and (problem.value or rule == "unit-missing")


@pytest.mark.parametrize(
    ("heading", "cell", "rule"),
    [
        ("Dry loading, side A [mg/cm²]", 1250, "value-implausible"),
        ("Dry loadnig, side A [mg/cm²]", 12.5, "parameter-unknown"),
        ("Start", date(2026, 3, 3), "time-without-clock"),
        ("Start", "2026-03-03", "time-without-clock"),
        ("Start", datetime(2026, 10, 25, 2, 30), "clock-repeated-hour"),
    ],
)
def test_what_is_odd_is_a_warning_and_the_value_is_kept(tmp_path: Path, heading: str, cell: Any, rule: str) -> None:
    path = workbook(tmp_path / "run.xlsx", run(**coating(heading, cell)))
    found = read(path)
    assert rules(found, "warning") == {rule} and found.report.passed
    row = next(row for row in table(path) if (row["source_sheet"], row["source_column"]) == ("Coating", heading))
    assert row["value"] == cell or row["text"]


def test_an_unknown_parameter_is_kept_and_the_nearest_known_one_named(tmp_path: Path) -> None:
    path = workbook(tmp_path / "run.xlsx", run(**coating("Dry loadnig, side A [g/m²]", 125)))
    problem = only(read(path), "parameter-unknown")
    assert problem.hint == "Did you mean “Dry loading”?"
    [row] = [row for row in table(path) if row["parameter"] == "Dry loadnig, side A"]
    assert (row["value"], row["unit"], row["class"]) == (125, "g/m2", None)


def test_columns_of_ones_own_positions_and_further_numbers_are_kept_apart(tmp_path: Path) -> None:
    mixing = [
        ["Batch id", "Electrode polarity", "Component 7", "Component 7 mass [kg]", "Viscosity, at 10 1/s [mPa·s]"],
        ["SL-1", "positive", "CNT", 0.25, 1500],
    ]
    path = workbook(tmp_path / "run.xlsx", run(Mixing=mixing))
    assert read(path).report.passed
    said = {
        row["parameter"]: (row["part"], row["value"], row["text"]) for row in table(path) if row["object"] == "SL-1"
    }
    assert said["component"] == ("7", None, "CNT")
    assert said["component_mass"] == ("7", 250.0, None)
    assert said["viscosity"] == ("at 10 1/s", 1.5, None)


def test_a_missing_polarity_is_an_error_for_electrode_steps_alone(tmp_path: Path) -> None:
    path = workbook(tmp_path / "run.xlsx", run(**coating("Dry loading, side A [mg/cm²]", 12.5, "")))
    problem = only(read(path), "polarity-missing")
    assert (problem.sheet, problem.row) == ("Coating", 2) and "R-1" in problem.message


def test_naive_times_need_a_zone_and_the_metadata_may_give_it(tmp_path: Path) -> None:
    path = workbook(tmp_path / "run.xlsx", run(zone=None))
    found = read(path)
    assert rules(found, "error") == {"time-without-zone"}
    assert {(one.sheet, one.row) for one in found.report.problems} == {("Mixing", 2), ("Mixing", 3)}
    assert read(path, Declared(time_zone="Europe/Berlin")).report.problems == ()


def test_another_zone_in_the_metadata_is_told(tmp_path: Path) -> None:
    path = workbook(tmp_path / "run.xlsx", run())
    assert rules(read(path, Declared(time_zone="UTC"))) == {"time-zone-differs"}


def test_repeated_rows_are_told_equal_ones_and_contradicting_ones(tmp_path: Path) -> None:
    head = ["Roll id", "Made from batch", "Electrode polarity", "Web speed [m/min]", "Start"]
    first = ["R-1", "SL-1", "positive", 1.0, "2026-03-03T08:00Z"]
    other = ["R-2", "SL-2", "negative", 1.0, "2026-03-03T08:00Z"]
    twice = read(workbook(tmp_path / "twice.xlsx", run(Coating=[head, first, other, first])))
    assert rules(twice) == {"row-duplicate"} and only(twice, "row-duplicate").row == 4
    against = [*first[:3], 2.0, first[4]]
    assert "value-contradicts" in rules(read(workbook(tmp_path / "a.xlsx", run(Coating=[head, first, other, against]))))
    later = [*first[:3], 2.0, "2026-03-03T09:00Z"]
    assert rules(read(workbook(tmp_path / "later.xlsx", run(Coating=[head, first, other, later])))) == set()


def test_a_start_after_the_end_is_an_error(tmp_path: Path) -> None:
    stacking = [["Cell id", "Made from roll", "Start", "End"]]
    stacking += [["C-1", "R-1; R-2", "2026-03-04T09:00Z", "2026-03-04T08:59Z"]]
    problem = only(read(workbook(tmp_path / "run.xlsx", run(Stacking=stacking))), "start-after-end")
    assert (problem.sheet, problem.row, problem.column) == ("Stacking", 2, "Start")


def test_what_was_made_and_never_used_is_a_note_and_a_cell_from_nowhere_a_warning(tmp_path: Path) -> None:
    stacking = [["Cell id", "Made from roll", "Layers"], ["C-1", "R-1", 10], ["C-3", "", 10]]
    found = read(workbook(tmp_path / "run.xlsx", run(Stacking=stacking)))
    assert rules(found, "note") == {"object-unused"} and "R-2" in only(found, "object-unused").message
    assert rules(found, "warning") == {"cell-without-genealogy"}
    assert "C-3" in only(found, "cell-without-genealogy").message and found.report.passed


def test_a_circle_in_the_genealogy_is_an_error(tmp_path: Path) -> None:
    head = ["Input", "Input kind", "Step", "Output", "Output kind"]
    rows = [["R-1", "roll", "slitting", "R-3", "roll"], ["R-3", "roll", "Slitting", "R-1", "roll"]]
    found = read(workbook(tmp_path / "run.xlsx", run(Genealogy=[head, *rows])))
    assert rules(found, "error") == {"genealogy-cycle"}
    assert "R-1 → R-3 → R-1" in only(found, "genealogy-cycle").message


def test_the_genealogy_sheet_adds_edges_and_names_incomplete_ones(tmp_path: Path) -> None:
    head = ["Input", "Input kind", "Step", "Output", "Output kind"]
    good = run(Genealogy=[head, ["EXAMPLE-x", "roll", "x", "", ""], ["EL-9", "lot", "filling", "C-1", "cell"]])
    path = workbook(tmp_path / "good.xlsx", good)
    assert read(path).report.problems == ()
    assert ("EL-9", "filling", "C-1") in {
        (r["input"], r["process_step"], r["output"]) for r in table(path, "genealogy")
    }
    bad = read(workbook(tmp_path / "bad.xlsx", run(Genealogy=[head, ["EL-9", "lot", "pouring", "C-1", "cell"]])))
    assert (only(bad, "genealogy-incomplete").column, only(bad, "genealogy-incomplete").value) == ("Step", "pouring")


def test_an_unusual_order_of_steps_is_a_note_that_depends_on_the_format(tmp_path: Path) -> None:
    def in_order(*steps: str) -> dict[str, list[list[Any]]]:
        head = ["Cell id", "Start"]
        return {step: [head, ["C-1", f"2026-03-1{day}T08:00Z"]] for day, step in enumerate(steps)}

    def found(cell_format: str, *steps: str) -> set[str]:
        sheets = run(**in_order(*steps))
        sheets["Production run"][1] = ["Cell format", cell_format]
        return rules(read(workbook(tmp_path / "run.xlsx", sheets)))

    pouch = ("Sealing", "Formation", "Degassing")
    assert found("pouch", *pouch) == set()
    sheets = run(**in_order(*pouch))
    sheets["End of line"] = [["Cell id", "Start"], ["C-1", "2026-03-09T08:00Z"]]
    assert rules(read(workbook(tmp_path / "late.xlsx", sheets))) == {"order-unusual"}
    assert found("cylindrical", *pouch) == {"step-unusual"}
    assert found("hexagonal", "Formation") == {"cell-format-unknown"}


def test_sheets_in_another_order_empty_ones_and_foreign_ones_do_no_harm(tmp_path: Path) -> None:
    sheets = dict(reversed(list(run(Winding=[["Cell id"]], Formation=[]).items())))
    assert read(workbook(tmp_path / "run.xlsx", sheets)).report.problems == ()
    foreign = read(workbook(tmp_path / "more.xlsx", run(**{"My notes": [["hello"]]})))
    assert rules(foreign, "warning") == {"sheet-unknown"} and only(foreign, "sheet-unknown").sheet == "My notes"


@pytest.mark.parametrize(
    ("rows", "rule"),
    [
        ([["Cell id", "Layers"], ["", 10]], "object-missing"),
        ([["Layers"], [10]], "header-missing"),
        ([["Object id", "Object kind", "Layers"], ["C-1", "hamster", 10]], "object-kind"),
    ],
)
def test_rows_without_an_object_are_errors(tmp_path: Path, rows: list[list[Any]], rule: str) -> None:
    found = read(workbook(tmp_path / "run.xlsx", run(Stacking=rows)))
    assert rules(found, "error") == {rule} and only(found, rule).sheet == "Stacking"


def test_a_template_of_another_vocabulary_is_read_and_the_difference_named(tmp_path: Path) -> None:
    sheets = run()
    sheets["Production run"].append(["Vocabulary version", "0.9"])
    found = read(workbook(tmp_path / "run.xlsx", sheets))
    assert rules(found) == {"template-version"} and "0.9" in only(found, "template-version").message


def test_an_institutes_own_sheet_is_refused_by_naming_the_template(tmp_path: Path) -> None:
    found = read(workbook(tmp_path / "own.xlsx", {"@Schema": [["Metadata", "Value", "Unit"]]}))
    assert rules(found) == {"unreadable"} and "production.xlsx" in found.report.problems[0].message


def test_a_damaged_workbook_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = workbook(tmp_path / "run.xlsx", run())
    path.write_bytes(path.read_bytes()[:3000])
    assert rules(read(path)) == {"unreadable"}


def test_an_object_named_as_made_from_itself_stays_the_same_object(tmp_path: Path) -> None:
    drying = [["Roll id", "Made from roll", "Electrode polarity"], ["R-1", "R-1", "positive"]]
    path = workbook(tmp_path / "run.xlsx", run(Drying=drying))
    assert rules(read(path)) == {"genealogy-self"}
    assert not [row for row in table(path, "genealogy") if row["process_step"] == "drying"]


@pytest.mark.parametrize("name", ["C" * 201, "C-1\x7f"])
def test_a_name_that_is_none_is_an_error(tmp_path: Path, name: str) -> None:
    stacking = [["Cell id", "Made from roll", "Layers"], [name, "R-1; R-2", 10]]
    found = read(workbook(tmp_path / "run.xlsx", run(Stacking=stacking)))
    assert rules(found, "error") == {"object-name"} and only(found, "object-name").row == 2


def test_a_time_zone_that_is_none_is_an_error(tmp_path: Path) -> None:
    found = read(workbook(tmp_path / "run.xlsx", run(zone="Berlin")), Declared(time_zone="Europe/Berlin"))
    assert rules(found, "error") == {"time-zone-unknown"} and only(found, "time-zone-unknown").value == "Berlin"


def test_an_error_of_a_formula_is_no_empty_cell(tmp_path: Path) -> None:
    path = tmp_path / "run.xlsx"
    import xlsxwriter

    with xlsxwriter.Workbook(path) as book:
        for name, rows in run().items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, [str(cell) for cell in row])
            if name == "Coating":
                sheet.write_formula(1, 3, "=1/0", None, "#DIV/0!")
    problem = only(read(path), "cell-unreadable")
    assert (problem.sheet, problem.row, problem.column, problem.value) == ("Coating", 2, "D", "#DIV/0!")
