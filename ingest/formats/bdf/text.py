"""Battery Data Format as csv: machine names or labels, earlier and deprecated names, hours and other printed units."""

import re
from collections.abc import Sequence

from ingest.text.headers import IMPEDANCE, plain, split_heading
from ingest.text.reader import Layout, TextReader
from ingest.vocabulary import FIELDS
from schemas.quantities import QUANTITIES, Obligation

_REQUIRED = frozenset(name for name, quantity in QUANTITIES.items() if quantity.obligation is Obligation.REQUIRED)
_TOLD_BY = frozenset(plain(name) for field in FIELDS if field.quantity in _REQUIRED | IMPEDANCE for name in field.names)
_OF = {plain(name): field.quantity for field in FIELDS for name in field.names}


_MAKERS = frozenset({"systime", "datetimeisostring", "record", "cycleno", "stepno"})
"""Columns by which an export of Landt is told from the vocabulary's names that it shares."""


def is_header(cells: Sequence[str]) -> bool:
    """Two of test time, voltage and current, or an impedance, by the vocabulary's names or as `label / unit`."""
    found = set()
    if not _MAKERS.isdisjoint(plain(cell) for cell in cells):
        return False
    for cell in cells:
        name, unit = split_heading(cell)
        whole = plain(cell)
        # The stroke of a unit in brackets, as in Current(mA/g), is no label's.
        labelled = "/" in re.split(r"[(\[]", cell)[0] and unit is not None and plain(name) in _TOLD_BY
        if labelled or (whole in _TOLD_BY and "_" in cell):
            found.add(_OF[plain(name)] if labelled else _OF[whole])
    return len(found & _REQUIRED) >= 2 or found >= IMPEDANCE


LAYOUT = Layout(
    name="Battery Data Format csv",
    version="1",
    fields=FIELDS,
    is_header=is_header,
    preamble=False,
    synonyms=True,
)
READERS = (TextReader(LAYOUT),)
