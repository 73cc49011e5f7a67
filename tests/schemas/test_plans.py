"""What a plan says of how lines are judged, and that what is frozen keeps its hash."""

import pytest
from pydantic import ValidationError

from exchange import roundrobin
from schemas.round.evaluation import Evaluation
from schemas.round.levels import TABULATED
from schemas.round.plan import EvaluationPlan
from tests import reports


def judged_at(**levels: object) -> EvaluationPlan:
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


@pytest.mark.parametrize(
    ("pair", "said"),
    [
        ({"kpi": "q-c10"}, "either a second KPI in `other`, or two cells"),
        ({"kpi": "q-c10", "other": "q-c10"}, "two different items"),
        ({"kpi": "q-c10", "cells": ["A", "A"]}, "two different items"),
        ({"kpi": "q-c10", "other": "q-1c"}, "q-1c, which is no KPI of this plan; known are q-c10, ce-1"),
        ({"kpi": "q-c10", "other": "ce-1"}, "has two units, 1 and mA.h/g"),
    ],
)
def test_a_youden_pair_is_of_two_items_on_one_scale(pair: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        judged_at(youden=[pair])


def test_an_evaluation_that_was_frozen_before_there_were_levels_pairs_and_components_is_read() -> None:
    facts = reports.evaluation().model_dump(mode="json", exclude={"levels", "youden"})
    for kpi in facts["kpis"]:
        del kpi["components"]
    for curve in facts["curves"]:
        del curve["without"]
    read = Evaluation.model_validate(facts)
    assert (read.levels.pair, read.youden, read.kpis[0].components) == ((0.05, 0.01), (), None)
