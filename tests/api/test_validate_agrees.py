"""The verdict of `exchange validate` is the platform's own, finding by finding."""

# fixtures of the other module
from pathlib import Path

import pytest

from exchange.validate import declared, validate
from ingest.limits import GIB
from tests.api.test_exchange import Line, cell, installation, north
from tests.samples import FILES

__all__ = ["installation", "north"]
RECORD = {
    "time_zone": "Europe/Berlin",
    "cell": {"nominal_capacity_ah": 1.0, "configuration": "full", "chemistry": "LFP"},
    "test": {"lower_voltage_v": 3.2, "upper_voltage_v": 3.9, "cycles": 7},
}
CONTENTS = {
    "good.csv": cell(),
    "larger.csv": cell(capacity=1.4),
    "implausible.csv": cell(capacity=40.0),
    "cut.csv": cell(3, cut=True),
    "reversed.csv": cell().replace("1.0000,cc charge", "-1.0000,cc charge").replace("-1.0000,cc d", "1.0000,cc d"),
    "broken.csv": cell().replace("\n600,", "\n600,x,"),
    "no-test.csv": "no table at all",
    "maccor.txt": (FILES / "maccor.txt").read_bytes().decode("utf-8"),
}


@pytest.mark.parametrize("name", CONTENTS)
@pytest.mark.parametrize("record", [{}, RECORD], ids=["nothing declared", "much declared"])
def test_the_command_says_what_the_platform_says(
    north: Line, tmp_path: Path, name: str, record: dict[str, object]
) -> None:
    path = tmp_path / name
    path.write_bytes(CONTENTS[name].encode())
    [verdict] = validate([(path, Path(name))], declared(None, record), 2 * GIB)

    id = str(north.person.post("/datasets", record)["id"])
    build = north.upload(id, CONTENTS[name], name)
    report = north.person.get(f"/datasets/{id}/report")["report"]

    assert verdict.state == build["state"]
    ours = verdict.ingested.report.model_dump(mode="json")
    assert [one | {"acceptance": None} for one in ours["problems"]] == report["problems"]
    assert (ours["rows_in"], ours["rows_out"]) == (report["rows_in"], report["rows_out"])
    assert [one.sha256 for one in verdict.ingested.tables] == [
        one["sha256"] for one in sorted(build["tables"], key=lambda one: _order(verdict.ingested.tables, one["name"]))
    ]


def _order(tables: tuple[object, ...], name: str) -> int:
    return [getattr(one, "name", "") for one in tables].index(name)
