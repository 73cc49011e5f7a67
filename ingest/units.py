"""Which spellings of a unit are known, and what turns each into the vocabulary's unit; nothing is ever guessed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import pyarrow as pa
import pyarrow.compute as pc


@dataclass(frozen=True)
class Unit:
    """A unit as spelled in a file: canonical value = value * factor + offset."""

    spelling: str
    factor: float
    offset: float = 0.0

    def canonical(self, values: pa.Array) -> pa.Array:
        """Float64 values in the vocabulary's unit, each rounded once: 3550 mV are 3.55 V."""
        if self.factor != 1.0:
            parts = _whole_parts(self.factor)
            # A thousandth has no exact factor; a thousand has.
            values = pc.divide(values, parts) if parts else pc.multiply(values, self.factor)
        return pc.add(values, self.offset) if self.offset else values


def unit(spelling: str, ucum: str) -> Unit | None:
    """The unit spelled so for a quantity whose canonical unit has this UCUM code; None when it is not in the table.

    Case matters for symbols (`mA` is not `MA`), not for words of three letters and more (`Sec`, `HOURS`).
    """
    text = _spelled(spelling)
    known = TABLE.get(ucum, {})
    found = known.get(text)
    if found is None and len(text) >= 3:
        found = _WORDS.get(ucum, {}).get(text.casefold())
    return None if found is None else Unit(text, *(float(part) for part in found))


def why_not(spelling: str, ucum: str) -> str:
    """Why `unit` does not know this spelling for the quantity: another dimension, or no unit known at all."""
    wanted = f"not of {_DIMENSIONS[ucum]}" if ucum in _DIMENSIONS else "and the quantity has none"
    amount, _, by = _spelled(spelling).partition("/")
    if by.strip() and (of := _dimension(amount)):
        return f"“{spelling}” is a unit of {of} per {by.strip()}, {wanted}"
    if of := _dimension(spelling):
        return f"“{spelling}” is a unit of {of}, {wanted}"
    examples = [text for text in TABLE.get(ucum, {}) if text.isascii()][:4]
    return f"“{spelling}” is no known unit of {_DIMENSIONS.get(ucum, 'it')}; known are {', '.join(examples)} and others"


Known = dict[str, tuple[Fraction, Fraction]]


def _spelled(spelling: str) -> str:
    return re.sub(r"\s+", " ", spelling.strip()).translate(_ALIKE)


_ALIKE = str.maketrans(
    {"\u03bc": "\u00b5", "\u2126": "\u03a9", "\u2219": "·", "\u22c5": "·", "\u2022": "·", "\u00ba": "°", "\u02da": "°"}
)
"""Signs that look alike and mean the same in a unit."""


def _whole_parts(factor: float) -> float | None:
    """The whole number of which the factor is the inverse; None where it is none."""
    inverse = float(round(1 / factor)) if factor and abs(factor) < 1 else 0.0
    return inverse if inverse and 1 / inverse == factor else None


def _dimension(spelling: str) -> str:
    return next((said for ucum, said in _DIMENSIONS.items() if unit(spelling, ucum) is not None), "")


_DIMENSIONS = {
    "A": "current (A)",
    "V": "voltage (V)",
    "s": "time (s)",
    "A.h": "charge (Ah)",
    "W.h": "energy (Wh)",
    "W": "power (W)",
    "Cel": "temperature (°C)",
    "Ohm": "resistance (Ohm)",
    "Hz": "frequency (Hz)",
    "Pa": "pressure (Pa)",
    "deg": "angle (degrees)",
    "1": "plain numbers",
}
_PREFIXES = {"": 0, "k": 3, "M": 6, "G": 9, "m": -3, "µ": -6, "u": -6, "n": -9, "p": -12}


def _scaled(symbols: Iterable[str], prefixes: str, of: Fraction | int = 1) -> Known:
    """Symbols of a unit that is so many canonical ones, alone and with these prefixes."""
    return {
        prefix + symbol: (of * Fraction(10) ** _PREFIXES[prefix], Fraction())
        for symbol in symbols
        for prefix in ("", *prefixes)
    }


def _words(factor: Fraction | int, *words: str) -> Known:
    return dict.fromkeys(words, (Fraction(factor), Fraction()))


_MILLI, _MICRO, _HOUR = Fraction(1, 1000), Fraction(1, 1_000_000), 3600
_AMPERE_HOUR = ("Ah", "A.h", "A·h", "A*h", "A-h", "A h", "Ahr", "A-hr", "A.hr")
_WATT_HOUR = ("Wh", "W.h", "W·h", "W*h", "W-h", "W h", "Whr", "W-hr", "W.hr")
_CELSIUS = (
    "°C",
    "℃",
    "\ufffdC",
    "deg C",
    "deg. C",
    "oC",
    "C",
    "degC",
    "deg_C",
    "Cel",
    "celsius",
    "degree celsius",
    "dC.",
    "dC",
    "¡æ",
    "Â°C",
)

