"""A test written in the layouts of the makers' own exports, and in the Battery Data Format."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pyarrow as pa
import pyarrow.parquet as pq

from exchange.demo.cycler import Mode, Record
from schemas.quantities import QUANTITIES


@dataclass(frozen=True)
class Test:
    """A finished test of one cell: its rows, and what a cycler's software prints around them.

    `started_at` carries the time zone of the laboratory; exports print its wall clock.
    """

    __test__ = False  # A noun of the laboratory, none for pytest to collect.

    cell: str
    protocol: str
    channel: int
    started_at: datetime
    records: tuple[Record, ...]

    def clock(self, record: Record) -> datetime:
        """The laboratory's wall clock at a record."""
        return self.started_at + timedelta(milliseconds=round(record.time_s * 1000))


def arbin_csv(test: Test) -> bytes:
    """The csv export of Arbin's MITS Pro: signed current, capacity and energy counted from each cycle's start."""
    heading = (
        "Data_Point,Test_Time(s),Date_Time,Step_Time(s),Step_Index,Cycle_Index,Current(A),Voltage(V),"
        "Charge_Capacity(Ah),Discharge_Capacity(Ah),Charge_Energy(Wh),Discharge_Energy(Wh)"
    )
    return _lines([heading, *_arbin_rows(test)])


def maccor_text(test: Test) -> bytes:
    """The tab-separated text export of Maccor: current without sign, its direction told by a state letter.

    `ES` 0 is a step's first record and 1 one by interval; 129, 132 and 133 end a step by time, current and voltage.
    """
    day = f"{test.started_at:%m/%d/%Y}"
    told = f"Today's Date\t{day}\tDate of Test:\t{day}\t Filename:\t{test.cell}\tProcedure:\t{test.protocol}"
    heading = "Rec#\tCyc#\tStep\tTestTime\tStepTime\tAmp-hr\tWatt-hr\tAmps\tVolts\tState\tES\tDPt Time"
    return _lines([f"{told}\tComment/Barcode:\t{test.cell}", heading, *_maccor_rows(test)])


def bdf_csv(test: Test) -> bytes:
    """The Battery Data Format as csv, with the vocabulary's preferred labels as headings."""
    columns = _bdf_columns(test)
    labels = ",".join(QUANTITIES[name].label for name in columns)
    return _lines([labels, *(",".join(map(repr, row)) for row in zip(*columns.values(), strict=True))], end="\n")


def bdf_parquet(test: Test) -> bytes:
    """The Battery Data Format as Parquet, with the vocabulary's machine names as columns."""
    sink = BytesIO()
    pq.write_table(pa.table(_bdf_columns(test)), sink, compression="zstd")
    return sink.getvalue()


def _arbin_rows(test: Test) -> Iterator[str]:
    cycle, before, now = 0, [0.0] * 4, [0.0] * 4
    for point, record in enumerate(test.records, start=1):
        if record.cycle != cycle:
            cycle, before = record.cycle, [0.0] * 4
        now = [kept + counted for kept, counted in zip(before, _by_direction(record), strict=True)]
        if record.last:
            before = now
        yield ",".join(
            (
                f"{point},{record.time_s:.4f},{test.clock(record):%m/%d/%Y %H:%M:%S.%f}"[:-3],
                f"{record.step_time_s:.4f},{record.step},{record.cycle},{_signed(record.current_a, 7)}",
                f"{record.voltage_v:.6f}",
                *(f"{counter:.8f}" for counter in now),
            )
        )


def _by_direction(record: Record) -> tuple[float, float, float, float]:
    """The step's counters as charge Ah, discharge Ah, charge Wh, discharge Wh."""
    if record.mode is Mode.CC_DISCHARGE:
        return 0.0, record.step_ah, 0.0, record.step_wh
    return record.step_ah, 0.0, record.step_wh, 0.0


_STATE = {Mode.REST: "R", Mode.CC_CHARGE: "C", Mode.CV_CHARGE: "C", Mode.CC_DISCHARGE: "D"}
_ENDED_BY = {Mode.REST: 129, Mode.CV_CHARGE: 132, Mode.CC_CHARGE: 133, Mode.CC_DISCHARGE: 133}


def _maccor_rows(test: Test) -> Iterator[str]:
    step = 0
    for number, record in enumerate(test.records, start=1):
        status = 0 if record.executed != step else 1
        step = record.executed
        yield "\t".join(
            (
                f"{number}\t{record.cycle}\t{record.step}",
                _days(record.time_s),
                _days(record.step_time_s),
                f"{record.step_ah:.8f}\t{record.step_wh:.8f}\t{abs(record.current_a):.7f}\t{record.voltage_v:.6f}",
                f"{_STATE[record.mode]}\t{_ENDED_BY[record.mode] if record.last else status}",
                f"{test.clock(record):%m/%d/%Y %H:%M:%S}",
            )
        )


def _days(seconds: float) -> str:
    """Seconds as Maccor writes them: `  0d 00:01:30.88`."""
    whole = round(seconds * 100)
    minutes, hundredths = divmod(whole, 6000)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    return f"{days:3d}d {hour:02d}:{minute:02d}:{hundredths // 100:02d}.{hundredths % 100:02d}"


def _bdf_columns(test: Test) -> dict[str, list[float] | list[int]]:
    records = test.records
    start = test.started_at.astimezone(UTC).timestamp()
    return {
        "test_time_second": [record.time_s for record in records],
        "voltage_volt": [round(record.voltage_v, 6) for record in records],
        "current_ampere": [round(record.current_a, 7) for record in records],
        "unix_time_second": [round(start + record.time_s, 2) for record in records],
        "cycle_count": [record.cycle for record in records],
        "step_count": [record.executed for record in records],
    }


def _signed(value: float, digits: int) -> str:
    """Fixed digits, without the minus of a zero."""
    return f"{value:.{digits}f}" if round(value, digits) else f"{0:.{digits}f}"


def _lines(lines: Iterable[str], end: str = "\r\n") -> bytes:
    return (end.join(lines) + end).encode("ascii")
