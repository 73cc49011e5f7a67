"""How a file is to be read where it does not say so itself: what its uploader declares, kept with the record."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, Field

Heading = Annotated[str, Field(min_length=1, max_length=300)]


class CurrentSign(StrEnum):
    """Which direction of the current a file counts as positive."""

    CHARGE_POSITIVE = "charge-positive"
    DISCHARGE_POSITIVE = "discharge-positive"


class ColumnMeaning(BaseModel, frozen=True, extra="forbid"):
    """What a column of the file holds: a Battery Data Format name, and the unit of its cells.

    Without `unit` the heading's own counts.
    """

    quantity: str = Field(max_length=64, examples=["current_ampere"])
    unit: str | None = Field(default=None, max_length=32, examples=["mA"])


class Instructions(BaseModel, frozen=True, extra="forbid"):
    """Declared ways of reading; empty, the file is read as it says.

    `member` names one file of an archive, `sheet` one sheet of a workbook, `channel` one cell of a file that holds
    several. `last_row` cuts the file: rows behind it (as a report numbers them) are not read.
    """

    columns: dict[Heading, ColumnMeaning] = Field(default={}, max_length=200)
    current_sign: CurrentSign | None = None
    last_row: int | None = Field(default=None, ge=1, le=2**53)
    member: str | None = Field(default=None, max_length=500)
    sheet: str | None = Field(default=None, max_length=100)
    channel: str | None = Field(default=None, max_length=100)
