"""Templates for production data, made from the vocabulary: a workbook with a sheet per step, and one long csv."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import xlsxwriter

from ingest.production.filled_csv import COLUMNS
from ingest.production.filled_workbook import GENEALOGY_SHEET, RUN_SHEET, object_heading
from schemas.production import ObjectKind, ParameterForm, ProcessStep, ProductionParameter
from schemas.vocabulary import VERSION, production

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV: Final = "text/csv"
_NUMBERED = {"component": 6, "component_mass": 6, "component_share": 6, "zone_temperature": 6}
_ROWS = 1000
_MADE = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""The same vocabulary makes the same bytes."""


@dataclass(frozen=True)
class Column:
    """A column of a step's sheet; `parameter` is None for the object, its sources, machine and method."""

    heading: str
    hint: str
    choices: tuple[str, ...] = ()
    parameter: ProductionParameter | None = None
    set_point: bool = False
    example: str = ""


def columns(step: ProcessStep) -> Iterator[Column]:
    """The columns of a step's sheet, from left to right."""
    usual = step.objects[0]
    hint = "Name as written on the part. Rows whose name begins with EXAMPLE are not read."
    yield Column(object_heading(step.objects), hint, example=f"EXAMPLE-{usual.value}")
    if len(step.objects) > 1:
        yield Column("Object kind", "What the object is.", tuple(step.objects), example=usual.value)
    for kind in step.inputs:
        if kind not in step.objects or kind is not ObjectKind.CELL:
            hint = f"Which {kind.value} went in; several with semicolons. Empty where the object stays the same."
            yield Column(f"Made from {kind.value}", hint)
    yield Column("Machine", "Name of the machine.", example="machine 1")
    for parameter in production().of_step(step.id):
        yield from _of_parameter(parameter)
    yield Column("Method", "How the features of this row were measured.")


