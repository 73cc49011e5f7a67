"""Bundles: archives that unpack into valid crates, with exactly what the reader may take."""

import hashlib
import io
import zipfile
from pathlib import Path

import frictionless
import httpx
import mlcroissant
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from exchange.delivery.zipped import Folder, Packed, zipped
from exchange.publishing import bundle as bundling
from exchange.publishing.placing import LONGEST, placed, safe
from schemas.errors import Unavailable
from schemas.metadata import DatasetKind
from tests.fair.crates import faults
from tests.fair.shown import AT, published
from tests.fair.worlds import Access, Fair

KIND = DatasetKind.CELL_TEST
DESCRIBING = {
    "ro-crate-metadata.json",
    "LICENSE.txt",
    "CITATION.cff",
    "datapackage.json",
    "croissant.json",
    "manifest-sha256.txt",
}
TOLD = {"record.json", "battinfo.jsonld"}


def archive(address: str, header: dict[str, str] | None = None) -> zipfile.ZipFile:
    answer = httpx.get(address, headers=header)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip"), answer.text
    return zipfile.ZipFile(io.BytesIO(answer.content))


def test_a_bundle_of_an_open_dataset_is_a_crate_a_package_and_a_set_of_records(fair: Fair, tmp_path: Path) -> None:
    id = fair.ids[KIND, Access.OPEN]
    with archive(f"{fair.base}/datasets/{id}@1/bundle.zip") as found:
        assert found.testzip() is None
        found.extractall(tmp_path / "crate")
        stored = {one.filename: one.compress_type for one in found.infolist()}
    names = {"timeseries", "cycles", "steps"}
    data = {f"data/tables/{one}.parquet" for one in names} | {f"data/csv/{one}.csv" for one in names}
    assert stored.keys() == DESCRIBING | data | TOLD | {"report.json", "data/raw/cell-test.csv"}
    assert stored["data/tables/timeseries.parquet"] == zipfile.ZIP_STORED
    assert faults(tmp_path, folder=tmp_path / "crate") == []
    report = frictionless.Package(str(tmp_path / "crate" / "datapackage.json")).validate()
    assert report.valid and len(report.tasks) == 6, report.flatten(["title", "message"])
    read = mlcroissant.Dataset(jsonld=tmp_path / "crate" / "croissant.json")
    assert len(list(read.records("timeseries"))) == 40
    cited = yaml.safe_load((tmp_path / "crate" / "CITATION.cff").read_text())
    assert (cited["authors"][0]["name"], cited["license"]) == ("Ada Example", "CC-BY-4.0")


def test_files_of_a_bundle_are_those_that_were_kept_and_its_list_of_checksums_says_so(fair: Fair) -> None:
    shown = fair.published(KIND, Access.OPEN)
    with archive(f"{fair.base}/datasets/{shown.id}/bundle.zip") as found:
        sums = dict(reversed(line.split("  ")) for line in found.read("manifest-sha256.txt").decode().splitlines())
        assert sums.keys() == set(found.namelist()) - {"manifest-sha256.txt"}
        assert all(hashlib.sha256(found.read(path)).hexdigest() == said for path, said in sums.items())
    assert {sums[one.path] for one in placed(shown)} == {one.sha256 for one in shown.files}


def test_a_bundle_holds_no_more_than_its_reader_may_take_and_each_file_is_asked_for(fair: Fair) -> None:
    def asked() -> list[str]:
        with fair.services.sessions.read() as session:
            rows = session.execute(text("SELECT action FROM plx_audit ORDER BY id DESC LIMIT 9")).scalars()
            return [str(one) for one in rows]

    id = fair.make(KIND, Access.LISTED, salt=4711)
    address = f"{fair.base}/datasets/{id}/bundle.zip"
    with archive(address) as found:
        assert set(found.namelist()) == DESCRIBING
        assert b"Ada Example" not in b"".join(found.read(one) for one in found.namelist())
    for level, more in (("metadata", TOLD), ("tables", TOLD | {"report.json"})):
        fair.at.done("north", "POST", f"/datasets/{id}/grants", {"grantee": "west", "level": level})
        who = fair.who("west")
        _, content = bundling.bundle(fair.services, who, [id], csv=False)
        with zipfile.ZipFile(io.BytesIO(b"".join(content))) as found:
            files = {one for one in found.namelist() if one.startswith("data/")}
            assert set(found.namelist()) - files == DESCRIBING | more
        assert not [one for one in files if one.startswith("data/raw/")]
        assert len(files) == (3 if level == "tables" else 0)
    assert asked()[:5] == ["read:table"] * 3 + ["read:report", "read:export"]


