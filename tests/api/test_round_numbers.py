"""What a round stores of its results is what numpy alone makes of them: by the formulas, not by our functions."""

import math

import numpy as np
import pytest

from exchange.rounds.assembled import kpi_of
from exchange.rounds.counted import count
from exchange.rounds.evaluate import evaluate
from exchange.services import Services
from schemas.round.evaluation import KpiEvaluation
from storage import rounds
from tests.api.test_round_evaluation import person
from tests.closed_rounds import CODES, ClosedRound, closed_round, q

BALANCED = (
    (151.12, 150.43, 150.97, 151.38),
    (149.71, 150.02, 149.36, 149.88),
    (150.31, 150.88, 150.55, 149.93),
    (153.94, 154.41, 153.12, 154.03),
    (150.07, 147.61, 152.49, 151.26),
    (149.02, 149.44, 148.87, 149.65),
)
UNBALANCED = (BALANCED[0][:2], BALANCED[1], BALANCED[2][:3], BALANCED[3], BALANCED[4][:2], BALANCED[5][:3])
SIGMA = 1.0
"""As the plan says."""


def unrounded(of: ClosedRound) -> KpiEvaluation:
    with of.services.sessions.read() as session:
        found = rounds.find(session, of.id)
        assert found is not None
        return kpi_of(count(session, found), found.plan.kpis[0])


def robust(means: np.ndarray) -> tuple[float, float]:
    """x* and s* of algorithm A: means clipped at x* ± 1.5 s*, until nothing moves."""
    x = float(np.median(means))
    s = 1.483 * float(np.median(np.abs(means - x)))
    for _ in range(2000):
        clipped = np.clip(means, x - 1.5 * s, x + 1.5 * s)
        x, s = float(clipped.mean()), 1.134 * float(clipped.std(ddof=1))
    return x, s


@pytest.mark.parametrize("values", [BALANCED, UNBALANCED], ids=["balanced", "unbalanced"])
def test_the_stored_evaluation_is_what_numpy_alone_makes_of_the_results(
    services: Services, values: tuple[tuple[float, ...], ...]
) -> None:
    of = closed_round(services, q(values))
    stored, whole = evaluate(services, person(services, "ran"), of.id).kpis[0], unrounded(of)
    lines = [np.array(each) for each in values]
    p, n = len(lines), np.array([len(each) for each in lines], dtype=float)
    mean, s = np.array([each.mean() for each in lines]), np.array([each.std(ddof=1) for each in lines])
    s_r = math.sqrt(float((s**2 * (n - 1)).sum() / (n - 1).sum()))
    grand, typical = float((n * mean).sum() / n.sum()), float((n.sum() - (n**2).sum() / n.sum()) / (p - 1))
    between = float((n * (mean - grand) ** 2).sum() / (p - 1))
    lines_apart = math.sqrt(max((between - s_r**2) / typical, 0.0))
    x, star = robust(mean)
    u = 1.25 * star / math.sqrt(p)
    h = (mean - mean.mean()) / mean.std(ddof=1)
    k = s / s_r
    plain = u <= 0.3 * SIGMA
    score = (mean - x) / (SIGMA if plain else math.hypot(SIGMA, u))

    found, by = whole.all_results, {one.code: one for one in whole.lines}
    precise = [found.mean, found.mean_of_means, found.s_r.value, found.s_L.value, found.s_R.value]
    assert precise == pytest.approx([grand, mean.mean(), s_r, lines_apart, math.hypot(s_r, lines_apart)], rel=1e-9)
    assert [found.assigned, found.robust_s, found.assigned_u] == pytest.approx([x, star, u], rel=1e-9)
    for place in range(p):
        line = by[CODES[place]]
        expected = [mean[place], s[place], h[place], k[place]]
        assert [line.mean, line.s, line.h, line.k] == pytest.approx(expected, rel=1e-9)
        given, other = (line.z, line.z_prime) if plain else (line.z_prime, line.z)
        assert given == pytest.approx(score[place], rel=1e-9) and other is None

    shown = {one.code: one for one in stored.lines}
    for place in range(p):
        line = shown[CODES[place]]
        assert [line.h, line.k] == pytest.approx([h[place], k[place]], abs=0.005 + 1e-9)
        # Four figures are shown.
        assert line.mean == pytest.approx(mean[place], abs=0.05 + 1e-9)
        assert [one.value for one in line.points] == pytest.approx(values[place], abs=0.05 + 1e-9)
