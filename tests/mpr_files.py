"""Small binary BioLogic files: one technique, its columns, and the recording computer's clock."""

import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np

TIME, EWE, DQ, CURRENT, ECE, FREQUENCY, REAL, NEGATIVE_IMAGINARY, NS = 4, 6, 7, 8, 9, 32, 37, 38, 131
MODE = 1
_TYPES = {TIME: "<f8", DQ: "<f8", NS: "<u2", MODE: "|u1"}
_OPEN_CIRCUIT, _STEPS_AT, _LOG_START_AT, _DATA_AT = 0x0B, 0x0572, 0x0249, 0x0195
_PARAMETERS = struct.pack("<ffBffff", 60.0, 0.0, 0, 0.0, 10.0, -5.0, 5.0)


def write(path: Path, columns: dict[int, Sequence[float]], days: float = 45_504.375) -> Path:
    """A file of columns by their number; `days` since the end of 1899 are the start on the computer's clock."""
    settings = bytearray(_STEPS_AT)
    settings[0] = _OPEN_CIRCUIT
    settings += struct.pack("<HH", 1, 7) + _PARAMETERS
    log = bytearray(0x1000)
    struct.pack_into("<d", log, _LOG_START_AT, days)
    parts = (("VMP Set", settings, 0), ("VMP data", _data(columns), 2), ("VMP LOG", log, 0))
    magic = b"BIO-LOGIC MODULAR FILE\x1a" + b" " * 25 + bytes(4)
    path.write_bytes(magic + b"".join(_module(*part) for part in parts))
    return path


def _data(columns: dict[int, Sequence[float]]) -> bytes:
    rows = len(next(iter(columns.values())))
    table = np.zeros(rows, np.dtype([(str(number), _TYPES.get(number, "<f4")) for number in columns]))
    for number, values in columns.items():
        table[str(number)] = values
    numbers = struct.pack(f"<{len(columns)}H", *columns)
    return (struct.pack("<IB", rows, len(columns)) + numbers).ljust(_DATA_AT, b"\0") + table.tobytes()


def _module(name: str, content: bytes | bytearray, version: int) -> bytes:
    begin = name.ljust(10).encode() + name.ljust(25).encode() + struct.pack("<II", len(content), version)
    return b"MODULE" + begin + b"07/31/24" + bytes(content)
