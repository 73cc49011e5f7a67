"""Rounds: founded, described, joined by lines, opened, closed; what is handed in has doors of its own."""

from typing import Annotated

from fastapi import APIRouter, Body, Path

from exchange.api.doors import Anyone, Caller, Live, ShortPath
from exchange.api.errors import documented
from exchange.api.rounds_examples import AMENDMENT, FOUNDED, PEOPLE, PERSON, RECORD
from exchange.rounds import amend as amending
from exchange.rounds import cells, dates, join, opening, show, states
from exchange.rounds import describe as describing
from exchange.rounds import found as founding
from exchange.rounds import invite as inviting
from exchange.rounds import people as running
from schemas.errors import Conflict, Denied, NotFound
from schemas.round.round import Cell, NewRound, Participant, RoundRecord, RoundShown
from schemas.round.setup import (
    Amend,
    Because,
    CloseRound,
    Declare,
    Extend,
    InvitedLine,
    InviteLines,
    Join,
    NameCells,
    Opened,
    ReplaceCell,
    RoundEvent,
    RoundPeople,
)

router = APIRouter(prefix="/api/v1/rounds", tags=["rounds"], responses=documented(Denied))
_one = documented(Denied, NotFound)
_change = documented(Denied, NotFound, Conflict)
RoundId = Annotated[str, Path(max_length=32, pattern="^[a-z0-9][a-z0-9-]{0,31}$", examples=["rr-2026"])]
LineId = ShortPath


@router.get("", summary="Rounds")
def every(caller: Anyone, services: Live) -> list[RoundShown]:
    """Every round that the caller may know of, the newest first: a notice for all, the record for those within."""
    return show.every(services, caller)


@router.post("", status_code=201, summary="Found a round", responses=_change)
def found(caller: Caller, services: Live, new: Annotated[NewRound, Body(examples=[FOUNDED])]) -> RoundShown:
    """A draft, by the network's office, with the people who run it; without a custodian it is whoever founds it."""
    return founding.found(services, caller, new)


@router.get("/{round}", summary="One round", responses=_one)
def one(caller: Anyone, services: Live, round: RoundId) -> RoundShown:
    """As the caller may see it; with the standing of their own lines, whose codes are shown from opening on."""
    return show.one(services, caller, round)


@router.put("/{round}", summary="Describe a round", responses=_change)
def describe(
    caller: Caller, services: Live, round: RoundId, record: Annotated[RoundRecord, Body(examples=[RECORD])]
) -> RoundShown:
    """Its record with KPIs and plan, in place of the one there, by its coordinator while it is a draft."""
    return describing.describe(services, caller, round, record)


@router.put("/{round}/people", summary="Choose who runs it", responses=_change)
def people(
    caller: Caller, services: Live, round: RoundId, wanted: Annotated[RoundPeople, Body(examples=[PEOPLE])]
) -> RoundShown:
    """In place of those there, by the network's office; once it is open only whoever cannot act is replaced."""
    return running.change(services, caller, round, wanted)


@router.post("/{round}/conflicts", status_code=201, summary="Declare a conflict of interest", responses=_change)
def declare(
    caller: Caller,
    services: Live,
    round: RoundId,
    said: Annotated[Declare, Body(examples=[{"statement": "I work for North Line, which takes part."}])],
) -> RoundShown:
    """By a coordinator who acts for a participating organisation; the report prints it."""
    return running.declare(services, caller, round, said.statement)


@router.get("/{round}/history", summary="What happened", responses=_one)
def history(caller: Caller, services: Live, round: RoundId) -> list[RoundEvent]:
    """In order, without people, lines and codes; for those who run the round and the office."""
    return show.history(services, caller, round)


@router.get("/{round}/lines", summary="Lines by name", responses=_one)
def lines(caller: Caller, services: Live, round: RoundId) -> list[InvitedLine]:
    """Who is invited, and in a draft who has joined; for coordinator, custodian and office."""
    return show.invited(services, caller, round)


@router.post("/{round}/lines", status_code=201, summary="Invite lines", responses=_change)
def invite(
    caller: Caller,
    services: Live,
    round: RoundId,
    wanted: Annotated[InviteLines, Body(examples=[{"lines": ["north-1", "west-1"]}])],
) -> list[InvitedLine]:
    """Of admitted members, all or none, by the coordinator before opening."""
    return inviting.invite(services, caller, round, wanted)


@router.post("/{round}/lines/{line}/join", summary="Join", responses=_change)
def take_part(
    caller: Caller, services: Live, round: RoundId, line: LineId, given: Annotated[Join, Body(examples=[PERSON])]
) -> RoundShown:
    """By a signatory of the line's organisation, which has accepted the round's agreement; kept as evidence."""
    return join.join(services, caller, round, line, given)


