"""A rich example of what comes of a round: eight lines, two KPIs and a refused one, a curve, exclusions, late data."""

import math
from datetime import UTC, datetime, timedelta
from typing import Any

from exchange import roundrobin as rr
from schemas.production import ObjectKind
from schemas.protocol import Conformance
from schemas.round.components import Components, Design, Share
from schemas.round.conformance import CodedCount, TargetEvaluation
from schemas.round.curves import CodedCurve, CurveEvaluation
from schemas.round.evaluation import (
    Aggregates,
    CodedLine,
    CodedPoint,
    CodedYield,
    Evaluation,
    Figure,
    Judged,
    KpiEvaluation,
    LateLine,
    LeftOut,
    Limits,
    TestStep,
)
from schemas.round.kpis import CoulombicEfficiency, CycleCapacity, Normalisation
from schemas.round.letter import EarlierScore, LetterData, OwnCell
from schemas.round.plan import Amendment, EvaluationPlan, KpiPlan
from schemas.round.public import PublicKpi, PublicSummary
from schemas.round.report import CodedComment, Edition, Stage
from schemas.round.round import Identity, RoundKind
from schemas.round.submission import KpiValue, SubmissionState
from schemas.round.youden import PairOfLine, YoudenEvaluation

CODES = ("AZ", "BM", "DR", "GK", "HT", "LP", "QX", "VN")
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
WHEN = {"opened_at": NOON, "closed_at": NOON + timedelta(days=60)}
_CENTRES = {"AZ": 182.1, "BM": 181.4, "DR": 182.6, "GK": 181.9, "HT": 182.3, "LP": 181.7, "QX": 187.9, "VN": 182.0}
_PATTERN = (-0.62, 0.35, 0.11, -0.24, 0.53)


def evaluation(p: int = 8, number: int = 1, identity: Identity = Identity.CODED) -> Evaluation:
    """QX is biased in capacity, HT spreads too much, one cell of VN is left out; `p` lines of the eight."""
    codes = CODES[:p] if p < len(CODES) else CODES
    capacity = {code: [_CENTRES[code] + (6.0 if code == "HT" else 1.0) * one for one in _PATTERN] for code in codes}
    if "VN" in capacity:
        capacity["VN"][3] = 171.0
    efficiency = {code: [90.2 + 0.1 * place + 0.05 * one for one in _PATTERN] for place, code in enumerate(codes)}
    left_out = (
        LeftOut(
            kpi="q-c10",
            code="VN",
            cell=4,
            reason="Contact of channel 3 lost; seen in the protocol of the cycler.",
            by="statistician",
            at=NOON + timedelta(days=64),
        ),
    )
    kpis = (
        _batches(
            _kpi("q-c10", "Discharge capacity at C/10", "mA.h/g", capacity, 0.9, left_out if "VN" in codes else ())
        ),
        _kpi("ce-1", "First-cycle efficiency", "%", efficiency, 0.4, ()),
        KpiEvaluation(
            kpi="r-10s",
            label="DC resistance, 10 s",
            unit="Ohm.cm2",
            digits=3,
            normalised=True,
            definition="dc-resistance/1",
            power="plots-only",
            spread_name="repeatability",
            lines=(),
            all_results=Aggregates(p=0, results=0),
            refused="No line has a pulse whose current stands still for 10 s.",
        ),
    )
    return Evaluation(
        round="rr-2026",
        title="Round robin 2026: capacity of NMC pouch cells",
        number=number,
        kind=RoundKind.MANUFACTURING,
        identity=identity,
        confounded=True,
        protocol="EG5 capacity check",
        protocol_version="1.1",
        plan_sha256=plan().sha256,
        software="pilot-line-exchange 0.1.0",
        evaluated_at=NOON + timedelta(days=65),
        p=p,
        cells=5 * p,
        kpis=kpis,
        youden=(_pair(kpis[0]),),
        curves=(_curve(codes),),
        yields=tuple(
            CodedYield(
                code=code,
                built=12,
                passed=12 - place,
                analysed=5,
                share=Figure(value=(12 - place) / 12, low=max(0.0, 0.7 - place / 12), high=1.0),
            )
            for place, code in enumerate(codes[:4])
        ),
        conformance=_conformance(codes),
        late=(LateLine(code=codes[0], kpi="q-c10", values=(181.2, None)),),
        withdrawn=(codes[-1],),
        amendments=("1 (20 Jun 2026): σ_pt of the efficiency was too small.",),
        conflicts=("coordinator: works for a line that takes part.",),
        deviations=(f"{codes[1]}, cell 2: temperature 27 °C, accepted.",),
        notes=("Cells of one lot of electrodes.",),
        names={code: f"Line {code.lower()}" for code in codes} if identity is Identity.OPEN else {},
    )


