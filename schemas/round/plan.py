"""The evaluation plan of a round: frozen and hashed when it opens, amended later only by dated amendments."""

import hashlib
import json
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field, model_validator

from schemas.record.field import Part, Prose, Text
from schemas.round.kpis import (
    CapacityAtRate,
    CapacityRatio,
    CapacityRetention,
    ChargeSource,
    Chosen,
    CycleCapacity,
    KpiChoice,
)
from schemas.round.levels import TABULATED, Levels
from schemas.round.youden import YoudenPair

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Finite = Annotated[float, Field(allow_inf_nan=False)]


def _tabulated(level: float) -> float:
    """ValueError where a report would lack one of the tests: better refused before anybody measures."""
    if level not in TABULATED:
        known = ", ".join(f"{one:g}" for one in TABULATED)
        raise ValueError(f"the double Grubbs test has critical values at {known} alone, not at {level:g}: take one")
    return level


Level = Annotated[float, AfterValidator(_tabulated), Field(json_schema_extra={"enum": list(TABULATED)})]


class SigmaFrom(StrEnum):
    """Where the standard deviation for proficiency comes from."""

    PRESCRIBED = "prescribed"
    PREVIOUS_ROUNDS = "previous-rounds"
    OWN_SPREAD = "own-spread"


class AssignedBy(StrEnum):
    """How the assigned value is found."""

    ROBUST = "robust-consensus"
    """Algorithm A of the lines' means."""
    PAULE_MANDEL = "paule-mandel"
    REFERENCE = "reference"
    """Measured by a reference laboratory: `reference` and `reference_u` of the plan's entry."""


class KpiPlan(Part, frozen=True, extra="forbid"):
    """One KPI and how it is judged; `sigma_pt` is in the KPI's unit and needed unless it is the results' own spread."""

    kpi: KpiChoice
    sigma_from: SigmaFrom = SigmaFrom.PRESCRIBED
    sigma_pt: Positive | None = None
    assigned_by: AssignedBy = AssignedBy.ROBUST
    reference: Finite | None = None
    reference_u: Positive | None = Field(default=None, description="Standard uncertainty of the reference value")

    @model_validator(mode="after")
    def _whole(self) -> "KpiPlan":
        if not self.kpi.compared and (self.sigma_pt is not None or self.reference is not None):
            raise ValueError("lines are not scored by a share of counted cells: take own-spread and no reference")
        if (self.sigma_pt is None) is not (self.sigma_from is SigmaFrom.OWN_SPREAD):
            raise ValueError("name `sigma_pt`, or take the results' own spread and leave it out")
        if (self.assigned_by is AssignedBy.REFERENCE) is not (self.reference is not None):
            raise ValueError("a reference value goes with `assigned_by` reference, and the other way round")
        return self


class CurvePlan(Part, frozen=True, extra="forbid"):
    """A discharge whose voltage over capacity is compared: of the cell's nth cycle; capacity is normalised if asked."""

    label: Text = Field(examples=["Discharge at C/10"])
    cycle: int = Field(ge=1, le=1_000_000)
    normalised: bool = True


