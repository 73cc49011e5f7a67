"""A test as a Neware `.ndax`: a zip of binary tables, generation 14 of the container (BTS client 8.0)."""

import zipfile
from datetime import UTC
from io import BytesIO

import numpy as np
import numpy.typing as npt

from exchange.demo.cycler import Mode, Record
from exchange.demo.layouts import Test

# Layout as the library fastnda 1.3.1 (BSD-3) documents it in its readers. A table is a header block and data blocks
# of 4 KiB; a data block is its kind, its number of rows, one bit for each row in use, and from byte 132 on the rows.
_GENERATION = 14
_BLOCK, _ROWS_AT = 4096, 132
_MEASURED, _STEPS, _COUNTED = 1, 7, 18

_MEASURED_ROW = np.dtype([("voltage", "<f4"), ("current", "<f4")])
_COUNTED_ROW = np.dtype(
    [
        ("step_ms", "<u4"),
        ("_a", "V1"),
        ("charge_ah", "<f4"),
        ("discharge_ah", "<f4"),
        ("charge_wh", "<f4"),
        ("discharge_wh", "<f4"),
        ("_b", "V8"),
        ("interval_ms", "<i4"),
        ("unix_s", "<u4"),
        ("executed", "<u4"),
        ("index", "<u4"),
        ("unix_ms", "<i2"),
        ("_c", "V8"),
    ]
)
_STEP_ROW = np.dtype([("cycle", "<u4"), ("step", "<u4"), ("_a", "V16"), ("kind", "<u1"), ("_b", "V12")])
_KIND = {Mode.CC_CHARGE: 1, Mode.CC_DISCHARGE: 2, Mode.CV_CHARGE: 3, Mode.REST: 4}

Rows = npt.NDArray[np.void]


def neware_ndax(test: Test) -> bytes:
    """The file that Neware's client keeps of a test: current signed, counters from each step's start, UTC clock."""
    tables = {
        "data.ndc": _table(_MEASURED, _measured(test)),
        "data_step.ndc": _table(_STEPS, _steps(test)),
        "data_runInfo.ndc": _table(_COUNTED, _counted(test)),
    }
    told = {"VersionInfo.xml": _version_info(test), "TestInfo.xml": _test_info(test), "Step.xml": _program(test)}
    sink = BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        for name, content in (told | tables).items():
            # Stored and dated by the test: the same bytes whichever compressor and clock the machine has.
            member = zipfile.ZipInfo(name, test.started_at.timetuple()[:6])
            member.create_system, member.external_attr = 0, 0
            archive.writestr(member, content)
    return sink.getvalue()


def _measured(test: Test) -> Rows:
    rows = np.zeros(len(test.records), _MEASURED_ROW)
    rows["voltage"] = [round(record.voltage_v, 6) for record in test.records]
    rows["current"] = [round(record.current_a, 7) for record in test.records]
    return rows


def _counted(test: Test) -> Rows:
    records = test.records
    start_ms = round(test.started_at.astimezone(UTC).timestamp() * 1000)
    step_ms = np.array([round(record.step_time_s * 1000) for record in records])
    unix_ms = start_ms + np.array([round(record.time_s * 1000) for record in records])
    executed = np.array([record.executed for record in records])
    rows = np.zeros(len(records), _COUNTED_ROW)
    rows["step_ms"], rows["executed"], rows["index"] = step_ms, executed, np.arange(1, len(records) + 1)
    rows["interval_ms"] = np.diff(unix_ms, prepend=start_ms)
    rows["unix_s"], rows["unix_ms"] = unix_ms // 1000, unix_ms % 1000
    for column, mode_counts in _counters(records).items():
        rows[column] = mode_counts
    return rows


def _counters(records: tuple[Record, ...]) -> dict[str, list[float]]:
    down = [record.mode is Mode.CC_DISCHARGE for record in records]
    ah = [round(record.step_ah, 8) for record in records]
    wh = [round(record.step_wh, 8) for record in records]
    return {
        "charge_ah": [0.0 if falls else one for falls, one in zip(down, ah, strict=True)],
        "discharge_ah": [one if falls else 0.0 for falls, one in zip(down, ah, strict=True)],
        "charge_wh": [0.0 if falls else one for falls, one in zip(down, wh, strict=True)],
        "discharge_wh": [one if falls else 0.0 for falls, one in zip(down, wh, strict=True)],
    }


def _steps(test: Test) -> Rows:
    executed = [record for record in test.records if record.last]
    rows = np.zeros(len(executed), _STEP_ROW)
    rows["cycle"] = [record.cycle - 1 for record in executed]
    rows["step"] = [record.step for record in executed]
    rows["kind"] = [_KIND[record.mode] for record in executed]
    return rows


def _table(kind: int, rows: Rows) -> bytes:
    """A header block and as many data blocks as the rows need."""
    header = bytearray(_BLOCK)
    header[0], header[2], header[4], header[12] = kind, _GENERATION, 1, 1
    # The block's last byte never belongs to a row.
    fitting = (_BLOCK - _ROWS_AT - 1) // rows.dtype.itemsize
    return bytes(header) + b"".join(
        _block(kind + 1, rows[start : start + fitting]) for start in range(0, len(rows), fitting)
    )


def _block(kind: int, rows: Rows) -> bytes:
    used = np.packbits(np.ones(len(rows), np.uint8), bitorder="little").tobytes()
    told = bytes((kind, 0)) + len(rows).to_bytes(2, "little") + used
    return (told.ljust(_ROWS_AT, b"\0") + rows.tobytes()).ljust(_BLOCK, b"\0")


def _version_info(test: Test) -> bytes:
    return _xml(
        f'<config type="Version Info File" version="1" date="{test.started_at:%Y%m%d%H%M%S}" Is9s="0">'
        '<ZwjVersion SvrVer="BTSServer(R3)-8.0.0.390" CurrClientVer="BTS Client 8.0.0.478" AuxXwjCount="0" /></config>'
    )


def _test_info(test: Test) -> bytes:
    start, end = test.started_at, test.clock(test.records[-1])
    return _xml(
        f'<config type="Test Info File" version="1" date="{end:%Y%m%d%H%M%S}">'
        f'<TestInfo DevType="27" DevID="12" UnitID="1" ChlID="{test.channel}" TestID="1" Barcode="{test.cell}" '
        f'StepName="{test.protocol}" StartTime="{start:%Y-%m-%d %H:%M:%S}" EndTime="{end:%Y-%m-%d %H:%M:%S}" '
        'AuxCount="0" /></config>'
    )


def _program(test: Test) -> bytes:
    kinds = {record.step: _KIND[record.mode] for record in test.records}
    steps = "".join(f'<Step{n} Step_ID="{n}" Step_Type="{kind}" />' for n, kind in sorted(kinds.items()))
    return _xml(f'<config type="Step File" version="17"><Step_Info Num="{len(kinds)}">{steps}</Step_Info></config>')


def _xml(config: str) -> bytes:
    return f'<?xml version="1.0" encoding="GB2312"?>\r\n<root>\r\n{config}\r\n</root>\r\n'.encode("ascii")
