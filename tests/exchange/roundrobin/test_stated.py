"""What a line states of its cells' uncertainties, and what follows for its mean, by closed forms."""

import math

import pytest

from exchange.roundrobin.refusals import NotANumber, TooFewReplicates
from exchange.roundrobin.stated import CellUncertainty, u_of_mean


def test_what_all_cells_share_does_not_shrink_with_their_number() -> None:
    assert u_of_mean([CellUncertainty(0.2)] * 9) == pytest.approx(0.2, rel=1e-12)
    assert u_of_mean([CellUncertainty(0.1), CellUncertainty(0.3)]) == pytest.approx(0.2, rel=1e-12)


def test_what_a_channel_brings_shrinks_with_channels_and_not_with_cells_on_one() -> None:
    on_one = [CellUncertainty(0.0, 0.3, "1")] * 9
    on_nine = [CellUncertainty(0.0, 0.3, str(channel)) for channel in range(9)]
    assert u_of_mean(on_one) == pytest.approx(0.3, rel=1e-12)
    assert u_of_mean(on_nine) == pytest.approx(0.3 / 3, rel=1e-12)
    two_and_one = [CellUncertainty(0.4, 0.3, "1"), CellUncertainty(0.4, 0.3, "1"), CellUncertainty(0.4, 0.3, "2")]
    assert u_of_mean(two_and_one) == pytest.approx(math.sqrt(0.4**2 + 0.2**2 + 0.1**2), rel=1e-12)


@pytest.mark.parametrize("parts", [(0.0, 0.0), (-0.1, 0.2), (math.nan, 0.1), (0.1, math.inf)])
def test_an_uncertainty_is_above_zero_and_finite(parts: tuple[float, float]) -> None:
    with pytest.raises(NotANumber):
        CellUncertainty(*parts)
    with pytest.raises(TooFewReplicates):
        u_of_mean([])
