"""Every real export beside the project is read as is known of it, or refused for a true reason; the page says which."""

import pytest

from tests.manifest.__main__ import PAGE, outcomes, table
from tests.manifest.known import CAUGHT, CYCLERS, INDEPENDENT
from tests.manifest.outcome import Outcome

pytestmark = pytest.mark.skipif(not CYCLERS.is_dir(), reason="the folder of real samples is not beside the project")


@pytest.fixture(scope="module")
def found() -> list[Outcome]:
    return outcomes()


def test_no_export_differs_from_what_is_known_of_it(found: list[Outcome]) -> None:
    assert {one.file: one.differs for one in found if one.differs} == {}


def test_every_export_with_an_independent_result_equals_it_row_by_row(found: list[Outcome]) -> None:
    assert INDEPENDENT.keys() <= {one.file for one in found if any("independent" in said for said in one.compared)}


def test_every_export_known_to_be_bad_is_caught_by_its_rule_and_no_other_is_quarantined(found: list[Outcome]) -> None:
    for one in found:
        if one.file in CAUGHT:
            assert CAUGHT[one.file] in one.rules, one.file
        else:
            assert one.verdict.startswith("ready"), f"{one.file}: {one.verdict}"


def test_the_page_shows_the_table_as_it_is_now(found: list[Outcome]) -> None:
    assert table(found) in PAGE.read_text(), "run python -m tests.manifest"
