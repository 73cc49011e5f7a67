"""Editions: all files of one report of a round, made of its evaluation and kept under their hashes."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa
from pydantic import BaseModel

from exchange.delivery.as_file import csv_bytes, parquet_bytes
from exchange.reporting.document import Document
from exchange.reporting.html import html
from exchange.reporting.participants import comparable, participants_report
from exchange.reporting.private import certificate, letter
from exchange.reporting.public import public_summary
from exchange.reporting.sheet import sheet
from exchange.reporting.tables import public_table, tables
from exchange.reporting.typeset import pdf
from exchange.services import Services
from schemas.round.evaluation import Evaluation
from schemas.round.letter import LetterData
from schemas.round.public import PublicSummary
from schemas.round.report import Edition, ReportProduct, Stage
from storage.objects import report_key
from storage.reports import StoredFile

HTML, PDF, SVG = "text/html", "application/pdf", "image/svg+xml"
SOURCE = "source"
"""The product of what an edition is made of; it is for nobody to read."""
CSV, PARQUET, JSON = "text/csv", "application/vnd.apache.parquet", "application/json"


class Source(BaseModel, frozen=True):
    """Everything that an edition is made of, with nothing else beside: the same source gives the same bytes.

    `turn` counts the drafts of one evaluation: one that was taken back and made again is another edition.
    """

    evaluation: Evaluation
    edition: Edition
    letters: tuple[LetterData, ...]
    summary: PublicSummary | None
    address: str
    turn: int = 1


@dataclass(frozen=True)
class Made:
    """A file before it is kept; `line` for those of one line alone."""

    product: ReportProduct
    line: str | None
    name: str
    media_type: str
    content: bytes


def files(source: Source) -> Iterator[Made]:
    """The participants' report with figures and tables, each line's own, the public summary once there is one.

    Below five lines or organisations there is each line's own alone.
    """
    evaluation, edition = source.evaluation, source.edition
    if comparable(evaluation, edition):
        yield from _report(evaluation, edition)
    for own in source.letters:
        documents = {"letter": letter, "sheet": sheet}
        if edition.stage is not Stage.DRAFT and any(cell.dataset for cell in own.cells):
            documents["certificate"] = certificate
        for name, write in documents.items():
            yield from _document(ReportProduct.LETTER, name, write(evaluation, edition, own), own.line)
    if source.summary is not None and edition.stage is not Stage.DRAFT:
        written = public_summary(source.summary, source.address)
        yield from _document(ReportProduct.SUMMARY, "summary", written)
        yield from _table(ReportProduct.SUMMARY, "summary", public_table(source.summary))


def keep(services: Services, source: Source) -> list[StoredFile]:
    """Make all files and put them into the object store; the rows are for the caller's transaction.

    What they are made of beyond the evaluation is kept with them, so that they can be made again and compared.
    """
    facts = source.model_dump(mode="json", exclude={"evaluation"})
    told = json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    made = [_put(services, source, one, one.content) for one in files(source)]
    return [*made, _put(services, source, None, told)]


def source_of(services: Services, kept: StoredFile, evaluation: Evaluation) -> Source:
    """What the files of an edition were made of, from what was kept of it; for making them again."""
    return Source(**{"evaluation": evaluation} | json.loads(services.objects.get(kept.key)))


def stage_of(stored: str) -> Stage:
    """The stage of an edition as it is kept, which counts drafts of one evaluation from the second on."""
    return Stage(stored.partition("-")[0])


def _put(services: Services, source: Source, one: Made | None, content: bytes) -> StoredFile:
    sha256 = hashlib.sha256(content).hexdigest()
    services.objects.put(report_key(sha256), content)
    return StoredFile(
        id=services.new_id(),
        round=source.evaluation.round,
        evaluation=source.evaluation.number,
        stage=source.edition.stage.value + (f"-{source.turn}" if source.turn > 1 else ""),
        product=one.product.value if one else SOURCE,
        line=one.line if one else None,
        name=one.name if one else "source.json",
        key=report_key(sha256),
        sha256=sha256,
        bytes=len(content),
        media_type=one.media_type if one else JSON,
        made_at=source.edition.made_at,
    )


def _report(evaluation: Evaluation, edition: Edition) -> Iterator[Made]:
    report = participants_report(evaluation, edition)
    yield from _document(ReportProduct.REPORT, "report", report)
    for picture in report.pictures():
        yield Made(ReportProduct.REPORT, None, f"{picture.name}.svg", SVG, picture.svg.encode())
    for name, table in tables(evaluation).items():
        yield from _table(ReportProduct.REPORT, name, table)


def _document(product: ReportProduct, name: str, document: Document, line: str | None = None) -> Iterator[Made]:
    yield Made(product, line, f"{name}.html", HTML, html(document).encode())
    yield Made(product, line, f"{name}.pdf", PDF, pdf(document))


def _table(product: ReportProduct, name: str, table: pa.Table) -> Iterator[Made]:
    batches: Sequence[pa.RecordBatch] = table.combine_chunks().to_batches()
    batches = batches or [pa.RecordBatch.from_pylist([], schema=table.schema)]
    yield Made(product, None, f"{name}.csv", CSV, b"".join(csv_bytes(iter(batches))))
    yield Made(product, None, f"{name}.parquet", PARQUET, b"".join(parquet_bytes(iter(batches))))
