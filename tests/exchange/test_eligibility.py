"""Eligibility: each criterion says how it stands, and catches an answer that the line's own words contradict."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.members.eligibility import criteria, eligible
from schemas.eligibility import Answers, MachineLed, Outcome
from schemas.line import CellMade, Competencies, ElectrodeMaking, Led, StepDone, Throughput

EVERY_STEP = MachineLed(**dict.fromkeys(MachineLed.model_fields, True))
GOOD = Answers(
    cell_format="pouch",
    cell_capacity_ah=1.0,
    electrode_continuous=True,
    electrode_metres_per_day=2.0,
    coated_sides=2,
    roll_metres=2.0,
    machine_led=EVERY_STEP,
    cells_per_day=20,
)
SILENT = Competencies()


def outcome(id: str, answers: Answers, able: Competencies = SILENT) -> Outcome:
    return next(one.outcome for one in criteria(answers, able) if one.id == id)


def but(**changes: object) -> Answers:
    return Answers.model_validate(GOOD.model_dump() | changes)


def test_a_line_that_meets_every_bound_exactly_is_eligible() -> None:
    judged = criteria(GOOD, SILENT)
    assert eligible(judged) and len(judged) == 11
    assert all(one.sentence.endswith("The competencies do not speak of it.") for one in judged)


@pytest.mark.parametrize(
    ("criterion", "changes"),
    [
        ("cell", {"cell_format": "coin"}),
        ("cell", {"cell_capacity_ah": 0.99}),
        ("electrodes", {"electrode_continuous": False}),
        ("electrodes", {"electrode_metres_per_day": 1.9}),
        ("electrodes", {"coated_sides": 1}),
        ("roll", {"roll_metres": 1.9}),
        ("filling", {"machine_led": EVERY_STEP.model_dump() | {"filling": False}}),
        ("throughput", {"cells_per_day": 19}),
        ("throughput", {"cells_per_day": 9, "cell_capacity_ah": 10.0}),
    ],
)
def test_one_bound_missed_is_one_criterion_not_met(criterion: str, changes: dict[str, object]) -> None:
    judged = criteria(but(**changes), SILENT)
    assert [one.id for one in judged if one.outcome is not Outcome.MET] == [criterion]
    assert outcome(criterion, but(**changes)) is Outcome.NOT_MET and not eligible(judged)


def test_from_ten_ampere_hours_on_ten_cells_a_day_are_enough() -> None:
    assert outcome("throughput", but(cells_per_day=10, cell_capacity_ah=10.0)) is Outcome.MET
    assert outcome("throughput", but(cells_per_day=10, cell_capacity_ah=9.99)) is Outcome.NOT_MET


def test_whatever_nobody_answered_is_not_filled_in() -> None:
    assert {one.outcome for one in criteria(Answers(), SILENT)} == {Outcome.NOT_FILLED_IN}


@pytest.mark.parametrize(
    ("criterion", "able", "said"),
    [
        ("cell", Competencies(cells=(CellMade(format="coin", capacity_ah=5),)), "list only coin cells"),
        ("cell", Competencies(cells=(CellMade(format="pouch", capacity_ah=0.5),)), "has 0.5 Ah"),
        ("electrodes", Competencies(electrodes=ElectrodeMaking(continuous=False)), "not continuous"),
        ("electrodes", Competencies(electrodes=ElectrodeMaking(coated_sides=1)), "one side is coated"),
        ("electrodes", Competencies(electrodes=ElectrodeMaking(metres_per_day=1)), "1 m a day"),
        ("roll", Competencies(electrodes=ElectrodeMaking(roll_metres=1)), "1 m on a roll"),
        ("filling", Competencies(steps=(StepDone(step="filling", led=Led.HAND),)), "done by hand"),
        ("formation", Competencies(steps=(StepDone(step="filling"),)), "do not list formation"),
        ("throughput", Competencies(throughput=(Throughput(cells_per_day=5, cell_capacity_ah=2),)), "5 cells a day"),
    ],
)
def test_an_answer_that_the_competencies_contradict_is_named(criterion: str, able: Competencies, said: str) -> None:
    found = next(one for one in criteria(GOOD, able) if one.id == criterion)
    assert found.outcome is Outcome.CONTRADICTS and said in found.sentence
    assert not eligible(criteria(GOOD, able))


def test_another_size_of_cell_contradicts_nothing() -> None:
    slow = Competencies(throughput=(Throughput(cells_per_day=5, cell_capacity_ah=50),))
    assert outcome("throughput", GOOD, slow) is Outcome.MET


@given(
    answers=st.builds(
        Answers,
        cell_format=st.sampled_from(["pouch", "prismatic", "cylindrical", "coin", None]),
        cell_capacity_ah=st.none() | st.floats(0.1, 100),
        electrode_continuous=st.none() | st.booleans(),
        electrode_metres_per_day=st.none() | st.floats(0, 100),
        coated_sides=st.none() | st.integers(1, 2),
        roll_metres=st.none() | st.floats(0, 100),
        machine_led=st.builds(MachineLed, **{name: st.none() | st.booleans() for name in MachineLed.model_fields}),
        cells_per_day=st.none() | st.floats(0, 100),
    ),
    led=st.sampled_from(list(Led)),
)
def test_what_a_line_says_of_itself_never_makes_it_eligible(answers: Answers, led: Led) -> None:
    able = Competencies(steps=(StepDone(step="coating", led=led),))
    silent = {one.id: one.outcome for one in criteria(answers, SILENT)}
    for one in criteria(answers, able):
        if one.outcome is not silent[one.id]:
            assert (silent[one.id], one.outcome) == (Outcome.MET, Outcome.CONTRADICTS)
