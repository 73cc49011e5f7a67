"""Lines judged beside each other: h and k with limits, the screening, scores, and the flags that follow from them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from exchange.roundrobin.aggregates import Together
from exchange.roundrobin.cells import CellResult, Handed
from exchange.roundrobin.level import Level
from exchange.roundrobin.mandel import Mandel, mandel
from exchange.roundrobin.scored import Scored, scored
from exchange.roundrobin.scores import Performance
from exchange.roundrobin.screening import Screening, Step, screen
from exchange.roundrobin.verdict import FEWEST, Verdict
from schemas.round.evaluation import CodedLine, CodedPoint, Judged, Limits, TestStep
from schemas.round.flags import Flag
from schemas.round.plan import EvaluationPlan, KpiPlan


@dataclass(frozen=True)
class Looked:
    """What the statistics say of a level: Mandel's at the weaker significance, if there is one, and at the stronger."""

    level: Level
    weaker: Mandel | None
    mandel: Mandel
    screening: Screening
    scores: Scored

    @property
    def definitions(self) -> tuple[str, ...]:
        """Versions of everything that was computed."""
        return (self.mandel.definition, self.screening.definition, *self.scores.definitions)


def look(level: Level, plan: EvaluationPlan, chosen: KpiPlan, by: Together, stated: Mapping[str, float]) -> Looked:
    """Every comparison of the lines of a level; `stated` is u of the mean by line. TooFewLines below two lines."""
    weaker, stronger = plan.levels.of_mandel
    return Looked(
        level,
        None if weaker is None else mandel(level, weaker),
        mandel(level, stronger),
        screen(level, plan.levels.pair),
        scored(level, chosen, by, stated),
    )


def judged(found: Looked, plan: EvaluationPlan, handed: Handed, counted: Sequence[CellResult]) -> Judged:
    """All lines with a result, in the order of codes; `counted` are the results of the level that was looked at.

    A line whose spread rests on fewer results than the plan needs has no verdict on it.
    """
    lines = [_line(line, found, plan) for line in by_themselves(found.level, handed, counted)]
    steps = tuple(_step(step) for step in found.screening.steps)
    return Judged(lines=tuple(lines), limits=_limits(found), screening=steps)


def by_themselves(level: Level, handed: Handed, counted: Sequence[CellResult]) -> tuple[CodedLine, ...]:
    """What each line's results say alone: number, mean, standard deviation, points; in the order of codes."""
    kept = {(one.code, one.cell) for one in counted}
    points: dict[str, list[CodedPoint]] = {}
    for one in sorted(handed.results, key=lambda one: (one.code, one.cell)):
        excluded = (one.code, one.cell) not in kept
        point = CodedPoint(cell=one.cell, value=one.value, reason=one.reason, excluded=excluded)
        points.setdefault(one.code, []).append(point)
    return tuple(_alone(code, level, tuple(there)) for code, there in points.items())


def _alone(code: str, level: Level, points: tuple[CodedPoint, ...]) -> CodedLine:
    missing = (Flag.MISSING,) if any(one.value is None and not one.excluded for one in points) else ()
    flags = (*missing, *((Flag.LEFT_OUT,) if any(one.excluded for one in points) else ()))
    if code not in level.lines:
        return CodedLine(code=code, n=0, points=points, flags=flags, unscored="it has no result that is kept")
    at = level.lines.index(code)
    return CodedLine(code=code, n=level.n[at], mean=level.mean[at], s=level.sd[at], points=points, flags=flags)


def _line(line: CodedLine, found: Looked, plan: EvaluationPlan) -> CodedLine:
    if line.code not in found.level.lines:
        return line
    at, few = found.level.lines.index(line.code), line.n < max(2, plan.minimum_cells)
    facts = {
        "h": None if found.mandel.h is None else found.mandel.h[at],
        "k": None if found.mandel.k is None else found.mandel.k[at],
        "mandel_h": _verdict_h(found, at),
        "mandel_k": Verdict.UNDECIDED.value if few else _verdict_k(found, at),
        "flags": (*_of_values(line.code, found, few), *((Flag.FEW,) if few else ()), *line.flags),
    }
    return line.model_copy(update=facts | _scores(found.scores, at))


def _scores(found: Scored, at: int) -> dict[str, object]:
    performance = found.performance[at]
    return {
        "z": found.z[at],
        "z_prime": found.z_prime[at],
        "zeta": found.zeta[at],
        "e_n": found.e_n[at],
        "stated_u": found.stated_u[at],
        "per_cent": found.per_cent[at],
        "score": "" if performance is Performance.NOT_SCORED else performance.value,
        "unscored": found.unscored,
    }


def _of_values(code: str, found: Looked, few: bool) -> tuple[Flag, ...]:
    flags: list[Flag] = []
    performance = found.scores.performance[found.level.lines.index(code)]
    if performance in _BY_SCORE:
        flags.append(_BY_SCORE[performance])
    for step in found.screening.steps:
        flag = _BY_TEST.get((step.test == "cochran", step.verdict))
        if code in step.lines and flag is not None and not (few and step.test == "cochran"):
            flags.append(flag)
    return tuple(dict.fromkeys(flags))


_BY_SCORE = {Performance.ACTION: Flag.BIASED, Performance.WARNING: Flag.WARNED}
_BY_TEST = {
    (True, Verdict.OUTLIER): Flag.EXCESS_SPREAD,
    (True, Verdict.STRAGGLER): Flag.SPREAD_STRAGGLER,
    (False, Verdict.OUTLIER): Flag.OUTLIER,
    (False, Verdict.STRAGGLER): Flag.STRAGGLER,
}


def _verdict_h(found: Looked, at: int) -> str:
    line = found.level.lines[at]
    weaker = found.weaker is not None and line in found.weaker.beyond_h
    return _verdict(found, found.mandel.h is not None, weaker, line in found.mandel.beyond_h)


def _verdict_k(found: Looked, at: int) -> str:
    line = found.level.lines[at]
    there = found.mandel.k is not None and found.mandel.k[at] is not None
    weaker = found.weaker is not None and line in found.weaker.beyond_k
    return _verdict(found, there, weaker, line in found.mandel.beyond_k)


def _verdict(found: Looked, there: bool, beyond_straggler: bool, beyond_outlier: bool) -> str:
    if not there or found.level.p < FEWEST:
        return Verdict.UNDECIDED.value
    if beyond_outlier:
        return Verdict.OUTLIER.value
    return Verdict.STRAGGLER.value if beyond_straggler else Verdict.OK.value


def _limits(found: Looked) -> Limits:
    weaker = (None,) * found.level.p if found.weaker is None else found.weaker.k_limit
    pairs = zip(found.level.n, weaker, found.mandel.k_limit, strict=True)
    k = {n: (low, high) for n, low, high in pairs if n > 1}
    h = None if found.weaker is None else found.weaker.h_limit
    return Limits(h=(h, found.mandel.h_limit), k=dict(sorted(k.items())))


def _step(step: Step) -> TestStep:
    return TestStep(
        test=step.test,
        statistic=step.statistic,
        straggler_limit=step.straggler_limit,
        outlier_limit=step.outlier_limit,
        code=step.lines[0] if len(step.lines) == 1 else None,
        verdict=step.verdict.value,
        codes=step.lines,
    )
