"""One curve of one cell: y over a rising x with the version of its definition, or the reason why there is none."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from exchange.roundrobin.level import Array
from exchange.roundrobin.refusals import Mismatched, NotANumber
from exchange.roundrobin.value import NONE, Span

CHARGE_UNIT = "A.h"


@dataclass(frozen=True)
class CurveDefinition:
    """A curve's name with the version of its definition, and the units (UCUM) of both axes.

    `joined` says that there is a value between two points; between two cycles there is none. `one_rate` says
    that curves are comparable only where the parameter `rate` (current by what charge is divided by) is about the same.
    """

    name: str
    x_unit: str
    y_unit: str
    joined: bool = True
    one_rate: bool = False

    def curve(
        self, x: Array, y: Array, rows: tuple[Span, ...] = (), parameters: Mapping[str, object] = NONE
    ) -> "Curve":
        """The curve of points x (m,), which rise strictly, and y (m,), where not-a-number is a gap.

        Mismatched where they differ in length or x does not rise; NotANumber where x is not finite, or y infinite.
        """
        across, up = held(x), held(y)
        if across.ndim != 1 or across.shape != up.shape:
            raise Mismatched(f"x and y of a curve are rows of one length; they are {across.shape} and {up.shape}.")
        if not np.isfinite(across).all() or np.isinf(up).any():
            raise NotANumber("A curve has a point at infinity, or one without x.")
        if (np.diff(across) <= 0).any():
            raise Mismatched("x of a curve rises from each point to the next; it does not here.")
        return Curve(self, across, up, rows, "", parameters)

    def refuse(self, reason: str, rows: tuple[Span, ...] = (), parameters: Mapping[str, object] = NONE) -> "Curve":
        """No curve, and why not."""
        return Curve(self, held(()), held(()), rows, reason, parameters)


@dataclass(frozen=True, eq=False)
class Curve:
    """Points x and y (m,) in the definition's units, read only; none where there is a `reason`.

    `rows` are those of the time series it came from; curves are comparable where definition and parameters agree.
    """

    definition: CurveDefinition
    x: Array
    y: Array
    rows: tuple[Span, ...] = ()
    reason: str = ""
    parameters: Mapping[str, object] = field(default_factory=dict)

    @property
    def there(self) -> bool:
        """Whether there is a curve."""
        return not self.reason


def normalised(curve: Curve, by: float, unit: str, of: str) -> Curve:
    """The same with its charge divided by `by` in `unit`: a capacity in A.h makes it a share, a mass in g Ah per gram.

    `of` names what it was divided by (own step, a KPI's id, positive active mass) and becomes part of the parameters.
    NotANumber where `by` is not above zero, Mismatched where no axis of the curve is a charge, or it is normalised.
    """
    if not (np.isfinite(by) and by > 0):
        raise NotANumber(f"A curve is divided by a number above zero; {of} is {by}.")
    if "normalised_by" in curve.parameters:
        raise Mismatched(f"The curve is already divided by {curve.parameters['normalised_by']}.")
    definition, x, y = curve.definition, curve.x, curve.y
    if definition.x_unit == CHARGE_UNIT:
        definition, x = replace(definition, x_unit=_per(definition.x_unit, unit)), x / by
    elif definition.y_unit.startswith(CHARGE_UNIT):
        definition, y = replace(definition, y_unit=_per(definition.y_unit, unit)), y / by
    else:
        raise Mismatched(
            f"{definition.name} has no charge to divide: it is {definition.y_unit} of {definition.x_unit}."
        )
    said = {**curve.parameters, "normalised_by": of}
    if isinstance(rate := curve.parameters.get("rate"), float):
        said["rate"] = rate / by
    return Curve(definition, held(x), held(y), curve.rows, curve.reason, said)


def held(values: object) -> Array:
    """Numbers as an array of its own that cannot be written to."""
    if isinstance(values, np.ndarray) and not values.flags.writeable and values.base is None:
        return values.astype(np.float64, copy=False)
    array: Array = np.array(values, dtype=np.float64)
    array.setflags(write=False)
    return array


def _per(charge: str, unit: str) -> str:
    if unit != CHARGE_UNIT:
        return f"{charge}.{unit}-1"
    return charge.removeprefix(CHARGE_UNIT).removeprefix(".") or "1"
