"""Gamry .DTA files: settings, then tables with a line of headings above a line of units; curves and impedance."""

import re
from collections.abc import Iterable, Iterator, Sequence

from ingest import sniff
from ingest.headers import Field, Spelling
from ingest.reader import Head, Reading
from ingest.starts import note_start
from ingest.text import KEPT_LINES, Layout
from ingest.unfold import UnfoldedReader
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
    Field("temperature_t1_celsius", ("Temp",)),
    Field("frequency_hertz", ("Freq",)),
    Field("real_impedance_ohm", ("Zreal",)),
    Field("imaginary_impedance_ohm", ("Zimag",)),
    Field("absolute_impedance_ohm", ("Zmod",)),
    Field("phase_degree", ("Zphz",)),
)
_SETTING = re.compile(r"(DATE|TIME|CONVENTION)\t[A-Z]+\t([^\t]*)")
_ANODIC = "1"


def split(heading: str) -> tuple[str, str | None]:
    """Name and unit of `Vf / V vs. Ref.`, as `Tables.unfold` writes them."""
    name, _, unit = heading.strip().partition(" / ")
    return name, re.sub(r"\s+vs\b.*", "", unit).strip() or None


def is_header(cells: Sequence[str]) -> bool:
    """Gamry's names of time, measured voltage and current, or of frequency and impedance."""
    names = {split(cell)[0].casefold() for cell in cells if " / " in cell}
    return {"t", "vf", "im"} <= names or {"freq", "zreal", "zimag"} <= names


LAYOUT = Layout(
    name="Gamry DTA",
    version="1",
    fields=FIELDS,
    is_header=is_header,
    instrument="Gamry",
    spelling=Spelling(split, lambda name: name.strip().casefold()),
)


class Tables:
    """The tables of a file: the first that can be read, those that go on with the same columns, and the others."""

    def __init__(self) -> None:
        self.heading = ""
        self.left: list[str] = []

    def unfold(self, lines: Iterable[str]) -> Iterator[str]:
        """One table with its heading on the first line; settings and other tables become blank lines."""
        self.heading, self.left = "", []
        remaining = iter(lines)
        above = self._above(remaining)
        yield self.heading
        yield from [""] * (above - 1)
        taken = True
        for line in remaining:
            if _is_table(line):
                taken = self._takes(line, remaining)
                yield from ("", "", "")
            else:
                taken = taken and not line[:1].strip()
                yield _row(line) if taken else ""

    def problems(self) -> list[Problem]:
        """Which tables stay in the raw file."""
        if not self.left:
            return []
        names = ", ".join(self.left[:10]) + (f" and {len(self.left) - 10} more" if len(self.left) > 10 else "")
        return [
            Problem(
                rule="table-left-out",
                severity=Severity.NOTE,
                message=f"Tables with other columns than the one that was read stay in the raw file only: {names}.",
                count=len(self.left),
            )
        ]

    def _above(self, remaining: Iterator[str]) -> int:
        """How many lines there are up to the first row of the first table that can be read."""
        count = 0
        for line in remaining:
            count += 1
            if _is_table(line):
                count += 2
                if self._takes(line, remaining):
                    break
        return count

    def _takes(self, line: str, remaining: Iterator[str]) -> bool:
        names, units = (next(remaining, "").split("\t") for _ in range(2))
        units += [""] * (len(names) - len(units))
        heading = "\t".join(f"{a} / {b}" if a and b else a for a, b in zip(names, units, strict=False))
        if not self.heading and is_header(heading.split("\t")):
            self.heading = heading
        if self.heading != heading:
            self.left.append(line.partition("\t")[0])
        return self.heading == heading


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
        tables = Tables()
        try:
            reading = UnfoldedReader(LAYOUT, tables.unfold).read(head, declared)
        except Unreadable as refusal:
            if tables.heading:
                raise
            raise Unreadable(_no_table(tables)) from refusal
        settings = _settings(head)
        reading.header = {str(number): line for number, line in enumerate(settings[:KEPT_LINES], 1) if line.strip()}
        reading.problems += tables.problems()
        said = {found[1]: found[2].strip() for line in settings if (found := _SETTING.match(line))}
        if said.get("CONVENTION", _ANODIC) != _ANODIC:
            reading.problems.append(_other_convention(said["CONVENTION"]))
        if said.get("DATE"):
            note_start(reading, f"{said['DATE']} {said.get('TIME', '')}".strip(), declared)
        return reading


def _is_table(line: str) -> bool:
    return re.match(r"\S+\tTABLE\b", line) is not None


def _row(line: str) -> str:
    """A row as it should be: some files that were edited have blanks between their cells."""
    return "\t" + "\t".join(line.split()) if " " in line.strip(" ") and "\t " not in line else line


def _settings(head: Head) -> list[str]:
    """The lines above the first table."""
    lines = sniff.decoded(head.start, sniff.encoding(head.start) or "utf-8").split("\n")
    first = next((at for at, line in enumerate(lines) if _is_table(line)), len(lines))
    return [line.rstrip("\r") for line in lines[:first]]


def _no_table(tables: Tables) -> str:
    there = f"its tables are {', '.join(tables.left[:10])}" if tables.left else "it has no table at all"
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
