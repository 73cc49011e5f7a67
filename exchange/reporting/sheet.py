"""The confidential sheet of one line: everything that was handed in and counted for it, with hashes and rows."""

from collections.abc import Iterator

from exchange.reporting import words
from exchange.reporting.conformance_section import own_values
from exchange.reporting.document import Block, Column, Document, Facts, Heading, Notice, Paragraph, Table
from exchange.reporting.participants import footer
from schemas.round.evaluation import Evaluation
from schemas.round.letter import LetterData, OwnCell
from schemas.round.report import Edition
from schemas.round.submission import KpiValue

ALONE = "This is for your line alone: it tells which code is yours. Whoever else reads it can tell your results."


def sheet(evaluation: Evaluation, edition: Edition, own: LetterData) -> Document:
    """Everything that was handed in and counted for the line, with hashes, receipts, rows and reasons."""
    return Document(
        id=f"{evaluation.round}/{evaluation.number}/{edition.stage}/sheet/{own.code}",
        title=f"Confidential sheet of {own.line_name}",
        made_at=edition.made_at,
        above=f"{evaluation.title} · per-line sheet",
        state=f"Confidential · code {own.code} · {words.day(edition.made_at)}",
        blocks=tuple(_sheet(evaluation, own)),
        footer=footer(evaluation, edition),
    )


def in_order(cell: OwnCell, evaluation: Evaluation) -> list[KpiValue]:
    """The cell's KPIs as the report has them."""
    places = {one.kpi: place for place, one in enumerate(evaluation.kpis)}
    return sorted(cell.values, key=lambda one: (places.get(one.kpi, len(places)), one.kpi))


def _sheet(evaluation: Evaluation, own: LetterData) -> Iterator[Block]:
    yield Notice("Keep this to yourself", ALONE)
    yield Facts(
        (
            ("Line", f"{own.line_name}, {own.organisation_name}"),
            ("Code in this round", own.code),
            ("Joined", words.day(own.joined_at)),
            ("Plan, SHA-256", evaluation.plan_sha256),
        )
    )
    of = {one.kpi: one for one in evaluation.kpis}
    for cell in own.cells:
        yield Heading(f"Cell {cell.number}: {cell.name}")
        if not cell.dataset:
            yield Paragraph("Nothing was handed in.")
            continue
        yield Facts(tuple(_handed_in(cell)))
        columns = (Column("KPI"), Column("Value", number=True), Column("Definition"), Column("Rows"), Column("Reason"))
        rows = [
            (
                of[one.kpi].label if one.kpi in of else one.kpi,
                words.with_unit(repr(one.value).replace("-", words.MINUS) if one.value is not None else "–", one.unit),
                one.definition,
                "; ".join(f"{first} to {last}" for first, last in one.rows) or words.NONE,
                one.reason or words.NONE,
            )
            for one in in_order(cell, evaluation)
        ]
        yield Table(f"Cell {cell.name}: all KPIs, in full", columns, rows)
        yield from own_values(cell)


def _handed_in(cell: OwnCell) -> Iterator[tuple[str, str]]:
    yield "Dataset", f"{cell.dataset}, version {cell.version}"
    yield "Received", words.minute(cell.received_at) if cell.received_at else words.NONE
    yield "State", (cell.state.value if cell.state else words.NONE) + (", late" if cell.late else "")
    if cell.reason:
        yield "Reason", cell.reason
    yield "SHA-256", "\n".join(cell.sha256) or words.NONE
