"""Blinded datasets, by collection and code."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import StreamingResponse

from exchange.api.doors import Anyone, Live
from exchange.api.errors import documented
from exchange.delivery import coded, link
from exchange.delivery.opened import Slice
from schemas.delivery import Coded, Link, Series, Summary, TablePage
from schemas.errors import Conflict, Denied, NotFound
from schemas.ingested import Table

router = APIRouter(prefix="/api/v1/coded/{collection}", tags=["coded"], responses=documented(Denied, NotFound))
Collection = Annotated[str, Path(pattern="^[a-z0-9][a-z0-9-]{0,31}$", max_length=32, examples=["rr-2026-1"])]
Code = Annotated[str, Path(pattern="^[A-Z]{2,4}$", max_length=4, examples=["QX"])]
TableName = Annotated[str, Path(max_length=32, pattern="^[a-z_]+$", examples=["timeseries"])]
Columns = Annotated[list[str], Query(max_length=100, description="Columns wanted; none: all")]
Row = Annotated[int, Query(ge=0, le=2**53, description="First row, from 0")]
Stop = Annotated[int | None, Query(ge=0, le=2**53, description="Row behind the last")]
_FILES: dict[str, dict[str, str]] = {"text/csv": {}, link.PARQUET: {}}
_made = documented(Denied, NotFound, Conflict)


@router.get("", summary="Codes of a collection")
def codes(caller: Anyone, services: Live, collection: Collection) -> list[Coded]:
    """Those that are open to the caller in the blinded view."""
    return coded.codes(services, caller, collection)


@router.get("/{code}/tables", summary="Tables behind a code", responses=_made)
def tables(caller: Anyone, services: Live, collection: Collection, code: Code) -> tuple[Table, ...]:
    """Names, columns with units, rows, bytes and hashes of the blinded tables."""
    return coded.tables(services, caller, (collection, code))


@router.get("/{code}/tables/{table}", summary="Rows behind a code", responses=_made)
def rows(
    caller: Anyone,
    services: Live,
    collection: Collection,
    code: Code,
    table: TableName,
    columns: Columns = [],  # noqa: B006  # read only; FastAPI copies it
    start: Row = 0,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1000,
) -> TablePage:
    """A page as JSON, narrowed to columns, and rows from `start`."""
    part = Slice(tuple(columns), start=start)
    return coded.page(services, caller, (collection, code), table, part, limit)


@router.get(
    "/{code}/tables/{table}/{form}",
    summary="A table behind a code as a file",
    response_class=StreamingResponse,
    responses=_made | {200: {"content": _FILES, "description": "The file"}},
)
def table_file(
    caller: Anyone,
    services: Live,
    collection: Collection,
    code: Code,
    table: TableName,
    form: Literal["csv", "parquet"],
    columns: Columns = [],  # noqa: B006  # read only; FastAPI copies it
    start: Row = 0,
    stop: Stop = None,
) -> Response:
    """CSV or Parquet, whole or narrowed to columns and a range of rows."""
    as_file = coded.as_csv if form == "csv" else coded.as_parquet
    part = Slice(tuple(columns), start=start, stop=stop)
    filename, content = as_file(services, caller, (collection, code), table, part)
    media_type = "text/csv; charset=utf-8" if form == "csv" else link.PARQUET
    headers = {"Content-Disposition": link.disposition(filename)}
    return StreamingResponse(content, media_type=media_type, headers=headers)


@router.post("/{code}/tables/{table}/link", status_code=201, summary="Signed link to a blinded table", responses=_made)
def table_link(caller: Anyone, services: Live, collection: Collection, code: Code, table: TableName) -> Link:
    """The Parquet file, for some minutes, for whoever has the link."""
    return coded.table_link(services, caller, (collection, code), table)


@router.get("/{code}/series", summary="Signals behind a code", responses=_made)
def series(
    caller: Anyone,
    services: Live,
    collection: Collection,
    code: Code,
    y: Annotated[list[str], Query(min_length=1, max_length=8, examples=[["voltage_volt"]])],
    x: Annotated[str | None, Query(max_length=64, description="Empty: test time")] = None,
    start: Row = 0,
    stop: Stop = None,
    points: Annotated[int, Query(ge=10, le=20_000)] = 2000,
) -> Series:
    """Reduced to about `points` points; every minimum and maximum is kept."""
    part = Slice(tuple(y), start=start, stop=stop)
    return coded.series(services, caller, (collection, code), x, part, points)


@router.get("/{code}/summary", summary="Capacity and efficiency per cycle behind a code", responses=_made)
def summary(caller: Anyone, services: Live, collection: Collection, code: Code) -> Summary:
    """By the platform's own segmentation; without cell and line."""
    return coded.summary(services, caller, (collection, code))
