"""What EC-Lab and BT-Lab call their columns, and which of a file's columns are voltage, current and impedance."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from ingest.announced import Announced, points
from ingest.formats.biologic.rows import AtRest, Electrodes, MeanCurrent, Spectra
from ingest.own_columns import COUNTER, WORKING
from ingest.text.headers import Field, Spelling
from ingest.text.reader import Given
from ingest.text.steps import Step
from schemas.ingested import Declared
from schemas.report import Problem, Severity

_SIGN = "positive is oxidation at the working electrode, the charge of a full cell; kept as exported"
_MEAN = "mean since the row before"
_WORKING = "working electrode against the reference, the cell where there is none"
_CELL = "working against counter electrode"
_NEGATED = "negated: the file holds −Im(Z)"
_NO_SPECTRUM = "empty in rows of frequency 0, which are no impedance"

COMMON = (
    Field("test_time_second", ("time",)),
    Field("step_time_second", ("step time",)),
    Field("current_ampere", ("I",), rule=_SIGN),
    Field("current_ampere", ("<I>",), rule=f"{_SIGN}; {_MEAN}", rank=1),
    Field("cycle_count", ("cycle number",)),
    # Ns is the sequence of the program and comes again in every loop: the vocabulary's step_id.
    Field("step_id", ("Ns",)),
    Field("net_capacity_ah", ("(Q-Qo)",), rule="runs on from the start of the technique"),
    Field("power_watt", ("P",)),
    Field("power_watt", ("Pwe",), rank=1),
    Field("temperature_t1_celsius", ("Temperature",)),
    Field("frequency_hertz", ("freq",), rule=_NO_SPECTRUM),
)
_BY_CHARGE = Field(
    "current_ampere",
    ("dq",),
    ucum="A.h",
    rule=f"{_SIGN}; {_MEAN}: 3600 dq / Δt, from which EC-Lab makes its <I>",
)
_BY_MODE = Field("current_ampere", ("mode",), unit="1", ucum="1", rule="0 where mode is 3: open circuit, no current")
_OPEN = Given("current_ampere", 0.0, "0 in every row: the technique is Open Circuit Voltage, no current flows")
RESTS = frozenset({"Open Circuit Voltage", "Special Open Circuit Voltage", "OCV"})
OF_THE_CELL = frozenset({"full", "symmetric", "three-electrode"})
"""Configurations whose voltage is that between the two electrodes."""
_LOOP = re.compile(r"^Loop \d+ from point number \d+ to (\d+)\s*$", re.MULTILINE)
_UNIT_INSIDE = re.compile(r"^<([^<>/]+)/([^<>/]+)>$")
_HERTZ = {"MHz": 1e6, "kHz": 1e3, "Hz": 1.0, "mHz": 1e-3, "µHz": 1e-6}
_OF_BOTH = ("Ecell", "Ewe-Ece")
_VOLTAGES = frozenset({"ewe", "<ewe>", "ecell", "<ecell>", "ewe-ece", "<ewe-ece>"})


def split(heading: str) -> tuple[str, str | None]:
    """Name and unit of `control/V/mA`, `-Im(Z)/Ohm`, `(Q-Qo)/mA.h`, `Ewe/V vs. Li/Li+`: the last slash parts them.

    In some techniques EC-Lab writes the mean with its unit inside the brackets: `<Ewe/V>`.
    """
    text = _UNIT_INSIDE.sub(r"<\1>/\2", re.sub(r"\s+vs\b.*", "", heading).strip())
    name, slash, unit = text.rpartition("/")
    return (name, unit.strip() or None) if slash else (unit, None)


# Brackets and bars tell <I>, |I| and I apart.
SPELLING = Spelling(split, lambda name: name.strip().casefold())


def is_header(cells: Sequence[str]) -> bool:
    """A time beside the potential of a cell or its working electrode, or a frequency beside an impedance."""
    named = names(cells)
    if "time" in named and not named.isdisjoint(_VOLTAGES):
        return True
    return "freq" in named and not named.isdisjoint({"re(z)", "re(zwe-ce)"})


def names(headings: Sequence[str]) -> frozenset[str]:
    """The headings without their units, in the form in which they are compared."""
    return frozenset(SPELLING.same(split(heading)[0]) for heading in headings)


@dataclass(frozen=True)
class Way:
    """How the columns of one file become canonical: its fields, what follows from its technique, steps, findings."""

    fields: tuple[Field, ...]
    given: tuple[Given, ...] = ()
    steps: Callable[[], tuple[Step, ...]] = tuple
    problems: tuple[Problem, ...] = field(default=())


def way(named: Collection[str], technique: str, declared: Declared, reference: str = "") -> Way:
    """The way for a file with columns of these `names`, of this technique and with what is declared of its cell.

    The voltage is the working electrode's, or for a full, symmetric or three-electrode cell that between the
    electrodes. Where both potentials are there they are kept, and the voltage is made of them. `reference` is the
    reference electrode's name where the file has it.
    """
    cell = declared.cell_configuration in OF_THE_CELL
    mapped = {meaning.quantity for meaning in declared.reading.columns.values()}
    pairs = () if "voltage_volt" in mapped else (("Ewe", "Ece"), ("<Ewe>", "<Ece>"))
    pair = next((pair for pair in pairs if _has(named, *pair)), None)
    fields = [*COMMON, *_impedance(named, cell)]
    given: list[Given] = []
    steps: list[Callable[[], Step]] = [Spectra] if "freq" in named else []
    if pair is None:
        fields += _voltages(cell)
    else:
        against = "against the reference electrode" + (f" ({reference})" if reference else "")
        fields += [Field(WORKING, pair[:1], rule=against), Field(COUNTER, pair[1:], rule=against)]
        given.append(_voltage_of(pair, cell))
        steps.append(lambda: Electrodes(cell))
    if not _has(named, "I") and not _has(named, "<I>") and "freq" not in named and "current_ampere" not in mapped:
        if technique in RESTS:
            given.append(_OPEN)
        elif "dq" in named:
            fields.append(_BY_CHARGE)
            steps.append(MeanCurrent)
        elif "mode" in named:
            fields.append(_BY_MODE)
            steps.append(AtRest)
    other = pair[1] if pair else next((one for one in _OF_BOTH if _has(named, "Ewe", one)), None)
    undeclared = declared.cell_configuration is None and "voltage_volt" not in mapped
    told = (_of_the_working_electrode(other, kept=pair is not None),) if other and undeclared else ()
    return Way(tuple(fields), tuple(given), lambda: tuple(make() for make in steps), told)


def announced(settings: Sequence[str]) -> Announced:
    """The rows that the loops count, and the frequencies of a sweep where the technique has one sequence."""
    loops = _LOOP.findall("\n".join(line.rstrip() for line in settings))
    asked = {line[:20].strip(): line[20:].split() for line in settings if len(line) > 20}
    sweep = [asked.get(name, []) for name in ("fi", "unit fi", "ff", "unit ff", "Nd")]
    frequencies = None
    if all(len(values) == 1 for values in sweep) and asked.get("Points") == ["per", "decade"]:
        (first,), (first_unit,), (last,), (last_unit,), (per_decade,) = sweep
        frequencies = _points(first, first_unit, last, last_unit, per_decade)
    return Announced(max(int(end) for end in loops) + 1 if loops else None, frequencies)


def _points(first: str, first_unit: str, last: str, last_unit: str, per_decade: str) -> int | None:
    try:
        numbers = [float(text.replace(",", ".")) for text in (first, last, per_decade)]
    except ValueError:
        return None
    units = _HERTZ.get(first_unit, 0.0), _HERTZ.get(last_unit, 0.0)
    return points(numbers[0] * units[0], numbers[1] * units[1], numbers[2])


def _has(named: Collection[str], *columns: str) -> bool:
    return {column.casefold() for column in columns} <= set(named)


def _voltages(cell: bool) -> list[Field]:
    """Fields of the voltage, the first that stands there being taken."""
    electrode, whole = ("Ewe",), ("Ecell", "Ewe-Ece")
    order = (*whole, "<Ecell>", "<Ewe-Ece>", *electrode, "<Ewe>")
    if not cell:
        order = ("Ewe", "Ecell", "<Ewe>", "<Ecell>", "Ewe-Ece", "<Ewe-Ece>")
    return [Field("voltage_volt", (name,), rule=_voltage_rule(name), rank=rank) for rank, name in enumerate(order)]


def _voltage_rule(name: str) -> str:
    bare = name.strip("<>")
    parts = {"Ewe": _WORKING, "Ewe-Ece": _CELL}.get(bare, ""), _MEAN if bare != name else ""
    return "; ".join(part for part in parts if part)


def _voltage_of(pair: tuple[str, str], cell: bool) -> Given:
    we, ce = pair
    rule = f"{we} − {ce}: {_CELL}" if cell else f"{we}: {_WORKING}"
    return Given("voltage_volt", 0.0, rule)


def _impedance(named: Collection[str], cell: bool) -> list[Field]:
    """Fields of the impedance: the working electrode's, or for a whole cell that between the electrodes if there."""
    between = "re(zwe-ce)" in named and (cell or "re(z)" not in named)
    z, rule = ("Zwe-ce", _CELL) if between else ("Z", "")
    return [
        Field("real_impedance_ohm", (f"Re({z})",), rule=rule),
        Field("imaginary_impedance_ohm", (f"Im({z})",), rule=rule),
        Field(
            "imaginary_impedance_ohm",
            (f"-Im({z})",),
            rule="; ".join(part for part in (rule, _NEGATED) if part),
            sign=-1,
            rank=1,
        ),
        Field("absolute_impedance_ohm", (f"|{z}|",), rule=rule),
        Field("phase_degree", (f"Phase({z})",), rule=rule),
    ]


def _of_the_working_electrode(other: str, kept: bool) -> Problem:
    place = "is kept beside it" if kept else "stays in the raw file only"
    return Problem(
        rule="voltage-of-electrode",
        severity=Severity.NOTE,
        message=f"The voltage is that of the working electrode against the reference; {other} {place}.",
        hint="Declare the cell configuration (full, symmetric or three-electrode) to have that between the electrodes.",
        column="voltage_volt",
    )
