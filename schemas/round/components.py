"""Where the variation of a KPI arises, by the design of its round: lines, batches, cells."""

from enum import StrEnum

from pydantic import BaseModel


class Design(StrEnum):
    """How cells belong to lines."""

    NESTED = "nested"
    """Each line makes its own cells, in batches."""
    CROSSED = "crossed"
    """The same cells go round."""


class Share(BaseModel, frozen=True):
    """One stage: how many groups it has, its degrees of freedom, its standard deviation in the KPI's unit.

    Stages of a nested design are line, batch and cell (with what repeats differ by), of a crossed one line, cell and
    residual.
    """

    stage: str
    groups: int
    df: int
    sd: float | None = None


class LineEffect(BaseModel, frozen=True):
    """How far a line lies from the mean of all lines, cells (and drift) taken out."""

    code: str
    effect: float | None


class Components(BaseModel, frozen=True):
    """Components of the results that are kept; `refused` says why there are none, `notes` what to bear in mind.

    Crossed: `effects` of the lines, and where the order is known by which cells went round `drift` per station.
    """

    design: Design
    method: str = ""
    definition: str = ""
    results: int = 0
    shares: tuple[Share, ...] = ()
    effects: tuple[LineEffect, ...] = ()
    drift: float | None = None
    u_drift: float | None = None
    notes: tuple[str, ...] = ()
    refused: str = ""

    def sd(self, stage: str) -> float | None:
        """Of a stage; None where there is no such component."""
        return next((one.sd for one in self.shares if one.stage == stage), None)
