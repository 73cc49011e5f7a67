"""The science of a round, pure: KPIs from a cell's tables, and the field's statistics on what lines hand in.

Knows no database and runs in a notebook: `from exchange import roundrobin`. Every result is a frozen value that carries
the version of its definition; docs/statistics.md lists the formulas, their sources and what they are tested on.
"""

from exchange.roundrobin.algorithm_a import Robust, Start, algorithm_a, made, niqr
from exchange.roundrobin.algorithm_s import RobustSpread, algorithm_s
from exchange.roundrobin.axis import AbsentCurve, Curves, even_axis, on_axis, shared_range
from exchange.roundrobin.bands import (
    ConsensusCurve,
    CurveDifferences,
    LineBands,
    consensus_curve,
    curve_differences,
    line_bands,
)
from exchange.roundrobin.budget import budget
from exchange.roundrobin.cochran import Cochran, cochran, cochran_limit
from exchange.roundrobin.combined import RescaledSum, rescaled_sum
from exchange.roundrobin.consensus import Consensus, dersimonian_laird, paule_mandel, weighted_mean
from exchange.roundrobin.crossed import Crossed, crossed_reml
from exchange.roundrobin.curve import Curve, CurveDefinition, normalised
from exchange.roundrobin.exclusions import Compared, Exclusion, exclude, with_and_without
from exchange.roundrobin.fading import capacity_of_cycle, retention_of_cycle
from exchange.roundrobin.functional import FunctionalMandel, FunctionalStatistic, functional_mandel
from exchange.roundrobin.grubbs import (
    Extreme,
    Grubbs,
    grubbs_double,
    grubbs_double_limit,
    grubbs_limit,
    grubbs_single,
)
from exchange.roundrobin.homogeneity import Homogeneity, Stability, homogeneity, homogeneity_factors, stability
from exchange.roundrobin.intervals import Interval, between_interval, sd_interval, total_interval
from exchange.roundrobin.level import Level, Missing, level_of_results, level_of_rows, level_of_summaries
from exchange.roundrobin.mandel import Mandel, h_limit, k_limit, mandel
from exchange.roundrobin.mixed import nested_reml
from exchange.roundrobin.nested import Component, Nested, nested_anova
from exchange.roundrobin.precision import Precision, precision
from exchange.roundrobin.q_method import QHampel, hampel, q_hampel, q_scale, q_scale_of
from exchange.roundrobin.robust_precision import RobustPrecision, robust_precision
from exchange.roundrobin.scores import (
    Assigned,
    Performance,
    Scores,
    consensus_without_each,
    e_n_scores,
    per_cent,
    robust_consensus,
    scores_by_own_spread,
    z_prime_scores,
    z_scores,
    zeta_scores,
)
from exchange.roundrobin.screening import Screening, Step, screen
from exchange.roundrobin.stated import CellUncertainty, u_of_mean
from exchange.roundrobin.trace import ParquetRows, Trace, WantedStep, trace_of
from exchange.roundrobin.verdict import Power, Verdict, power
from exchange.roundrobin.voltage import charge_of_voltage, curve_of, dq_dv, voltage_of_charge
from exchange.roundrobin.yields import Yield, line_yield
from exchange.roundrobin.youden import Circle, Youden, circle, youden

__all__ = [
    "AbsentCurve",
    "Assigned",
    "CellUncertainty",
    "Circle",
    "Cochran",
    "Compared",
    "Component",
    "Consensus",
    "ConsensusCurve",
    "Crossed",
    "Curve",
    "CurveDefinition",
    "CurveDifferences",
    "Curves",
    "Exclusion",
    "Extreme",
    "FunctionalMandel",
    "FunctionalStatistic",
    "Grubbs",
    "Homogeneity",
    "Interval",
    "Level",
    "LineBands",
    "Mandel",
    "Missing",
    "Nested",
    "ParquetRows",
    "Performance",
    "Power",
    "Precision",
    "QHampel",
    "RescaledSum",
    "Robust",
    "RobustPrecision",
    "RobustSpread",
    "Scores",
    "Screening",
    "Stability",
    "Start",
    "Step",
    "Trace",
    "Verdict",
    "WantedStep",
    "Yield",
    "Youden",
    "algorithm_a",
    "algorithm_s",
    "between_interval",
    "budget",
    "capacity_of_cycle",
    "charge_of_voltage",
    "circle",
    "cochran",
    "cochran_limit",
    "consensus_curve",
    "consensus_without_each",
    "crossed_reml",
    "curve_differences",
    "curve_of",
    "dersimonian_laird",
    "dq_dv",
    "e_n_scores",
    "even_axis",
    "exclude",
    "functional_mandel",
    "grubbs_double",
    "grubbs_double_limit",
    "grubbs_limit",
    "grubbs_single",
    "h_limit",
    "hampel",
    "homogeneity",
    "homogeneity_factors",
    "k_limit",
    "level_of_results",
    "level_of_rows",
    "level_of_summaries",
    "line_bands",
    "line_yield",
    "made",
    "mandel",
    "nested_anova",
    "nested_reml",
    "niqr",
    "normalised",
    "on_axis",
    "paule_mandel",
    "per_cent",
    "power",
    "precision",
    "q_hampel",
    "q_scale",
    "q_scale_of",
    "rescaled_sum",
    "retention_of_cycle",
    "robust_consensus",
    "robust_precision",
    "scores_by_own_spread",
    "screen",
    "sd_interval",
    "shared_range",
    "stability",
    "total_interval",
    "trace_of",
    "u_of_mean",
    "voltage_of_charge",
    "weighted_mean",
    "with_and_without",
    "youden",
    "z_prime_scores",
    "z_scores",
    "zeta_scores",
]
