"""Which spellings of a unit are known, and what turns each into the vocabulary's unit; nothing is ever guessed."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Unit:
    """A unit as spelled in a file: canonical value = value * factor + offset."""

    spelling: str
    factor: float
    offset: float = 0.0


def unit(spelling: str, ucum: str) -> Unit | None:
    """The unit spelled so for a quantity whose canonical unit has this UCUM code; None when it is not in the table.

    Case matters for symbols (`mA` is not `MA`), not for words of three letters and more (`Sec`, `HOURS`).
    """
    text = spelling.strip().replace("μ", "µ")
    known = _TABLE.get(ucum, {})
    found = known.get(text)
    if found is None and len(text) >= 3:
        found = _WORDS.get(ucum, {}).get(text.casefold())
    return None if found is None else Unit(text, *found)


def _scaled(symbols: tuple[str, ...], prefixes: str) -> dict[str, tuple[float, float]]:
    scale = {"": 1.0, "k": 1e3, "M": 1e6, "m": 1e-3, "µ": 1e-6, "u": 1e-6, "n": 1e-9}
    return {prefix + symbol: (scale[prefix], 0.0) for symbol in symbols for prefix in ("", *prefixes)}


def _words(factor: float, *words: str) -> dict[str, tuple[float, float]]:
    return dict.fromkeys(words, (factor, 0.0))


_TABLE: dict[str, dict[str, tuple[float, float]]] = {
    "s": {
        **_scaled(("s",), "mµun"),
        **_words(1.0, "sec", "sec.", "secs", "second", "seconds"),
        **_words(1e-3, "msec", "millisecond", "milliseconds"),
        **_words(60.0, "min", "mins", "minute", "minutes"),
        **_words(3600.0, "h", "hr", "hrs", "hour", "hours"),
        **_words(86400.0, "d", "day", "days"),
    },
    "A": {**_scaled(("A",), "kmµun"), **_words(1.0, "amp", "amps", "ampere", "amperes"), **_words(1e-3, "milliampere")},
    "V": {**_scaled(("V",), "kmµu"), **_words(1.0, "volt", "volts"), **_words(1e-3, "millivolt")},
    "W": {**_scaled(("W",), "kmµu"), **_words(1.0, "watt", "watts")},
    "A.h": {
        **_scaled(("Ah", "A.h", "A·h", "A*h", "A-h"), "kmµu"),
        **_words(1.0, "amp-hr", "amp-hrs", "ampere hour", "ampere-hour"),
        **_words(1 / 3600, "As", "A.s", "C", "coulomb"),
        **_words(1e-3 / 3600, "mAs", "mA.s", "mC"),
    },
    "W.h": {
        **_scaled(("Wh", "W.h", "W·h", "W*h", "W-h"), "kmµu"),
        **_words(1.0, "watt-hr", "watt-hrs", "watt hour", "watt-hour"),
        **_words(1 / 3600, "Ws", "J", "joule"),
        **_words(1e-3 / 3600, "mWs"),
    },
    "Cel": {
        **_words(1.0, "°C", "℃", "\ufffdC", "deg C", "oC", "C", "degC", "Cel", "celsius", "degree celsius"),
        "K": (1.0, -273.15),
    },
    "Ohm": {**_scaled(("Ohm", "ohm", "Ω", "Ω", "Ohms", "ohms"), "kmµu")},
    "Pa": {
        **_scaled(("Pa",), "kM"),
        **_words(1e5, "bar"),
        **_words(100.0, "mbar", "hPa"),
        **_words(6894.757293, "psi"),
    },
    "Hz": {**_scaled(("Hz",), "kMmµu"), **_words(1.0, "hertz")},
    "deg": _words(1.0, "deg", "°", "degree", "degrees"),
    "1": _words(1.0, "1", "-", "#"),
    "": _words(1.0, "1", "-"),
}
_WORDS: dict[str, dict[str, tuple[float, float]]] = {
    ucum: {
        spelling.casefold(): value
        for spelling, value in known.items()
        if len(spelling) >= 3 and not (spelling[0] in "mM" and ucum not in ("s", "Cel"))
    }
    for ucum, known in _TABLE.items()
}
