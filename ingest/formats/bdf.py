"""Battery Data Format as csv: machine names or labels, earlier and deprecated names, hours and other printed units."""

from collections.abc import Sequence

from ingest.headers import Field, plain, split_heading
from ingest.text import Layout, TextReader
from schemas.quantities import QUANTITIES, Obligation, Quantity

EARLIER = {"date_time_millisecond": "unix_time_millisecond", "date_time_second": "unix_time_second"}
"""Names of drafts before the vocabulary's first release, as published files still carry them."""


def bdf_fields() -> tuple[Field, ...]:
    """Every term as fields: its names fix the unit, its label's name takes the unit printed behind it."""
    found: list[Field] = []
    terms = [term for term in QUANTITIES.values() if not term.successor]
    for term in terms:
        label, _ = split_heading(term.label)
        names = (term.name, *(name for name in term.also if "/" not in name))
        found.append(Field(term.name, names, _own_unit(term)))
        labels = (label, *(split_heading(name)[0] for name in term.also if "/" in name))
        found.append(Field(term.name, labels))
    taken = {plain(name) for field in found for name in field.names}
    for term in QUANTITIES.values():
        if term.successor:
            early = tuple(name for name, now in EARLIER.items() if now == term.name)
            names = tuple(name for name in (term.name, *term.also, *early) if plain(name) not in taken)
            found.append(Field(term.successor, names, _own_unit(term), rule=f"deprecated name of {term.successor}"))
    return tuple(found)


def _own_unit(term: Quantity) -> str:
    return split_heading(term.label)[1] or "1"


FIELDS = bdf_fields()
_REQUIRED = frozenset(
    plain(name)
    for field in FIELDS
    if QUANTITIES[field.quantity].obligation is Obligation.REQUIRED
    for name in field.names
)
_OF = {plain(name): field.quantity for field in FIELDS for name in field.names}


def is_header(cells: Sequence[str]) -> bool:
    """Two of test time, voltage and current stand there by the vocabulary's names or as `label / unit`."""
    found = set()
    for cell in cells:
        name, unit = split_heading(cell)
        whole = plain(cell)
        labelled = "/" in cell and unit is not None and plain(name) in _REQUIRED
        if labelled or (whole in _REQUIRED and "_" in cell):
            found.add(_OF[plain(name)] if labelled else _OF[whole])
    return len(found) >= 2


LAYOUT = Layout(
    name="Battery Data Format csv",
    version="1",
    fields=FIELDS,
    is_header=is_header,
    preamble=False,
)
READERS = (TextReader(LAYOUT),)
