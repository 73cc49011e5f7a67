"""From the headings of a file to canonical columns: which quantity, in which unit, written in which form."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from ingest.own_columns import TERMS
from ingest.units import Unit, unit, why_not
from schemas.errors import Unreadable
from schemas.ingested import Conversion
from schemas.quantities import QUANTITIES, Kind, Obligation, Quantity
from schemas.report import Problem, Severity

DECLARED = -1
"""The rank of a column that the uploader declares: before every other of its quantity."""
IMPEDANCE = frozenset({"frequency_hertz", "real_impedance_ohm", "imaginary_impedance_ohm"})


class Form(StrEnum):
    """How the cells of a column are written."""

    NUMBER = "number"
    DURATION = "duration"
    CLOCK = "clock"
    TEXT = "text"


@dataclass(frozen=True)
class Field:
    """One kind of column of a format.

    `names` are headings without their unit, compared without case, spaces and punctuation. `unit` is the unit that
    the name itself or the format's own definition fixes; where it is None the heading must print one. A `DURATION`
    is `h:mm:ss` or `0d 00:01:30.88` where the cells are written so, and a number in the heading's unit otherwise.
    Where several columns hold the quantity, those of the lowest `rank` are taken. `sign` is -1 for a column that the
    format defines as the negative of the quantity. With `fixed`, `unit` counts whatever the heading prints. `ucum` is
    the unit's code where the column holds another quantity, of which a step makes this one. `order` is how a file says
    that its dates are written, see `ingest.clocks`.
    """

    quantity: str
    names: tuple[str, ...]
    unit: str | None = None
    form: Form = Form.NUMBER
    rule: str = ""
    rank: int = 0
    sign: int = 1
    fixed: bool = False
    ucum: str | None = None
    order: str | None = None


@dataclass(frozen=True)
class Source:
    """A column of the file that becomes a canonical column; `unit` is None where the cells carry it themselves."""

    position: int
    heading: str
    field: Field
    quantity: Quantity
    unit: Unit | None

    @property
    def required(self) -> bool:
        """True for time, voltage and current."""
        return self.quantity.obligation is Obligation.REQUIRED


@dataclass(frozen=True)
class Columns:
    """What the headings say: columns taken, findings on those that are not, and further columns of one taken."""

    sources: tuple[Source, ...]
    problems: tuple[Problem, ...]
    twins: tuple[Source, ...] = ()


NOTHING: Mapping[int, Field] = {}
SEEN = 16_384
"""So many cells are remembered: while a file is recognised, every format asks the same of each."""


@lru_cache(maxsize=SEEN)
def plain(name: str) -> str:
    """A heading's name in the form in which names are compared."""
    # So that ℉ is no bare sign, and signs of full width are what they look like.
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", name).casefold())


@lru_cache(maxsize=SEEN)
def split_heading(heading: str) -> tuple[str, str | None]:
    """Name and unit of `Voltage / V`, `Voltage(V)`, `Voltage [V]`, `ACImp/Ohms`, `Aux_Temperature(°C)_1`, `Amps`."""
    text = heading.strip().replace("（", "(").replace("）", ")")
    if found := re.match(r"^(.*?)\s*[(\[]\s*([^)\]]*?)\s*[)\]]\s*(.*)$", text):
        return found[1] + found[3], found[2] or None
    name, slash, found_unit = text.rpartition("/")
    return (name.strip(), found_unit.strip() or None) if slash else (text, None)


@dataclass(frozen=True)
class Spelling:
    """How a format spells headings: `split` makes name and unit of one, `same` the form in which names are compared."""

    split: Callable[[str], tuple[str, str | None]] = split_heading
    same: Callable[[str], str] = plain


FREE = Spelling()


def recognised(headings: Sequence[str], fields: Sequence[Field], spelling: Spelling = FREE) -> dict[int, Field]:
    """The field of each position whose heading stands for one, as a whole or without its unit."""
    by_name = {spelling.same(name): field for field in fields for name in field.names}
    found = {}
    for position, heading in enumerate(headings):
        field = by_name.get(spelling.same(heading))
        if field is not None:
            found[position] = replace(field, fixed=field.fixed or field.unit is not None)
        elif field := by_name.get(spelling.same(spelling.split(heading)[0])):
            found[position] = field
    return found


