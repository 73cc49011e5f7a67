"""What is handed in to a round: by a line its own, with receipts; under codes alone for who runs the round."""

from typing import Annotated

from fastapi import APIRouter, Body

from exchange.api.doors import Caller, Live, OpaquePath, ShortPath
from exchange.api.errors import documented
from exchange.rounds import attempt as trying
from exchange.rounds import decide as deciding
from exchange.rounds import hand_in as handing
from exchange.rounds import receipts
from exchange.rounds import status as progress
from schemas.errors import Conflict, Denied, NotFound
from schemas.round.submission import (
    CellInMatrix,
    Decide,
    HandIn,
    OwnSubmission,
    OwnSubmissions,
    Receipt,
    StatusMatrix,
    Tried,
)

router = APIRouter(prefix="/api/v1/rounds/{round}", tags=["rounds"], responses=documented(Denied, NotFound, Conflict))
_HAND_IN = {"line": "north-1", "cell": "A-01", "dataset": "PLX-7Q4K-M2XD"}
_STATED = [{"kpi": "q-c10", "expanded": 0.5, "k": 2}]
_DECIDE = {"code": "QX", "cell": 3, "accepted": True, "reason": "Two hours at 27 °C do not matter here"}
Wanted = Annotated[HandIn, Body(examples=[_HAND_IN, _HAND_IN | {"version": 2, "uncertainties": _STATED}])]


@router.post("/submissions", status_code=201, summary="Hand in")
def hand_in(caller: Caller, services: Live, round: ShortPath, wanted: Wanted) -> Receipt:
    """For one of your line's cells: sealed until the report is published. The same once more gives the same receipt."""
    return handing.hand_in(services, caller, round, wanted)


@router.get("/submissions", summary="Your own submissions")
def own(caller: Caller, services: Live, round: ShortPath) -> OwnSubmissions:
    """Receipts, what came of each, and your own KPIs with definition, rows and reason; for your organisation alone."""
    return receipts.own(services, caller, round)


@router.get("/submissions/{id}", summary="One of your own submissions")
def one(caller: Caller, services: Live, round: ShortPath, id: OpaquePath) -> OwnSubmission:
    """Its receipt, what came of it, and its KPIs."""
    return receipts.one(services, caller, round, id)


@router.post("/submissions/{id}/withdraw", summary="Take a submission back")
def withdraw(caller: Caller, services: Live, round: ShortPath, id: OpaquePath) -> Receipt:
    """While the round is open; the seal stays."""
    return handing.withdraw(services, caller, round, id)


@router.post("/attempts", summary="Try a file")
def attempt(caller: Caller, services: Live, round: ShortPath, wanted: Wanted) -> Tried:
    """Checked as when it is handed in, with your own KPIs; nothing counts, nothing is kept, nobody sees it."""
    return trying.attempt(services, caller, round, wanted)


@router.get("/status", summary="What has arrived")
def status(caller: Caller, services: Live, round: ShortPath) -> StatusMatrix:
    """For coordinator and statistician: line by cell under codes, no value, no dataset, no time."""
    return progress.matrix(services, caller, round)


@router.post("/decisions", summary="Accept or reject blind")
def decide(
    caller: Caller, services: Live, round: ShortPath, wanted: Annotated[Decide, Body(examples=[_DECIDE])]
) -> CellInMatrix:
    """By coordinator or statistician, by code and number of the cell; the line is told the reason."""
    return deciding.decide(services, caller, round, wanted)
