"""What is independently known of the real exports: the manifest, the expected results, how each is compared."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from schemas.ingested import Declared
from schemas.instructions import ColumnMeaning, CurrentSign, Instructions

CYCLERS = Path(__file__).resolve().parents[2] / "../shared/data/cyclers"
TIME, VOLTAGE, CURRENT = "test_time_second", "voltage_volt", "current_ampere"
Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class Independent:
    """An expected result, the columns in it with what makes s, V and A of them, and how near ours must be."""

    file: str
    time: str = "test_time"
    voltage: str = "voltage"
    current: str = "current"
    scale: tuple[float, float, float] = (1.0, 1.0, 1.0)
    within: tuple[float, float, float] = (1e-6, 1e-6, 1e-6)
    relative: float = 0.0

    def arrays(self) -> Arrays:
        """The expected columns in s, V, A."""
        table = pq.read_table(CYCLERS / self.file)
        columns = zip((TIME, VOLTAGE, CURRENT), (self.time, self.voltage, self.current), self.scale, strict=True)
        return {ours: table[theirs].to_numpy().astype(np.float64) * scale for ours, theirs, scale in columns}


def _maker(name: str) -> Independent:
    """An export of the instrument maker's own software, rounded to 0.1 mV."""
    return Independent(
        f"neware/expected/{name}.parquet",
        "Total Time",
        "Voltage(mV)",
        "Current(uA)",
        (1.0, 1e-3, 1e-6),
        (1.01e-3, 1.01e-4, 1e-6),
        1e-6,
    )


def _golden(name: str) -> Independent:
    return Independent(f"expected_cellpy/loader_{name}.raw.parquet")


INDEPENDENT = {
    "neware/TestFile.nda": _maker("TestFile"),
    "neware/21_10_7_85.ndax": _maker("21_10_7_85"),
    "neware/Unit27_Example_Corrupt.ndax": _maker("Unit27_Example_Corrupt"),
    "neware/SINTEF__G20M7_BTS91.nda.zip": _maker("SINTEF__G20M7_BTS91"),
    "maccor/maccor_001.txt": _golden("maccor_txt"),
    "neware/neware_uio.csv": _golden("neware_txt"),
    "pec/pec.csv": _golden("pec_csv"),
    "arbin/20160805_test001_45_cc_01.res": _golden("arbin_res"),
    "bdf/batmo_bdf.csv": _golden("batmo_bdf"),
}
TWINS = {
    "landt/SINTEF__LiGrR2032__2024-04-30__25degC__Landt.csv": (
        "bdf/SINTEF__LiGrR2032__2024-04-30__25degC__Landt.bdf.csv",
        (1e-6, 1e-6, 1e-6),
    ),
    "neware/SINTEF__G20M7_BTS91.nda.zip": (
        "bdf/SINTEF__G20M7-202512-Gru6mV__20251228__C30__25degC__Neware.bdf.csv",
        (0.011, 5e-7, 5e-7),
    ),
    "biologic/mb.issue_95.de.mpt": ("biologic/mb.issue_95.mpt", (1e-9, 1e-9, 1e-9)),
}
"""Published twins: the same test in another layout."""
DECLARED = {
    "bdf/batmo_bdf.csv": Declared(reading=Instructions(current_sign=CurrentSign.DISCHARGE_POSITIVE)),
    "maccor/sample_data_maccor.csv": Declared(
        reading=Instructions(
            columns={
                "Current": ColumnMeaning(quantity=CURRENT, unit="A"),
                "Voltage": ColumnMeaning(quantity=VOLTAGE, unit="V"),
            }
        )
    ),
}
"""Files that say too little or the wrong thing, and what their uploader can declare."""
CAUGHT = {
    "bdf/SINTEF__SLPBA842124HV__2024-10-23__Rate_25degC__Neware__Time_Bug.bdf.csv": "time-goes-back",
    "bdf/DLR__LiLNMOHydra0b__20221125__POCV__25degC__Basytec.bdf.csv": "duration-implausible",
    "bdf/batmo_bdf.csv": "current-sign",
    "bdf/SINTEF__G20M7-202512-Gru6mV__20251228__C30__25degC__Neware.bdf.csv": "cell-unreadable",
    "maccor/sample_data_maccor.csv": "unreadable",
    "neware/Unit27_Example_Corrupt.ndax": "partly-damaged",
    "production/BattINFO_example.xlsx": "unreadable",
}
"""Files that are known to be bad, and the rule that must say so."""
OTHER_IN_MANIFEST = {"maccor/maccor_001.txt"}
"""Here the manifest repeats what a reader made of the file, and the independent result says otherwise."""

WITHOUT_THROUGHPUT = {"bdf/SINTEF__SLPBA842124HV__2024-10-23__Rate_25degC__Neware__Time_Bug.bdf.csv"}
"""Here the time goes back, so that the charge that flowed depends on what is made of it."""


def manifest() -> dict[str, dict[str, str]]:
    """The rows of inputs by file."""
    with (CYCLERS / "MANIFEST.csv").open(newline="") as file:
        return {row["file"]: row for row in csv.DictReader(file) if row["role"] == "input"}