class EvaluationPlan(Part, frozen=True, extra="forbid"):
    """What is computed, and how it is judged.

    `minimum_cells`: results that a line needs for its spread to be judged. `outlier` and `straggler` are the
    significances of the tests of ISO 5725-2, and of Mandel's h and k unless `mandel_alpha` gives them one of their own.
    """

    kpis: tuple[KpiPlan, ...] = Field(min_length=1, max_length=50)
    curves: tuple[CurvePlan, ...] = Field(default=(), max_length=10)
    youden: tuple[YoudenPair, ...] = Field(default=(), max_length=20)
    charge_source: ChargeSource = ChargeSource.INTEGRATED
    straggler: Level = 0.05
    outlier: Level = 0.01
    mandel_alpha: Annotated[float, Field(gt=0, lt=0.5, description="ASTM E691 takes 0.005")] | None = None
    minimum_cells: int = Field(default=2, ge=1, le=100)
    exclusion_rules: Prose = "A result is left out only for a technical reason that is known apart from its value."

    @model_validator(mode="after")
    def _apart(self) -> "EvaluationPlan":
        ids = [one.kpi.id for one in self.kpis]
        if twice := sorted({one for one in ids if ids.count(one) > 1}):
            raise ValueError(f"each KPI has an id of its own; twice: {', '.join(twice)}")
        if self.outlier >= self.straggler:
            raise ValueError("the significance of an outlier is smaller than that of a straggler")
        return self

    @model_validator(mode="after")
    def _refer_to_each_other(self) -> "EvaluationPlan":
        by_id: dict[str, Chosen] = {one.kpi.id: one.kpi for one in self.kpis}
        for choice in by_id.values():
            for other in choice.refers:
                _refers_well(choice, other, by_id)
        for pair in self.youden:
            _pairs_well(pair, by_id)
        self.in_order()
        return self

    @property
    def levels(self) -> Levels:
        """At which lines are judged."""
        return Levels(straggler=self.straggler, outlier=self.outlier, mandel=self.mandel_alpha)

    def in_order(self) -> tuple[KpiChoice, ...]:
        """The KPIs so that each comes after those that it is computed from; ValueError names a circle."""
        waiting, done = [one.kpi for one in self.kpis], dict[str, KpiChoice]()
        while waiting:
            free = [one for one in waiting if all(other in done for other in one.refers)]
            if not free:
                circle = ", ".join(one.id for one in waiting)
                raise ValueError(f"{circle}: these KPIs refer to each other in a circle; let one of them refer to none")
            done |= {one.id: one for one in free}
            waiting = [one for one in waiting if one.id not in done]
        return tuple(done.values())

    def meaning(self, kpi: str) -> str:
        """What a KPI of this plan is, whatever it is called: of two plans equal ones are the same measurand."""
        by_id: dict[str, Chosen] = {one.kpi.id: one.kpi for one in self.kpis}
        facts = {"kpi": _told(by_id[kpi], by_id), "charge_source": self.charge_source.value}
        return json.dumps(facts, sort_keys=True, separators=(",", ":"))

    @property
    def sha256(self) -> str:
        """Of its canonical JSON: what is frozen when the round opens."""
        later = {name for name in _LATER if not getattr(self, name)}
        facts = self.model_dump(mode="json", exclude=later)
        text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def _told(choice: Chosen, by_id: dict[str, Chosen]) -> dict[str, object]:
    """Kind and parameters without names, and in place of each id of another KPI what that one is."""
    facts: dict[str, object] = choice.model_dump(mode="json", exclude={"id", "label", "digits"})
    base = facts.get("base")
    for group in (facts, *([base] if isinstance(base, dict) else [])):
        for name in _REFERRING & set(group):
            if isinstance(other := group[name], str) and other in by_id:
                group[name] = _told(by_id[other], by_id)
    return facts


_REFERRING = frozenset({"of", "by", "reference", "kpi"})
"""Fields in which one KPI names another."""


_LATER = ("mandel_alpha", "youden")
"""Fields without which a plan has the hash that it had before there were such."""


def _refers_well(choice: Chosen, other: str, by_id: dict[str, Chosen]) -> None:
    """ValueError where a KPI refers to none of the plan, or to one that it cannot be computed from."""
    found = by_id.get(other)
    if found is None:
        raise ValueError(f"{choice.id} refers to {other}, which is no KPI of this plan; known are {', '.join(by_id)}")
    at_rates = isinstance(choice, CapacityRatio | CapacityRetention)
    if not isinstance(found, CapacityAtRate if at_rates else CapacityAtRate | CycleCapacity):
        wanted = "a capacity at a rate" if at_rates else "a capacity"
        raise ValueError(f"{choice.id} refers to {other}, which is not {wanted}: name one that is")


def _pairs_well(pair: YoudenPair, by_id: dict[str, Chosen]) -> None:
    """ValueError where a pair is of no KPI of the plan, or of two that do not stand on one scale."""
    named = [pair.kpi, *([pair.other] if pair.other else [])]
    for one in named:
        if one not in by_id:
            raise ValueError(f"a Youden pair is of {one}, which is no KPI of this plan; known are {', '.join(by_id)}")
        if not by_id[one].compared:
            raise ValueError(f"lines are not compared by {one}, and so not in a Youden pair")
    if len(units := {by_id[one].unit for one in named}) > 1:
        raise ValueError(f"the Youden pair of {' and '.join(named)} has two units, {' and '.join(sorted(units))}")


class Amendment(BaseModel, frozen=True):
    """A plan that took the place of the one before after opening; printed in the report. Number 0 is the first plan."""

    number: int
    plan: EvaluationPlan
    sha256: str
    reason: str = ""
    at: datetime | None = None
