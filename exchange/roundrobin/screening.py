"""The order of tests of ISO 5725-2: Cochran until it is silent, then Grubbs; it proposes, and excludes nothing."""

from dataclasses import dataclass

from exchange.roundrobin.cochran import cochran
from exchange.roundrobin.grubbs import Grubbs, grubbs_double, grubbs_single
from exchange.roundrobin.level import Level
from exchange.roundrobin.refusals import NoSpread, TooFewLines
from exchange.roundrobin.verdict import ALPHAS, Alphas, Power, Verdict, power


@dataclass(frozen=True)
class Step:
    """One test on the lines that were left: which lines it pointed at, statistic, limits and verdict."""

    test: str
    p: int
    lines: tuple[str, ...]
    statistic: float
    straggler_limit: float | None
    outlier_limit: float | None
    verdict: Verdict


@dataclass(frozen=True)
class Screening:
    """All steps in order, and whom they found; nobody is excluded by it.

    `outliers` are lines that later steps left out to go on, `stragglers` those beyond the weaker limit that stayed in.
    `ended` says why no further test was made.
    """

    steps: tuple[Step, ...]
    stragglers: tuple[str, ...]
    outliers: tuple[str, ...]
    ended: str
    power: Power
    alphas: Alphas = ALPHAS
    definition: str = "screening/1"


def screen(level: Level, alphas: Alphas = ALPHAS) -> Screening:
    """Cochran, again after each outlier; then Grubbs for one mean, again; for two means where one finds nothing.

    Exclusion is a person's decision with a reason, see `exclusions`: this goes on as if outliers were left out, so that
    one does not hide another. Standard: ISO 5725-2. Read: AOAC's Appendix D (2005), which looks for a pair where the
    single test finds nothing, and returns to Cochran after each outlier. Below five lines the tests say nothing.
    """
    steps: list[Step] = []
    left, ended = _variances(level, steps, alphas)
    left, means_ended = _means(left, steps, alphas)
    outliers = tuple(line for step in steps if step.verdict is Verdict.OUTLIER for line in step.lines)
    stragglers = {
        line: None for step in steps if step.verdict is Verdict.STRAGGLER for line in step.lines if line not in outliers
    }
    return Screening(tuple(steps), tuple(stragglers), outliers, means_ended or ended, power(level.p), alphas)


def _variances(level: Level, steps: list[Step], alphas: Alphas) -> tuple[Level, str]:
    left = level
    while True:
        try:
            found = cochran(left, alphas)
        except (TooFewLines, NoSpread) as refused:
            return left, refused.message
        lines, limits = (found.line,), (found.straggler_limit, found.outlier_limit)
        steps.append(Step("cochran", len(found.lines), lines, found.share, *limits, found.verdict))
        if found.verdict is not Verdict.OUTLIER:
            return left, ""
        left = left.without(lines)


def _means(level: Level, steps: list[Step], alphas: Alphas) -> tuple[Level, str]:
    left = level
    while True:
        try:
            single = grubbs_single(left.means, left.lines, alphas)
            found = _strongest("grubbs-single", single, left.p, highest=True)
            if found.verdict in (Verdict.OK, Verdict.UNDECIDED):
                steps.append(found)
                double = grubbs_double(left.means, left.lines, alphas)
                found = _strongest("grubbs-double", double, left.p, highest=False)
        except (TooFewLines, NoSpread) as refused:
            return left, refused.message
        steps.append(found)
        if found.verdict is not Verdict.OUTLIER:
            return left, ""
        left = left.without(found.lines)


def _strongest(test: str, found: Grubbs, p: int, highest: bool) -> Step:
    ends = sorted((found.high, found.low), key=lambda end: end.statistic, reverse=highest)
    limits = found.straggler_limit, found.outlier_limit
    return Step(test, p, ends[0].lines, ends[0].statistic, *limits, ends[0].verdict)
