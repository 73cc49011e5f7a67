"""Rounds whose lines have handed in: entered through storage, with values that a test plants."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np
from sqlalchemy.orm import Session

from exchange.services import Services
from schemas.metadata import Metadata
from schemas.organisation import Line, NetworkRole, Organisation, Role, Standing, User
from schemas.round.plan import EvaluationPlan
from schemas.round.round import Cell, Items, RoundRecord, RoundRole, RoundState
from schemas.round.submission import KpiValue, Submission, SubmissionState
from schemas.round.uncertainty import KeptUncertainty
from storage import catalogue, participants, people, rounds, runs, submissions
from tests.built import built

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
CODES = ("QX", "BM", "TR", "LP", "VD", "HK", "ZN", "GW", "FC", "JY", "SE", "UA")
"""Codes of lines 1, 2, …: as drawn, in no order."""
Values = Sequence[float | None]
PLAN = {
    "kpis": [
        {
            "kpi": {
                "kind": "cycle-capacity",
                "id": "q-c10",
                "label": "Discharge capacity at C/10",
                "cycle": 1,
                "normalisation": "active-mass",
            },
            "sigma_pt": 1.0,
        }
    ]
}
UNITS = {"q-c10": "mA.h/g", "q-c5": "mA.h/g", "q-tenth": "mA.h/g", "e-c10": "W.h/kg"}


@dataclass
class ClosedRound:
    """A round of lines `line-1`, `line-2`, … of organisations and stewards of the same names.

    `ran` is its coordinator, `counts` its statistician, `keeps` its custodian: people of the office.
    """

    services: Services
    id: str
    lines: tuple[str, ...]
    codes: tuple[str, ...] = CODES
    submissions: dict[tuple[str, int], list[str]] = field(default_factory=dict)
    circulated: bool = False

    def code(self, line: str) -> str:
        return self.codes[self.lines.index(line)]

    def enter(self, state: RoundState) -> None:
        with self.services.sessions.begin() as session:
            rounds.enter(session, self.id, state, self.services.now())

    def amend(self, plan: Mapping[str, object], reason: str = "A number was wrong") -> None:
        with self.services.sessions.begin() as session:
            rounds.keep_plan(session, self.id, EvaluationPlan.model_validate(plan), "ran", NOW, reason)

    def hand_in(
        self,
        line: str,
        cell: int,
        values: Mapping[str, float | None],
        state: SubmissionState = SubmissionState.ACCEPTED,
        late: bool = False,
        failed: tuple[str, ...] = (),
        plan: int = 0,
        content: bytes = b"",
        stated: Sequence[KeptUncertainty] = (),
    ) -> str:
        """One more version for a cell of a line, with its KPIs by id; `content` is read, where there is any."""
        dataset = built(self.services, line, content, shown_to=None) if content else ""
        with self.services.sessions.begin() as session:
            return _hand_in(self, session, line, cell, values, state, late, failed, plan, dataset, stated)


def closed_round(
    services: Services,
    values: Sequence[Mapping[str, Values]],
    plan: Mapping[str, object] = PLAN,
    id: str = "rr-2026",
    state: RoundState = RoundState.CLOSED,
    codes: Sequence[str] = CODES,
    **record: object,
) -> ClosedRound:
    """A closed round: for line 1, 2, … the values of each KPI, cell by cell, all accepted."""
    of = ClosedRound(services, id, tuple(f"line-{number}" for number in range(1, len(values) + 1)), tuple(codes))
    facts = {
        "title": f"Round {id}",
        "protocol": {"name": "EG5 capacity check", "version": "1.0"},
        "cells_per_line": 3,
        "closes_at": "2026-05-01T12:00:00+00:00",
        "plan": plan,
    }
    described = RoundRecord.model_validate(facts | record)
    of.circulated = described.items is Items.CIRCULATED
    with services.sessions.begin() as session:
        _people(session, services, of.lines)
        rounds.add(session, id, described, "ran", NOW)
        rounds.keep_plan(session, id, described.plan, "ran", NOW)
        for role, holder in zip(RoundRole, ("ran", "keeps", "counts"), strict=False):
            rounds.give_role(session, id, role, holder, "ran", NOW)
        for line, code in zip(of.lines, codes, strict=False):
            participants.invite(session, id, (line, line), code, "ran", NOW)
            participants.join(session, id, line, line, NOW)
        for step in (*((RoundState.OPEN,) if state is not RoundState.DRAFT else ()), state):
            rounds.enter(session, id, step, NOW)
        for line, there in zip(of.lines, values, strict=True):
            for cell in range(1, max((len(each) for each in there.values()), default=0) + 1):
                given = {kpi: each[cell - 1] for kpi, each in there.items() if len(each) >= cell}
                _hand_in(of, session, line, cell, given, SubmissionState.ACCEPTED, False, (), 0)
    return of


def planted(
    lines: int, cells: int = 4, seed: int = 3, mean: float = 150.0, within: float = 0.4, between: float = 0.5
) -> list[list[float]]:
    """Results (lines, cells) without any effect, the same for the same seed."""
    drawn = np.random.default_rng(seed)
    means = mean + between * drawn.standard_normal(lines)
    return [list(map(float, one + within * drawn.standard_normal(cells))) for one in means]


def q(results: Sequence[Values]) -> list[dict[str, Values]]:
    """Results of the one KPI of `PLAN`."""
    return [{"q-c10": each} for each in results]


def _people(session: Session, services: Services, lines: Sequence[str]) -> None:
    now = services.now()
    if any(one.id == "network" for one in people.organisations(session)):
        return
    people.add_organisation(session, Organisation(id="network", name="The Office", standing=Standing.OFFICE), now)
    for user in ("ran", "keeps", "counts"):
        people.add_user(session, User(id=user, organisation="network", name=user.title()), {Role.STEWARD}, now)
    people.give_network_role(session, "ran", NetworkRole.OFFICE, now)
    for line in [f"line-{number}" for number in range(1, len(CODES) + 1)]:
        name = f"Institute {line}"
        people.add_organisation(session, Organisation(id=line, name=name, standing=Standing.MEMBER), now)
        people.add_line(session, Line(id=line, organisation=line, name=f"Hall {line}", time_zone="Europe/Berlin"))
        people.add_user(session, User(id=line, organisation=line, name=f"Steward {line}"), {Role.STEWARD}, now)


def _hand_in(
    of: ClosedRound,
    session: Session,
    line: str,
    cell: int,
    values: Mapping[str, float | None],
    state: SubmissionState,
    late: bool,
    failed: tuple[str, ...],
    plan: int,
    given: str = "",
    stated: Sequence[KeptUncertainty] = (),
) -> str:
    services, place = of.services, (line, cell)
    id = f"{of.id}-{line}-{cell}"[-26:]
    if place not in of.submissions:
        name = f"SN-{cell}" if of.circulated else f"SN-{line}-{cell}"
        participants.add_cell(session, Cell(id=id, round=of.id, line=line, number=cell, name=name), NOW)
    earlier = of.submissions.setdefault(place, [])
    if not late and state is not SubmissionState.REJECTED:
        submissions.set_state(session, earlier, SubmissionState.SUPERSEDED, line, NOW)
    dataset, submission = given or services.new_dataset_id(), services.new_id()
    if not given:
        catalogue.create(session, dataset, line, line, Metadata(title=f"Secret of {line}"), NOW)
    ran = runs.runs_of(session, dataset, 1) if given else []
    submissions.add(
        session,
        Submission(
            id=submission,
            round=of.id,
            line=line,
            organisation=line,
            cell=id,
            number=len(earlier) + 1,
            dataset=dataset,
            version=1,
            run=ran[-1].id if ran else services.new_id(),
            build=1,
            sha256=(hashlib.sha256(submission.encode()).hexdigest(),),
            received_at=NOW + timedelta(seconds=4711 * (1 + of.lines.index(line)) + cell),
            received_by=line,
            late=late,
            state=state,
            failed_rules=failed,
            uncertainties=tuple(stated),
        ),
    )
    found = [
        KpiValue(
            kpi=kpi,
            definition="cycle-capacity/1",
            unit=UNITS.get(kpi, "1"),
            value=value,
            reason="" if value is not None else f"the file of {line} has no cycle 1",
            rows=((7, 4711),),
        )
        for kpi, value in values.items()
    ]
    submissions.keep_values(session, submission, plan, found, NOW)
    earlier.append(submission)
    return submission
