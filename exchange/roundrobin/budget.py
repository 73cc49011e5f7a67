"""Budget: the standard uncertainty of a charge, an energy or a voltage, from what the measurement rests on."""

import math
from typing import Final

from exchange.roundrobin.refusals import NotANumber
from exchange.roundrobin.stated import CellUncertainty
from schemas.round.choosing import Measure
from schemas.round.uncertainty import StatedBudget

DEFINITION: Final = "budget/1"
COUNTED: Final = frozenset({Measure.CHARGE, Measure.ENERGY})
"""What is integrated over time: offset and clock add up."""
BUDGETED: Final = COUNTED | {Measure.VOLTAGE}
"""What a budget can be declared for."""


def budget(value: float, measure: Measure, said: StatedBudget, scale: float = 1.0) -> CellUncertainty:
    """u of a value x, in its unit: u² = (gain x)² + (offset t)² + (time x)² + (per_kelvin kelvin x)² + (amount x)².

    For a charge Q that is u_rel² = gain² + (offset t / Q)² + time² + …; of a voltage t is 1 and the clock does not
    matter. `scale` is what one A.h or W.h is in the unit of a normalised value. Of these gain and offset are of the
    channel, the rest is common to all cells. Both together are taken as one error, which is never less than each by
    itself. Standard: the law of propagation of JCGM 100:2008 (GUM), 5.1.2. NotANumber where nothing is above zero, or
    the measure is another.
    """
    if measure not in BUDGETED:
        raise NotANumber(f"A {measure.value} has no budget here; state its expanded uncertainty.")
    counted = measure in COUNTED
    offset = said.offset * scale * (said.hours if counted else 1.0)
    clock = said.time if counted else 0.0
    common = abs(value) * math.hypot(clock, said.per_kelvin * said.kelvin, said.amount)
    return CellUncertainty(common, math.hypot(said.gain * value, offset), said.channel)
