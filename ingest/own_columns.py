"""Columns of a time series that the Battery Data Format has no term for and that are kept under names of our own."""

from ingest.parquet import Described
from schemas.quantities import QUANTITIES, Kind, Obligation, Quantity

WORKING = "working_electrode_volt"
COUNTER = "counter_electrode_volt"


def _own(name: str, label: str, unit: str, ucum: str, low: float, high: float) -> Quantity:
    return Quantity(name, label, unit, ucum, Obligation.OPTIONAL, Kind.REAL, low, high)


OWN = {
    term.name: term
    for term in (
        _own(WORKING, "Working Electrode / V", "volt", "V", -10.0, 10.0),
        _own(COUNTER, "Counter Electrode / V", "volt", "V", -10.0, 10.0),
    )
}
"""Potentials of the electrodes of one cell, each against its reference electrode."""

TERMS = {**QUANTITIES, **OWN}
DESCRIBED = {name: Described(unit=term.ucum) for name, term in OWN.items()}