TABLE: dict[str, Known] = {
    "s": {
        **_scaled(("s",), "mµun"),
        **_words(1, "sec", "sec.", "secs", "second", "seconds", "S"),
        **_words(_MILLI, "msec", "msecs", "millisec", "millisecond", "milliseconds"),
        **_words(_MICRO, "usec", "µsec", "microsecond", "microseconds"),
        **_words(60, "min", "min.", "mins", "minute", "minutes"),
        **_words(_HOUR, "h", "hr", "hr.", "hrs", "hour", "hours"),
        **_words(24 * _HOUR, "d", "day", "days"),
    },
    "A": {
        **_scaled(("A",), "kmµunp"),
        **_words(1, "a", "amp", "amps", "ampere", "amperes"),
        **_words(_MILLI, "ma", "milliamp", "milliamps", "milliampere", "milliamperes"),
        **_words(_MICRO, "microamp", "microamps", "microampere", "microamperes"),
    },
    "V": {
        **_scaled(("V",), "kmµun"),
        **_words(1, "v", "volt", "volts"),
        **_words(_MILLI, "mv", "millivolt", "millivolts"),
    },
    "W": {
        **_scaled(("W",), "kMmµun"),
        **_words(1, "w", "watt", "watts", "VA", "V*A", "V·A"),
        **_words(_MILLI, "mw", "milliwatt", "milliwatts"),
    },
    "A.h": {
        **_scaled(_AMPERE_HOUR, "kmµun"),
        **_words(1, "ah", "amp-hr", "amp-hrs", "amp hr", "amp-hour", "amp-hours", "amp hours"),
        **_words(1, "ampere hour", "ampere-hour", "ampere hours", "ampere-hours"),
        **_words(_MILLI, "mah", "milliampere hour", "milliampere-hour", "milliamp-hr"),
        **_scaled(("As", "A.s", "A·s", "A*s"), "mµu", Fraction(1, _HOUR)),
        **_scaled(("C",), "kmµu", Fraction(1, _HOUR)),
        **_words(Fraction(1, _HOUR), "coulomb", "coulombs"),
    },
    "W.h": {
        **_scaled(_WATT_HOUR, "kMmµun"),
        **_words(1, "wh", "watt-hr", "watt-hrs", "watt hr", "watt hour", "watt-hour", "watt hours", "watt-hours"),
        **_words(_MILLI, "mwh", "milliwatt hour", "milliwatt-hour", "milliwatt-hr"),
        **_scaled(("Ws", "W.s", "W·s", "W*s", "J"), "kMmµu", Fraction(1, _HOUR)),
        **_words(Fraction(1, _HOUR), "joule", "joules"),
    },
    "Cel": {
        **_words(1, *_CELSIUS),
        **dict.fromkeys(("K", "kelvin"), (Fraction(1), Fraction("-273.15"))),
        **dict.fromkeys(("°F", "degF", "deg F", "F", "fahrenheit"), (Fraction(5, 9), Fraction(-160, 9))),
    },
    "Ohm": {
        **_scaled(("Ohm", "ohm", "\u03a9", "Ohms", "ohms"), "kMmµun"),
        **_words(1, "OHM", "OHMS"),
        **_words(_MILLI, "milliohm", "milliohms"),
    },
    "Pa": {
        **_scaled(("Pa",), "kMGm"),
        **_words(1, "pascal", "N/m2", "N/m²"),
        **_words(1_000_000, "N/mm2", "N/mm²"),
        **_words(100_000, "bar"),
        **_words(100, "mbar", "hPa"),
        **_words(101_325, "atm"),
        # 1 psi is 0.45359237 kg · 9.80665 m/s² on (0.0254 m)².
        **_words(Fraction("0.45359237") * Fraction("9.80665") / Fraction("0.0254") ** 2, "psi"),
    },
    "Hz": {**_scaled(("Hz",), "kMGmµu"), **_words(1, "hertz", "1/s")},
    "deg": {
        **_words(1, "deg", "deg.", "°", "\ufffd", "degree", "degrees"),
    },
    "1": {**_words(1, "1", "-", "#"), **_words(Fraction(1, 100), "%"), **_words(_MICRO, "ppm")},
    "": _words(1, "1", "-", "#"),
}
"""By the UCUM code of the canonical unit: factor and offset of each spelling, exact."""

_WORDS: dict[str, Known] = {
    ucum: {
        spelling.casefold(): value
        for spelling, value in known.items()
        if len(spelling) >= 3 and not (spelling[0] in "mM" and ucum not in ("s", "Cel"))
    }
    for ucum, known in TABLE.items()
}
