"""The table of units, entry by entry against factors stated here by hand; and what is no unit of a quantity."""

import re
from fractions import Fraction

import pyarrow as pa
import pytest

from ingest.formats import READERS
from ingest.text.headers import match
from ingest.units import TABLE, unit, why_not
from ingest.vocabulary import FIELDS
from schemas.quantities import QUANTITIES, Kind

PREFIX = {"": 1, "G": 10**9, "M": 10**6, "k": 1000} | {
    sign: Fraction(1, 10**power) for sign, power in {"m": 3, "µ": 6, "u": 6, "n": 9, "p": 12}.items()
}
LONG_PREFIX = {"": 1, "milli": Fraction(1, 1000), "micro": Fraction(1, 10**6)}
H = 3600
SI: dict[str, dict[str, Fraction | int]] = {
    # Each symbol in seconds, amperes, …, in coulombs for charge and in joules for energy.
    "s": {"s": 1},
    "A": {"A": 1},
    "V": {"V": 1},
    "W": {"W": 1},
    "A.h": dict.fromkeys(("Ah", "A.h", "A·h", "A*h", "A-h", "A h", "Ahr", "A-hr", "A.hr"), H)
    | dict.fromkeys(("As", "A.s", "A·s", "A*s", "C"), 1),
    "W.h": dict.fromkeys(("Wh", "W.h", "W·h", "W*h", "W-h", "W h", "Whr", "W-hr", "W.hr"), H)
    | dict.fromkeys(("Ws", "W.s", "W·s", "W*s", "J"), 1),
    "Ohm": dict.fromkeys(("Ohm", "ohm", "Ohms", "ohms", "Ω"), 1),
    "Pa": {"Pa": 1},
    "Hz": {"Hz": 1},
}
WORDS: dict[str, dict[str, Fraction | int]] = {
    "s": dict.fromkeys(("S", "sec", "sec.", "secs", "second", "seconds"), 1)
    | dict.fromkeys(("msec", "msecs", "millisec", "millisecond", "milliseconds"), Fraction(1, 1000))
    | dict.fromkeys(("usec", "µsec", "microsecond", "microseconds"), Fraction(1, 10**6))
    | dict.fromkeys(("min", "min.", "mins", "minute", "minutes"), 60)
    | dict.fromkeys(("h", "hr", "hr.", "hrs", "hour", "hours"), 60 * 60)
    | dict.fromkeys(("d", "day", "days"), 24 * 60 * 60),
    "A": {"a": 1, "ma": Fraction(1, 1000)},
    "V": {"v": 1, "mv": Fraction(1, 1000)},
    "W": {"w": 1, "mw": Fraction(1, 1000), "VA": 1, "V*A": 1, "V·A": 1},
    "A.h": {"ah": H, "mah": Fraction(H, 1000)},
    "W.h": {"wh": H, "mwh": Fraction(H, 1000)},
    "Ohm": {"OHM": 1, "OHMS": 1},
    "Pa": {
        **{"N/m2": 1, "N/m²": 1, "N/mm2": 10**6, "N/mm²": 10**6, "bar": 10**5, "mbar": 100, "hPa": 100, "atm": 101325},
        # Pound of 0.45359237 kg, standard gravity, inch of 25.4 mm (ISO 80000-4 annex; NIST SP 811).
        "psi": Fraction(45359237, 10**8) * Fraction(980665, 10**5) * Fraction(10**8, 254**2),
    },
    "Hz": {"1/s": 1},
    "deg": dict.fromkeys(("deg", "deg.", "°", "\ufffd", "degree", "degrees"), 1),
    "1": {"1": 1, "-": 1, "#": 1, "%": Fraction(1, 100), "ppm": Fraction(1, 10**6)},
    "": {"1": 1, "-": 1, "#": 1},
}
LONG: dict[str, dict[str, int]] = {
    "A": dict.fromkeys(("amp", "amps", "ampere", "amperes"), 1),
    "V": dict.fromkeys(("volt", "volts"), 1),
    "W": dict.fromkeys(("watt", "watts"), 1),
    "A.h": dict.fromkeys(("coulomb", "coulombs"), 1),
    "W.h": dict.fromkeys(("joule", "joules"), 1),
    "Ohm": dict.fromkeys(("ohm", "ohms"), 1),
    "Pa": {"pascal": 1},
    "Hz": {"hertz": 1},
}
HOURS = {"A.h": r"(?:amp|ampere)[ -](?:hr|hour)s?", "W.h": r"watt[ -](?:hr|hour)s?"}
CELSIUS = {"°C", "℃", "\ufffdC", "deg C", "deg. C", "oC", "C", "degC", "deg_C", "Cel", "celsius", "degree celsius"}
# As exports print it, and what is left of °C and ℃ where an encoding was mistaken.
CELSIUS |= {"dC", "dC.", "Â°C", "¡æ"}
ENTRIES = [(ucum, spelling) for ucum, known in TABLE.items() for spelling in known]


