"""Why a statistic is not given: each kind of input that no honest number can come from has its own name."""

from schemas.errors import Refused


class Uncomputable(Refused):
    """No number is given, and the message says why."""

    title = "The statistic cannot be computed"


class TooFewLines(Uncomputable):
    """Fewer lines (laboratories) than the procedure needs."""


class TooFewReplicates(Uncomputable):
    """No line has a second result, or a line has none."""


class NoSpread(Uncomputable):
    """All values are equal, and the statistic would divide by zero."""


class NotANumber(Uncomputable):
    """A value is not a finite number, or an uncertainty is not above zero."""


class Duplicated(Uncomputable):
    """The same result or line stands there twice."""


class Mismatched(Uncomputable):
    """Two inputs that belong together differ in length, or name lines that are not there."""


class NotIndependent(Uncomputable):
    """A score that takes result and reference for independent was asked of a reference that contains the result."""


class OutOfTable(Uncomputable):
    """A critical value that exists by simulation only is not in the table."""
