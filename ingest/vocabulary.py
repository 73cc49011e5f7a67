"""The Battery Data Format's vocabulary as headings: names, labels with units, earlier and deprecated names."""

from ingest.text.headers import Field, plain, split_heading
from schemas.quantities import QUANTITIES, Quantity

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
