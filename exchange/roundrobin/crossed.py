"""Circulated cells: each is measured by several lines and ages on its way, so that lines and cells are crossed."""

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from exchange.roundrobin.level import Array, Results, finite, settled
from exchange.roundrobin.nested import Component
from exchange.roundrobin.refusals import Mismatched, NoSpread, TooFewLines, TooFewReplicates, Uncomputable
from exchange.roundrobin.verdict import Power, power

BOUNDARY = 1e-6
"""A variance below this share of the residual one counts as zero: the estimate lies on the boundary."""


@dataclass(frozen=True)
class Crossed:
    """`mean` of the results at the mean of order, `drift` per unit of order with its standard uncertainty `u_drift`.

    `effects` (p) is how far each line of `lines` lies from the mean of all lines, cells and drift taken out by least
    squares; `components` are line, cell and residual. All in the unit of the results; drift is None without order.
    """

    mean: float
    drift: float | None
    u_drift: float | None
    lines: tuple[str, ...]
    effects: tuple[float, ...]
    components: tuple[Component, ...]
    n_total: int
    power: Power
    notes: tuple[str, ...] = ()
    definition: str = "crossed-reml/1"

    def sd(self, stage: str) -> float:
        """Standard deviation of line, cell or residual, in the unit of the results."""
        return next(one.sd for one in self.components if one.stage == stage)


def crossed_reml(values: Results, lines: Sequence[str], cells: Sequence[str], order: Results | None = None) -> Crossed:
    """y = mu + line + cell + drift * order + residual by restricted maximum likelihood; line and cell are random.

    One entry per result in each column; `order` is the place of the measurement on the cell's way, or days, or charge
    put through. Where every line has the same place for all cells a drift cannot be told from the lines (Uncomputable):
    send cells on different ways, or measure them at one line before and after. For balanced data without order, and
    components above zero, it equals two-way analysis of variance. Software: statsmodels MixedLM (BSD-3-Clause), one
    group with two variance components, as its page on crossed designs does. Data of the test: lme4's Penicillin.
    TooFewLines below two lines or cells, Mismatched, NoSpread, TooFewReplicates where nothing is left for a residual.
    """
    numbers = finite(values, "results", 2)
    places = None if order is None else finite(order, "places in the order", 2)
    names, design = _design(numbers, lines, cells, places)
    centre = float(np.mean(numbers))
    scale = settled(float(np.std(numbers)), numbers)
    if scale == 0:
        raise NoSpread("All results are equal, so there is no variation to share out.")
    solution, left = _least_squares(design, (numbers - centre) / scale)
    if left <= 0:
        raise TooFewReplicates("Lines, cells and drift explain every result; none is left to tell a residual from.")
    fixed, u, variances, notes = _fitted((numbers - centre) / scale, lines, cells, places)
    effects = np.concatenate(([0.0], solution[1 : len(names)]))
    effects = scale * (effects - effects.mean())
    stages = ("line", "cell", "residual")
    counts = (len(names), len(set(cells)), len(numbers))
    return Crossed(
        mean=centre + scale * fixed[0],
        drift=None if places is None else scale * fixed[1],
        u_drift=None if places is None else scale * u[1],
        lines=names,
        effects=tuple(float(effect) for effect in effects),
        components=tuple(
            Component(stage, count, df, None, variance * scale**2, scale * math.sqrt(variance))
            for stage, count, df, variance in zip(
                stages, counts, (counts[0] - 1, counts[1] - 1, left), variances, strict=True
            )
        ),
        n_total=len(numbers),
        power=power(len(names)),
        notes=notes,
    )


def _design(
    numbers: Array, lines: Sequence[str], cells: Sequence[str], places: Array | None
) -> tuple[tuple[str, ...], Array]:
    """Names of the lines, and a matrix (N, columns): one, lines but the first, cells but the first, order."""
    if not len(numbers) == len(lines) == len(cells) or (places is not None and len(places) != len(numbers)):
        raise Mismatched(
            f"The columns differ in length: {len(numbers)} results, {len(lines)} lines, {len(cells)} cells."
        )
    names, items = tuple(dict.fromkeys(lines)), tuple(dict.fromkeys(cells))
    if len(names) < 2 or len(items) < 2:
        raise TooFewLines(f"There are {len(names)} lines and {len(items)} cells; crossing needs two of each.")
    shown = [np.ones(len(numbers))]
    shown += [np.array([one == name for one in lines], dtype=np.float64) for name in names[1:]]
    shown += [np.array([one == item for one in cells], dtype=np.float64) for item in items[1:]]
    made = np.column_stack(shown)
    if np.linalg.matrix_rank(made) < made.shape[1]:
        raise Uncomputable("Lines and cells fall into parts without a cell in common; lines cannot be compared then.")
    if places is None:
        return names, made
    made = np.column_stack([made, (places - places.mean()) / (np.ptp(places) or 1.0)])
    if np.linalg.matrix_rank(made) < made.shape[1]:
        raise Uncomputable("Each line has its own place in the order: a drift cannot be told from the lines.")
    return names, made


def _least_squares(design: Array, numbers: Array) -> tuple[Array, int]:
    """Coefficients, and degrees of freedom that are left."""
    solution: Array = np.linalg.lstsq(design, numbers, rcond=None)[0].astype(np.float64)
    return solution, len(numbers) - int(design.shape[1])


def _fitted(
    numbers: Array, lines: Sequence[str], cells: Sequence[str], places: Array | None
) -> tuple[list[float], list[float], list[float], tuple[str, ...]]:
    """Fixed effects with their uncertainties, variances of line, cell and residual, and notes; all of unit spread."""
    # Loading statsmodels takes seconds, and only this function needs it.
    import pandas as pd
    from statsmodels.regression.mixed_linear_model import MixedLM

    table = pd.DataFrame({"y": numbers, "line": list(lines), "cell": list(cells)})
    span = 1.0 if places is None else float(np.ptp(places))
    if places is not None:
        table["order"] = (places - places.mean()) / span
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        model = MixedLM.from_formula(
            "y ~ 1" if places is None else "y ~ 1 + order",
            table,
            groups=np.ones(len(numbers)),
            vc_formula={"cell": "0 + C(cell)", "line": "0 + C(line)"},
            re_formula="0",
        )
        fit = model.fit(reml=True, method=["powell"], xtol=1e-10, ftol=1e-14)
    by_name = dict(zip(model.exog_vc.names, (float(one) for one in fit.vcomp), strict=True))
    residual = float(fit.scale)
    notes = [
        f"the variance of {name} lies on the boundary at zero"
        for name in ("line", "cell")
        if by_name[name] <= BOUNDARY * residual
    ]
    if not fit.converged:
        notes += ["the estimate did not settle", *sorted({str(one.message) for one in said})]
    scales = [1.0, 1.0 / span]
    fixed = [float(one) * by for one, by in zip(fit.fe_params, scales, strict=False)]
    u = [float(one) * by for one, by in zip(fit.bse_fe, scales, strict=False)]
    return fixed, u, [max(0.0, by_name["line"]), max(0.0, by_name["cell"]), residual], tuple(notes)
