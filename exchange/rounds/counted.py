"""Counted: what of a round counts, read at once: submissions, values, exclusions, and who declared what."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from access.rounds import FEWEST
from exchange.rounds import designed, duties, uncertainties
from schemas.round.check import KeptCheck
from schemas.round.conformance import Keeping
from schemas.round.exclusion import Kept
from schemas.round.round import Cell, Conflict, Identity, Participant, Round
from schemas.round.submission import KpiValue, Submission, SubmissionState
from schemas.round.uncertainty import KeptUncertainty
from storage import conformance, exclusions, participants, people, round_checks, submissions

Place = tuple[str, int]
"""The code of a line, and the number of one of its cells."""


@dataclass(frozen=True)
class Counted:
    """Everything that an evaluation is made of.

    `counting`: by place what is accepted, in time, for a cell in use, the newest first: of a test, and in a
    manufacturing round of its production run, too. `late`: the same of what came after closing. `undecided`: places of
    those that nobody has taken or refused. `values` are by submission and KPI, of the plan in force. `left_out` are the
    exclusions in force; `checks` those of the cells, `stations` where each was on its way, if cells go round.
    `keeping`: by submission how its cell stands to each target of the protocol, of what counts.
    """

    round: Round
    lines: dict[str, Participant]
    names: dict[str, str]
    cells: dict[str, Cell]
    counting: dict[Place, tuple[Submission, ...]]
    late: dict[Place, tuple[Submission, ...]]
    undecided: tuple[Place, ...]
    values: dict[str, dict[str, KpiValue]]
    left_out: tuple[Kept, ...]
    conflicts: tuple[str, ...]
    checks: tuple[KeptCheck, ...]
    stations: dict[Place, int]
    keeping: dict[str, tuple[Keeping, ...]]

    def value(self, of: tuple[Submission, ...], kpi: str) -> KpiValue | None:
        """The newest value of a KPI among those of one cell, else the newest refusal; None where nothing is kept."""
        found = [self.values[one.id][kpi] for one in of if kpi in self.values[one.id]]
        return next((one for one in found if one.value is not None), found[0] if found else None)

    def uncertainty(self, of: tuple[Submission, ...], kpi: str) -> KeptUncertainty | None:
        """What is stated of that value, in its unit: entered in another unit, before an amendment, it is nothing."""
        for one in of:
            value = self.values[one.id].get(kpi)
            if value is not None and value.value is not None:
                said = uncertainties.in_force(one, self.round.plan, [value])
                return next((each for each in said if (each.kpi, each.unit) == (kpi, value.unit)), None)
        return None

    def kept_to(self, of: tuple[Submission, ...]) -> tuple[Keeping, ...]:
        """How one cell stands to the targets, by the newest of these; without any nothing is reported of it."""
        return next((self.keeping[one.id] for one in of if one.id in self.keeping), ())

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes of the lines with an accepted cell, in their order."""
        return tuple(sorted({code for code, _ in self.counting}))

    @property
    def too_few(self) -> bool:
        """Whether so few organisations have an accepted cell that everybody reads own results only."""
        return len({one.organisation for of in self.counting.values() for one in of}) < FEWEST

    @property
    def of_few(self) -> tuple[str, ...]:
        """KPIs of which so few organisations have a value, before anything is left out, that they are not compared."""
        return tuple(one.kpi.id for one in self.round.plan.kpis if self._with_value(one.kpi.id) < FEWEST)

    @property
    def targets_of_few(self) -> frozenset[int]:
        """Places of targets that so few organisations have reported of a cell that nothing is counted under codes."""
        told: dict[int, set[str]] = {at: set() for at in range(len(self.round.record.targets))}
        for (code, _), of in self.counting.items():
            for at, one in enumerate(self.kept_to(of)):
                if one is not Keeping.MISSING:
                    told[at].add(code)
        return frozenset(at for at, codes in told.items() if self.organisations(codes) < FEWEST)

    def organisations(self, codes: Iterable[str]) -> int:
        """How many organisations these lines are of."""
        wanted = set(codes)
        return len({one.organisation for one in self.lines.values() if one.code in wanted})

    def _with_value(self, kpi: str) -> int:
        return self.organisations(code for (code, _), of in self.counting.items() if _is_there(self.value(of, kpi)))

    @property
    def submissions(self) -> tuple[Submission, ...]:
        """All that counts or came late, in the order of places."""
        return tuple(one for of in (self.counting, self.late) for place in sorted(of) for one in of[place])

    @property
    def plan(self) -> int:
        """The number of the plan in force."""
        return self.round.plans[-1].number if self.round.plans else 0

    def fingerprint(self, software: str) -> str:
        """SHA-256 of all of it: two equal ones give the same evaluation."""
        facts: dict[str, object] = {
            "software": software,
            "record": self.round.record.model_dump(mode="json"),
            "plans": [one.sha256 for one in self.round.plans],
            "lines": [[one.line, one.code, one.withdrawn_at is not None] for one in self.lines.values()],
            "names": self.names,
            "cells": [[one.id, one.line, one.number, one.replaced_by] for one in self.cells.values()],
            "submissions": [[one.id, one.run, one.failed_rules, one.late, *_stated(one)] for one in self.submissions],
            "values": {
                of: {kpi: one.model_dump(mode="json") for kpi, one in there.items()}
                for of, there in self.values.items()
            },
            "left out": [one.model_dump(mode="json") for one in self.left_out],
            "conflicts": self.conflicts,
            "checks": [one.id for one in self.checks],
        }
        if self.stations:
            facts["stations"] = [[*place, at] for place, at in sorted(self.stations.items())]
        facts |= {"of few": of_few} if (of_few := self.of_few) else {}
        if self.keeping:  # Else as before there was any, so that nothing is evaluated anew for it.
            facts["conformance"] = self.keeping
        return hashlib.sha256(json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _is_there(value: KpiValue | None) -> bool:
    return value is not None and value.value is not None


def _stated(one: Submission) -> list[object]:
    """Nothing where nothing is stated, so that what was evaluated before anything could be is not evaluated anew."""
    return [[each.model_dump(mode="json") for each in one.uncertainties]] if one.uncertainties else []


def count(session: Session, round: Round) -> Counted:
    """Read what counts of a round."""
    lines = {one.line: one for one in participants.of(session, round.id) if one.joined_at is not None}
    cells = {one.id: one for one in participants.cells(session, round.id)}
    handed = [one for one in submissions.of(session, round.id, lines) if cells[one.cell].replaced_by is None]
    by_place = _Places(lines, cells)
    accepted = [one for one in handed if one.state is SubmissionState.ACCEPTED and not one.late]
    late = [one for one in handed if one.late and one.state in (SubmissionState.RECEIVED, SubmissionState.ACCEPTED)]
    received = [one for one in handed if one.state is SubmissionState.RECEIVED and not one.late]
    shut = submissions.quarantined(session, [one.run for one in received])
    open_still = [one for one in received if one.run not in shut]
    plan = round.plans[-1].number if round.plans else 0
    found = submissions.values(session, [one.id for one in (*accepted, *late)], plan)
    return Counted(
        round=round,
        lines=lines,
        names=_names(session, lines) if round.record.identity is Identity.OPEN else {},
        cells=cells,
        counting=by_place.grouped(accepted),
        late=by_place.grouped(late),
        undecided=tuple(sorted(by_place.grouped(open_still))),
        values={of: {one.kpi: one for one in there} for of, there in found.items()},
        left_out=tuple(one for one in exclusions.of(session, round.id) if one.ended_at is None),
        conflicts=_conflicts(session, round),
        keeping=conformance.keeping(session, [one.id for one in accepted]) if round.record.targets else {},
        checks=tuple(round_checks.of(session, round.id)),
        stations=designed.stations(session, round, lines, cells),
    )


@dataclass(frozen=True)
class _Places:
    lines: dict[str, Participant]
    cells: dict[str, Cell]

    def grouped(self, handed: Iterable[Submission]) -> dict[Place, tuple[Submission, ...]]:
        """By code and number of the cell, the newest first."""
        found: dict[Place, list[Submission]] = {}
        for one in sorted(handed, key=lambda one: -one.number):
            place = self.lines[one.line].code, self.cells[one.cell].number
            found.setdefault(place, []).append(one)
        return {place: tuple(found[place]) for place in sorted(found)}


def _names(session: Session, lines: dict[str, Participant]) -> dict[str, str]:
    """The name of each line by its code, for a round in which all let themselves be named."""
    organisations = sorted({one.organisation for one in lines.values()})
    names = {one.id: one.name for organisation in organisations for one in people.lines_of(session, organisation)}
    return {one.code: names.get(one.line, one.line) for one in lines.values()}


def _conflicts(session: Session, round: Round) -> tuple[str, ...]:
    names = {one.id: one.name for one in people.organisations(session)} | {"": "an organisation of the round"}
    return tuple(_declared(one, names[one.organisation], round) for one in duties.declared(session, round.id))


def _declared(one: Conflict, of: str, round: Round) -> str:
    """Who is replaced once the report is published changes nothing in it."""
    published = round.published_at
    ended = one.ended_at if one.ended_at and (published is None or one.ended_at < published) else None
    role = f"{one.role.value} until {ended:%Y-%m-%d}" if ended else one.role.value
    return f"The {role}, of {of}, declared on {one.declared_at:%Y-%m-%d}: {one.statement}"
