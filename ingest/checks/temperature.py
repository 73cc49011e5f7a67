"""Are temperature channels what their names say: current warms the cell, not the chamber."""

import numpy as np

from ingest.checks.view import Reals, View
from schemas.report import Problem, Severity

AMBIENT = "ambient_temperature_celsius"
SURFACE = ("surface_temperature_celsius", *(f"temperature_t{number}_celsius" for number in range(1, 6)))
POINTS = 64
LOADED, RESTING = 0.3, 0.01
ENOUGH = 10
COOLER_K = 1.0


class MixedTemperatures:
    """Rule `temperatures-mixed`: under current the ambient warms against the surface, and swings more than it."""

    def __init__(self) -> None:
        self._points: dict[str, list[Reals]] = {}

    def look(self, view: View) -> None:
        ambient, current = view.column(AMBIENT), view.column("current_ampere")
        if ambient is None or current is None or not view.rows:
            return
        at = np.unique(np.linspace(0, view.rows - 1, POINTS).astype(np.intp))
        for name in SURFACE:
            surface = view.column(name)
            if surface is not None:
                self._points.setdefault(name, []).append(np.stack((current[at], ambient[at], surface[at])))

    def problems(self) -> list[Problem]:
        warmer = {name: _ambient_warms_by(np.concatenate(points, axis=1)) for name, points in self._points.items()}
        return [_say(name, by) for name, by in warmer.items() if by > COOLER_K]


def _ambient_warms_by(points: Reals) -> float:
    """How much more (in K) the ambient warms under current than the surface; 0 where nothing clear is seen."""
    current, ambient, surface = points[:, np.isfinite(points).all(axis=0)]
    size = np.abs(current)
    if not len(size) or not size.max() > 0.0:
        return 0.0
    loaded, resting = size > LOADED * size.max(), size < RESTING * size.max()
    if loaded.sum() < ENOUGH or resting.sum() < ENOUGH or np.ptp(ambient) < 2.0 * np.ptp(surface):
        return 0.0
    over = ambient - surface
    return float(np.median(over[loaded]) - np.median(over[resting]))


def _say(name: str, by: float) -> Problem:
    return Problem(
        rule="temperatures-mixed",
        severity=Severity.WARNING,
        message=f"While current flows the ambient temperature rises {by:.1f} K more than {name}: the two channels are "
        "probably exchanged.",
        hint="Look which sensor sits on the cell; declare the columns the other way round in the record's reading.",
        column=AMBIENT,
        value=f"{by:.3g}",
    )
