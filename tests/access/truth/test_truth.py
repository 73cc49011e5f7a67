"""The truth table: at every exit, every case is answered as a naive statement of the rule says.

The sample has every two words of the table together; the long form is `python -m tests.access.truth`.
"""

from dataclasses import replace
from itertools import product
from pathlib import Path

from exchange.services import Services
from schemas.access import Exit
from tests.access.truth import table
from tests.access.truth.cases import WORDS, Case, covering
from tests.access.truth.doors import DOORS, NO_DOOR, REASONS
from tests.access.truth.world import made
from tests.api.test_every_route import doors


def test_the_rule_opens_what_its_written_form_says() -> None:
    cases = [table.as_it_can_be(Case(**row)) for seed in range(4) for row in covering(WORDS, seed, tries=2)]
    assert len(cases) > 900
    wrong = [one for case in cases for one in table.wrong_permits(case)]
    assert wrong == [], f"{len(wrong)} differ: {wrong[:5]}"


def test_every_door_answers_every_two_words_of_the_table_as_its_written_form_says(
    services: Services, tmp_path: Path
) -> None:
    cases = table.sample()
    assert {(case.caller, door) for case, door in cases} == set(product(WORDS["caller"], DOORS))
    # A share of them on each database; the long form asks all.
    share, first = (5, 0) if services.sessions.engine.name == "sqlite" else (10, 1)
    cases = cases[first::share]
    with made(services, tmp_path) as there:
        wrong = list(table.wrong_doors(there, cases))
    assert wrong == [], f"{len(wrong)} of {len(cases)} differ: {wrong[:5]}"


def test_cases_that_were_once_answered_wrongly_are_answered_rightly(services: Services, tmp_path: Path) -> None:
    blinded = Case(level="tables", view="blinded")
    by_nature = {"shown": "organisation", "state": "draft"}
    open_ = Case(to="everybody", level="raw", shown="world")
    cases = [(replace(blinded, caller="viewer"), name) for name in ("grants", "who looked", "change of the record")]
    cases += [(Case(caller=f"own {role}", **by_nature), "grants") for role in ("admin", "signatory")]
    cases += [(replace(open_, caller="own signatory"), name) for name in ("versions", "builds", "report", "raw")]
    with made(services, tmp_path) as there:
        assert list(table.wrong_doors(there, cases)) == []


def test_no_exit_and_no_get_route_is_missing_from_the_table(services: Services) -> None:
    every_get = {path for method, path in doors(services) if method == "GET"}
    in_the_table = {door.path for door in DOORS.values() if door.method == "GET"}
    unknown = every_get - in_the_table - REASONS.keys()
    assert unknown == set(), f"neither in the table nor with a reason: {sorted(unknown)}"
    gone = (in_the_table | REASONS.keys()) - every_get
    assert gone == set(), f"no such route any more: {sorted(gone)}"
    assert in_the_table & REASONS.keys() == set()
    named = {door.exit for door in DOORS.values()} | NO_DOOR.keys()
    assert set(Exit) - named == set(), "an exit is neither in the table nor with a reason"
    assert NO_DOOR.keys() & {door.exit for door in DOORS.values()} == set()


def test_the_product_has_each_exit_at_the_level_that_the_table_says() -> None:
    assert table.levels_agree() == []


def test_a_case_without_anything_given_is_closed_to_others() -> None:
    from tests.access.truth import rule

    assert rule.permits(Case()) == set() and rule.answer(Case(), "listed", "full") == "hidden"
