"""Words and numbers as reports write them: minus sign, thin spaces, significant digits, units, days."""

import re
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal
from math import floor, isfinite, log10
from typing import Final

MINUS: Final = "\u2212"
THIN: Final = "\u2009"
NONE: Final = "–"
"""Stands where there is no value."""
_MOST_DECIMALS = 12
_EXACT: Final = Context(prec=400)
"""Enough digits for every binary number."""
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_UNITS: Final = {"1": "", "A.h": "Ah", "mA.h": "mAh", "W.h": "Wh", "Ohm": "Ω", "mOhm": "mΩ"}
_IN_UNITS: Final = (("A.h", "Ah"), ("W.h", "Wh"), ("Ohm", "Ω"), (".", "·"), ("cm2", "cm²"), ("cm3", "cm³"))

_POWER: Final = re.compile(r"([A-Za-zΩ])(-\d)")
_RAISED: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")

ASSESSMENT: Final = {
    "ok": "Satisfactory",
    "warning": "Questionable",
    "action": "Unsatisfactory",
    "not-scored": "Not scored",
    "": "Not scored",
}
VERDICT: Final = {"ok": "", "": "", "straggler": "straggler", "outlier": "outlier", "undecided": "undecided"}
POWER: Final = {
    "plots-only": "With so few lines the tests have no power: plots only, every verdict is undecided.",
    "indicative": "With fewer than eight lines tests and limits are indicative.",
    "full": "",
}


def decimals_for(value: float | None, digits: int) -> int:
    """How many decimals show `digits` significant digits of a value; none below zero."""
    if value is None or not isfinite(value) or value == 0:
        return max(0, digits - 1)
    return min(_MOST_DECIMALS, max(0, digits - 1 - floor(log10(abs(value)))))


def fixed(value: float | None, decimals: int) -> str:
    """A number with so many decimals, thousands apart; rounded half to even from its exact binary value."""
    if value is None or not isfinite(value):
        return NONE
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN, _EXACT)
    sign = MINUS if rounded < 0 else ""
    return sign + f"{abs(rounded):,f}".replace(",", THIN)


def significant(value: float | None, digits: int) -> str:
    """A number with so many significant digits."""
    return fixed(value, decimals_for(value, digits))


def spread(value: float | None) -> str:
    """A standard deviation or uncertainty: two significant digits."""
    return significant(value, 2)


def score(value: float | None) -> str:
    """A score, h or k: two decimals."""
    return fixed(value, 2)


def per_cent(share: float) -> str:
    """A significance as people write it."""
    return f"{100 * share:g} %"


def unit(ucum: str) -> str:
    """A unit as people write it, from UCUM."""
    if ucum in _UNITS:
        return _UNITS[ucum]
    for code, shown in _IN_UNITS:
        ucum = ucum.replace(code, shown)
    return _POWER.sub(lambda found: found[1] + found[2].translate(_RAISED), ucum)


def with_unit(number: str, ucum: str) -> str:
    """A number and its unit, which do not part at the end of a line."""
    shown = unit(ucum)
    return number if not shown or number == NONE else f"{number}\u00a0{shown}"


def in_unit(label: str, ucum: str) -> str:
    """A quantity's name with its unit, as axes and headings have it."""
    shown = unit(ucum)
    return f"{label} ({shown})" if shown else label


def sentence(name: str) -> str:
    """With a capital, unless it begins with a symbol such as dQ/dV."""
    return name if name[1:2].isupper() else name[:1].upper() + name[1:]


def day(moment: datetime | None) -> str:
    """A day in UTC, as 31 Mar 2027."""
    if moment is None:
        return NONE
    utc = moment.astimezone(UTC)
    return f"{utc.day}\u00a0{_MONTHS[utc.month - 1]}\u00a0{utc.year}"


def minute(moment: datetime) -> str:
    """A moment in UTC to the minute."""
    utc = moment.astimezone(UTC)
    return f"{day(utc)}, {utc.hour:02}:{utc.minute:02} UTC"


def counted(number: int, one: str, several: str = "") -> str:
    """A count with its noun."""
    return f"{number} {one if number == 1 else several or one + 's'}"


def listed(names: tuple[str, ...] | list[str]) -> str:
    """Names in a row."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else "none"
