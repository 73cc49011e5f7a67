"""Machine logs: readings of sensors over time, as rows of tag, time and value or with a column for each tag."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.text.headers import Field, Form, Source, plain, split_heading
from ingest.text.sniff import Opened
from ingest.units import Unit
from schemas.errors import Unreadable
from schemas.quantities import Kind, Obligation, Quantity
from schemas.vocabulary import production

SENSORS = "sensors"
TIME, TAG, VALUE, UNIT = "unix_time_second", "tag", "value", "unit"
SCHEMA = pa.schema(
    [(TIME, pa.float64()), (TAG, pa.string()), (VALUE, pa.float64()), (UNIT, pa.string()), ("ucum", pa.string())]
)
_TIMES = frozenset({"time", "timestamp", "datetime", "dateandtime"})
_TAGS = frozenset({"tag", "tagname", "sensor"})
_OF_CYCLERS = re.compile(r"^(test|total|run|prog)?(time|index|count)$|cycle|^step|^datapoint|^rez|^imz|^ewe|^ecell")
_VOLTAGE, _CURRENT = re.compile(r"volt|potential|^u$|^v$"), re.compile(r"curr|amp|^i$")


@dataclass(frozen=True)
class Log:
    """How a log is laid out: one column of values with `tag` beside it, or each tag a column of its own.

    `unit` is what the heading of the values prints; `tags` are names and printed units of the columns, in order.
    """

    unit: str | None = None
    tags: tuple[tuple[str, str], ...] = ()

    def rows(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The batch as rows of the table: in the order of the file, within a row in the order of its columns."""
        return self._melted(batch) if self.tags else self._long(batch)

    def _long(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        printed = batch.column(UNIT) if UNIT in batch.schema.names else pa.nulls(batch.num_rows, pa.string())
        if self.unit is not None:
            printed = pc.fill_null(printed, self.unit)
        columns = [batch.column(name) for name in (TIME, TAG, VALUE)]
        return pa.RecordBatch.from_arrays([*columns, printed, _ucum(printed)], schema=SCHEMA)

    def _melted(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        rows, width = batch.num_rows, len(self.tags)
        times = pa.array(np.repeat(batch.column(TIME).to_numpy(zero_copy_only=False), width), from_pandas=True)
        values = [batch.column(f"{VALUE} {at}") for at in range(width)]
        order = np.arange(rows * width).reshape(width, rows).T.ravel()
        value = pa.concat_arrays(values).take(pa.array(order))
        at = pa.array(np.tile(np.arange(width), rows))
        names, units = (pa.array([tag[part] for tag in self.tags], pa.string()).take(at) for part in (0, 1))
        whole = pa.RecordBatch.from_arrays([times, names, value, units, _ucum(units)], schema=SCHEMA)
        return whole.filter(pc.is_valid(value))


def is_long(cells: Sequence[str]) -> bool:
    """Tag, time and value stand in one line."""
    names = [plain(split_heading(cell)[0]) for cell in cells]
    return bool(_TAGS & set(names) and _TIMES & set(names)) and VALUE in names


def is_wide(cells: Sequence[str]) -> bool:
    """The first column is a time without unit, all others print their unit, and none speaks of a cycler's test."""
    named = [split_heading(cell) for cell in cells if cell.strip()]
    if len(named) < 2 or plain(cells[0]) not in _TIMES:
        return False
    names = [plain(name) for name, _ in named[1:]]
    if any(_OF_CYCLERS.search(name) for name in names):
        return False
    electrical = [pattern for pattern in (_VOLTAGE, _CURRENT) if any(pattern.search(name) for name in names)]
    return len(electrical) < 2 and all(unit for _, unit in named[1:])


def sources(opened: Opened) -> tuple[list[Source], Log]:
    """The columns that are read, and how they are laid out.

    Raises:
        Unreadable: two columns carry the same tag.
    """
    if not is_long(opened.headings):
        return _wide(opened)
    found: list[Source] = []
    unit: str | None = None
    for at, heading in enumerate(opened.headings):
        name, printed = split_heading(heading)
        role = _role(plain(name))
        if role is not None and role not in {one.quantity.name for one in found}:
            found.append(_source(at, heading, role))
            unit = printed if role == VALUE else unit
    return found, Log(unit=unit)


def _wide(opened: Opened) -> tuple[list[Source], Log]:
    found = [_source(0, opened.headings[0], TIME)]
    tags: list[tuple[str, str]] = []
    for at, heading in enumerate(opened.headings):
        if at and heading.strip():
            name, printed = split_heading(heading)
            if name in {tag for tag, _ in tags}:
                raise Unreadable(f"The tag “{name}” heads two columns: name each tag once.")
            found.append(_source(at, heading, f"{VALUE} {len(tags)}"))
            tags.append((name, printed or ""))
    return found, Log(tags=tuple(tags))


def _role(name: str) -> str | None:
    roles = ((_TIMES, TIME), (_TAGS, TAG), ({VALUE}, VALUE), ({"unit", "units"}, UNIT))
    return next((role for names, role in roles if name in names), None)


def _source(position: int, heading: str, role: str) -> Source:
    kind = Kind.TEXT if role in (TAG, UNIT) else Kind.REAL
    form = Form.CLOCK if role == TIME else Form.TEXT if kind is Kind.TEXT else Form.NUMBER
    needed = Obligation.REQUIRED if role in (TIME, TAG) else Obligation.OPTIONAL
    printed = split_heading(heading)[1] or ""
    quantity = Quantity(role, heading.strip(), printed, "", needed, kind, None, None)
    return Source(position, heading.strip(), Field(role, (heading,), form=form), quantity, Unit(printed, 1.0))


def _ucum(printed: pa.Array) -> pa.Array:
    """The UCUM codes of printed units, null where one is not known."""
    known = printed.dictionary_encode()
    units = [production().unit(text) if text else None for text in known.dictionary.to_pylist()]
    return pa.array([unit.ucum if unit else None for unit in units], pa.string()).take(known.indices)
