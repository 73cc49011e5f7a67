"""The template as one long csv: the same values, the same findings, by line."""

from pathlib import Path

import pytest

from exchange.template import production_csv
from schemas.ingested import Ingested
from tests.production import read, table

HEADER = "run,object,object_kind,step,parameter,value,unit,kind,time,machine,method"
ROWS = (
    ",,,,Time zone,Europe/Berlin,,,,,",
    "RUN-7,SL-1,batch,mixing,Electrode polarity,cathode,,,,,",
    "RUN-7,SL-1,batch,mixing,Solids content,62.5,wt-%,actual,2026-03-02 08:00,Mixer 2,oven",
    "RUN-7,SL-1,batch,mixing,Solids content,62,wt-%,set-point,,,",
    "RUN-7,R-1,,coating,electrode_polarity,positive,,,,,",
    "RUN-7,R-1,,coating,Made from batch,SL-1,,,,,",
    'RUN-7,R-1,,coating,"Dry loading, side A",125,g/m²,,,,',
    "RUN-7,C-1,,stacking,Made from roll,R-1; R-2,,,,,",
    "RUN-7,C-1,,stacking,Layers,10,,,,,",
)


def written(folder: Path, *rows: str, header: str = HEADER, encoding: str = "utf-8") -> Path:
    path = folder / "run.csv"
    path.write_bytes("\n".join([header, *rows, ""]).encode(encoding))
    return path


def rules(found: Ingested) -> dict[str, int | None]:
    return {one.rule: one.row for one in found.report.problems}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_values_are_read_whatever_the_encoding(tmp_path: Path, encoding: str) -> None:
    path = written(tmp_path, *ROWS, encoding=encoding)
    found = read(path)
    assert found.reader == "Production csv" and found.report.problems == ()
    loading = next(row for row in table(path) if row["parameter"] == "dry_loading")
    assert (loading["value"], loading["unit"], loading["side"], loading["source_row"]) == (12.5, "mg/cm2", "A", 8)
    solids = [row for row in table(path) if row["parameter"] == "solids_content"]
    assert [(row["recorded"], row["value"]) for row in solids] == [("actual", 62.5), ("set-point", 62.0)]
    assert solids[0]["time"].isoformat() == "2026-03-02T07:00:00+00:00" and solids[0]["machine"] == "Mixer 2"
    polarity = next(row for row in table(path) if row["parameter"] == "electrode_polarity")
    assert polarity["text"] == "positive"
    assert [row["input"] for row in table(path, "genealogy")] == ["SL-1", "R-1", "R-2"]


def test_semicolons_and_decimal_commas_do_as_well(tmp_path: Path) -> None:
    rows = [row.replace("R-1; R-2", '"R-1; R-2"') for row in ROWS]
    rows = [row.replace('"Dry loading, side A"', "Dry loading%side A").replace(",", ";") for row in rows]
    rows = [row.replace("62.5", "62,5").replace("%side", ",side") for row in rows]
    path = written(tmp_path, *rows, header=HEADER.replace(",", ";"))
    assert read(path).report.problems == ()
    assert 62.5 in [row["value"] for row in table(path)]


def test_the_empty_template_only_lacks_its_run_and_values(tmp_path: Path) -> None:
    path = tmp_path / "template.csv"
    path.write_bytes(production_csv())
    assert set(rules(read(path))) == {"run-missing", "no-rows"}


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ("RUN-8,C-1,,stacking,Layers,10,,,,,", "run-several"),
        ("RUN-7,C-1,,folding,Layers,10,,,,,", "step-unknown"),
        ("RUN-7,,,stacking,Layers,10,,,,,", "object-missing"),
        ("RUN-7,C-1,hamster,stacking,Layers,10,,,,,", "object-kind"),
        ("RUN-7,C-1,,stacking,Layers,10.5,,,,,", "cell-unreadable"),
        ("RUN-7,C-1,,stacking,Overhang,1,,,,,", "unit-missing"),
        ("RUN-7,C-1,,stacking,Overhang,1,mg,,,,", "unit-mismatch"),
        ("RUN-7,C-1,,stacking,Overhang,1,furlong,,,,", "unit-unknown"),
        ("RUN-7,C-1,,stacking,Overhang,1,mm,wish,,,", "kind-unknown"),
        ("RUN-7,C-1,,stacking,Machine,Z-1,,,,,", "parameter-unknown"),
        ("RUN-7,C-1,,stacking,Overhang,1,mm,,yesterday,,", "cell-unreadable"),
        ("RUN-7,C-1,,stacking,Overhang,1,mm,,,,,,,", "row-ragged"),
    ],
)
def test_every_mistake_is_an_error_on_its_line(tmp_path: Path, row: str, rule: str) -> None:
    found = read(written(tmp_path, *ROWS, row))
    assert not found.report.passed and rules(found)[rule] == 11


def test_an_unknown_column_is_told(tmp_path: Path) -> None:
    found = read(written(tmp_path, *[row + ",x" for row in ROWS], header=HEADER + ",mood"))
    assert rules(found) == {"heading-unknown": 1}


def test_cycler_exports_are_no_production_data_nor_the_other_way_round(tmp_path: Path) -> None:
    """`detect` refuses a file that two readers claim, so one reader means no confusion."""
    for path in sorted((Path(__file__).parent.parent / "files").iterdir()):
        out = tmp_path / path.name
        out.mkdir()
        from ingest.pipeline import ingest

        assert "Production" not in ingest(path, path.name, out).reader
