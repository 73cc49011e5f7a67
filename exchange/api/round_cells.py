"""Cells of a round: checked before they go out and after they came back, followed on their way; drafts for them."""

from typing import Annotated

from fastapi import APIRouter, Body, Path

from exchange.api.doors import Caller, Live
from exchange.api.errors import documented
from exchange.api.rounds import LineId, RoundId
from exchange.rounds import checks as checking
from exchange.rounds import custody as keeping
from exchange.rounds import prepare as preparing
from schemas.errors import Conflict, Denied, NotFound
from schemas.round.check import CheckData, KeptCheck
from schemas.round.custody import KeptCustody, RecordCustody
from schemas.round.prepared import PreparedDraft

router = APIRouter(prefix="/api/v1/rounds/{round}", tags=["rounds"], responses=documented(Denied, NotFound))
_change = documented(Conflict)
_ALIKE = {"check": "homogeneity", "kpi": "q-c10", "items": [[2.501, 2.503], [2.498, 2.499], [2.505, 2.502]]}
_STABLE = {"check": "stability", "kpi": "q-c10", "before": [2.501, 2.503], "after": [2.497, 2.498]}
_AT = {"cell": "RR-0417", "at": "2026-11-20T09:00:00Z"}
_SENT = _AT | {"what": "sent", "transport_class": "UN 3480, class 9", "document": "un-38.3-summary"}
_ARRIVED = {"soc_percent": 30, "ocv_v": 3.601, "resistance_1khz_ohm": 0.0021, "mass_g": 98.41}
_RECEIVED = _AT | {"what": "received", "lowest_c": 4, "highest_c": 27} | _ARRIVED


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


@router.post("/lines/{line}/custody", status_code=201, summary="Record custody", responses=_change)
def record(
    caller: Caller,
    services: Live,
    round: RoundId,
    line: LineId,
    wanted: Annotated[RecordCustody, Body(examples=[{"entries": [_SENT]}, {"entries": [_RECEIVED]}])],
) -> list[KeptCustody]:
    """Sent, returned, disposed of: by custodian or line; received, with measurements on arrival: by the line."""
    return keeping.record(services, caller, round, line, wanted)


@router.get("/lines/{line}/custody", summary="Custody of a line's cells")
def of_line(caller: Caller, services: Live, round: RoundId, line: LineId) -> list[KeptCustody]:
    """For the line itself and the custodian; under its name, and so never beside a code."""
    return keeping.of_line(services, caller, round, line)


@router.get("/custody", summary="Custody of all cells")
def custody(caller: Caller, services: Live, round: RoundId) -> list[KeptCustody]:
    """For the custodian alone."""
    return keeping.every(services, caller, round)


@router.post("/lines/{line}/cells/{number}/draft", summary="Prepare a draft for a cell", responses=_change)
def prepare(
    caller: Caller,
    services: Live,
    round: RoundId,
    line: LineId,
    number: Annotated[int, Path(ge=1, le=1000, description="Number of the cell", examples=[1])],
) -> PreparedDraft:
    """With everything filled in that is known, and what is missing; the same draft again until it is handed in."""
    return preparing.prepare(services, caller, round, line, number)
