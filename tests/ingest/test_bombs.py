"""Files made to exhaust whoever opens them end in a sentence, within the limits, and leave nothing behind."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingest import sandbox
from ingest.limits import GIB, MIB, Limits

LIMITS = Limits(memory_bytes=GIB, output_bytes=GIB, cpu_s=30, wall_s=60)
HEADER = b"test_time_second,voltage_volt,current_ampere\n"
FILES: dict[str, Callable[[Path], None]] = {}


def bomb(name: str) -> Callable[[Callable[[Path], None]], Callable[[Path], None]]:
    """Enters a function that writes a bomb under its file name."""

    def enter(write: Callable[[Path], None]) -> Callable[[Path], None]:
        FILES[name] = write
        return write

    return enter


@pytest.fixture(autouse=True, scope="module")
def ended() -> Iterator[None]:
    yield
    sandbox.close()


@bomb("nul.csv")
def nul(path: Path) -> None:
    path.write_bytes(bytes(16 * MIB))


@bomb("nul_behind_header.csv")
def nul_behind_header(path: Path) -> None:
    with path.open("wb") as file:
        file.write(HEADER + b"0,3.6,1\n")
        file.truncate(2 * GIB)  # A hole: two GB of NUL that no disk holds.


@bomb("one_line.csv")
def one_line(path: Path) -> None:
    _repeat(path, b"", b"1,2,3,", 128 * MIB)


@bomb("one_line_behind_header.csv")
def one_line_behind_header(path: Path) -> None:
    _repeat(path, HEADER + b"0,3.6,1\n", b"1,2,3,", 128 * MIB)


@bomb("open_quote.csv")
def open_quote(path: Path) -> None:
    _repeat(path, HEADER + b'0,3.6,"', b"1\n", 64 * MIB)


@bomb("million_columns.csv")
def million_columns(path: Path) -> None:
    row = b",".join(b"%d" % number for number in range(1_000_000))
    path.write_bytes(HEADER.strip() + b"," + row + b"\n" + (b"0,3.6,1," + row + b"\n") * 3)


@bomb("many_columns.parquet")
def many_columns(path: Path) -> None:
    names = ["test_time_second", "voltage_volt", "current_ampere", *(f"c{number}" for number in range(50_000))]
    column = pa.array([0.0, 1.0])
    pq.write_table(pa.Table.from_arrays([column] * len(names), names=names), path)


@bomb("wide_numbers.csv")
def wide_numbers(path: Path) -> None:
    path.write_bytes(HEADER + b"".join(b"%d,3.6,%s\n" % (row, b"9" * 100_000) for row in range(20)))


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_bomb_ends_in_a_sentence(name: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    FILES[name](tmp_path / name)
    usage = sandbox.Usage()
    found = sandbox.run(tmp_path / name, name, out, limits=LIMITS, usage=usage)
    errors = [problem for problem in found.report.problems if problem.severity.value == "error"]
    assert errors and found.tables == ()
    assert {problem.rule for problem in errors}.isdisjoint({"reading-ended", "reader-failed"}), errors
    assert all(len(problem.message) > 30 and problem.message.rstrip().endswith(".") for problem in errors), errors
    assert usage.cpu_s < LIMITS.cpu_s and usage.resident_bytes < LIMITS.memory_bytes + GIB // 2
    assert list(out.iterdir()) == []


def _repeat(path: Path, start: bytes, piece: bytes, size: int) -> None:
    block = piece * (MIB // len(piece))
    with path.open("wb") as file:
        file.write(start)
        for _ in range(size // MIB):
            file.write(block)
