"""What may be declared of a file: known quantities, one column each, in words that say what to write instead."""

import pytest
from pydantic import ValidationError

from schemas.instructions import Instructions
from schemas.metadata import Metadata


def refused(columns: dict[str, dict[str, str]]) -> list[tuple[tuple[object, ...], str]]:
    with pytest.raises(ValidationError) as refusal:
        Instructions.model_validate({"columns": columns})
    return [(one["loc"], one["msg"]) for one in refusal.value.errors()]


def test_every_unknown_quantity_is_named_at_once_with_the_nearest_ones():
    found = refused({"I": {"quantity": "curent_ampere"}, "U": {"quantity": "voltage"}, "t": {"quantity": "zzz"}})
    assert [where for where, _ in found] == [("columns", name, "quantity") for name in ("I", "U", "t")]
    assert "'curent_ampere' is no column name of the Battery Data Format; nearest are current_ampere" in found[0][1]
    assert "voltage_volt" in found[1][1]
    assert "such as test_time_second, voltage_volt or current_ampere" in found[2][1]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("test_time_millisecond", "deprecated; write test_time_second with the unit"),
        ("voltage_v", "nearest are voltage_volt"),
        ("Test Time / s", "nearest are test_time_second"),
    ],
)
def test_a_deprecated_or_other_name_says_which_to_write(name, said):
    assert said in refused({"x": {"quantity": name}})[0][1]


def test_a_quantity_has_one_column():
    found = refused({"I1": {"quantity": "current_ampere"}, "I2": {"quantity": "current_ampere", "unit": "mA"}})
    assert "current_ampere is declared for 'I1' and 'I2', of which a file can have one" in found[0][1]


def test_text_has_no_unit():
    assert "step_type is text and has no unit" in refused({"S": {"quantity": "step_type", "unit": "V"}})[0][1]


def test_a_record_carries_its_instructions_to_the_reading_of_its_files():
    record = Metadata.model_validate(
        {"reading": {"columns": {"I": {"quantity": "current_ampere", "unit": "mA"}}, "last_row": 12}}
    )
    assert record.declared().reading == record.reading
