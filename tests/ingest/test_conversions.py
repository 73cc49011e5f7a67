"""Every column of a time series says how it came to be, whatever the file was."""

import pytest

from schemas.errors import Unreadable
from tests.samples import FILES, read

REFUSED = {"batteryarchive_cycle_data.csv"}
SAMPLES = sorted(path.name for path in FILES.iterdir() if path.is_file() and path.name not in REFUSED)


@pytest.mark.parametrize("name", SAMPLES)
def test_no_column_comes_without_a_record_of_its_source_unit_factor_and_rule(name: str) -> None:
    try:
        table, reading = read(name)
    except Unreadable as refusal:
        pytest.skip(f"is refused: {refusal}")
    recorded = [one.column for one in reading.conversions]
    assert len(recorded) == len(set(recorded))
    assert sorted(recorded) == sorted(table.column_names)
    assert all((one.source or one.rule) and one.factor for one in reading.conversions)
