"""Significances at which lines of a round are judged: of straggler and outlier, and of Mandel's h and k by itself."""

from typing import Final

from pydantic import BaseModel

TABULATED: Final = (0.1, 0.05, 0.02, 0.01)
"""Those for which the double Grubbs test has critical values, which exist by simulation alone."""


class Levels(BaseModel, frozen=True):
    """Beyond the first a line is a straggler, beyond the second an outlier; as ISO 5725-2 has them unless said.

    h and k are drawn at both, as ISO 5725-2 does, or at `mandel` alone, as ASTM E691 does: beyond it is an outlier.
    """

    straggler: float = 0.05
    outlier: float = 0.01
    mandel: float | None = None

    @property
    def pair(self) -> tuple[float, float]:
        """Of the tests of ISO 5725-2."""
        return self.straggler, self.outlier

    @property
    def of_mandel(self) -> tuple[float | None, float]:
        """Of h and k; the first is None where they have one limit."""
        return self.pair if self.mandel is None else (None, self.mandel)