def by_hand(ucum: str, spelling: str) -> Fraction:
    """The factor to the canonical unit, from what stands above alone."""
    canonical = H if ucum in ("A.h", "W.h") else 1
    if spelling in WORDS.get(ucum, {}):
        return Fraction(WORDS[ucum][spelling]) / canonical
    for prefix, scale in PREFIX.items():
        for symbol, size in SI.get(ucum, {}).items():
            if spelling == prefix + symbol:
                return Fraction(scale * size) / canonical
    for prefix, scale in LONG_PREFIX.items():
        if re.fullmatch(prefix + HOURS.get(ucum, "(?!)"), spelling):
            return Fraction(scale)
        for word, size in LONG.get(ucum, {}).items():
            if spelling == prefix + word:
                return Fraction(scale * size) / canonical
    raise AssertionError(f"nothing is stated by hand of “{spelling}”")


@pytest.mark.parametrize(("ucum", "spelling"), [one for one in ENTRIES if one[0] != "Cel"])
def test_a_unit_s_factor_is_the_one_that_follows_from_its_prefix_and_base(ucum, spelling):
    factor, offset = TABLE[ucum][spelling]
    assert (factor, offset) == (by_hand(ucum, spelling), 0)
    found = unit(spelling, ucum)
    assert found is not None and (found.factor, found.offset) == (float(factor), 0.0)


@pytest.mark.parametrize("spelling", TABLE["Cel"])
def test_a_temperature_has_the_freezing_and_boiling_point_of_water(spelling):
    found = unit(spelling, "Cel")
    cold, hot = (273.15, 373.15) if spelling in ("K", "kelvin") else (0.0, 100.0)
    cold, hot = (32.0, 212.0) if "F" in spelling or spelling == "fahrenheit" else (cold, hot)
    assert found is not None and (spelling in CELSIUS) == (cold == 0.0)
    assert found.canonical(pa.array([cold, hot])).to_pylist() == pytest.approx([0.0, 100.0], abs=1e-12)


@pytest.mark.parametrize(
    ("spelling", "ucum", "value", "expected"),
    [
        ("mV", "V", 3550.0, 3.55),
        ("mA", "A", 0.3, 0.0003),
        ("ms", "s", 1700000001501.0, 1700000001.501),
        ("min", "s", 0.1, 6.0),
        ("mAh", "A.h", 3802.15478515625, 3.80215478515625),
        ("C", "A.h", 9.0, 0.0025),
    ],
)
def test_a_value_is_rounded_once(spelling, ucum, value, expected):
    found = unit(spelling, ucum)
    assert found is not None and found.canonical(pa.array([value])).to_pylist() == [expected]


@pytest.mark.parametrize("spelling", ["SEC", "Seconds", "HOURS", "AMPS", "Volts", "Degree Celsius"])
def test_words_may_be_written_in_any_case(spelling):
    assert any(unit(spelling, ucum) is not None for ucum in TABLE)


@pytest.mark.parametrize(
    ("spelling", "ucum", "said"),
    [
        ("mAh/g", "A.h", "unit of charge (Ah) per g, not of charge (Ah)"),
        ("Ah/kg", "A.h", "unit of charge (Ah) per kg, not of charge (Ah)"),
        ("mAh/cm2", "A.h", "per cm2"),
        ("A/cm²", "A", "unit of current (A) per cm²"),
        ("mA / cm2", "A", "unit of current (A) per cm2"),
        ("Wh/L", "W.h", "per L"),
        ("mAh", "A", "unit of charge (Ah), not of current (A)"),
        ("V", "A", "unit of voltage (V), not of current (A)"),
        ("%", "A.h", "unit of plain numbers, not of charge (Ah)"),
        ("ppm", "V", "unit of plain numbers"),
        ("s", "", "and the quantity has none"),
        ("MA", "A", "no known unit of current (A); known are A, kA, mA, uA and others"),
        ("furlong", "V", "no known unit of voltage (V)"),
    ],
)
def test_what_is_no_unit_of_a_quantity_says_why(spelling, ucum, said):
    assert unit(spelling, ucum) is None
    assert said in why_not(spelling, ucum)


@pytest.mark.parametrize("heading", ["Step Capacity (mAh/g)", "Step Cumulative Capacity / mAh/g", "Capacity/mAh/g"])
def test_a_capacity_per_mass_never_becomes_a_capacity(heading):
    found = match(["test_time_second", "voltage_volt", "current_ampere", heading], FIELDS)
    assert [one.quantity.name for one in found.sources] == ["test_time_second", "voltage_volt", "current_ampere"]
    assert found.problems


def test_a_count_is_not_scaled():
    found = match(["test_time_second", "voltage_volt", "current_ampere", "Cycle Count / %"], FIELDS)
    assert len(found.sources) == 3 and "“%”" in found.problems[0].message


def test_every_unit_that_a_format_or_the_vocabulary_fixes_is_in_the_table():
    layouts = [layout for one in READERS if (layout := getattr(one, "layout", None)) is not None]
    fields = [field for layout in layouts for field in layout.fields if field.unit is not None]
    assert fields
    for field in fields:
        assert unit(field.unit, QUANTITIES[field.quantity].ucum) is not None, field
    for term in QUANTITIES.values():
        label = term.label.rpartition(" / ")[2]
        assert term.kind is Kind.TEXT or " / " not in term.label or term.successor or unit(label, term.ucum) is not None
        assert term.ucum in TABLE or term.successor
