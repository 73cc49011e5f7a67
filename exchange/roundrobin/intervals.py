"""Confidence intervals for the standard deviations of a round: repeatability, between lines, reproducibility."""

import math
from dataclasses import dataclass

from exchange.roundrobin.quantiles import chi2_point, f_point, share


@dataclass(frozen=True)
class Interval:
    """Both ends in the unit of what it is for; `confidence` is its probability, `method` how it was found."""

    low: float
    high: float
    confidence: float
    method: str


def sd_interval(s: float, df: float, confidence: float = 0.95) -> Interval:
    """Of a standard deviation s with df degrees of freedom: s sqrt(df / chi2), exact for normal results."""
    tail = (1.0 - share(confidence, "The confidence")) / 2.0
    return Interval(
        s * math.sqrt(df / chi2_point(tail, df)),
        s * math.sqrt(df / chi2_point(1.0 - tail, df)),
        confidence,
        "chi-square",
    )


def between_interval(
    s_x: float, df_x: float, s_r: float, df_r: float, n_h: float, confidence: float = 0.95
) -> Interval:
    """Of s_L, by modified large samples for s_x^2 - s_r^2 / n_h; ends below zero are zero.

    s_x is the standard deviation of the p unweighted means (df_x = p - 1), s_r the repeatability (df_r = sum(n - 1)),
    n_h the harmonic mean of the n. With M1 = n_h s_x^2, M2 = s_r^2 and upper points F(tail; df1, df2):
    low = (M1 - M2 - sqrt(G1^2 M1^2 + H2^2 M2^2 + G12 M1 M2)) / n_h, high with H1, G2, H12.
    Source: Burdick and Graybill, Confidence Intervals on Variance Components (1992), in the form that a public
    question-and-answer page gives with code (stackoverflow.com/questions/1401894); its points are read here as
    upper-tail ones, which the page doubts and coverage by simulation confirms. Unbalanced data by unweighted means
    after Thomas and Hultquist, Ann. Statist. 6 (1978) 582 (abstract read). The interval is centred on
    s_x^2 - s_r^2 / n_h, which equals the estimate of the analysis of variance for balanced data only.
    """
    tail = (1.0 - share(confidence, "The confidence")) / 2.0
    m1, m2 = n_h * s_x**2, s_r**2
    g1, h1 = _below(tail, df_x), _above(tail, df_x)
    g2, h2 = _below(tail, df_r), _above(tail, df_r)
    upper, lower = f_point(tail, df_x, df_r), f_point(1.0 - tail, df_x, df_r)
    g12 = ((upper - 1.0) ** 2 - g1**2 * upper**2 - h2**2) / upper
    h12 = ((1.0 - lower) ** 2 - h1**2 * lower**2 - g2**2) / lower
    down = math.sqrt(max(0.0, (g1 * m1) ** 2 + (h2 * m2) ** 2 + g12 * m1 * m2))
    up = math.sqrt(max(0.0, (h1 * m1) ** 2 + (g2 * m2) ** 2 + h12 * m1 * m2))
    return Interval(_root((m1 - m2 - down) / n_h), _root((m1 - m2 + up) / n_h), confidence, "modified large samples")


def total_interval(s_x: float, df_x: float, s_r: float, df_r: float, n_h: float, confidence: float = 0.95) -> Interval:
    """Of s_R, by modified large samples for s_x^2 + (1 - 1/n_h) s_r^2 (arguments as of `between_interval`).

    low = total - sqrt(G1^2 s_x^4 + G2^2 (1 - 1/n_h)^2 s_r^4), high with H1, H2: the sum of two mean squares with
    positive weights, after Graybill and Wang (1980) as the documentation of SAS PROC VARCOMP describes the method.
    """
    tail = (1.0 - share(confidence, "The confidence")) / 2.0
    a, b = s_x**2, (1.0 - 1.0 / n_h) * s_r**2
    down = math.hypot(_below(tail, df_x) * a, _below(tail, df_r) * b)
    up = math.hypot(_above(tail, df_x) * a, _above(tail, df_r) * b)
    return Interval(_root(a + b - down), _root(a + b + up), confidence, "modified large samples")


def _below(tail: float, df: float) -> float:
    return 1.0 - df / chi2_point(tail, df)


def _above(tail: float, df: float) -> float:
    return df / chi2_point(1.0 - tail, df) - 1.0


def _root(variance: float) -> float:
    return math.sqrt(max(0.0, variance))
