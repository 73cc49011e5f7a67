"""What comes of a round, under codes: one evaluation is computed once from what counts, and never changes."""

from datetime import datetime

from pydantic import BaseModel

from schemas.round.components import Components
from schemas.round.conformance import TargetEvaluation
from schemas.round.curves import CurveEvaluation, Number
from schemas.round.levels import Levels
from schemas.round.round import Identity, RoundKind
from schemas.round.youden import YoudenEvaluation


class Figure(BaseModel, frozen=True):
    """A standard deviation or a value with its confidence interval, in the KPI's unit."""

    value: Number = None
    low: Number = None
    high: Number = None


class CodedPoint(BaseModel, frozen=True):
    """One cell of a line: its number there, its value or why it has none, and whether it was left out."""

    cell: int
    value: Number = None
    reason: str = ""
    excluded: bool = False


class CodedLine(BaseModel, frozen=True):
    """What the statistics say of one line for one KPI; scores that are not given are None and `unscored` says why.

    `stated_u` is the standard uncertainty of the mean that follows from what the line states; ζ and E_n rest on it.
    `mandel_h` is the verdict ok, straggler, outlier or undecided on h, `mandel_k` on k.
    """

    code: str
    n: int
    mean: Number = None
    s: Number = None
    points: tuple[CodedPoint, ...] = ()
    h: Number = None
    k: Number = None
    z: Number = None
    z_prime: Number = None
    zeta: Number = None
    e_n: Number = None
    stated_u: Number = None
    per_cent: Number = None
    unscored: str = ""
    mandel_h: str = ""
    mandel_k: str = ""
    score: str = ""
    flags: tuple[str, ...] = ()


class Limits(BaseModel, frozen=True):
    """Critical values at both significances, the first None where there is one; of k one pair for each line's n."""

    h: tuple[Number, Number] = (None, None)
    k: dict[int, tuple[Number, Number]] = {}


class LeftOut(BaseModel, frozen=True):
    """An exclusion as the report prints it: of a whole line, or of one cell of it; `by` is a role in the round."""

    kpi: str
    code: str
    cell: int | None = None
    reason: str
    by: str
    at: datetime


class Aggregates(BaseModel, frozen=True):
    """Statistics of one set of results: p lines, N results, consensus, precision classical and robust.

    `mean` weighs lines by their results, `mean_of_means` does not; `robust_s` is s* of the means by algorithm A,
    `robust_s_r` and `robust_s_R` stand there for balanced results alone. `q_s` and `hampel` are those of the Q method.
    `not_given` has a sentence for each statistic that these results do not allow.
    """

    p: int
    results: int
    mean: Number = None
    mean_of_means: Number = None
    median: Number = None
    assigned: Number = None
    assigned_u: Number = None
    assigned_by: str = ""
    robust_s: Number = None
    s_r: Figure = Figure()
    s_L: Figure = Figure()
    s_R: Figure = Figure()
    r: Number = None
    R: Number = None
    sigma_pt: Number = None
    sigma_from: str = ""
    robust_s_r: Number = None
    robust_s_R: Number = None
    q_s: Number = None
    hampel: Number = None
    not_given: tuple[str, ...] = ()


class TestStep(BaseModel, frozen=True):
    """One test of the screening: which, its statistic beside both limits, the line that it names, the verdict.

    A test of two lines has no `code`; `codes` are all that it names.
    """

    test: str
    statistic: Number = None
    straggler_limit: Number = None
    outlier_limit: Number = None
    code: str | None = None
    verdict: str
    codes: tuple[str, ...] = ()


class Judged(BaseModel, frozen=True):
    """Lines beside each other with limits and tests, of one set of results."""

    lines: tuple[CodedLine, ...]
    limits: Limits = Limits()
    screening: tuple[TestStep, ...] = ()


class KpiEvaluation(BaseModel, frozen=True):
    """One KPI: all lines beside each other, aggregates with and (where something was left out) without exclusions.

    `lines`, `limits` and `screening` are of the results that are kept; where something was left out, `with_left_out`
    judges all of them. `refused` says why there are no statistics; `notes` are sentences to print beside them.
    `power` is plots-only, indicative or full. `definitions` are the versions of everything that was computed.
    `spread_name`: what s_r is called here ('repeatability', or 'within-line s (cells + repeatability)').
    """

    kpi: str
    label: str
    unit: str
    digits: int
    normalised: bool
    definition: str
    power: str
    spread_name: str
    lines: tuple[CodedLine, ...]
    all_results: Aggregates
    kept_results: Aggregates | None = None
    limits: Limits = Limits()
    screening: tuple[TestStep, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    absent: tuple[str, ...] = ()
    refused: str = ""
    definitions: tuple[str, ...] = ()
    with_left_out: Judged | None = None
    notes: tuple[str, ...] = ()
    components: Components | None = None

    @property
    def judged_by(self) -> Aggregates:
        """What `lines` are judged by: the results that are kept."""
        return self.all_results if self.kept_results is None else self.kept_results


class CodedYield(BaseModel, frozen=True):
    """Cells built, passed and analysed of one line, the share with Wilson's interval."""

    code: str
    built: int
    passed: int
    analysed: int
    share: Figure = Figure()


class LateLine(BaseModel, frozen=True):
    """What arrived after closing: shown apart, in no consensus and no precision."""

    code: str
    kpi: str
    values: tuple[Number, ...]


class Evaluation(BaseModel, frozen=True):
    """Everything that was computed of a round at once, under codes; `number` counts the evaluations of the round.

    `p` counts lines with an accepted cell, before statistical exclusions. `names` of lines by code stand there only in
    a round whose identity is open. `conformance`: in a manufacturing round by target of the protocol.
    """

    round: str
    title: str
    number: int
    kind: RoundKind
    identity: Identity
    confounded: bool
    protocol: str
    protocol_version: str
    plan_sha256: str
    levels: Levels = Levels()
    software: str
    evaluated_at: datetime
    p: int
    cells: int
    kpis: tuple[KpiEvaluation, ...]
    youden: tuple[YoudenEvaluation, ...] = ()
    curves: tuple[CurveEvaluation, ...] = ()
    yields: tuple[CodedYield, ...] = ()
    conformance: tuple[TargetEvaluation, ...] = ()
    late: tuple[LateLine, ...] = ()
    withdrawn: tuple[str, ...] = ()
    amendments: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    deviations: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    names: dict[str, str] = {}
