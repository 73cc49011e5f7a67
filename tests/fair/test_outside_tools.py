"""What outside tools say of crates, record sets and packages of every kind and access, from a running installation."""

import hashlib
import json
from pathlib import Path

import frictionless
import httpx
import mlcroissant
import pytest
from etils import epath

from exchange.fair import ro_crate
from schemas.metadata import DatasetKind
from tests.fair.crates import faults
from tests.fair.worlds import Access, Fair

CHECKED = (Access.OPEN, Access.EMBARGOED, Access.CLOSED)


def document(fair: Fair, id: str, form: str) -> str:
    answer = httpx.get(f"{fair.base}/datasets/{id}/as/{form}")
    assert answer.status_code == 200, answer.text
    return answer.text


def test_crates_of_every_kind_and_access_have_no_fault(fair: Fair, tmp_path: Path) -> None:
    every = {key: ro_crate.write(shown) for key, shown in fair.every().items()}
    for key in ((kind, access) for kind in DatasetKind for access in CHECKED):
        assert faults(tmp_path, every[key]) == [], key
    assert faults(tmp_path, every[DatasetKind.CELL_TEST, Access.LISTED]) == []


def test_croissant_reads_the_tables_of_an_open_dataset_and_has_no_fault_in_any(
    fair: Fair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mlcroissant._src.core.constants, "DOWNLOAD_PATH", epath.Path(tmp_path))
    for key, id in ((key, id) for key, id in fair.ids.items() if key[1] in CHECKED):
        read = mlcroissant.Dataset(jsonld=json.loads(document(fair, id, "croissant")))
        assert not read.metadata.ctx.issues.errors and not read.metadata.ctx.issues.warnings, key
        if key[1] is not Access.OPEN:
            assert read.metadata.distribution == []
            continue
        rows = list(read.records("timeseries"))
        assert len(rows) == 40 and rows[1]["timeseries/test_time_second"] == 10.0


def test_frictionless_reads_every_table_of_an_open_dataset_as_csv_and_parquet(fair: Fair) -> None:
    for (kind, access), id in ((key, id) for key, id in fair.ids.items() if key[1] in CHECKED):
        report = frictionless.Package(f"{fair.base}/datasets/{id}/as/datapackage").validate()
        assert report.valid, (kind, access, report.flatten(["title", "message"]))
        names = {task.name for task in report.tasks}
        tables = {"timeseries", "cycles", "steps"}
        assert names == (tables | {f"{one}-parquet" for one in tables} if access is Access.OPEN else {"record"})


def test_a_table_as_csv_is_what_the_api_gives(fair: Fair) -> None:
    id = fair.ids[DatasetKind.CELL_TEST, Access.OPEN]
    mine = httpx.get(f"{fair.base}/datasets/{id}@1/files/timeseries.csv")
    theirs = httpx.get(f"{fair.base}/api/v1/datasets/{id}/tables/timeseries/csv")
    assert hashlib.sha256(mine.content).digest() == hashlib.sha256(theirs.content).digest()
    assert mine.headers["content-type"] == "text/csv; charset=utf-8" and len(mine.text.splitlines()) == 41
    told = httpx.head(f"{fair.base}/datasets/{id}@1/files/timeseries.csv")
    assert (told.status_code, told.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    closed = fair.ids[DatasetKind.CELL_TEST, Access.CLOSED]
    assert httpx.get(f"{fair.base}/datasets/{closed}@1/files/timeseries.csv").status_code == 403
