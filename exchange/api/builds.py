"""Versions, builds, reports, tables, series and files of a dataset."""

from typing import Annotated, Literal

from fastapi import APIRouter, Body, Path, Query, Response
from fastapi.responses import StreamingResponse

from exchange import process
from exchange.api.doors import Anyone, Caller, DatasetId, Live
from exchange.api.errors import documented
from exchange.arranging import accept
from exchange.delivery import choose, compare, deliver, difference, link, picture
from exchange.delivery.choose import Pin
from exchange.delivery.opened import Slice
from schemas.acceptance import AcceptedFinding, AcceptFinding
from schemas.access import View
from schemas.dataset import BuildReport, IngestRun, Version
from schemas.delivery import Link, Series, Summary, TablePage
from schemas.difference import Difference
from schemas.errors import Conflict, Denied, NotFound
from schemas.ingested import Table

router = APIRouter(prefix="/api/v1/datasets/{dataset}", tags=["data"], responses=documented(Denied, NotFound))
VersionNumber = Annotated[int | None, Query(alias="version", ge=1, le=2**31 - 1, description="Empty: the newest")]
BuildNumber = Annotated[int | None, Query(alias="build", ge=1, le=2**31 - 1, description="Empty: the newest ready")]
TableName = Annotated[str, Path(max_length=32, pattern="^[a-z_]+$", examples=["timeseries"])]
Columns = Annotated[list[str], Query(max_length=100, description="Columns wanted; none: all")]
Cycle = Annotated[int | None, Query(ge=0, le=2**31 - 1, description="Own-segmented cycle; empty: all rows")]
Row = Annotated[int, Query(ge=0, le=2**53, description="First row of the selection, from 0")]
Named = Annotated[
    Literal["full", "columns"], Query(alias="view", description="In full, or the columns that grants name")
]
FileId = Annotated[str, Path(min_length=1, max_length=32, pattern="^[0-9a-z]+$")]
_ACCEPTANCE = {"rule": "time-gap", "column": "test_time_second", "reason": "Paused over the weekend"}
SVG = "image/svg+xml"
_FILES: dict[str, dict[str, str]] = {"text/csv": {}, link.PARQUET: {}}


@router.get("/versions", summary="Versions and their files")
def versions(caller: Anyone, services: Live, dataset: DatasetId) -> list[Version]:
    """All to the owner, released ones to others."""
    return choose.versions(services, caller, dataset)


@router.get("/builds", summary="Ingest runs and builds")
def builds(caller: Anyone, services: Live, dataset: DatasetId) -> list[IngestRun]:
    """With state, progress, history and tables; to others the ready ones of released versions."""
    return choose.builds(services, caller, dataset)


@router.post(
    "/builds", status_code=202, summary="Retry or read again", responses=documented(Denied, NotFound, Conflict)
)
def retry(caller: Caller, services: Live, dataset: DatasetId, version: VersionNumber = None) -> IngestRun:
    """A failed run is tried again; after one that ended, a new build is made from the same bytes."""
    return process.retry(services, caller, dataset, version)


@router.get("/builds/{build}/difference", summary="What another build changed")
def build_difference(
    caller: Anyone,
    services: Live,
    dataset: DatasetId,
    build: Annotated[int, Path(ge=1, le=2**31 - 1)],
    other: Annotated[int, Query(ge=1, le=2**31 - 1, description="The build that is compared with it")],
    version: VersionNumber = None,
) -> Difference:
    """Rows, ranges of columns, values per cycle and findings that changed from one build of a version to another."""
    return difference.between(services, caller, dataset, version, build, other)


@router.get("/report", summary="What the checks found")
def report(
    caller: Anyone, services: Live, dataset: DatasetId, version: VersionNumber = None, build: BuildNumber = None
) -> BuildReport:
    """Every finding with its place, value and what to do, and why it was accepted."""
    return choose.report(services, caller, dataset, Pin(version, build))


@router.get(
    "/report/csv",
    summary="What the checks found, as a file",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/csv": {}}, "description": "The file"}},
)
def report_file(
    caller: Anyone, services: Live, dataset: DatasetId, version: VersionNumber = None, build: BuildNumber = None
) -> Response:
    """One line per finding; text that a spreadsheet would run as a formula is escaped."""
    filename, content = accept.as_csv(services, caller, dataset, Pin(version, build))
    return StreamingResponse(content, media_type="text/csv; charset=utf-8", headers=_attachment(filename))


@router.post(
    "/report/acceptances",
    status_code=201,
    summary="Accept a warning",
    responses=documented(Denied, NotFound, Conflict),
)
def accept_finding(
    caller: Caller,
    services: Live,
    dataset: DatasetId,
    wanted: Annotated[AcceptFinding, Body(examples=[_ACCEPTANCE])],
    version: VersionNumber = None,
    build: BuildNumber = None,
) -> AcceptedFinding:
    """With a reason, for ever, for every build of this version in which it returns; never an error."""
    return accept.accept(services, caller, dataset, Pin(version, build), wanted)


@router.get("/summary", summary="Capacity and efficiency per cycle")
def summary(
    caller: Anyone,
    services: Live,
    dataset: DatasetId,
    version: VersionNumber = None,
    build: BuildNumber = None,
    view: Named = "full",
) -> Summary:
    """By the platform's own segmentation, the same for every instrument."""
    return compare.summary(services, caller, dataset, Pin(version, build), View(view))


