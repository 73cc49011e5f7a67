"""The budget of a charge and a voltage, by closed forms; and of the mean of cells on one or many channels."""

import math

import pytest

from exchange.roundrobin.budget import budget
from exchange.roundrobin.refusals import NotANumber
from exchange.roundrobin.stated import u_of_mean
from schemas.round.choosing import Measure
from schemas.round.uncertainty import StatedBudget

FACTS = {"gain": 3e-4, "offset": 2e-4, "hours": 10.0, "time": 1e-4, "kelvin": 0.5, "per_kelvin": 8e-4}


def said(channel: str = "1", **otherwise: float) -> StatedBudget:
    return StatedBudget.model_validate({"kpi": "q-c10", "channel": channel} | FACTS | otherwise)


def test_a_charge_has_the_sum_of_squares_of_its_relative_contributions() -> None:
    q = 2.5
    relative = math.sqrt(3e-4**2 + (2e-4 * 10.0 / q) ** 2 + 1e-4**2 + (8e-4 * 0.5) ** 2)
    assert budget(q, Measure.CHARGE, said()).u == pytest.approx(q * relative, rel=1e-12)
    by_mass = budget(q * 1000 / 12.5, Measure.CHARGE, said(), scale=1000 / 12.5)
    assert by_mass.u / (q * 1000 / 12.5) == pytest.approx(relative, rel=1e-12), "whatever it is divided by"
    weighed = budget(q, Measure.CHARGE, said(amount=2e-3))
    assert weighed.u == pytest.approx(q * math.hypot(relative, 2e-3), rel=1e-12)


def test_a_voltage_knows_neither_clock_nor_duration() -> None:
    found = budget(3.6, Measure.VOLTAGE, said())
    assert found.of_channel == pytest.approx(math.hypot(3e-4 * 3.6, 2e-4), rel=1e-12)
    assert found.common == pytest.approx(3.6 * 8e-4 * 0.5, rel=1e-12)


def test_the_gain_shrinks_with_channels_and_not_with_cells_on_one() -> None:
    gain = {"offset": 0.0, "time": 0.0, "kelvin": 0.0}
    on_one = u_of_mean([budget(2.5, Measure.CHARGE, said("1", **gain))] * 4)
    on_four = u_of_mean([budget(2.5, Measure.CHARGE, said(str(each), **gain)) for each in range(4)])
    assert on_one == pytest.approx(2.5 * 3e-4, rel=1e-12) and on_four == pytest.approx(on_one / 2, rel=1e-12)
    clock = {"offset": 0.0, "gain": 0.0, "kelvin": 0.0}
    one_clock = u_of_mean([budget(2.5, Measure.CHARGE, said(str(each), **clock)) for each in range(4)])
    assert one_clock == pytest.approx(2.5 * 1e-4, rel=1e-12)


def test_of_other_measures_and_of_nothing_there_is_no_budget() -> None:
    with pytest.raises(NotANumber, match="ratio has no budget"):
        budget(0.99, Measure.RATIO, said())
    nothing = said(**dict.fromkeys(FACTS, 0.0))
    assert nothing.empty and not said().empty
    with pytest.raises(NotANumber, match="above zero"):
        budget(2.5, Measure.CHARGE, nothing)
