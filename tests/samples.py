"""The small files of each format, read as they are or with a change made to them."""

from pathlib import Path

import pyarrow as pa

from ingest.detect import detect, head
from ingest.reader import Reading
from schemas.ingested import Declared

FILES = Path(__file__).resolve().parent / "files"


def read(path: str | Path, zone: str | None = "Europe/Berlin") -> tuple[pa.Table, Reading]:
    """The table and the finished reading of a sample, or of a file at this path."""
    place = FILES / path
    seen = head(place, place.name)
    reading = detect(seen).read(seen, Declared(time_zone=zone))
    return pa.Table.from_batches(list(reading.batches)), reading


def changed(folder: Path, name: str, old: str, new: str, encoding: str = "utf-8") -> Path:
    """A copy of a sample in which `old` has become `new`."""
    text = (FILES / name).read_bytes().decode(encoding)
    assert old in text
    path = folder / name
    path.write_bytes(text.replace(old, new).encode(encoding))
    return path


def told(reading: Reading, rule: str) -> list[tuple[int | None, str | None, str | None]]:
    """Row, column and value of the problems of this rule."""
    return [(problem.row, problem.column, problem.value) for problem in reading.problems if problem.rule == rule]