def production_csv() -> bytes:
    """The long csv: a line for each parameter, to be copied for each object."""
    text = io.StringIO(newline="")
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(COLUMNS)
    facts = {"Vocabulary version": VERSION, "Time zone": "", "Cell format": ""}
    lines.writerows(["", "", "", "", name, value, *[""] * 5] for name, value in facts.items())
    for step in production().steps.values():
        for column in columns(step):
            if column.parameter is not None or column.heading.startswith("Made from"):
                lines.writerow(_csv_line(step, column))
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def production_xlsx() -> bytes:
    """The workbook: instructions, the run, a sheet per step, the genealogy."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, "default_date_format": "yyyy-mm-dd hh:mm"}) as book:
        book.set_properties({"title": "Production data", "comments": f"Vocabulary {VERSION}", "created": _MADE})
        _Template(book).write()
    return content.getvalue()


def _of_parameter(parameter: ProductionParameter) -> Iterator[Column]:
    for number in range(1, _NUMBERED.get(parameter.id, 1) + 1):
        for side in (", side A", ", side B") if parameter.per_side else ("",):
            for asked in (", set-point", "") if parameter.set_point else ("",):
                unit = f" [{parameter.unit.unit}]" if parameter.unit else ""
                heading = parameter.label.replace("#", str(number)) + side + asked + unit
                yield Column(
                    heading, _hint(parameter), tuple(parameter.choices), parameter, bool(asked), _example(parameter)
                )


def _hint(parameter: ProductionParameter) -> str:
    text = f"{parameter.definition}. ({parameter.group.value.capitalize()})"
    if parameter.form is ParameterForm.MOMENT:
        text += " Date and time, in the time zone of the run or with an offset such as +02:00."
    if parameter.low is not None and parameter.high is not None and parameter.unit is not None:
        text += f" Plausible: {parameter.low:g} to {parameter.high:g} {parameter.unit.unit}."
    return text


def _example(parameter: ProductionParameter) -> str:
    if parameter.form is ParameterForm.MOMENT:
        return "2026-03-31 08:00" if parameter.id == "start" else "2026-03-31 14:05"
    return next(iter(parameter.choices), "")


def _csv_line(step: ProcessStep, column: Column) -> list[str]:
    unit = column.parameter.unit.unit if column.parameter and column.parameter.unit else ""
    name = column.heading.removesuffix(f" [{unit}]").removesuffix(", set-point")
    kind = "" if column.parameter is None else "set-point" if column.set_point else "actual"
    example = f"EXAMPLE-{step.objects[0].value}"
    return ["", example, step.objects[0].value, step.id, name, column.example, unit, kind, "", "", ""]


class _Template:
    """The workbook being written."""

    def __init__(self, book: Any) -> None:  # Any: xlsxwriter has no types
        self._book = book
        head = {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}
        self._head = book.add_format(head | {"bg_color": "#DCE9F5"})
        self._asked = book.add_format(head | {"bg_color": "#F3F3F3", "bold": False})
        self._example = book.add_format({"italic": True, "font_color": "#808080", "bg_color": "#FFF8DC"})
        self._date = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        # A name such as 0012 must not become the number 12.
        self._name = book.add_format({"num_format": "@"})
        self._bold = book.add_format({"bold": True})

    def write(self) -> None:
        self._read_me()
        self._run()
        for step in production().steps.values():
            self._step(step)
        self._genealogy()

    def _read_me(self) -> None:
        sheet = self._book.add_worksheet("Read me")
        sheet.set_column(0, 0, 110)
        for row, text in enumerate(_INSTRUCTIONS):
            sheet.write_string(row, 0, text, self._bold if row == 0 else None)

    def _run(self) -> None:
        sheet = self._book.add_worksheet(RUN_SHEET)
        sheet.set_column(0, 1, 32)
        sheet.set_column(2, 2, 80)
        for row, (name, value, hint) in enumerate(_RUN):
            sheet.write_string(row, 0, name, self._bold)
            sheet.write_string(row, 1, value)
            sheet.write_string(row, 2, hint)
            if name == "Cell format":
                sheet.data_validation(row, 1, row, 1, {"validate": "list", "source": list(production().formats)})

    def _step(self, step: ProcessStep) -> None:
        sheet = self._book.add_worksheet(step.label)
        sheet.freeze_panes(1, 1)
        sheet.set_row(0, 48)
        for at, column in enumerate(columns(step)):
            sheet.write_string(0, at, column.heading, self._asked if column.set_point else self._head)
            sheet.write_comment(0, at, column.hint, {"x_scale": 2})
            moment = column.parameter is not None and column.parameter.form is ParameterForm.MOMENT
            name = at == 0 or column.heading.startswith("Made from")
            form = self._date if moment else self._name if name else None
            sheet.set_column(at, at, 18 if form else 14, form)
            sheet.write_string(1, at, column.example, self._example)
            rule = _validation(column)
            if rule:
                sheet.data_validation(1, at, _ROWS, at, rule)

    def _genealogy(self) -> None:
        sheet = self._book.add_worksheet(GENEALOGY_SHEET)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, 4, 20, self._name)
        kinds = {"validate": "list", "source": [kind.value for kind in ObjectKind]}
        steps = {"validate": "list", "source": list(production().steps)}
        for at, (heading, example, rule) in enumerate(
            (
                ("Input", "EXAMPLE-roll", None),
                ("Input kind", "roll", kinds),
                ("Step", "cutting", steps),
                ("Output", "EXAMPLE-electrode", None),
                ("Output kind", "electrode", kinds),
            )
        ):
            sheet.write_string(0, at, heading, self._head)
            sheet.write_string(1, at, example, self._example)
            if rule:
                sheet.data_validation(1, at, _ROWS, at, rule)


def _validation(column: Column) -> dict[str, object] | None:
    """Drop-downs for controlled words; a number out of range is only warned of."""
    if column.choices:
        return {"validate": "list", "source": list(column.choices)}
    parameter = column.parameter
    if parameter is None or parameter.low is None or parameter.high is None:
        return None
    return {
        "validate": "decimal",
        "criteria": "between",
        "minimum": parameter.low,
        "maximum": parameter.high,
        "error_type": "warning",
        "error_title": "Unusual value",
        "error_message": "Outside the plausible range: check value and unit.",
    }


_RUN = (
    ("Production run", "", "Name of the run, such as RUN-2026-014. Needed."),
    ("Cell format", "", "What cell is made; it decides which order of steps is usual."),
    ("Time zone", "", "Of times without an offset in this file, such as Europe/Berlin. Else the metadata's is taken."),
    ("Vocabulary version", VERSION, "Leave as it is."),
)
_INSTRUCTIONS = (
    "Production data of one run",
    "1. Fill in the sheet “Production run”: the run's name and the time zone.",
    "2. On each sheet of a step that was run: one row per object (batch, roll, cell), one column per parameter.",
    "3. Leave empty what you do not have: cells, columns, whole sheets. The grey columns hold set-points.",
    "4. “Made from …” says what an object was made of; it ties cells to rolls and batches. Several with semicolons.",
    "   The sheet “Genealogy” does the same line by line, for lists that come from another system.",
    "5. Rows whose name begins with EXAMPLE are not read. Write your own rows below, or over them.",
    "6. The unit stands in the heading. If you measure in another one (g/m² for mg/cm²), change it in the heading.",
    "7. Columns of your own may be added: they are kept and listed as unknown. “…, at 50 mm” adds a position,",
    "   “…, side A” and “…, side B” a side, a number a further component or zone (“Component 7 mass [g]”).",
    "8. Times are dates of the spreadsheet, or text such as 2026-03-31 14:05 or 2026-03-31T14:05+02:00.",
    "9. Upload the file into a dataset of the kind production-run. The report names every cell that needs attention.",
)