@router.post("/{round}/lines/{line}/waiver", summary="Waive being coded", responses=_change)
def waive(
    caller: Caller, services: Live, round: RoundId, line: LineId, given: Annotated[Join, Body(examples=[PERSON])]
) -> RoundShown:
    """By a signatory before opening; a round's identity is open only when every line has waived."""
    return join.waive(services, caller, round, line, given)


@router.post("/{round}/lines/{line}/withdrawal", summary="Withdraw", responses=_change)
def withdraw(
    caller: Caller,
    services: Live,
    round: RoundId,
    line: LineId,
    why: Annotated[Because, Body(examples=[{"reason": "The line is being rebuilt"}])],
) -> RoundShown:
    """By a steward or signatory; files stay closed, and a coded result that is there stays."""
    return join.withdraw(services, caller, round, line, why.reason)


@router.get("/{round}/lines/{line}/cells", summary="Cells of a line", responses=_one)
def cells_of(caller: Caller, services: Live, round: RoundId, line: LineId) -> list[Cell]:
    """With their numbers, replaced ones included; for the line itself and the custodian."""
    return cells.listed(services, caller, round, line)


@router.post("/{round}/lines/{line}/cells", status_code=201, summary="Name cells", responses=_change)
def name_cells(
    caller: Caller,
    services: Live,
    round: RoundId,
    line: LineId,
    wanted: Annotated[NameCells, Body(examples=[{"names": ["RR-0417", "RR-0421"]}])],
) -> list[Cell]:
    """By the line itself, or by the custodian who ships them; numbers are drawn."""
    return cells.name(services, caller, round, line, wanted.names)


@router.post("/{round}/lines/{line}/cells/replacements", status_code=201, summary="Replace a cell", responses=_change)
def replace_cell(
    caller: Caller,
    services: Live,
    round: RoundId,
    line: LineId,
    wanted: Annotated[
        ReplaceCell, Body(examples=[{"name": "RR-0417", "by": "RR-0502", "reason": "Tab torn off in unpacking"}])
    ],
) -> list[Cell]:
    """A dead cell of which nothing is handed in, by the line or the custodian."""
    return cells.replace(services, caller, round, line, wanted)


@router.get("/{round}/codes", summary="Whose code is whose", responses=_one)
def codes(caller: Caller, services: Live, round: RoundId) -> list[Participant]:
    """For the custodian alone; anybody else is shown it by custodian and office together."""
    return show.codes(services, caller, round)


@router.post("/{round}/open", summary="Open", responses=_change)
def open_round(caller: Caller, services: Live, round: RoundId) -> Opened:
    """By the coordinator: the plan is frozen, codes are drawn, lines that have not joined are dropped."""
    return opening.open_round(services, caller, round)


@router.post("/{round}/extensions", status_code=204, summary="Extend a line's time", responses=_change)
def extend(
    caller: Caller,
    services: Live,
    round: RoundId,
    wanted: Annotated[
        Extend, Body(examples=[{"code": "QX", "closes_at": "2027-04-30T22:00:00Z", "reason": "Customs held the cells"}])
    ],
) -> None:
    """By the coordinator, who knows the line by its code alone."""
    dates.extend(services, caller, round, wanted)


@router.post("/{round}/amendments", status_code=201, summary="Amend the plan", responses=_change)
def amend(
    caller: Caller, services: Live, round: RoundId, wanted: Annotated[Amend, Body(examples=[AMENDMENT])]
) -> RoundShown:
    """By the coordinator before evaluation; dated, with the reason, and printed in the report."""
    return amending.amend(services, caller, round, wanted)


@router.post("/{round}/close", summary="Close", responses=_change)
def close(
    caller: Caller,
    services: Live,
    round: RoundId,
    wanted: Annotated[CloseRound, Body(examples=[{"reason": "Every line has said that nothing more comes"}])],
) -> RoundShown:
    """By the coordinator: once every line's last moment has passed or all was handed in, or earlier with a reason."""
    return states.close(services, caller, round, wanted.reason or "")


@router.post("/{round}/cancel", summary="Cancel", responses=_change)
def cancel(
    caller: Caller,
    services: Live,
    round: RoundId,
    why: Annotated[Because, Body(examples=[{"reason": "The material cannot be delivered"}])],
) -> RoundShown:
    """By the coordinator or the office, before publishing; what was sealed falls under its own rules again."""
    return states.cancel(services, caller, round, why.reason)
