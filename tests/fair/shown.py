"""A dataset as a reader sees it, made by hand: for what pure writers do with it."""

from datetime import UTC, datetime
from typing import Any

from schemas.dataset import DatasetState
from schemas.ingested import Column
from schemas.metadata import DatasetKind, Metadata
from schemas.published import AccessRight, FileKind, Published, PublishedFile, Publisher, Reading
from schemas.quantities import QUANTITIES
from tests.records import record

BASE = "https://exchange.example.org"
IRI = f"{BASE}/datasets/PLX-7Q4K-M2XD"
AT = datetime(2026, 5, 4, 12, tzinfo=UTC)
RAW_SHA, TABLE_SHA = "a" * 64, "b" * 64
FULL: dict[str, Any] = {
    "title": "Cycling of cell A-01",
    "kind": "cell-test",
    "description": "A pouch cell was cycled at 25 degrees Celsius to see how its capacity fades.",
    "line": "North 1",
    "keywords": ["pouch", "cycling"],
    "language": "en",
    "creators": [
        {
            "name": "Ada Lovelace",
            "orcid": "0000-0002-1825-0097",
            "affiliation": "TU Braunschweig",
            "ror": "https://ror.org/010nsgg66",
            "agreed": True,
        }
    ],
    "funding": [{"funder": "European Commission", "grant": "101069765", "url": "https://funder.example/101069765"}],
    "licence": "CC-BY-4.0",
    "related": [{"relation": "IsSupplementTo", "id": "10.5281/zenodo.1234"}],
    "created_at": "2026-05-03T08:00:00+02:00",
    "time_zone": "Europe/Berlin",
    "cell": {
        "id": "A-01",
        "serial": "S-1",
        "batch": "B-1",
        "configuration": "full",
        "chemistry": "NMC622",
        "nominal_capacity_ah": 5.0,
        "nominal_voltage_v": 3.7,
        "specification": {"format": "pouch", "width_mm": 140, "height_mm": 210, "mass_g": 98.4},
        "made_by": "North Line",
    },
    "test": {
        "kind": "cycling",
        "protocol": {"name": "RR-2026-1", "version": "2"},
        "instrument": {"name": "Arbin LBT", "maker": "Arbin", "model": "LBT 21084", "channel": "3-7"},
        "chamber": {"set_temperature_c": 25},
        "lower_voltage_v": 2.7,
        "upper_voltage_v": 4.2,
        "conformance": "conformant",
    },
}
_COLUMNS = ("test_time_second", "voltage_volt", "current_ampere", "cycle_count", "step_type")
_TYPES = {"test_time_second": "double", "voltage_volt": "double", "current_ampere": "double", "cycle_count": "int64"}


def columns() -> tuple[Column, ...]:
    """Columns of a time series, as they are published."""
    known = [QUANTITIES[name] for name in _COLUMNS]
    return tuple(
        Column(name=one.name, type=_TYPES.get(one.name, "string"), unit=one.ucum, iri=one.iri) for one in known
    )


def published(files: bool = True, **fields: Any) -> Published:
    """The dataset with everything shown; without files, and with other fields, where that is asked for."""
    at = f"{IRI}@2"
    table = PublishedFile(
        kind=FileKind.TABLE,
        name="timeseries.parquet",
        media_type="application/vnd.apache.parquet",
        bytes=2048,
        sha256=TABLE_SHA,
        url=f"{at}/files/timeseries.parquet",
        created_at=AT,
        rows=3,
        columns=columns(),
    )
    raw = PublishedFile(
        kind=FileKind.RAW,
        name="cell A.csv",
        media_type="application/octet-stream",
        bytes=1024,
        sha256=RAW_SHA,
        url=f"{at}/raw/abc123",
        created_at=AT,
    )
    reading = Reading(
        iri=f"{at}.b1",
        reader="bdf",
        reader_version="1.2",
        started_at=AT,
        ended_at=AT,
        used=(RAW_SHA,),
        table_schema="1.0",
    )
    made: dict[str, Any] = {
        "id": "PLX-7Q4K-M2XD",
        "base_url": BASE,
        "iri": IRI,
        "version": 2,
        "version_iri": at,
        "title": FULL["title"],
        "kind": DatasetKind.CELL_TEST,
        "state": DatasetState.RELEASED,
        "level": "raw" if files else "metadata",
        "publisher": Publisher(id="north", name="North Line", country="DE"),
        "created_at": AT,
        "released_at": AT,
        "modified_at": AT,
        "revision": 3,
        "access": AccessRight.OPEN if files else AccessRight.RESTRICTED,
        "record": shown_record(),
        "files": (table, raw) if files else (),
        "readings": (reading,) if files else (),
    }
    return Published.model_validate(made | fields)


def shown_record(**fields: Any) -> Metadata:
    """The whole record with these fields in place of its own."""
    return Metadata.model_validate(record(FULL, **fields))


def listed() -> Published:
    """What somebody sees who may know of it and no more."""
    return published(files=False, level="listed", record=None, title="A cell", how_to_ask="Ask North Line for a grant.")