def _batches(of: KpiEvaluation) -> KpiEvaluation:
    shares = (
        Share(stage="line", groups=8, df=7, sd=1.9),
        Share(stage="batch", groups=16, df=8, sd=0.0),
        Share(stage="cell", groups=39, df=23, sd=0.9),
    )
    found = Components(design=Design.NESTED, method="analysis of variance", definition="nested/1", shares=shares)
    notes = ("the variance of stage batch is not above zero",)
    return of.model_copy(update={"components": found.model_copy(update={"results": 39, "notes": notes})})


def _pair(of: KpiEvaluation) -> YoudenEvaluation:
    """The same KPI again as a faster one, a little below."""
    points = tuple(
        PairOfLine(code=one.code, first=one.mean, second=(one.mean or 0.0) - 9.0, outside=one.code == "QX")
        for one in of.lines
    )
    spreads = {"centre": (182.0, 173.0), "radius": 1.2, "s_random": 0.5, "s_total": 2.8, "s_between": 1.95}
    return YoudenEvaluation.model_validate(
        {"first": of.label, "second": "Discharge capacity at C/5", "unit": of.unit, "digits": 4, "p": len(points)}
        | {"points": points, "power": of.power, "definition": "youden/1", "absent": ("ZZ",)}
        | spreads
    )


def plan() -> EvaluationPlan:
    """The plan of the example."""
    first = CycleCapacity(
        kind="cycle-capacity",
        id="q-c10",
        label="Discharge capacity at C/10",
        cycle=2,
        normalisation=Normalisation.ACTIVE_MASS,
    )
    second = CoulombicEfficiency(kind="coulombic-efficiency", id="ce-1", label="First-cycle efficiency", cycle=1)
    return EvaluationPlan(kpis=(KpiPlan(kpi=first, sigma_pt=0.9), KpiPlan(kpi=second, sigma_pt=0.4)))


def edition(stage: Stage = Stage.DRAFT) -> Edition:
    """An edition of the report of the example, with a comment and an appeal."""
    made = NOON + timedelta(days=66)
    first = Amendment(number=0, plan=plan(), sha256=plan().sha256, at=NOON)
    second = Amendment(
        number=1, plan=plan(), sha256=plan().sha256, reason="σ_pt of the efficiency was too small.", at=NOON
    )
    comments = (
        CodedComment(
            id="1" * 26,
            code="QX",
            appeal=True,
            text="Our <mass> was entered per cell, not per gram.",
            at=made + timedelta(days=2),
            answer="The record was checked; the mass stands.",
            answered_at=made + timedelta(days=3),
        ),
    )
    return Edition(
        stage=stage,
        made_at=made,
        organisations=8,
        comments_until=made + timedelta(days=14),
        comments=() if stage is Stage.DRAFT else comments,
        plans=(first, second),
        description="Eight lines build pouch cells of electrodes of one lot.",
        correction="One line's cells had been exchanged." if stage is Stage.CORRECTED else "",
        corrects=1 if stage is Stage.CORRECTED else None,
        published_at=None if stage is Stage.DRAFT else made + timedelta(days=15),
        **WHEN,
    )


def own(code: str = "QX") -> LetterData:
    """What the line behind a code is told beyond the evaluation."""
    cells = tuple(
        OwnCell(
            number=number,
            name=f"N-{number}",
            dataset="PLX-7Q4K-M2XD",
            version=1,
            sha256=(f"{number}" * 64,),
            received_at=NOON + timedelta(days=30 + number),
            conformance=_own_conformance(number),
            state=SubmissionState.ACCEPTED,
            values=(
                KpiValue(
                    kpi="q-c10",
                    definition="cycle-capacity/1",
                    unit="mA.h/g",
                    value=_CENTRES[code] + _PATTERN[number - 1],
                    rows=((120, 4180),),
                ),
                KpiValue(
                    kpi="r-10s", definition="dc-resistance/1", unit="Ohm.cm2", value=None, reason="There is no pulse."
                ),
            ),
        )
        for number in range(1, 6)
    )
    earlier = tuple(
        EarlierScore(
            round=f"rr-202{year}",
            title=f"Round robin 202{year}",
            kpi="q-c10",
            closed_at=datetime(2020 + year, 6, 1, tzinfo=UTC),
            z_prime=score,
            per_cent=score * 0.8,
            n=5,
            sigma_pt=1.1,
            score="ok",
        )
        for year, score in ((3, 0.4), (4, 1.1), (5, 1.9))
    )
    return LetterData(
        round="rr-2026",
        line="north-1",
        line_name="North pouch line",
        organisation="north",
        organisation_name="North Line",
        code=code,
        joined_at=NOON,
        cells=cells,
        earlier=earlier,
    )


