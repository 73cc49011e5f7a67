"""Novonix csv exports: sections [Summary], [Protocol] and [Data]; earlier ones with every line in quotes."""

from collections.abc import Iterable, Iterator, Sequence

from ingest.headers import Field, Form, plain, split_heading
from ingest.text import Layout
from ingest.unfold import UnfoldedReader

FIELDS = (
    Field("unix_time_second", ("Date and Time",), form=Form.CLOCK),
    Field("cycle_count", ("Cycle Number",)),
    Field("step_id", ("Step Number",)),
    Field("step_type", ("Step Type",), form=Form.TEXT, rule="Novonix's code of the kind of step"),
    Field("test_time_second", ("Run Time",)),
    Field("step_time_second", ("Step Time",)),
    Field("current_ampere", ("Current",), rule="charge positive as exported"),
    Field("voltage_volt", ("Potential", "Voltage")),
    Field("power_watt", ("Power",)),
    Field("temperature_t1_celsius", ("Temperature",)),
)


def is_header(cells: Sequence[str]) -> bool:
    """Novonix's run time stands beside a potential and a cycle number."""
    names = {plain(split_heading(cell)[0]) for cell in cells}
    return {"dateandtime", "cyclenumber", "runtime", "current", "potential"} <= names


def unfold(lines: Iterable[str]) -> Iterator[str]:
    """Lines that stand in quotes as a whole, as a spreadsheet leaves them, without these quotes."""
    for line in lines:
        whole = len(line) > 2 and line[0] == line[-1] == '"' and line.count('"') == 2
        yield line[1:-1] if whole else line


LAYOUT = Layout("Novonix csv", "1", FIELDS, is_header, instrument="Novonix")
READERS = (UnfoldedReader(LAYOUT, unfold),)
