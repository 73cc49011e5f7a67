"""Curves of a round, under codes: of one kind, of all lines, on one axis."""

from pydantic import BaseModel

Number = float | None


class CodedCurve(BaseModel, frozen=True):
    """The curve of one line on the common axis: mean, s and n at each point, distance from the consensus, h and k."""

    code: str
    n: tuple[int, ...]
    mean: tuple[Number, ...]
    s: tuple[Number, ...]
    difference: tuple[Number, ...]
    h: tuple[Number, ...] = ()
    k: tuple[Number, ...] = ()
    flags: tuple[str, ...] = ()


class CellWithout(BaseModel, frozen=True):
    """A cell that counts and has no curve, and why, in words without anything own."""

    code: str
    cell: int
    reason: str


class CurveEvaluation(BaseModel, frozen=True):
    """All lines' curves on one axis; what no line reaches is missing, nothing is extrapolated.

    `refused` says why there are none; `absent` are codes of lines without a curve, `without` all cells that lack one.
    `k_limit` is given where all lines have as many cells, and the flags of a line go by its own.
    """

    label: str
    axis: tuple[float, ...]
    axis_unit: str
    axis_label: str
    unit: str
    quantity: str
    lines: tuple[CodedCurve, ...]
    consensus: tuple[Number, ...]
    robust_s: tuple[Number, ...]
    h_limit: Number = None
    k_limit: Number = None
    definition: str = ""
    definitions: tuple[str, ...] = ()
    refused: str = ""
    absent: tuple[str, ...] = ()
    without: tuple[CellWithout, ...] = ()
