"""How far lines kept to what a round's protocol fixes for production: of one cell, and counted under codes."""

from enum import StrEnum

from pydantic import BaseModel

from schemas.protocol import Conformance


class Keeping(StrEnum):
    """How one cell stands to one target, with everything that it was made from."""

    WITHIN = "within"
    """Every actual value is within its tolerance."""
    OUTSIDE = "outside"
    """One of them at least is not."""
    MISSING = "missing"
    """None is outside, and one at least is not reported."""


class KeptTo(BaseModel, frozen=True):
    """How a cell that was handed in stands to the targets, in the order of the protocol's; `found` is its line's own.

    `found` holds every actual value, and what is not reported, as `exchange.conform` lists them.
    """

    keeping: tuple[Keeping, ...]
    found: tuple[Conformance, ...] = ()


class CodedCount(BaseModel, frozen=True):
    """Cells of one line that count, each once."""

    code: str
    within: int = 0
    outside: int = 0
    missing: int = 0


class TargetEvaluation(BaseModel, frozen=True):
    """One target of the protocol, and how many cells of each line kept to it, in the order of codes; no value.

    `asked`, `low` and `high` are in `unit` (UCUM); of words there is `asked_text`. `withheld` says why nothing is
    counted under codes.
    """

    label: str
    step: str
    parameter: str
    electrode: str | None = None
    side: str | None = None
    critical: bool = False
    asked: float | None = None
    low: float | None = None
    high: float | None = None
    asked_text: str | None = None
    unit: str = ""
    lines: tuple[CodedCount, ...] = ()
    withheld: str = ""
    definition: str = ""