LOADING: dict[str, Any] = {
    "label": "Coating: Dry loading, positive electrode",
    "step": "coating",
    "parameter": "dry_loading",
    "electrode": "positive",
    "critical": True,
    "low": 12.2,
    "high": 12.8,
    "unit": "mg/cm2",
}


def _conformance(codes: tuple[str, ...]) -> tuple[TargetEvaluation, ...]:
    """QX has two cells outside, HT one whose value is missing; of the cells' mass nothing is counted under codes."""
    off = {"QX": {"within": 3, "outside": 2}, "HT": {"within": 4, "missing": 1}}
    lines = tuple(CodedCount(code=code, **off.get(code, {"within": 5})) for code in codes)
    mass = {"label": "End of line: Cell mass", "step": "end-of-line", "parameter": "cell_mass", "unit": "g"}
    return (
        TargetEvaluation(**LOADING, asked=12.5, lines=lines, definition="conformance/1"),
        TargetEvaluation(**mass, asked=40.0, low=39.0, withheld="Sizes tell.", definition="conformance/1"),
    )


def _own_conformance(number: int) -> tuple[Conformance, ...]:
    off = number > 3
    actual: dict[str, Any] = {"actual": 13.05 if off else 12.5, "deviation": 0.55 if off else 0.0, "within": not off}
    return (Conformance(**LOADING, target=12.5, object=f"ROLL-{number}", object_kind=ObjectKind.ROLL, **actual),)


def _kpi(
    id: str, label: str, unit: str, results: dict[str, list[float]], sigma: float, left_out: tuple[LeftOut, ...]
) -> KpiEvaluation:
    dropped = {(one.code, one.cell) for one in left_out}
    everything = rr.level_of_results(results, unit)
    kept = rr.level_of_results(
        {
            code: [value for cell, value in enumerate(values, 1) if (code, cell) not in dropped]
            for code, values in results.items()
        },
        unit,
    )
    judged = _judged(results, kept, sigma, dropped)
    return KpiEvaluation(
        kpi=id,
        label=label,
        unit=unit,
        digits=4,
        normalised=True,
        definition="cycle-capacity/1",
        power=rr.power(everything.p).value,
        spread_name="within-line s (cells + repeatability)",
        lines=judged.lines,
        all_results=_aggregates(everything, sigma),
        kept_results=_aggregates(kept, sigma) if left_out else None,
        limits=judged.limits,
        screening=judged.screening,
        left_out=left_out,
        absent=("WS",),
        definitions=("cycle-capacity/1", "precision/1", "mandel/1", "algorithm-a/1", "z-prime/1", "screening/1"),
        with_left_out=_judged(results, everything, sigma, set()) if left_out else None,
        notes=("Lines have unequal numbers of cells: the limit of h is that of balanced data.",) if left_out else (),
    )


def _judged(
    results: dict[str, list[float]], level: rr.Level, sigma: float, dropped: set[tuple[str, int | None]]
) -> Judged:
    at_5, at_1 = rr.mandel(level, 0.05), rr.mandel(level, 0.01)
    assigned = rr.robust_consensus(list(level.mean))
    scored = rr.z_prime_scores(list(level.mean), assigned, sigma)
    lines = tuple(
        CodedLine(
            code=code,
            n=level.n[place],
            mean=level.mean[place],
            s=level.sd[place],
            points=tuple(
                CodedPoint(cell=cell, value=value, excluded=(code, cell) in dropped)
                for cell, value in enumerate(values, 1)
            ),
            h=None if at_5.h is None else at_5.h[place],
            k=None if at_5.k is None else at_5.k[place],
            z_prime=scored.values[place],
            per_cent=100 * ((level.mean[place] or 0) / assigned.value - 1),
            mandel_h=_verdict(level.p, abs(at_5.h[place]) if at_5.h else None, at_5.h_limit, at_1.h_limit),
            mandel_k=_verdict(level.p, at_5.k[place] if at_5.k else None, at_5.k_limit[place], at_1.k_limit[place]),
            score=scored.performance[place].value,
        )
        for place, (code, values) in enumerate(results.items())
    )
    screening = tuple(
        TestStep(
            test=step.test,
            statistic=step.statistic,
            straggler_limit=step.straggler_limit,
            outlier_limit=step.outlier_limit,
            code=step.lines[0] if len(step.lines) == 1 else None,
            codes=step.lines,
            verdict=step.verdict.value,
        )
        for step in rr.screen(level).steps
    )
    k = {n: (at_5.k_limit[place], at_1.k_limit[place]) for place, n in enumerate(level.n)}
    return Judged(lines=lines, limits=Limits(h=(at_5.h_limit, at_1.h_limit), k=k), screening=screening)


