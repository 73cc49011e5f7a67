"""What a plan says of how lines are judged, and that what is frozen keeps its hash."""

import pytest
from pydantic import ValidationError

from exchange import roundrobin
from schemas.round.levels import TABULATED
from schemas.round.plan import EvaluationPlan
from tests import reports


def judged_at(**levels: float) -> EvaluationPlan:
    return EvaluationPlan.model_validate(reports.plan().model_dump() | levels)


def test_a_plan_asks_for_levels_at_which_every_test_has_a_critical_value() -> None:
    assert judged_at(straggler=0.1, outlier=0.02).levels.pair == (0.1, 0.02)
    with pytest.raises(
        ValidationError, match=r"critical values at 0\.1, 0\.05, 0\.02, 0\.01 alone, not at 0\.03: take"
    ):
        judged_at(straggler=0.03)
    with pytest.raises(ValidationError, match="smaller than that of a straggler"):
        judged_at(straggler=0.02, outlier=0.05)
    for p in (4, 50):
        limits = [roundrobin.grubbs_double_limit(p, alpha) for alpha in TABULATED]
        assert limits == sorted(limits, reverse=True)


def test_a_plan_keeps_the_hash_that_it_was_frozen_with() -> None:
    assert reports.plan().sha256 == "5fdb1018c0f6792ae7562bd932c21e628617030c4d6a29d518159c0efb7e7c9f"
    assert judged_at(mandel_alpha=0.005).sha256 != reports.plan().sha256
