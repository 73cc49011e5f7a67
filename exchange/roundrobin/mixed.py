"""The same nested components by restricted maximum likelihood, with statsmodels."""

import math
import warnings
from collections.abc import Sequence

import numpy as np

from exchange.roundrobin.level import Results, settled
from exchange.roundrobin.nested import RESIDUAL, Component, Nested, grouped
from exchange.roundrobin.refusals import NoSpread

BOUNDARY = 1e-6
"""A variance below this share of the residual one counts as zero: the estimate lies on the boundary."""


def nested_reml(values: Results, stages: dict[str, Sequence[object]]) -> Nested:
    """Components as of `nested_anova` by REML: equal to it for balanced data with all components above zero.

    At a component of zero the others differ between the two ways: do not mix them in one report. The optimum is found
    numerically; components agree to about 1e-5. NoSpread where all results are equal; else errors of `nested_anova`.
    Software: statsmodels MixedLM (BSD-3-Clause): random intercepts of the outermost stage, variance components within.
    """
    # Loading statsmodels takes seconds, and only this function needs it.
    import pandas as pd
    from statsmodels.regression.mixed_linear_model import MixedLM

    numbers, keys, names = grouped(values, stages)
    scale = settled(float(np.std(numbers)), numbers)
    if scale == 0:
        raise NoSpread("All results are equal, so there is no variation to share out.")
    centre = float(np.mean(numbers))
    # Unit spread: the optimiser's tolerances are absolute.
    table = pd.DataFrame({"y": (numbers - centre) / scale} | {
        f"stage{depth}": [str(label) for label in key] for depth, key in enumerate(keys)
    })  # fmt: skip
    within = {f"stage{depth}": f"0 + C(stage{depth})" for depth in range(1, len(names))}
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        model = MixedLM.from_formula("y ~ 1", table, groups="stage0", re_formula="1", vc_formula=within or None)
        # Without gradients: those of the others fail at the boundary, or stop some 1e-3 away where the optimum is flat.
        fit = model.fit(reml=True, method=["powell"], xtol=1e-10, ftol=1e-14)
    order = list(model.exog_vc.names) if within else []
    variances = [float(fit.cov_re.iloc[0, 0])]
    variances += [float(fit.vcomp[order.index(f"stage{depth}")]) for depth in range(1, len(names))]
    residual = float(fit.scale)
    notes = [
        f"the variance of stage {name} lies on the boundary at zero"
        for name, variance in zip(names, variances, strict=True)
        if variance <= BOUNDARY * residual
    ]
    if not fit.converged:
        notes += ["the estimate did not settle", *sorted({str(one.message) for one in said})]
    counts = [1, *(len(set(key)) for key in keys), len(numbers)]
    components = tuple(
        Component(
            name, counts[place + 1], counts[place + 1] - counts[place], None, variance * scale**2,
            scale * math.sqrt(max(0.0, variance)),
        )
        for place, (name, variance) in enumerate(zip((*names, RESIDUAL), [*variances, residual], strict=True))
    )  # fmt: skip
    mean = centre + scale * float(fit.fe_params.iloc[0])
    return Nested(mean, len(numbers), components, "restricted maximum likelihood", tuple(notes), "nested-reml/1")
