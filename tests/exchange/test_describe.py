"""What is wrong with a record, told by place."""

import pytest
from pydantic import ValidationError

from exchange import problems
from schemas.metadata import Metadata


def test_a_heading_with_a_slash_is_one_part_of_the_place():
    record = {"reading": {"columns": {"U / mV": {"quantity": "voltage_v"}}}}
    with pytest.raises(ValidationError) as wrong:
        Metadata.model_validate(record)
    (trouble,) = problems.troubles(wrong.value, Metadata)
    assert trouble.pointer == "/reading/columns/U ~1 mV/quantity"
    assert "nearest are voltage_volt" in trouble.message