def _verdict(p: int, value: float | None, limit_5: float | None, limit_1: float | None) -> str:
    if p < 5:
        return "undecided"
    if value is None or limit_5 is None or limit_1 is None:
        return ""
    return "outlier" if value > limit_1 else "straggler" if value > limit_5 else "ok"


def _aggregates(level: rr.Level, sigma: float) -> Aggregates:
    found, robust = rr.precision(level), rr.algorithm_a(list(level.mean))

    def figure(value: float, interval: rr.Interval | None) -> Figure:
        return Figure(value=value, low=interval and interval.low, high=interval and interval.high)

    return Aggregates(
        p=level.p,
        results=found.n_total,
        mean=found.mean,
        median=sorted(one or 0.0 for one in level.mean)[level.p // 2],
        assigned=robust.x,
        assigned_u=robust.u,
        assigned_by="robust-consensus",
        robust_s=robust.s,
        s_r=figure(found.s_r, found.s_r_interval),
        s_L=figure(found.s_L, found.s_L_interval),
        s_R=figure(found.s_R, found.s_R_interval),
        r=found.r,
        R=found.R,
        sigma_pt=sigma,
        sigma_from="prescribed",
    )


def _curve(codes: tuple[str, ...]) -> CurveEvaluation:
    axis = tuple(2.5 * place for place in range(81))
    consensus = tuple(None if x > 190 else 4.2 - 0.004 * x - 0.3 * math.exp((x - 190) / 9) for x in axis)
    shift = {code: 0.004 * (place - 3) for place, code in enumerate(codes)}
    lines = []
    for code in codes:
        off = tuple(
            None if one is None else shift[code] + (0.0 if code != "QX" else 0.0002 * x)
            for x, one in zip(axis, consensus, strict=True)
        )
        mean = tuple(
            None if one is None or more is None else one + more for one, more in zip(consensus, off, strict=True)
        )
        lines.append(
            CodedCurve(
                code=code,
                n=tuple(5 if one is not None else 0 for one in mean),
                mean=mean,
                s=tuple(None if one is None else 0.003 for one in mean),
                difference=off,
                flags=("h outlier from 120 mA·h/g on",) if code == "QX" else (),
            )
        )
    return CurveEvaluation(
        label="Discharge at C/10",
        axis=axis,
        axis_unit="mA.h/g",
        axis_label="Discharged capacity",
        unit="V",
        quantity="Voltage",
        lines=tuple(lines),
        consensus=consensus,
        robust_s=tuple(None if one is None else 0.006 + 0.00002 * x for x, one in zip(axis, consensus, strict=True)),
        h_limit=2.15,
        k_limit=1.9,
        definition="curves/1",
    )


def summary() -> PublicSummary:
    """The public summary of the example."""
    of = evaluation()
    return PublicSummary(
        round=of.round,
        title=of.title,
        kind=of.kind,
        protocol=of.protocol,
        protocol_version=of.protocol_version,
        confounded=of.confounded,
        software=of.software,
        published_at=NOON + timedelta(days=81),
        p=of.p,
        kpis=tuple(
            PublicKpi(
                kpi=one.kpi,
                label=one.label,
                unit=one.unit,
                digits=one.digits,
                definition=one.definition,
                p=one.all_results.p,
                results=one.all_results.results,
                consensus=one.all_results.assigned,
                u=one.all_results.assigned_u,
                s_r=one.all_results.s_r.value,
                s_R=one.all_results.s_R.value,
            )
            for one in of.kpis
            if not one.refused
        ),
        methods=("precision/1", "algorithm-a/1"),
    )
