"""The methods of a report: of every definition that was used its formula, its standard and what was read."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from exchange.reporting import words
from exchange.reporting.document import Block, Column, Heading, Paragraph, Symbols, Table
from schemas.round.evaluation import Evaluation
from schemas.round.levels import Levels


@dataclass(frozen=True)
class Method:
    """What a definition computes, and its sources: the standard, and the public text that was read."""

    name: str
    formula: str
    source: str


METHODS: Final[dict[str, Method]] = {
    "precision/1": Method(
        "Precision",
        "s_{r}² = Σ ν_{i} s_{i}² / Σ ν_{i}; m = Σ n_{i} y_{i} / N; s_{d}² = Σ n_{i} (y_{i} − m)² / (p − 1); "
        "n̄ = (N − Σ n_{i}² / N) / (p − 1); s_{L}² = max(0, (s_{d}² − s_{r}²) / n̄); s_{R}² = s_{r}² + s_{L}²; "
        "r = 2.8 s_{r}, R = 2.8 s_{R}. Intervals at 95 %: s_{r} by χ², s_{L} and s_{R} by modified large samples.",
        "ISO 5725-2, ASTM E691; read: NIST Dataplot help",
    ),
    "mandel/1": Method(
        "Mandel's h and k",
        "h_{i} = (y_{i} − ȳ) / s_{x}; k_{i} = s_{i} / s_{r}; limit of h: (p − 1) t / √(p (t² + p − 2)); of k: "
        "√(ν / ν_{i} · B), B of Beta(ν_{i}/2, (ν − ν_{i})/2). With unequal n the balanced limit of h is kept.",
        "ISO 5725-2, ASTM E691; read: NIST Dataplot help, metRology (R)",
    ),
    "cochran/1": Method(
        "Cochran",
        "C = ν_{j} s_{j}² / Σ ν s²; limit: upper α/p point of Beta(ν_{j}/2, (ν − ν_{j})/2)",
        "ISO 5725-2; read: NIST Dataplot help, 't Lam's page",
    ),
    "grubbs-single/1": Method(
        "Grubbs, one mean",
        "G = |y − ȳ| / s; limit: (p − 1)/√p · √(t² / (p − 2 + t²)), t at α/(2p)",
        "ISO 5725-2; read: help of Origin",
    ),
    "grubbs-double/1": Method(
        "Grubbs, two means",
        "sum of squares without the two largest (smallest) means / of all; limits by simulation",
        "ISO 5725-2; own simulation, 4 million draws for each p",
    ),
    "screening/1": Method(
        "Screening",
        "Cochran, again after each outlier; Grubbs for one mean, again; Grubbs for two where one finds nothing",
        "ISO 5725-2",
    ),
    "algorithm-a/1": Method(
        "Algorithm A",
        "x* = median, s* = 1.483 median|y − x*|; clip to x* ± 1.5 s*; x* = mean, s* = 1.134 sd, until still; "
        "u(x*) = 1.25 s* / √p",
        "ISO 13528, ISO 5725-5; read: metRology (R)",
    ),
    "algorithm-s/1": Method(
        "Algorithm S",
        "w* = ξ √(mean(min(w_{i}, η w*)²)), η = √(χ²(0.9; ν)/ν), ξ = 1/√(P(χ²_{ν+2} < ν η²) + 0.1 η²)",
        "ISO 5725-5; read: metRology (R)",
    ),
    "robust-precision/1": Method(
        "Robust precision",
        "s_{r} by algorithm S, s* of the means by A; s_{L}² = max(0, s*² − s_{r}²/n); s_{R}² = s_{r}² + s_{L}²",
        "ISO 5725-5",
    ),
    "q-hampel/1": Method(
        "Q method and Hampel",
        "s* = G⁻¹(0.25 + 0.75 H(0)) / (√2 Φ⁻¹(0.625 + 0.375 H(0))); x* the zero of Σ ψ((y_{i} − x)/s*) nearest the "
        "median",
        "ISO 13528; read: public functions in R",
    ),
    "z/1": Method("z", "z = (y − x*) / σ_{pt}", "ISO 13528; read: documentation of pt_app (R)"),
    "z-prime/1": Method("z′", "z′ = (y − x*) / √(σ_{pt}² + u(x*)²)", "ISO 13528; read: documentation of pt_app (R)"),
    "zeta/1": Method("ζ", "ζ = (y − x) / √(u_{y}² + u(x)²), x without the line itself", "ISO 13528; read as z"),
    "E_n/1": Method("E_n", "E_{n} = (y − x) / √(U_{y}² + U(x)²), U = 2u", "ISO 13528; read as z"),
    "stated-mean/1": Method(
        "u of a line's mean",
        "u² = (Σ common/n)² + Σ over channels (Σ of_{channel}/n)²; what is entered as U counts as common, U/k, whole",
        "JCGM 100:2008, 5.2.2",
    ),
    "weighted-mean/1": Method("Weighted mean", "μ = Σ y/u² / Σ 1/u²", "read: metRology (R)"),
    "paule-mandel/1": Method(
        "Paule-Mandel",
        "μ weighted by 1/(u² + τ²), τ² from Σ (y − μ)²/(u² + τ²) = p − 1",
        "Paule and Mandel 1982; read: metRology (R)",
    ),
    "dersimonian-laird/1": Method(
        "DerSimonian-Laird",
        "as Paule-Mandel, τ² from moments",
        "DerSimonian and Laird 1986; read: metRology (R)",
    ),
    "homogeneity/1": Method(
        "Homogeneity",
        "s_{s}² = max(0, s_{x}² − s_{w}²/m); alike: s_{s} ≤ 0.3 σ_{pt}, or s_{s}² ≤ F_{1} (0.3 σ_{pt})² + F_{2} s_{w}²",
        "ISO 13528; read: a sheet by M. Koch",
    ),
    "stability/1": Method("Stability", "|mean after − mean before| ≤ 0.3 σ_{pt}", "ISO 13528"),
    "youden/1": Method(
        "Youden", "s_{random} = sd(y_{1} − y_{2})/√2, s_{total} = sd(y_{1} + y_{2})/√2", "Youden 1959; IUPAC Gold Book"
    ),
    "circle/1": Method(
        "Circle technique",
        "n (y − x*)²/w*² + 2(n − 1) ln²(s/w*) > χ²(1 − α; 2)",
        "ISO 13528:2005; read: NIST Dataplot help",
    ),
    "nested/1": Method(
        "Nested model",
        "y = mean + line + batch(line) + cell(batch) + residual; mean squares equated to their expectations",
        "designs of ISO 5725-3; read: SAS PROC NESTED",
    ),
    "nested-reml/1": Method("Nested model, REML", "the same by restricted maximum likelihood", "statsmodels"),
    "crossed-reml/1": Method(
        "Crossed model",
        "y = mean + line + cell + drift · order + residual by restricted maximum likelihood",
        "designs of circulated items; statsmodels",
    ),
    "curves-on-axis/1": Method(
        "Curves on one axis",
        "monotone cubic interpolation (PCHIP) on a common axis; nothing outside a curve's own range, nor beside a gap",
        "Fritsch and Carlson 1980; scipy",
    ),
    "line-bands/1": Method(
        "Mean and band of a line", "n, mean and s of a line's cells at each place of the axis", "as precision"
    ),
    "consensus-curve/1": Method(
        "Consensus curve", "x*(t) and s*(t) by algorithm A of the lines' means at each place", "as algorithm A"
    ),
    "curve-differences/1": Method(
        "Difference from the consensus", "line mean − x*(t); the largest, and the root mean square", "own"
    ),
    "functional-mandel/1": Method(
        "h and k along a curve",
        "h_{i}(t), k_{i}(t) at each place; limits for all lines and the whole curve at once by a Gaussian multiplier "
        "bootstrap with a fixed seed",
        "idea: Flores et al. 2018 by abstract and the pages of ILS (R); SCoRES (R)",
    ),
    "rescaled-sum/1": Method(
        "Rescaled sum of scores", "Σ z / √n", "ISO 13528, IUPAC 2006, neither read; own derivation"
    ),
    "yield/1": Method(
        "Yield",
        "passed / built with Wilson's interval (k + z²/2 ∓ z √(k (N − k)/N + z²/4)) / (N + z²); no h and k",
        "Wilson 1927",
    ),
    "conformance/1": Method(
        "Conformance with the protocol",
        "within: target − minus ≤ actual ≤ target + plus, ends included; set-points do not count. A cell: outside if "
        "any value is, else missing if any is not reported",
        "own",
    ),
}
"""By the version of the definition; docs/statistics.md says more, and on what data each was tested."""


_COMPUTED: Final = Method("Computed from a cell's tables", "as this version of the definition says", "docs/kpis.md")


def methods(evaluation: Evaluation) -> Iterator[Block]:
    """Formulas of what was computed; those of KPIs are named with where they are written down."""
    used = [one for kpi in evaluation.kpis for one in kpi.definitions]
    used += [kpi.components.definition for kpi in evaluation.kpis if kpi.components]
    used += [pair.definition for pair in evaluation.youden if pair.definition]
    used += [one for curve in evaluation.curves for one in curve.definitions or (curve.definition,) if one]
    used += ["yield/1"] if evaluation.yields else []
    used += [one.definition for one in evaluation.conformance]
    known = dict.fromkeys(one for one in (*METHODS, *used) if one in used)
    if not known:
        return
    yield Heading("Methods")
    yield Paragraph(
        Symbols(
            "p lines, line i with n_{i} results, mean y_{i} and standard deviation s_{i}; ν_{i} = n_{i} − 1, "
            "N = Σ n_{i}. |score| up to 2 is satisfactory, to below 3 questionable, from 3 on unsatisfactory. "
            f"{_judged(evaluation.levels)} Neither ISO nor ASTM standards were read, for they are sold: each formula "
            "comes from the public source beside it."
        )
    )
    columns = (Column("Method"), Column("Definition"), Column("Formula"), Column("Standard and source"))
    rows = []
    for id in known:
        one = METHODS.get(id, _COMPUTED)
        rows.append((one.name, id, Symbols(one.formula), one.source))
    yield Table("Methods, their versions and sources", columns, rows)


def _judged(levels: Levels) -> str:
    straggler, outlier = words.per_cent(levels.straggler), words.per_cent(levels.outlier)
    if levels.mandel is None:
        return (
            f"Beyond the {straggler} limit of a test, of h or of k a line is a straggler, beyond {outlier} an outlier."
        )
    return (
        f"Beyond the {straggler} limit of a test a line is a straggler, beyond {outlier} an outlier; beyond the "
        f"{words.per_cent(levels.mandel)} limit of h or k it is one, too."
    )
