"""Every column that is really written, of whatever file, carries its unit and term, or has a written reason."""

from pathlib import Path

from ingest.pipeline import RawFile, ingest, ingest_files
from schemas import iris
from schemas.ingested import Declared, Table
from schemas.quantities import QUANTITIES
from tests.production import run, workbook
from tests.samples import FILES

WANTED = Declared(time_zone="Europe/Berlin", nominal_capacity_ah=0.05)


def test_every_written_column_has_its_unit_and_term_or_a_reason(tmp_path: Path) -> None:
    tables = list(written(tmp_path))
    assert {table.name for table in tables} >= {"timeseries", "cycles", "steps", "impedance", "parameters", "genealogy"}
    columns = {(table.name, one.name, one.type, one.unit, one.iri) for table in tables for one in table.columns}
    own = iris.column_terms()
    assert len({(table, name) for table, name, *_ in columns}) > 100
    termless = {
        f"{table}.{name}" for table, name, _, _, iri in columns if not iri and not (name in own and own[name].why)
    }
    assert termless == set()
    unitless = {
        f"{t}.{name}" for t, name, kind, unit, _ in columns if kind == "double" and not unit and name not in own
    }
    assert unitless == set()
    assert {unit for *_, unit, _ in columns if unit} <= set(iris.unit_terms())
    written_terms = {(name, iri) for _, name, _, _, iri in columns if name in own and name not in QUANTITIES}
    assert all(
        iri in ("", own[name].iri) or iri.startswith("https://w3id.org/battery-data") for name, iri in written_terms
    )


def written(folder: Path) -> list[Table]:
    """The tables of the small samples, of a test in two parts, and of a production run."""
    samples = sorted(path for path in FILES.iterdir() if path.suffix in (".csv", ".txt", ".mpt", ".dta", ".xlsx"))
    tables: list[Table] = []
    for number, path in enumerate(samples):
        out = folder / str(number)
        out.mkdir()
        tables += ingest(path, path.name, out, WANTED).tables
    parts, made = folder / "parts", folder / "made"
    parts.mkdir()
    made.mkdir()
    both = [RawFile(FILES / "bdf.csv", "1.csv"), RawFile(FILES / "bdf.csv", "2.csv")]
    tables += ingest_files(both, parts, WANTED).tables
    tables += ingest(workbook(folder / "run.xlsx", run()), "run.xlsx", made, WANTED).tables
    return tables
