"""PEC csv exports: a preamble of the request, units written out in the headings, one or several cells."""

from collections.abc import Iterable, Iterator, Sequence

from ingest.reader import Head, Reading
from ingest.text import sniff
from ingest.text.chunks import chunks
from ingest.text.headers import Field, Form, Spelling, plain, split_heading
from ingest.text.reader import Layout, TextReader
from ingest.text.unfold import Unfold, UnfoldedReader
from schemas.errors import SeveralCells
from schemas.ingested import Declared

_CYCLE = "accumulates within the cycle"
_MOST_CELLS = 100

FIELDS = (
    Field("step_id", ("Step",)),
    # PEC counts cycles from 0.
    Field("cycle_count", ("Cycle",)),
    Field("test_time_second", ("Total Time",), form=Form.DURATION),
    Field("step_time_second", ("Step Time",), form=Form.DURATION),
    Field("unix_time_second", ("Real Time",), form=Form.CLOCK),
    Field("step_type", ("Instruction Name",), form=Form.TEXT),
    Field("voltage_volt", ("Voltage",)),
    Field("current_ampere", ("Current",), rule="charge positive as exported"),
    # In earlier exports capacity and energy differ by their unit alone, so their headings are compared with it.
    Field("cycle_charging_capacity_ah", ("Charge Capacity (mAh)",), "mAh", rule=_CYCLE),
    Field("cycle_charging_capacity_ah", ("Charge Capacity (Ah)",), "Ah", rule=_CYCLE),
    Field("cycle_discharging_capacity_ah", ("Discharge Capacity (mAh)",), "mAh", rule=_CYCLE),
    Field("cycle_discharging_capacity_ah", ("Discharge Capacity (Ah)",), "Ah", rule=_CYCLE),
    Field("cycle_charging_energy_wh", ("Charge Capacity (mWh)",), "mWh", rule=_CYCLE),
    Field("cycle_charging_energy_wh", ("Charge Capacity (Wh)",), "Wh", rule=_CYCLE),
    Field("cycle_discharging_energy_wh", ("Discharge Capacity (mWh)",), "mWh", rule=_CYCLE),
    Field("cycle_discharging_energy_wh", ("Discharge Capacity (Wh)",), "Wh", rule=_CYCLE),
    Field("cycle_charging_energy_wh", ("Charge Energy",), rule=_CYCLE),
    Field("cycle_discharging_energy_wh", ("Discharge Energy",), rule=_CYCLE),
    Field("ambient_temperature_celsius", ("Ambient temperature",)),
    Field("surface_temperature_celsius", ("Cell surface temperature",)),
    Field("temperature_t1_celsius", ("Temp", "Temp 1")),
    Field("temperature_t2_celsius", ("Temp 2",)),
    Field("internal_resistance_ohm", ("Internal Resistance 1",)),
    Field("dc_internal_resistance_ohm", ("DC Internal Resistance",)),
    Field("ac_internal_resistance_ohm", ("AC Internal Resistance",)),
)


def split(heading: str) -> tuple[str, str | None]:
    """Name and unit; PEC writes `Decimal Hours` for hours that are no `hh:mm:ss`."""
    name, unit = split_heading(heading)
    return name, "Hours" if unit == "Decimal Hours" else unit


def is_header(cells: Sequence[str]) -> bool:
    """PEC's test, cell, rack and shelf stand beside a total time."""
    names = {plain(split_heading(cell)[0]) for cell in cells}
    return {"test", "cell", "rack", "shelf", "totaltime", "voltage", "current"} <= names


class Pec(TextReader):
    """A `Reader` for files of one cell, and for one cell of a file of several."""

    def read(self, head: Head, declared: Declared) -> Reading:
        """Open the file; `batches` parses it.

        Raises:
            Unreadable: as `TextReader.read`.
            SeveralCells: rows of several cells, and no cell is declared as the channel.
        """
        opened = sniff.find_header(head, is_header)
        if opened is None:
            return super().read(head, declared)
        cells = _cells(head, opened)
        picked = declared.reading.channel
        if len(cells) > 1 and picked not in cells:
            raise SeveralCells(
                f"“{head.filename}” holds records of several cells (column “Cell”: {', '.join(cells[:5])}"
                f"{' and more' if len(cells) > 5 else ''}), and one file is one cell: export each cell by itself, or "
                "say which one it is.",
                "channel",
                cells[:_MOST_CELLS],
            )
        if len(cells) > 1:
            return UnfoldedReader(self.layout, _only(str(picked), _position(opened), opened.delimiter)).read(
                head, declared
            )
        return super().read(head, declared)


def _position(opened: sniff.Opened) -> int:
    return [plain(heading) for heading in opened.headings].index("cell")


def _cells(head: Head, opened: sniff.Opened) -> tuple[str, ...]:
    """The cells of the file in order of appearance; the file is searched only where its rows begin differently."""
    rows = sniff.sample(head, opened)
    position = _position(opened)
    first = opened.delimiter.join(rows[0][: position + 1]) + opened.delimiter
    found: dict[str, None] = {}
    for chunk in chunks(head.path, opened.encoding, opened.line + 1):
        text = b"\n" + chunk.text.rstrip()
        if text.count(b"\n") == text.count(b"\n" + first.encode()):
            found.setdefault(rows[0][position].strip())
            continue
        for line in chunk.text.decode("utf-8", "replace").splitlines():
            row = sniff.split(line, opened.delimiter)
            if len(row) == len(opened.headings):
                found.setdefault(row[position].strip())
    return tuple(found)


def _only(cell: str, position: int, delimiter: str) -> Unfold:
    """The rows of one cell; those of the others become blank lines."""

    def unfold(lines: Iterable[str]) -> Iterator[str]:
        rows = iter(lines)
        for line in rows:
            yield line
            if is_header(sniff.split(line, delimiter)):
                break
        for line in rows:
            row = sniff.split(line, delimiter)
            yield "" if len(row) > position and row[position].strip() != cell else line

    return unfold


LAYOUT = Layout("PEC csv", "2", FIELDS, is_header, instrument="PEC", spelling=Spelling(split=split))
READERS = (Pec(LAYOUT),)
