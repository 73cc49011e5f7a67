"""Whatever values a file holds, and however it is cut into batches, the checks answer and do not raise."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from schemas.ingested import Declared
from schemas.rules import RULES
from tests.ingest.test_validate import findings

# Capacities and energies of such numbers overflow, which is as it should be.
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")
COLUMNS = (
    "test_time_second",
    "voltage_volt",
    "current_ampere",
    "unix_time_second",
    "cycle_count",
    "step_count",
    "step_time_second",
    "step_cumulative_capacity_ah",
    "cumulative_energy_wh",
    "ambient_temperature_celsius",
    "surface_temperature_celsius",
)
ODD = st.sampled_from([0.0, -0.0, 1.0, 3.7, -3.7, 1e-300, 1e300, -1e300, np.nan, np.inf, -np.inf])
VALUES = st.one_of(ODD, st.floats(-10, 10), st.floats(width=64))
DECLARED = Declared(
    nominal_capacity_ah=1.0,
    lower_voltage_v=3.0,
    upper_voltage_v=4.2,
    chemistry="NMC",
    cycles=3,
    cell_configuration="full",
)


@settings(max_examples=80, deadline=None)
@given(st.data(), st.integers(1, 300), st.integers(1, 5), st.sets(st.sampled_from(COLUMNS)))
def test_the_checks_bear_anything(data: st.DataObject, rows: int, pieces: int, names: set[str]) -> None:
    few = data.draw(st.integers(1, 8))
    columns = {
        name: np.resize(data.draw(arrays.arrays(np.float64, min(rows, few), elements=VALUES)), rows)
        for name in sorted(names | set(COLUMNS[:3]))
    }
    for problem in findings(columns, DECLARED, pieces=pieces):
        assert problem.severity in RULES[problem.rule].severities and problem.message
