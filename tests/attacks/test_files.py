"""Attacks by files: each ends in a refusal that names the cause, and nothing else happens."""

import csv
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from exchange.delivery.as_file import csv_bytes
from ingest import sandbox
from ingest.limits import GIB, MIB, Limits
from tests.api.test_exchange import HEADER, Installation, Line, cell
from tests.books import book
from tests.ingest.test_bombs import FILES
from tests.ingest.test_unpack import zipped_of

LIMITS = Limits(memory_bytes=GIB, output_bytes=GIB, cpu_s=30, wall_s=60)


def refused(north: Line, content: bytes, name: str) -> str:
    """What the report says of an upload that is quarantined; nothing of it is a table."""
    id = str(north.person.post("/datasets", {"time_zone": "UTC"})["id"])
    north.http.put(f"/datasets/{id}/files/{name}", content=content).raise_for_status()
    build = north.person.wait(id)
    assert (build["state"], build["tables"]) == ("quarantined", [])
    report = north.person.get(f"/datasets/{id}/report")
    return " ".join(str(one["message"]) for one in report["report"]["problems"])


def test_zip_bomb(tmp_path: Path) -> None:
    bomb, out = tmp_path / "bomb.zip", tmp_path / "out"
    bomb.write_bytes(zipped_of({"bomb.csv": HEADER.encode() + b"0,3.6,1,rest\n" * (6 * MIB)}))
    out.mkdir()
    found = sandbox.run(bomb, bomb.name, out, limits=Limits(GIB, 16 * MIB, 20, 60))
    assert "unpack" in " ".join(one.message for one in found.report.problems)
    assert list(out.iterdir()) == []


def test_zip_slip(north: Line, installation: Installation) -> None:
    before = set(Path("/etc").glob("slipped*"))
    assert "no plain name" in refused(north, zipped_of({"../../../../etc/slipped.csv": cell().encode()}), "slip.zip")
    assert set(Path("/etc").glob("slipped*")) == before


def test_nested_zip(north: Line) -> None:
    inner = cell().encode()
    for level in range(4):
        inner = zipped_of({f"{level}.zip" if level else "cell.csv": inner})
    assert "in an archive" in refused(north, inner, "nested.zip")


def test_parquet_bomb(tmp_path: Path) -> None:
    names = ("test_time_second", "voltage_volt", "current_ampere")
    piece = pa.table({name: pa.array([0.0]).take(pa.nulls(5_000_000, pa.int32()).fill_null(0)) for name in names})
    bomb = tmp_path / "bomb.bdf.parquet"
    with pq.ParquetWriter(bomb, piece.schema, compression="zstd") as out:
        for _ in range(8):
            out.write_table(piece, row_group_size=5_000_000)
    assert bomb.stat().st_size < MIB
    out_folder = tmp_path / "out"
    out_folder.mkdir()
    usage = sandbox.Usage()
    # 960 MB of values: read in pieces, or ended at a limit; never all at once.
    sandbox.run(bomb, bomb.name, out_folder, limits=Limits(GIB // 2, 16 * MIB, 30, 60), usage=usage)
    assert usage.resident_bytes < GIB
    assert sum(path.stat().st_size for path in out_folder.iterdir()) <= 16 * MIB


@pytest.mark.parametrize("name", ["one_line_behind_header.csv", "million_columns.csv", "nul.csv"])
def test_huge_line_a_million_columns_nul_bytes(name: str, tmp_path: Path) -> None:
    write: Callable[[Path], None] = FILES[name]
    out = tmp_path / "out"
    out.mkdir()
    write(tmp_path / name)
    found = sandbox.run(tmp_path / name, name, out, limits=LIMITS)
    assert not found.report.passed
    assert list(out.iterdir()) == []


def test_xlsx_entity_expansion(north: Line, tmp_path: Path) -> None:
    whole = book(tmp_path / "a.xlsx", {"a": [["x"]]})
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "lol"}">' for n in range(10))
    evil = f'<?xml version="1.0"?><!DOCTYPE a [{entities}]><worksheet><sheetData><row r="1">'
    evil += '<c r="A1" t="inlineStr"><is><t>&e9;</t></is></c></row></sheetData></worksheet>'
    content = io.BytesIO()
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(content, "w") as changed:
        for name in source.namelist():
            changed.writestr(name, evil if name.endswith("sheet1.xml") else source.read(name))
    assert "lollol" not in refused(north, content.getvalue(), "entities.xlsx")


def test_formula_injection_on_export() -> None:
    evil = ["=1+1", "+1", "-cmd", "@SUM(A1)", "\t=1", "\r=1", "a\r=1+1", "plain", None]
    table = pa.table({"step_type": evil, "current_ampere": [-1.5, *[0.0] * (len(evil) - 1)]})
    text = b"".join(csv_bytes(iter(table.to_batches()))).decode()
    assert "\r" not in text
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert not any(row["step_type"].startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows)
    assert (rows[7]["step_type"], rows[0]["current_ampere"]) == ("plain", "-1.5")


def test_stored_xss_in_names_metadata_file_names_and_svg(north: Line, installation: Installation) -> None:
    evil = "<script>alert(1)</script>"
    id = north.dataset(cell(), title=evil, cell=evil, instrument=f'"onload="{evil}')
    build = north.upload(id, cell(3), f"{evil.replace('/', '')}.csv")
    assert build["state"] == "ready"
    svg = f'<svg xmlns="http://www.w3.org/2000/svg"><script>{evil}</script></svg>'
    drawing = north.http.put(f"/datasets/{id}/files/drawing.svg", content=svg.encode())
    assert drawing.status_code < 300
    version = north.person.get(f"/datasets/{id}/versions")[-1]  # type: ignore[index]  # a list
    raw = north.http.get(f"/datasets/{id}/raw/{version['files'][0]['id']}", params={"version": version["number"]})
    assert raw.headers["content-type"] == "application/octet-stream"
    assert raw.headers["content-disposition"].startswith("attachment;")
    for path in ("", "/versions", "/summary", "/report?version=1", "/builds"):
        answer = north.http.get(f"/datasets/{id}{path}")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-type"].startswith("application/json")
    picture = north.http.get(f"/datasets/{id}/picture.svg")
    assert picture.status_code == 200
    assert "<script" not in picture.text
    for page in ("/", "/rules", "/docs"):
        assert evil not in north.http.get(f"{installation.address}{page}").text


def test_a_name_with_a_line_break_makes_no_header_of_its_own(north: Line) -> None:
    id = str(north.person.post("/datasets", {})["id"])
    answer = north.http.put(f"/datasets/{id}/files/a%0d%0aSet-Cookie:%20x=1.csv", content=HEADER.encode())
    assert answer.status_code == 422
    assert "set-cookie" not in {name.lower() for name in answer.headers}
