"""Cells of a round: checked before they go out and after they came back."""

from typing import Annotated

from fastapi import APIRouter, Body

from exchange.api.doors import Caller, Live
from exchange.api.errors import documented
from exchange.api.rounds import RoundId
from exchange.rounds import checks as checking
from schemas.errors import Conflict, Denied, NotFound
from schemas.round.check import CheckData, KeptCheck

router = APIRouter(prefix="/api/v1/rounds/{round}", tags=["rounds"], responses=documented(Denied, NotFound))
_change = documented(Conflict)
_ALIKE = {"check": "homogeneity", "kpi": "q-c10", "items": [[2.501, 2.503], [2.498, 2.499], [2.505, 2.502]]}
_STABLE = {"check": "stability", "kpi": "q-c10", "before": [2.501, 2.503], "after": [2.497, 2.498]}


@router.post("/checks", status_code=201, summary="Check cells", responses=_change)
def check(
    caller: Caller, services: Live, round: RoundId, data: Annotated[CheckData, Body(examples=[_ALIKE, _STABLE])]
) -> KeptCheck:
    """By custodian or statistician: are cells alike, did they stay so; judged by the plan's σ_pt, and kept."""
    return checking.check(services, caller, round, data)


@router.get("/checks", summary="Checks of cells")
def checks(caller: Caller, services: Live, round: RoundId) -> list[KeptCheck]:
    """For those who run the round; until it is closed the coordinator is shown verdicts without numbers."""
    return checking.listed(services, caller, round)