def match(
    headings: Sequence[str],
    fields: Sequence[Field],
    spelling: Spelling = FREE,
    given: Sequence[str] = (),
    declared: Mapping[int, Field] = NOTHING,
    synonyms: bool = False,
) -> Columns:
    """Pair headings with fields; `given` are quantities that need no column. Impedance alone needs no running test.

    `declared` are fields by position that go before those of the format (`ingest.declared`). With `synonyms`, columns
    may stand there under several names of a quantity: they come as twins.

    Raises:
        Unreadable: a required or declared quantity is absent, stands there twice, or has no known unit; all at once.
    """
    sources: list[Source] = []
    twins: list[Source] = []
    problems: list[Problem] = []
    faults: list[str] = []
    left: list[str] = []
    found = {**recognised(headings, fields, spelling), **declared}
    ranks = _ranks(found)
    known = [
        Source(position, heading.strip(), field, *_resolved(field, None if field.fixed else spelling.split(heading)[1]))
        for position, heading in enumerate(headings)
        if (field := found.get(position)) is not None and field.rank == ranks[field.quantity]
    ]
    taken = {source.position: source for source in known if not _another(source, spelling, known)}
    for position, heading in enumerate(headings):
        _, spelled = spelling.split(heading)
        source = taken.get(position)
        if source is None:
            left.extend([heading.strip()] if heading.strip() else [])
            continue
        fault = _fault(source, spelled, sources)
        if not fault:
            sources.append(source)
        elif synonyms and not _fault(source, spelled, ()) and source.heading not in {one.heading for one in sources}:
            twins.append(source)
        elif source.required or source.field.rank == DECLARED:
            faults.append(fault)
        else:
            problems.append(_left_out(source, fault))
    faults += _missing(sources, faults, given)
    if faults:
        raise Unreadable(" ".join(faults))
    if left:
        problems.append(_unknown(left))
    return Columns(tuple(sources), tuple(problems), tuple(twins))


def conversion(source: Source, rule: str) -> Conversion:
    """The record of how this column is converted."""
    found = source.unit or Unit("", 1.0)
    offset = f"{found.offset:+g} after the factor" if found.offset else ""
    said = "; ".join(part for part in (source.field.rule, rule, offset) if part)
    return Conversion(
        column=source.quantity.name, source=source.heading, unit=found.spelling, factor=found.factor, rule=said
    )


def _another(source: Source, spelling: Spelling, known: Sequence[Source]) -> bool:
    """Whether a column prints the unit of something else, such as A/kg, beside one that prints its quantity's own."""
    if source.unit is not None or source.field.form is not Form.NUMBER or source.field.rank == DECLARED:
        return False
    own = any(other.quantity is source.quantity and other.unit is not None for other in known)
    return own and spelling.split(source.heading)[1] is not None


def _resolved(field: Field, spelled: str | None) -> tuple[Quantity, Unit | None]:
    quantity, ucum = TERMS[field.quantity], field.ucum or TERMS[field.quantity].ucum
    if field.form in (Form.TEXT, Form.CLOCK):
        return quantity, None
    text = spelled if spelled is not None else field.unit
    if text is None and ucum in ("1", ""):
        text = "1"
    found = None if text is None else unit(text, ucum)
    if found is not None and quantity.kind is Kind.COUNT and found.factor != 1.0:
        found = None
    return quantity, replace(found, factor=field.sign * found.factor) if found is not None else None


def _fault(source: Source, spelled: str | None, before: Sequence[Source]) -> str:
    twin = next((other for other in before if other.quantity is source.quantity), None)
    if twin is not None:
        return (
            f"The columns “{twin.heading}” and “{source.heading}” both hold {source.quantity.label}: "
            "remove one of them or name it otherwise."
        )
    if source.unit is not None or source.field.form is not Form.NUMBER:
        return ""
    unit_like = f"for example “{source.quantity.label}”"
    if spelled is None:
        return (
            f"The column “{source.heading}” prints no unit, so its values could be wrong by a factor: "
            f"export it with the unit in the heading, {unit_like}, or declare its unit in `reading.columns`."
        )
    why = why_not(spelled, source.field.ucum or source.quantity.ucum)
    return f"The column “{source.heading}” is in the unknown unit “{spelled}”: {why}. Export it {unit_like}."


def _ranks(found: Mapping[int, Field]) -> dict[str, int]:
    """The lowest rank that stands there of each quantity."""
    ranks: dict[str, int] = {}
    for field in found.values():
        ranks[field.quantity] = min(field.rank, ranks.get(field.quantity, field.rank))
    return ranks


def _missing(sources: Sequence[Source], faults: Sequence[str], given: Sequence[str]) -> list[str]:
    found = {source.quantity.name for source in sources} | set(given)
    if faults or found >= IMPEDANCE:
        return []
    absent = [q.label for q in QUANTITIES.values() if q.obligation is Obligation.REQUIRED and q.name not in found]
    if not absent:
        return []
    return [
        f"There is no column for {' and '.join(absent)}: export the file with test time, voltage and current, or "
        "declare which column holds what."
    ]


def _left_out(source: Source, fault: str) -> Problem:
    return Problem(
        rule="column-left-out",
        severity=Severity.WARNING,
        message=f"The column “{source.heading}” was left out of the tables. {fault}",
        column=source.heading,
        hint="The raw file keeps it; upload an export with a clear unit if the column is wanted in the tables.",
    )


def _unknown(left: Sequence[str]) -> Problem:
    shown = ", ".join(left[:20]) + (f" and {len(left) - 20} more" if len(left) > 20 else "")
    return Problem(
        rule="column-unknown",
        severity=Severity.NOTE,
        message=f"{len(left)} columns have no term in the Battery Data Format and stay in the raw file only: {shown}.",
        count=len(left),
    )
