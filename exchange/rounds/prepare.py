"""Prepare: a draft for one cell of a round, with everything filled in that is known; the same one until handed in."""

from typing import Any, Final

from sqlalchemy.orm import Session

from exchange import describe, guard, reach, visibility
from exchange.rounds.held import HAS_CODES, standing
from exchange.services import Services
from schemas.access import Principal, Right
from schemas.dataset import Dataset, DatasetState
from schemas.errors import Conflict, NotFound
from schemas.metadata import DatasetKind, Metadata
from schemas.organisation import Line
from schemas.profiles import Profile, missing
from schemas.record.leaves import leaves, placed
from schemas.round.prepared import PreparedDraft
from schemas.round.rights import RoundRight
from schemas.round.round import Cell, Round
from storage import catalogue, participants, people, submissions

_AS_BEFORE: Final = (
    "creators",
    "contact",
    "licence",
    "agreement",
    "cell.configuration",
    "cell.chemistry",
    "cell.negative_chemistry",
    "cell.nominal_capacity_ah",
    "cell.nominal_voltage_v",
    "cell.specification.format",
    "cell.specification.size",
    "test.kind",
    "test.lower_voltage_v",
    "test.upper_voltage_v",
    "test.c_rate_base_ah",
    "test.instrument.name",
    "test.instrument.maker",
    "test.instrument.model",
)
"""What the next cell of a line has as the one before. Which channel, when calibrated and how warm is said anew."""


def prepare(services: Services, who: Principal, round: str, line: str, number: int) -> PreparedDraft:
    """The draft that is there for this cell of an own line and not handed in, else a new one.

    Facts of the cells are those of what the line handed in last. `Conflict` for a cell that was replaced.
    """
    found = guard.require_in_round(services, who, RoundRight.HAND_IN, round, line, detail="prepare a draft").round
    standing(found, HAS_CODES, "drafts for its cells are prepared")
    guard.require_general(services, who, Right.CREATE, detail=f"prepare a draft for the round {round}")
    object = found.record.protocol.object
    named = object if object and object in guard.nameable(services, who, {object}) else None
    with services.sessions.begin() as session:
        # Two that ask at once come one after the other, and are given the same draft.
        taking = participants.find(session, round, line, lock=True)
        if taking is None or not taking.taking_part:
            raise Conflict(f"{line} does not take part in the round {round}, and hands in nothing.")
        cell = _cell(session, round, line, number)
        tests = _own_tests(services, session, who, round, line)
        handed = {one.dataset for one in submissions.of(session, round, [line])}
        there = [one for one in tests if one.id not in handed and _for(one, round, cell)]
        if there:
            return _prepared(there[0], cell, made=False)
        last = next((one for one in reversed(tests) if one.id in handed), None)
        of = next(one for one in people.lines_of(session, who.organisation) if one.id == line)
        id = describe.draft(services, session, who, _record(found, of, cell, named, last))
        visibility.refresh(session, [id])
        return _prepared(catalogue.lock(session, id), cell, made=True)


def _cell(session: Session, round: str, line: str, number: int) -> Cell:
    cells = participants.cells(session, round, line)
    found = next((one for one in cells if one.number == number), None)
    if found is None:
        known = ", ".join(f"{one.number} ({one.name})" for one in cells if one.replaced_by is None) or "none"
        raise NotFound(f"{line} has no cell of number {number} in the round {round}; its cells are {known[:500]}.")
    if found.replaced_by is not None:
        instead = next(one for one in cells if one.id == found.replaced_by)
        raise Conflict(f"{found.name} is out of use; prepare a draft for {instead.name}, of number {instead.number}.")
    return found


def _own_tests(services: Services, session: Session, who: Principal, round: str, line: str) -> list[Dataset]:
    """Tests of the line's cells that the caller reads, the oldest first."""
    names = sorted({one.name for one in participants.cells(session, round, line)})
    return catalogue.tests_of(session, reach.asking(session, who, services.now()), who.organisation, names)


def _for(one: Dataset, round: str, cell: Cell) -> bool:
    test, draft = one.metadata.test, one.state is DatasetState.DRAFT and one.withdrawn_at is None
    of_round = one.metadata.kind is DatasetKind.ROUND_ROBIN_TEST and test is not None and test.round == round
    return draft and of_round and one.metadata.cell_id == cell.name


def _record(round: Round, line: Line, cell: Cell, protocol: str | None, last: Dataset | None) -> Metadata:
    used = {"name": round.record.protocol.name, "version": round.record.protocol.version, "object": protocol}
    known: dict[str, Any] = {  # Any: JSON
        "title": f"{round.record.title[:180]}, cell {cell.name}",
        "kind": DatasetKind.ROUND_ROBIN_TEST.value,
        "line": line.name,
        "time_zone": line.time_zone,
        "cell.id": cell.name,
        "test.round": round.id,
        **{f"test.protocol.{name}": value for name, value in used.items() if value is not None},
    }
    before = {} if last is None else leaves(last.metadata)
    as_before = {name: before[name] for name in _AS_BEFORE if name in before}
    if "creators" in as_before:
        # A person agrees to be named with one dataset, not with the next.
        as_before["creators"] = [one | {"agreed": False} for one in as_before["creators"]]
    contact = {name: value for name, value in before.items() if name.startswith("contact.")}
    return Metadata.model_validate(placed(as_before | contact | known))


def _prepared(draft: Dataset, cell: Cell, made: bool) -> PreparedDraft:
    at = f"/api/v1/datasets/{draft.id}"
    return PreparedDraft(
        round=cell.round,
        line=cell.line,
        cell=cell.name,
        number=cell.number,
        dataset=draft.id,
        made=made,
        missing=missing(draft.metadata, Profile.ROUND),
        upload=f"{at}/files/{{filename}}",
        record=f"{at}/metadata",
    )