@router.get(
    "/picture.svg",
    summary="A picture of the test",
    response_class=Response,
    responses={200: {"content": {SVG: {}}, "description": "The picture"}},
)
def fixed_picture(
    caller: Anyone, services: Live, dataset: DatasetId, version: VersionNumber = None, build: BuildNumber = None
) -> Response:
    """Voltage and current over time, capacity per cycle: fixed, of at most 500 points each, alike for everybody."""
    content = picture.picture(services, caller, dataset, Pin(version, build))
    return Response(content, media_type=SVG)


@router.get("/tables", summary="Tables of a build")
def tables(
    caller: Anyone,
    services: Live,
    dataset: DatasetId,
    version: VersionNumber = None,
    build: BuildNumber = None,
    view: Named = "full",
) -> tuple[Table, ...]:
    """Names, columns with units, rows, bytes and hashes."""
    return deliver.tables(services, caller, dataset, Pin(version, build), View(view))


@router.get("/tables/{table}", summary="Rows of a table")
def rows(
    caller: Anyone,
    services: Live,
    dataset: DatasetId,
    table: TableName,
    version: VersionNumber = None,
    build: BuildNumber = None,
    columns: Columns = [],  # noqa: B006  # read only; FastAPI copies it
    cycle: Cycle = None,
    start: Row = 0,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1000,
    view: Named = "full",
) -> TablePage:
    """A page as JSON, narrowed to columns, one cycle, and rows from `start`."""
    part = Slice(tuple(columns), cycle, start, view=View(view))
    return deliver.page(services, caller, dataset, Pin(version, build), table, part, limit)


@router.get(
    "/tables/{table}/{form}",
    summary="A table as a file",
    response_class=StreamingResponse,
    responses={200: {"content": _FILES, "description": "The file"}},
)
def table_file(
    caller: Anyone,
    services: Live,
    dataset: DatasetId,
    table: TableName,
    form: Literal["csv", "parquet"],
    version: VersionNumber = None,
    build: BuildNumber = None,
    columns: Columns = [],  # noqa: B006  # read only; FastAPI copies it
    cycle: Cycle = None,
    start: Row = 0,
    stop: Annotated[int | None, Query(ge=0, le=2**53, description="Row behind the last")] = None,
    view: Named = "full",
) -> Response:
    """CSV or Parquet, whole or narrowed to columns, one cycle and a range of rows."""
    as_file = deliver.as_csv if form == "csv" else deliver.as_parquet
    part = Slice(tuple(columns), cycle, start, stop, View(view))
    filename, content = as_file(services, caller, dataset, Pin(version, build), table, part)
    media_type = "text/csv; charset=utf-8" if form == "csv" else link.PARQUET
    return StreamingResponse(content, media_type=media_type, headers=_attachment(filename))


@router.post("/tables/{table}/link", status_code=201, summary="Signed link to a table")
def table_link(
    caller: Anyone,
    services: Live,
    dataset: DatasetId,
    table: TableName,
    version: VersionNumber = None,
    build: BuildNumber = None,
    view: Named = "full",
) -> Link:
    """The Parquet file, for some minutes, for whoever has the link."""
    return link.table_link(services, caller, dataset, Pin(version, build), table, View(view))


@router.get("/series", summary="Signals to plot")
def series(
    caller: Anyone,
    services: Live,
    dataset: DatasetId,
    y: Annotated[list[str], Query(min_length=1, max_length=8, examples=[["voltage_volt"]])],
    x: Annotated[str | None, Query(max_length=64, description="Empty: test time, else the row")] = None,
    version: VersionNumber = None,
    build: BuildNumber = None,
    cycle: Cycle = None,
    start: Row = 0,
    stop: Annotated[int | None, Query(ge=0, le=2**53)] = None,
    points: Annotated[int, Query(ge=10, le=20_000)] = 2000,
    view: Named = "full",
) -> Series:
    """Reduced to about `points` points; every minimum and maximum is kept."""
    part = Slice(tuple(y), cycle, start, stop, View(view))
    return deliver.series(services, caller, dataset, Pin(version, build), x, part, points)


@router.post("/raw/{file}/link", status_code=201, summary="Signed link to a raw file")
def raw_link(caller: Anyone, services: Live, dataset: DatasetId, file: FileId, version: VersionNumber = None) -> Link:
    """The bytes as uploaded, for some minutes, for whoever has the link."""
    return link.raw_link(services, caller, dataset, version, file)


@router.get(
    "/raw/{file}",
    summary="A raw file",
    response_class=StreamingResponse,
    responses={200: {"content": {link.BYTES: {}}, "description": "The bytes as uploaded"}},
)
def raw(caller: Anyone, services: Live, dataset: DatasetId, file: FileId, version: VersionNumber = None) -> Response:
    """The bytes exactly as uploaded, through the server."""
    found, content = link.raw_bytes(services, caller, dataset, version, file)
    headers = _attachment(found.filename) | {"Content-Length": str(found.bytes)}
    return StreamingResponse(content, media_type=link.BYTES, headers=headers)


def _attachment(filename: str) -> dict[str, str]:
    return {"Content-Disposition": link.disposition(filename)}
