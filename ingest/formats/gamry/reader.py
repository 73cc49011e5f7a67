"""Gamry .DTA files: settings, then tables with a line of headings above a line of units; curves and impedance."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ingest.announced import Announced, points, watch
from ingest.clocks.starts import note_start
from ingest.formats.gamry.tables import Tables, is_table
from ingest.reader import Head, Reading
from ingest.text import sniff
from ingest.text.headers import Field, Spelling
from ingest.text.no_sensor import NoSensor
from ingest.text.reader import KEPT_LINES, Given, Layout
from ingest.text.unfold import UnfoldedReader
from schemas.errors import Unreadable
from schemas.ingested import Declared
from schemas.report import Problem, Severity

_SIGN = "positive is oxidation at the working electrode, the charge of a full cell; kept as exported"
_WORKING = "working electrode against the reference, the cell where there is none"

FIELDS = (
    Field("record_index", ("Pt",)),
    Field("cycle_count", ("Cycle",)),
    Field("test_time_second", ("T", "Time")),
    Field("voltage_volt", ("Vf",), rule=_WORKING),
    Field("voltage_volt", ("Vdc",), rule=f"{_WORKING}; mean at each frequency", rank=1),
    Field("current_ampere", ("Im",), rule=_SIGN),
    Field("current_ampere", ("Idc",), rule=f"{_SIGN}; mean at each frequency", rank=1),
    Field("power_watt", ("Pwr",)),
    Field("temperature_t1_celsius", ("Temp",), rule="empty below absolute zero: no sensor"),
    Field("frequency_hertz", ("Freq",)),
    Field("real_impedance_ohm", ("Zreal",)),
    Field("imaginary_impedance_ohm", ("Zimag",)),
    Field("absolute_impedance_ohm", ("Zmod",)),
    Field("phase_degree", ("Zphz",)),
)
_SETTING = re.compile(r"(TAG|DATE|TIME|CONVENTION|FREQINIT|FREQFINAL|PTSPERDEC)\t(?:[A-Z]+\t)?([^\t\r]*)")
_ANODIC = "1"
_OPEN_CIRCUIT = "CORPOT"
_OPEN = Given("current_ampere", 0.0, "0 in every row: the experiment is Open Circuit Potential, no current flows")


def split(heading: str) -> tuple[str, str | None]:
    """Name and unit of `Vf / V vs. Ref.`, as `Tables.unfold` writes them."""
    name, _, unit = heading.strip().partition(" / ")
    return name, re.sub(r"\s+vs\b.*", "", unit).strip() or None


def is_header(cells: Sequence[str]) -> bool:
    """Gamry's names of time, measured voltage and current, or of frequency and impedance."""
    names = {split(cell)[0].casefold() for cell in cells if " / " in cell}
    return {"t", "vf", "im"} <= names or {"freq", "zreal", "zimag"} <= names


def is_open_circuit(cells: Sequence[str]) -> bool:
    """Time and potential, which an experiment at open circuit has alone."""
    return {"t", "vf"} <= {split(cell)[0].casefold() for cell in cells if " / " in cell}


LAYOUT = Layout(
    name="Gamry DTA",
    version="2",
    fields=FIELDS,
    is_header=is_header,
    instrument="Gamry",
    steps=lambda: (NoSensor(),),
    spelling=Spelling(split, lambda name: name.strip().casefold()),
)


OPEN_CIRCUIT = replace(LAYOUT, is_header=is_open_circuit, given=(_OPEN,))


class GamryReader:
    """The shared text reader on the tables of a file, with what its settings say."""

    name = LAYOUT.name
    version = LAYOUT.version

    def recognises(self, head: Head) -> bool:
        """True for a file that an Explain script wrote."""
        return re.match(rb"(?:\xef\xbb\xbf)?EXPLAIN\s*\n", head.start) is not None

    def read(self, head: Head, declared: Declared) -> Reading:
        """Open the file; an unfolded copy of it lives until `batches` is exhausted.

        Raises:
            Unreadable: as `TextReader.read`; no table of time, voltage and current, nor of impedance.
        """
        settings = _settings(head)
        said = {found[1]: found[2].strip() for line in settings if (found := _SETTING.match(line))}
        layout = OPEN_CIRCUIT if said.get("TAG") == _OPEN_CIRCUIT else LAYOUT
        tables = Tables(layout.is_header)
        try:
            reading = UnfoldedReader(layout, tables.unfold).read(head, declared)
        except Unreadable as refusal:
            if tables.heading:
                raise
            raise Unreadable(_no_table(tables)) from refusal
        reading.header = {str(number): line for number, line in enumerate(settings[:KEPT_LINES], 1) if line.strip()}
        reading.header |= {f"behind: {name}": said for name, said in tables.behind.items()}
        reading.problems += tables.problems()
        if said.get("CONVENTION", _ANODIC) != _ANODIC:
            reading.problems.append(_other_convention(said["CONVENTION"]))
        if said.get("DATE"):
            note_start(reading, f"{said['DATE']} {said.get('TIME', '')}".strip(), declared)
        watch(reading, Announced(tables.rows, _frequencies(said)))
        return reading


def _settings(head: Head) -> list[str]:
    """The lines above the first table."""
    lines = sniff.decoded(head.start, sniff.encoding(head.start) or "utf-8").split("\n")
    first = next((at for at, line in enumerate(lines) if is_table(line)), len(lines))
    return [line.rstrip("\r") for line in lines[:first]]


def _frequencies(said: Mapping[str, str]) -> int | None:
    """How many frequencies the sweep was to have."""
    try:
        first, last, per_decade = (
            float(said[name].replace(",", ".")) for name in ("FREQINIT", "FREQFINAL", "PTSPERDEC")
        )
    except (KeyError, ValueError):
        return None
    return points(first, last, per_decade)


def _no_table(tables: Tables) -> str:
    there = f"its tables are {', '.join(tables.left[:10])}" if tables.left else "it has no table at all"
    if "CAPACITYCURVE" in tables.left:
        return (
            "The Gamry file holds one row for each charge and discharge (CAPACITYCURVE), not their curves: upload the "
            "files of the single charges and discharges that Framework saved beside it."
        )
    return (
        f"The Gamry file holds no table with time, voltage and current, nor one with impedance ({there}). "
        "Export the experiment's curve."
    )


def _other_convention(value: str) -> Problem:
    return Problem(
        rule="current-convention",
        severity=Severity.WARNING,
        message=f"The file's current convention is “{value}”, not 1 (oxidation positive); the sign was not turned.",
        hint="Check that charging is positive; otherwise record with the anodic convention or declare the sign.",
        column="current_ampere",
        value=value[:60],
    )


READERS = (GamryReader(),)