def test_several_datasets_have_a_folder_each_and_none_is_given_where_one_is_hidden(fair: Fair, tmp_path: Path) -> None:
    open_, closed = fair.ids[KIND, Access.OPEN], fair.ids[KIND, Access.CLOSED]
    with archive(f"{fair.base}/api/v1/bundles?dataset={open_}&dataset={closed}@1&dataset={open_}&csv=false") as found:
        found.extractall(tmp_path)
        assert {one.split("/")[0] for one in found.namelist()} == {f"{open_}_v1", f"{closed}_v1"}
        assert f"{open_}_v1/data/tables/timeseries.parquet" in found.namelist()
        assert not [one for one in found.namelist() if one.startswith(f"{closed}_v1/data/") or "/csv/" in one]
    for folder in (f"{open_}_v1", f"{closed}_v1"):
        assert faults(tmp_path / "cache", folder=tmp_path / folder) == []
    hidden = fair.at.draft()
    answer = httpx.get(f"{fair.base}/api/v1/bundles?dataset={open_}&dataset={hidden}")
    assert answer.status_code == 404
    assert httpx.get(f"{fair.base}/api/v1/bundles").status_code == 422


def test_an_archive_breaks_off_where_a_file_is_not_as_it_was_kept_or_a_right_has_ended(fair: Fair) -> None:
    wrong = Packed("a.bin", [b"other"], AT, "0" * 64, 5)
    with pytest.raises(Unavailable):
        list(zipped([Folder("", [wrong], AT)]))
    id = fair.make(KIND, Access.OPEN, salt=4712)
    _, content = bundling.bundle(fair.services, fair.who(""), [id])
    begun = [next(content) for _ in range(3)]
    fair.at.done("north", "POST", f"/datasets/{id}/withdraw", {"note": "Wrong"})
    with pytest.raises(Exception, match=r"that you may see|withdrawn"):
        begun += list(content)
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(b"".join(begun)))


def test_an_archive_is_made_while_it_is_sent() -> None:
    given = []

    def large() -> object:
        for number in range(50):
            given.append(number)
            yield bytes(1 << 20)

    sent = zipped([Folder("", [Packed("a.parquet", large(), AT)], AT)])  # type: ignore[arg-type]  # a generator
    sizes = [len(next(sent)) for _ in range(3)]
    assert len(given) <= 4 and max(sizes) < 3 << 20


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.text(min_size=1, max_size=40) | st.sampled_from(["../../a", "C:\\a.csv", "CON.csv", "A.csv", "a.csv", ".."])
    )
)
def test_names_are_safe_and_apart_whatever_was_uploaded(names: list[str]) -> None:
    raw = published().files[1]
    files = tuple(raw.model_copy(update={"name": one}) for one in names)
    paths = [one.path for one in placed(published().model_copy(update={"files": files}))]
    assert len({one.casefold() for one in paths}) == len(names)
    for path in paths:
        *folders, name = path.split("/")
        assert folders == ["data", "raw"] and name not in ("", ".", "..") and not set(name) & set('\\:*?"<>|\x00\n')
        assert len(name.encode()) <= LONGEST + 20 and name == name.strip()


def test_a_long_name_keeps_its_ending() -> None:
    assert safe("ä" * 300 + ".csv").endswith("ä.csv") and len(safe("ä" * 300 + ".csv").encode()) <= LONGEST
