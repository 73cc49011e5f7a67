"""Do the parts of an impedance agree: modulus and phase with real and imaginary part."""

from collections.abc import Callable

import numpy as np

from ingest.checks.view import Reals, Tally, View
from schemas.report import Problem, Severity

LineOf = Callable[[int], int]
FREQUENCY, REAL, IMAGINARY = "frequency_hertz", "real_impedance_ohm", "imaginary_impedance_ohm"
MODULUS, PHASE = "absolute_impedance_ohm", "phase_degree"
AGREE = 0.01
"""Share of the modulus by which the two ways to write one impedance may differ."""


class ImpedanceParts:
    """Rule `impedance-inconsistent`: |Z|·exp(iφ) is further than 1 % of |Z| from Re(Z) + i·Im(Z).

    Where only one of modulus and phase is there, that one is compared.
    """

    def __init__(self, line_of: LineOf) -> None:
        self._line_of = line_of
        self._differs = Tally("impedance-inconsistent", Severity.WARNING, IMAGINARY)
        self._mirrored = self._points = 0

    def look(self, view: View) -> None:
        real, imaginary = view.column(REAL), view.column(IMAGINARY)
        modulus, phase = view.column(MODULUS), view.column(PHASE)
        if real is None or imaginary is None or not view.rows or (modulus is None and phase is None):
            return
        z = real + 1j * imaginary
        size = np.abs(z)
        length = size if modulus is None else modulus
        angle = np.angle(z) if phase is None else np.radians(phase)
        apart = np.abs(length * np.exp(1j * angle) - z)
        far = apart > AGREE * np.maximum(size, length)
        self._points += int(np.isfinite(apart).sum())
        mirrored = np.abs(length * np.exp(-1j * angle) - z) <= AGREE * np.maximum(size, length)
        self._mirrored += int((far & mirrored).sum())
        where = np.flatnonzero(far)
        self._differs.add(view.first, where, _share(apart, size)[where])

    def problems(self) -> list[Problem]:
        said = (
            f"{self._differs.count} of {self._points} impedances disagree by more than 1 % with their modulus or phase"
        )
        if self._mirrored > self._differs.count / 2:
            return self._differs.once(
                f"{said}: the imaginary part or the phase has the wrong sign.",
                "A capacitive impedance has a negative imaginary part and a negative phase: export −Im(Z) as such.",
                self._line_of,
            )
        return self._differs.once(
            f"{said}.", "Check which columns were exported, and their units (Ohm, degree).", self._line_of
        )


def _share(apart: Reals, size: Reals) -> Reals:
    with np.errstate(divide="ignore", invalid="ignore"):
        share: Reals = apart / size
    return share
