"""What is told of a parsed chunk: rows and cells that are wrong, each with its line."""

import pyarrow as pa

from ingest.findings import Findings, empty_cells, error, shown
from ingest.text.lines import TextReading
from ingest.text.parse import BadCells, Parsed, Parser
from schemas.report import Problem, Severity


def tell(findings: Findings, reading: TextReading, parser: Parser, part: Parsed, record: int, line: int) -> None:
    """Adds what is wrong in a chunk whose first record and line in the file these are."""
    for row in part.ragged:
        findings.add(
            error(
                "row-ragged",
                f"The row has {row.cells} cells, the header has {parser.width}; it could not be read.",
                "Repair or remove the row; a last row that is cut off means that the export was interrupted.",
                row=line + row.line,
                value=shown(row.text),
            )
        )
    for bad in part.bad:
        _tell_bad(findings, reading, bad, record)
    for column, values in zip(parser.columns, part.arrays, strict=True):
        wrong = sum(bad.count for bad in part.bad if bad.column is column)
        if column.source.required and not column.twin and values.null_count > wrong:
            first = values.is_null().index(pa.scalar(True)).as_py()
            where = reading.line_of(record + first)
            findings.add(empty_cells(column.source.heading, values.null_count - wrong, where))
    if part.lost:
        message = (
            f"{abs(part.lost)} lines from here on do not come out as rows, as line ends are mixed or bytes damaged."
        )
        findings.add(error("rows-lost", message, "Export the file again.", row=line, count=abs(part.lost)))
    if part.undecodable is not None:
        findings.add(
            Problem(
                rule="text-damaged",
                severity=Severity.WARNING,
                message="Bytes that are no UTF-8 stand in the file although it begins as such; they show as “�”.",
                hint="Names and comments may be wrong; export the file again if they matter.",
                row=line + part.undecodable,
            )
        )


def _tell_bad(findings: Findings, reading: TextReading, bad: BadCells, record: int) -> None:
    heading = bad.column.source.heading
    problem = None
    for place, text in bad.first:
        problem = error(
            "cell-unreadable",
            f"“{shown(text)}” in the column “{heading}” is not {bad.column.wanted}.",
            "Correct the cell or export the file again; the row is kept without this value.",
            row=reading.line_of(record + place),
            column=heading,
            value=shown(text),
        )
        findings.add(problem)
    if problem is not None:
        findings.count(problem, bad.count - len(bad.first))
