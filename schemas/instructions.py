"""How a file is to be read where it does not say so itself: what its uploader declares, kept with the record."""

from collections import Counter
from difflib import get_close_matches
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, Field, model_validator

from schemas.quantities import QUANTITIES, Kind

Heading = Annotated[str, Field(min_length=1, max_length=300)]


class CurrentSign(StrEnum):
    """Which direction of the current a file counts as positive."""

    CHARGE_POSITIVE = "charge-positive"
    DISCHARGE_POSITIVE = "discharge-positive"


def _term(name: str) -> str:
    found = QUANTITIES.get(name)
    if found is not None and not found.successor:
        return name
    if found is not None:
        after = QUANTITIES[found.successor]
        raise ValueError(f"'{name}' is deprecated; write {after.name} with the unit that the column is in")
    also = [term.successor or term.name for term in QUANTITIES.values() if name in (*term.also, term.label)]
    current = [term.name for term in QUANTITIES.values() if not term.successor]
    near = also or get_close_matches(name.casefold(), current, n=3, cutoff=0.5)
    hint = f"nearest are {', '.join(near)}" if near else "such as test_time_second, voltage_volt or current_ampere"
    raise ValueError(f"'{name}' is no column name of the Battery Data Format; {hint}")


class ColumnMeaning(BaseModel, frozen=True, extra="forbid"):
    """What a column of the file holds: a Battery Data Format name, and the unit of its cells.

    Without `unit` the heading's own counts. Whether the unit is one of the quantity is said when the file is read.
    """

    quantity: Annotated[str, Field(max_length=64), AfterValidator(_term)] = Field(examples=["current_ampere"])
    unit: str | None = Field(default=None, min_length=1, max_length=32, examples=["mA"])

    @model_validator(mode="after")
    def _text_has_no_unit(self) -> Self:
        if self.unit is not None and QUANTITIES[self.quantity].kind is Kind.TEXT:
            raise ValueError(f"{self.quantity} is text and has no unit; leave the unit out")
        return self


class Way(BaseModel, frozen=True, extra="forbid"):
    """Declared ways of reading one file; empty, it is read as it says.

    `columns` are by heading, as the file prints it. With `current_sign` discharge-positive, current and power are
    turned, nothing else. `member` names one file of an archive, `sheet` one sheet of a workbook, `channel` one cell of
    a file that holds several. `last_row` cuts the file: rows behind it (as a report numbers them) are not read.
    """

    columns: dict[Heading, ColumnMeaning] = Field(default={}, max_length=200)
    current_sign: CurrentSign | None = None
    last_row: int | None = Field(default=None, ge=1, le=2**53)
    member: str | None = Field(default=None, max_length=500)
    sheet: str | None = Field(default=None, max_length=100)
    channel: str | None = Field(default=None, max_length=100)

    @model_validator(mode="after")
    def _each_quantity_has_one_column(self) -> Self:
        counted = Counter(meaning.quantity for meaning in self.columns.values())
        twice = [name for name, count in counted.items() if count > 1]
        if twice:
            raise ValueError(
                "; ".join(
                    f"{name} is declared for {' and '.join(repr(one) for one in _headings(self.columns, name))}, "
                    "of which a file can have one"
                    for name in twice
                )
            )
        return self


class Instructions(Way, frozen=True, extra="forbid"):
    """How the files of a dataset are read; `files` says what is otherwise for one of several, by its name."""

    files: dict[Heading, Way] = Field(default={}, max_length=200)

    def of(self, filename: str) -> "Instructions":
        """The instructions for one file."""
        own = self.files.get(filename, Way())
        return Instructions(**{name: getattr(own if name in own.model_fields_set else self, name) for name in FIELDS})

    @property
    def picks(self) -> bool:
        """Whether one of several cells is read of a file, so that the file holds more than the dataset."""
        return any(way.member or way.sheet or way.channel for way in (self, *self.files.values()))


FIELDS = tuple(Way.model_fields)


def _headings(columns: dict[str, ColumnMeaning], quantity: str) -> list[str]:
    return [heading for heading, meaning in columns.items() if meaning.quantity == quantity]
