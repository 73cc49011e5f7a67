"""Showing one person whose one code is: asked for, agreed to by custodian and office, read, ended."""

from typing import Annotated

from fastapi import APIRouter, Body

from exchange.api.doors import Caller, Live, OpaquePath, ShortPath
from exchange.api.errors import documented
from exchange.rounds import unblind
from schemas.errors import Conflict, Denied, NotFound
from schemas.round.unblinding import AgreeUnblinding, AskUnblinding, Unblinded, Unblinding

router = APIRouter(prefix="/api/v1/rounds/{round}/unblindings", tags=["rounds"], responses=documented(Denied, NotFound))
_change = documented(Conflict)
_ASK = {"code": "QX", "to": "ada", "reason": "Every file of this line was warm; its hall has to be asked at once"}


@router.post("", status_code=201, summary="Ask to show a code", responses=_change)
def ask(
    caller: Caller, services: Live, round: ShortPath, wanted: Annotated[AskUnblinding, Body(examples=[_ASK])]
) -> Unblinding:
    """By coordinator, statistician or custodian: to one person, with a reason; custodian and office are told."""
    return unblind.ask(services, caller, round, wanted)


@router.get("", summary="Codes that are shown")
def listed(caller: Caller, services: Live, round: ShortPath) -> list[Unblinding]:
    """What was asked for, by whom, and who agreed; by codes alone, for those who run the round and the office."""
    return unblind.listed(services, caller, round)


@router.get("/{id}", summary="Whose this code is")
def read(caller: Caller, services: Live, round: ShortPath, id: OpaquePath) -> Unblinded:
    """For the one person to whom custodian and office show it; recorded each time."""
    return unblind.read(services, caller, round, id)


@router.post("/{id}/agreements", summary="Agree to show a code", responses=_change)
def agree(
    caller: Caller,
    services: Live,
    round: ShortPath,
    id: OpaquePath,
    given: Annotated[AgreeUnblinding, Body(examples=[{"role": "custodian"}])],
) -> Unblinding:
    """As custodian and as office, two persons; with the second the person may read it, and the line is told."""
    return unblind.agree(services, caller, round, id, given.role)


@router.post("/{id}/end", summary="End showing a code", responses=_change)
def end(caller: Caller, services: Live, round: ShortPath, id: OpaquePath) -> Unblinding:
    """By those who ask for it or agree to it; nobody reads it from then on."""
    return unblind.end(services, caller, round, id)
