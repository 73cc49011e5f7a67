"""Which voltages a cell of a chemistry can have, wide on purpose.

Potentials: Nitta, Wu, Lee, Yushin, Li-ion battery materials: present and future, Materials Today 18 (2015) 252-264,
tables 1 and 2 (lithium); Hwang, Myung, Sun, Sodium-ion batteries: present and future, Chemical Society Reviews 46
(2017) 3529-3614 (sodium). The limits are ours: they
take in the plateaus of these tables, the cut-offs in use and the overpotentials of fast tests.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Window:
    """Voltages (in V) that are plausible, and of what."""

    low: float
    high: float
    of: str = ""


@dataclass(frozen=True)
class Positive:
    """A positive electrode: against its metal, and in a full cell with carbon."""

    name: str
    half: Window
    full: Window
    metal: str = "lithium"


@dataclass(frozen=True)
class Negative:
    """A negative electrode: against its metal, and by how much it moves the limits of a full cell with carbon."""

    name: str
    half: Window
    lower: float = 0.0
    upper: float = 0.0
    metal: str = "lithium"


_POSITIVE = {
    "LFP": Positive("LFP", Window(1.8, 4.4), Window(1.5, 3.9)),
    "LMFP": Positive("LMFP", Window(1.8, 4.7), Window(1.5, 4.4)),
    "NMC": Positive("NMC", Window(1.8, 4.9), Window(2.0, 4.6)),
    "NCA": Positive("NCA", Window(1.8, 4.9), Window(2.0, 4.6)),
    "LCO": Positive("LCO", Window(1.8, 4.9), Window(2.0, 4.6)),
    "LNO": Positive("LNO", Window(1.8, 4.9), Window(2.0, 4.6)),
    "LMR": Positive("lithium-rich NMC", Window(1.5, 5.0), Window(1.8, 4.8)),
    "LMO": Positive("LMO", Window(1.8, 4.8), Window(2.0, 4.5)),
    "LNMO": Positive("LNMO", Window(1.8, 5.3), Window(2.3, 5.1)),
    "NA-LAYERED": Positive("sodium layered oxide", Window(1.0, 4.6), Window(1.0, 4.3), "sodium"),
    "NVP": Positive("NVP", Window(1.0, 4.3), Window(1.0, 4.0), "sodium"),
    "NVPF": Positive("NVPF", Window(1.0, 4.9), Window(1.5, 4.6), "sodium"),
    "PBA": Positive("Prussian blue analogue", Window(1.2, 4.5), Window(1.0, 4.2), "sodium"),
}
_NEGATIVE = {
    "GRAPHITE": Negative("graphite", Window(-0.2, 2.5)),
    "SILICON": Negative("silicon", Window(-0.2, 2.5), lower=-0.5),
    "HARD-CARBON": Negative("hard carbon", Window(-0.2, 3.0), metal="sodium"),
    "LITHIUM": Negative("lithium", Window(-1.0, 1.0), upper=0.3),
    "SODIUM": Negative("sodium", Window(-1.0, 1.0), upper=0.3, metal="sodium"),
    "LTO": Negative("LTO", Window(0.8, 3.0), lower=-1.5, upper=-1.2),
}

_SPELLINGS: tuple[tuple[str, str], ...] = (
    (r"lmr|li(-| )?rich.*|lrlo|hlm", "LMR"),
    (r"lnmo|lini0?\.?5?mn1?\.?5?o4|lithium nickel manganese (oxide )?spinel", "LNMO"),
    (r"lmfp|limn[\d.]*fe[\d.]*po4|lifemnpo4", "LMFP"),
    (r"lfp|lifepo4|lithium iron phosphate|lithium ferrophosphate", "LFP"),
    (r"(nmc|ncm)[ \-_]?\(?(\d{3}|\d\.\d|\d{2})?\)?|lini[\d.]*(mn[\d.]*co[\d.]*|co[\d.]*mn[\d.]*)o2", "NMC"),
    (r"li\(?ni,? ?(mn,? ?co|co,? ?mn)\)?o2|lithium nickel manganese cobalt oxide|ncma.*", "NMC"),
    (r"nca[ \-_]?(\d{2,3})?|lini[\d.]*co[\d.]*al[\d.]*o2|lithium nickel cobalt alumini?um oxide", "NCA"),
    (r"lco|licoo2|lithium cobalt oxide", "LCO"),
    (r"lno|linio2|lithium nickel oxide", "LNO"),
    (r"lmo|limn2o4|lithium manganese (oxide|spinel)", "LMO"),
    (r"nvpf|na3v2\(po4\)2f3", "NVPF"),
    (r"nvp|na3v2\(po4\)3", "NVP"),
    (r"pba|prussian (white|blue).*|na2?mn\[?fe\(cn\)6\]?", "PBA"),
    (r"nfm\d*|nmf\d*|nfmo|na(\d?\.?\d*)?(ni|fe|mn|cu)[a-z\d./]*o2|sodium layered oxide", "NA-LAYERED"),
    (r"lto|li4ti5o12|lithium titanate( oxide)?", "LTO"),
    (r"gr|graphite|c6|mcmb|artificial graphite|natural graphite|c", "GRAPHITE"),
    (r"si|siox?|silicon.*|(si|siox?)[\-/+ ]?(c|gr|graphite)|(c|gr|graphite)[\-/+ ]?(si|siox?)", "SILICON"),
    (r"hc|hard carbon", "HARD-CARBON"),
    (r"li|li metal|lithium|lithium metal", "LITHIUM"),
    (r"na|na metal|sodium|sodium metal", "SODIUM"),
)


def window_of(chemistry: str | None, configuration: str | None) -> Window | None:
    """The plausible voltages of a cell; None where the chemistry is unknown or the configuration has no window.

    `chemistry` names the positive electrode (NMC622, LiFePO4 …), or both (`LFP//LTO`); of a negative half cell the
    negative one. A negative electrode that is not named may be any.
    """
    positive, negative = _electrodes(chemistry or "")
    if configuration == "half-positive" and positive:
        one = _POSITIVE[positive]
        return Window(one.half.low, one.half.high, f"{one.name} against {one.metal}")
    if configuration == "half-negative" and negative:
        other = _NEGATIVE[negative]
        return Window(other.half.low, other.half.high, f"{other.name} against {other.metal}")
    if configuration in (None, "full") and positive:
        return _full(_POSITIVE[positive], negative)
    return None


def _full(one: Positive, negative: str) -> Window:
    if negative:
        other = _NEGATIVE[negative]
        low, high = one.full.low + other.lower, one.full.high + other.upper
        return Window(low, high, f"{one.name} against {other.name}")
    lowest = min(other.lower for other in _NEGATIVE.values() if other.metal == one.metal)
    return Window(one.full.low + lowest, one.full.high, f"{one.name} cells")


def _electrodes(chemistry: str) -> tuple[str, str]:
    """The names of positive and negative electrode, empty where not known."""
    whole = _known(chemistry)
    if whole:
        return (whole, "") if whole in _POSITIVE else ("", whole)
    parts = [_known(part) for part in re.split(r"\s*(?://|\|\||\||/| vs\.? | - |–|—|:)\s*", chemistry, maxsplit=1)]
    positive = next((one for one in parts if one in _POSITIVE), "")
    negative = next((one for one in parts if one in _NEGATIVE), "")
    return positive, negative


def _known(text: str) -> str:
    plain = re.sub(r"\s+", " ", text.translate(_SUBSCRIPTS).strip().lower())
    # A blend of unknown parts, such as NMC + LMO, is none of them.
    return next((name for pattern, name in _SPELLINGS if re.fullmatch(pattern, plain)), "")


_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
