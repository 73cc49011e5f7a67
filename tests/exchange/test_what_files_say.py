"""What headers and names of files say of test and cell, in the words of many instruments."""

from pathlib import Path

import pytest

from exchange.filling import filename, header

HEADERS = {
    "EC-Lab": (
        "EC-Lab ASCII FILE\nNb header lines : 93\nRun on channel : 1 (SN 35699)\nUser : \nChannel : Grounded\n"
        "EC-Lab for windows v11.33 (software)\nDevice : VSP (SN 1705)\nBattery capacity : 2 500,000 mA.h",
        {
            "test.instrument.channel": "1",
            "test.instrument.serial": "1705",
            "test.instrument.software": "EC-Lab for windows v11.33",
            "test.instrument.model": "VSP",
            "cell.nominal_capacity_ah": 2.5,
        },
    ),
    "Maccor": (
        "Today's Date:\t14 December 2020\tDate of Test:\t11 December 2020, 12:22:12 PM\n"
        "Filename:\tM50_Validation_0deg_01\tTester Channel:\t7\nProcedure:\tM50_Validation.000\tDescription:",
        {"test.instrument.channel": "7", "test.protocol.name": "M50_Validation.000"},
    ),
    "Novonix": (
        "[Summary]\nNovonix\nChannel: 01\nCell: Test_Form-CH01-01.csv\nSerial Number: \nDescription: Enter\n"
        "Protocol: XC_Formation.pro1\nMass (g): 1.000\nCapacity (Ah): 0.24\nCellID: N-0042",
        {
            "test.instrument.channel": "01",
            "test.protocol.name": "XC_Formation.pro1",
            "cell.nominal_capacity_ah": 0.24,
            "cell.id": "N-0042",
        },
    ),
    "empty template": (
        "cell model:,,,,\ncell id: ,,,,\ntest: ,,,\nNominal capacity used to define the C rate:Ah,,,",
        {},
    ),
    "nothing of it": ("mode\tox/red\terror\nNb header lines : 3\nEcell ctrl range : min = 0.00 V, max = 9.00 V", {}),
}


@pytest.mark.parametrize(("text", "says"), HEADERS.values(), ids=HEADERS.keys())
def test_a_header_says_what_it_says_and_no_more(text: str, says: dict[str, object]) -> None:
    lines = {str(number): line for number, line in enumerate(text.splitlines(), 1)}
    assert {one.place: one.value for one in header.read(lines)} == says


def test_settings_by_name_are_read_like_lines() -> None:
    assert [(one.place, one.value) for one in header.read({"settings: device type": "VMP-300"})] == [
        ("test.instrument.model", "VMP-300")
    ]


def test_a_line_without_end_takes_no_time() -> None:
    [said] = header.read({"1": "cell: A-1" + " cell:" * 200_000})
    assert said.value.startswith("A-1")


@pytest.mark.parametrize("printed", ["2,500 mAh", "1.000.000 mAh", "0 Ah", "5 V"])
def test_a_capacity_that_could_be_read_in_two_ways_or_is_none_is_not_offered(printed: str) -> None:
    assert list(header.read({"1": f"Nominal capacity: {printed}"})) == []


@pytest.mark.parametrize(
    ("name", "says"),
    [
        (
            "L05-C0231_25degC_CH03_formation.csv",
            {
                "cell.id": "L05-C0231",
                "test.chamber.set_temperature_c": 25.0,
                "test.instrument.channel": "03",
                "test.kind": "formation",
            },
        ),
        ("north1_N-001_-10degC.mpr", {"line": "North 1", "cell.id": "N-001", "test.chamber.set_temperature_c": -10.0}),
        ("SINTEF__SLPBA842124HV__2024-10-23__Rate_25degC__Neware.bdf.csv", {"test.chamber.set_temperature_c": 25.0}),
        ("export.csv", {}),
    ],
)
def test_a_file_name_says_cell_channel_temperature_and_line(name: str, says: dict[str, object]) -> None:
    found = {one.place: one.value for one in filename.read(name, ["North 1", "West 1"])}
    assert {place: found.get(place) for place in says} == says and set(found) - set(says) <= {"test.kind"}


def test_headers_of_real_exports_give_nothing_that_is_wrong() -> None:
    folder = Path(__file__).resolve().parents[2] / "../shared/data/cyclers"
    if not folder.exists():
        pytest.skip("no real exports beside the project")
    said: dict[str, set[object]] = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in (".mpt", ".txt", ".csv", ".dta") and path.is_file():
            with path.open(encoding="latin-1") as file:
                lines = {str(number): line for number, line in zip(range(1, 60), file, strict=False)}
            for one in header.read(lines):
                said.setdefault(one.place, set()).add(one.value)
    assert said["test.instrument.serial"] and said["test.instrument.channel"]
    assert all(0 < value < 100 for value in said.get("cell.nominal_capacity_ah", ()) if isinstance(value, float))
    assert all(len(str(value)) < 80 for held in said.values() for value in held), said
