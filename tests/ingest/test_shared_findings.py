"""What the checks say of real exports: known faults are found, and good files raise no alarm."""

from pathlib import Path

import pytest

from ingest.pipeline import ingest
from schemas.ingested import Declared, Ingested
from schemas.report import Severity
from tests.ingest.test_every_rule import CHECKS
from tests.ingest.test_shared_samples import CYCLERS, READ

pytestmark = pytest.mark.skipif(not CYCLERS.is_dir(), reason="the folder of real samples is not beside the project")

BAD = {
    "bdf/DLR__LiLNMOHydra0b__20221125__POCV__25degC__Basytec.bdf.csv": {"duration-implausible"},
    "bdf/SINTEF__G20M7-202512-Gru6mV__20251228__C30__25degC__Neware.bdf.csv": {"cell-unreadable"},
    "bdf/SINTEF__SLPBA842124HV__2024-10-23__Rate_25degC__Neware__Time_Bug.bdf.csv": {"time-goes-back"},
    "bdf/batmo_bdf.csv": {"current-sign"},
}
WARNED = {
    "bdf/SINTEF__G20M7-202512-Gru6mV__20251228__C30__25degC__Neware.bdf.csv": {"duplicate-time"},
    "bdf/SINTEF__LiGrR2032__2024-04-30__25degC__Landt.bdf.csv": {"temperature-zero"},
    "bdf/legacy.bdf.parquet": {"duplicate-time"},
    "landt/SINTEF__LiGrR2032__2024-04-30__25degC__Landt.csv": {"temperature-zero"},
    "neware/20260302_IFE_BTS85_2_9_8_1.ndax": {"temperature-zero"},
    "neware/SINTEF__G20M7_BTS91.nda.zip": {"duplicate-time"},
    "neware/TestFile.nda": {"duplicate-time", "clock-goes-back"},
    "neware/neware_uio.csv": {"duplicate-time"},
}
"""True ones: rows that share a printed time, a clock that was set, and 0 °C where no sensor was."""


def found(name: str, folder: Path, **declared: object) -> Ingested:
    wanted = Declared.model_validate({"time_zone": "Europe/Berlin"} | declared)
    return ingest(CYCLERS / name, Path(name).name, folder, wanted)


def rules(of: Ingested, severity: Severity) -> set[str]:
    return {one.rule for one in of.report.problems if one.severity is severity}


@pytest.mark.parametrize("name", READ)
def test_known_faults_are_errors_and_good_files_raise_no_false_alarm(name: str, tmp_path: Path) -> None:
    done = found(name, tmp_path)
    assert rules(done, Severity.ERROR) == BAD.get(name, set())
    assert rules(done, Severity.WARNING) & set(CHECKS) == WARNED.get(name, set())


def test_all_nineteen_steps_backwards_are_counted(tmp_path: Path) -> None:
    [name] = [name for name in BAD if "Time_Bug" in name]
    back = [one for one in found(name, tmp_path).report.problems if one.rule == "time-goes-back"]
    assert sum(one.count for one in back) == 19 and back[0].row == 724


@pytest.mark.parametrize(
    ("name", "declared", "rule"),
    [
        ("bdf/legacy.bdf.parquet", {"chemistry": "LNMO//graphite"}, None),
        ("neware/neware_uio.csv", {"nominal_capacity_ah": 0.0045}, None),
        ("neware/neware_uio.csv", {"nominal_capacity_ah": 4.5}, "rate-implausible"),
        ("neware/neware_uio.csv", {"nominal_capacity_ah": 4.5e-6}, "capacity-implausible"),
        ("maccor/xTESLADIAG_000038con.078", {"chemistry": "NCA//Si-graphite", "cell_configuration": "full"}, None),
        ("maccor/xTESLADIAG_000038con.078", {"chemistry": "LFP", "cell_configuration": "full"}, "voltage-chemistry"),
        ("pec/pec.csv", {"cycles": 1}, None),
        ("pec/pec.csv", {"cycles": 20}, "cycles-declared"),
    ],
)
def test_a_wrong_declaration_shows_at_a_real_file(
    name: str, declared: dict[str, object], rule: str | None, tmp_path: Path
) -> None:
    mine = {"voltage-chemistry", "rate-implausible", "capacity-implausible", "cycles-declared", "nominal-capacity"}
    said = {one.rule for one in found(name, tmp_path, **declared).report.problems} & mine
    assert (rule in said) if rule else not said
