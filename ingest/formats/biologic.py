"""BioLogic text exports (EC-Lab, BT-Lab): .mpt with its block of settings, or .txt with headings alone; impedance."""

import codecs
import re
from collections.abc import Sequence
from dataclasses import replace

from ingest import sniff
from ingest.headers import Field, Spelling
from ingest.reader import Head, Reading
from ingest.starts import note_start
from ingest.text import Given, Layout, TextReader
from schemas.errors import Unreadable
from schemas.ingested import Declared

_SIGN = "positive is oxidation at the working electrode, the charge of a full cell; kept as exported"
_MEAN = "mean since the row before"
_WORKING = "working electrode against the reference, the cell where there is none"

FIELDS = (
    Field("test_time_second", ("time",)),
    Field("step_time_second", ("step time",)),
    Field("voltage_volt", ("Ewe",), rule=_WORKING),
    Field("voltage_volt", ("Ecell",), rank=1),
    Field("voltage_volt", ("<Ewe>",), rule=f"{_WORKING}; {_MEAN}", rank=2),
    Field("voltage_volt", ("<Ecell>",), rule=_MEAN, rank=3),
    Field("current_ampere", ("I",), rule=_SIGN),
    Field("current_ampere", ("<I>",), rule=f"{_SIGN}; {_MEAN}", rank=1),
    Field("cycle_count", ("cycle number",)),
    # Ns is the sequence of the program and comes again in every loop: the vocabulary's step_id.
    Field("step_id", ("Ns",)),
    Field("net_capacity_ah", ("(Q-Qo)",), rule="runs on from the start of the technique"),
    Field("power_watt", ("P",)),
    Field("temperature_t1_celsius", ("Temperature",)),
    Field("frequency_hertz", ("freq",)),
    Field("real_impedance_ohm", ("Re(Z)",)),
    Field("imaginary_impedance_ohm", ("Im(Z)",)),
    Field("imaginary_impedance_ohm", ("-Im(Z)",), rule="negated: the file holds −Im(Z)", sign=-1, rank=1),
    Field("absolute_impedance_ohm", ("|Z|",)),
    Field("phase_degree", ("Phase(Z)",)),
)
_VOLTAGES = frozenset({"ewe", "<ewe>", "ecell", "<ecell>"})
_MAGIC = re.compile(r"(?:EC|BT)-Lab ASCII FILE\s*Nb header lines\s*:\s*(\d+)")
_STARTED = re.compile(r"Acquisition started on\s*:\s*(\S.*)")
_AT_REST = Given("current_ampere", 0.0, "0 in every row: the technique is Open Circuit Voltage, no current flows")
_RESTS = frozenset({"Open Circuit Voltage", "Special Open Circuit Voltage"})
_MOST_HEADER_LINES = 20_000
_LONGEST_LINE = 16 * 1024


def split(heading: str) -> tuple[str, str | None]:
    """Name and unit of `control/V/mA`, `-Im(Z)/Ohm`, `(Q-Qo)/mA.h`, `Ewe/V vs. SCE`: the last slash parts them."""
    name, slash, unit = heading.strip().rpartition("/")
    return (name, re.sub(r"\s+vs\b.*", "", unit).strip() or None) if slash else (unit, None)


def is_header(cells: Sequence[str]) -> bool:
    """A time beside the potential of a cell or its working electrode, or a frequency beside an impedance."""
    names = {split(cell)[0].casefold() for cell in cells}
    return ("time" in names and not names.isdisjoint(_VOLTAGES)) or {"freq", "re(z)"} <= names


LAYOUT = Layout(
    name="BioLogic text",
    version="1",
    fields=FIELDS,
    is_header=is_header,
    instrument="BioLogic",
    # Brackets and bars tell <I>, |I| and I apart.
    spelling=Spelling(split, lambda name: name.strip().casefold()),
)


class BioLogicReader:
    """The shared text reader, behind a block of settings that may be long and names the technique."""

    name = LAYOUT.name
    version = LAYOUT.version

    def recognises(self, head: Head) -> bool:
        """True where BioLogic's headings stand in one of the lines that the file calls its header."""
        seen = _widened(head)
        return TextReader(_layout(seen)).recognises(seen)

    def read(self, head: Head, declared: Declared) -> Reading:
        """Open the file; a file of the technique Open Circuit Voltage has no current and gets 0 in every row.

        Raises:
            Unreadable: as `TextReader.read`; times that were exported as dates.
        """
        seen = _widened(head)
        settings = "\n".join(_settings(seen))
        if re.search(r"Time format\s*:\s*Absolute", settings):
            raise Unreadable("The column of times holds dates: export the file again with the time format “Elapsed”.")
        reading = TextReader(_layout(seen)).read(seen, declared)
        if started := _STARTED.search(settings):
            note_start(reading, started[1].strip(), declared)
        return reading


def _layout(head: Head) -> Layout:
    """The layout with what this file's settings say."""
    settings = _settings(head)
    technique = next((line.strip() for line in settings[2:] if line.strip()), "")
    within = max(LAYOUT.header_within, len(settings))
    return replace(LAYOUT, header_within=within, given=(_AT_REST,) if technique in _RESTS else ())


def _announced(head: Head) -> int:
    """How many lines the file says that its header has, the headings among them; 0 where it does not say."""
    found = _MAGIC.match(head.start[:200].removeprefix(codecs.BOM_UTF8).decode("latin-1"))
    return min(int(found[1]), _MOST_HEADER_LINES) if found else 0


def _settings(head: Head) -> list[str]:
    """The lines of the block of settings; none where the file has no such block."""
    codec = sniff.encoding(head.start)
    return sniff.decoded(head.start, codec).split("\n")[: _announced(head)] if codec else []


def _widened(head: Head) -> Head:
    """The head, with as many more bytes as its settings need: many loops or sequences make them long."""
    lines = _announced(head)
    if head.start.count(b"\n") > lines or len(head.start) == head.size:
        return head
    with head.path.open("rb") as file:
        settings = b"".join(file.readline(_LONGEST_LINE) for _ in range(lines))
        return replace(head, start=settings + file.read(len(head.start)))


READERS = (BioLogicReader(),)
