"""PCHIP at a few places equals that of scipy at all points."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.interpolate import PchipInterpolator

from exchange.roundrobin.pchip import pchip


@given(
    st.integers(2, 12).flatmap(
        lambda m: st.tuples(
            arrays(np.float64, m, elements=st.floats(0.01, 5.0)),
            # Few values, so that points are level with each other and turn.
            arrays(np.float64, m, elements=st.sampled_from([-2.0, -0.3, 0.0, 0.0, 0.1, 1.0, 40.0])),
        )
    ),
    st.lists(st.floats(0.0, 1.0), max_size=6),
)
def test_the_curve_is_that_of_scipy(points: tuple[np.ndarray, np.ndarray], shares: list[float]) -> None:
    x, y = np.cumsum(points[0]), points[1]
    places = np.array([x[0], *(x[0] + share * (x[-1] - x[0]) for share in shares), x[-1]])
    places = np.clip(places, x[0], x[-1])

    assert pchip(x, y, places) == pytest.approx(PchipInterpolator(x, y)(places), rel=1e-12, abs=1e-11)


def test_it_rises_where_the_points_do_and_is_flat_where_they_are() -> None:
    x, y = np.array([0.0, 1.0, 2.0, 3.0, 4.0]), np.array([0.0, 0.0, 1.0, 1.0, 5.0])

    found = pchip(x, y, np.linspace(0.0, 4.0, 401))

    assert (np.diff(found) >= 0).all()
    assert (found[:101] == 0.0).all() and (found[200:301] == 1.0).all()
    assert found[-1] == 5.0
