"""More layouts of makers' own exports: Basytec text, Novonix csv, BioLogic .mpt."""

from collections.abc import Iterator

from exchange.demo.cycler import Mode, Record
from exchange.demo.layouts import Test

_COMMAND = {
    Mode.REST: "Pause",
    Mode.CC_CHARGE: "Charge",
    Mode.CV_CHARGE: "Charge",
    Mode.CC_DISCHARGE: "Discharge",
}
_NOVONIX_TYPE = {Mode.REST: 0, Mode.CC_CHARGE: 1, Mode.CV_CHARGE: 1, Mode.CC_DISCHARGE: 2}


def basytec_text(test: Test) -> bytes:
    """The text export of Basytec: tabs, decimal comma, times in hours, signed current."""
    lines = [
        "~Resultfile from Basytec Battery Test System",
        f"~Name of Test: {test.cell}",
        f"~Start of Test: {test.started_at:%d.%m.%Y %H:%M:%S}",
        "~",
        "~Time[h]\tDataSet\tt-Step[h]\tLine\tCommand\tU[V]\tI[A]\tAh-Step\tCyc-Count\tState",
        *_basytec_rows(test),
    ]
    return _text(lines)


def novonix_csv(test: Test) -> bytes:
    """The csv export of Novonix: sections, local clock, run time in hours, one running counter, down in discharge."""
    lines = [
        "[Summary]",
        "Novonix UHPC data file",
        f"Channel: {test.channel:02d}",
        f"Cell: {test.cell}",
        f"Started: {test.started_at:%Y-%m-%d %H:%M:%S}",
        "[End Summary]",
        "[Protocol]",
        '{"Version":"2.13.0"}',
        "[End Protocol]",
        "[Data]",
        "Date and Time,Cycle Number,Step Type,Run Time (h),Step Time (h),Current (A),Potential (V),Capacity (Ah),"
        "Step Number",
        *_novonix_rows(test),
    ]
    return _text(lines)


def biologic_mpt(test: Test) -> bytes:
    """The text export of EC-Lab's galvanostatic cycling: a counted header, tabs, current in mA, signed."""
    settings = [
        "",
        "Galvanostatic Cycling with Potential Limitation",
        "",
        f"Run on channel : {test.channel} (SN 12345)",
        "Electrode connection : standard",
        f"Acquisition started on : {test.started_at:%m/%d/%Y %H:%M:%S}.000",
        f"Comments : {test.cell}",
        "",
    ]
    heading = "mode\tox/red\terror\tNs\ttime/s\tcontrol/V/mA\tEwe/V\t<I>/mA\tcycle number"
    count = len(settings) + 3
    return _text(
        [
            "EC-Lab ASCII FILE",
            f"Nb header lines : {count}                          ",
            *settings,
            heading,
            *list(_biologic_rows(test)),
        ]
    )


def _basytec_rows(test: Test) -> Iterator[str]:
    for number, record in enumerate(test.records, start=1):
        values = (
            f"{record.time_s / 3600:.9f}\t{number}\t{record.step_time_s / 3600:.9f}\t{record.step}"
            f"\t{_COMMAND[record.mode]}\t{record.voltage_v:.6f}\t{record.current_a:.7f}\t{_signed_ah(record):.8f}"
            f"\t{record.cycle}\t{1 if record.last else 0}"
        )
        yield values.replace(".", ",")


def _novonix_rows(test: Test) -> Iterator[str]:
    before, within, executed = 0.0, 0.0, 1
    for record in test.records:
        if record.executed != executed:
            before, executed = before + within, record.executed
        within = _signed_ah(record)
        yield (
            f"{test.clock(record):%Y-%m-%d %H:%M:%S},{record.cycle},{_NOVONIX_TYPE[record.mode]},"
            f"{record.time_s / 3600:.9f},{record.step_time_s / 3600:.9f},{record.current_a:.8f},{record.voltage_v:.8f},"
            f"{before + within:.8f},{record.step}"
        )


def _biologic_rows(test: Test) -> Iterator[str]:
    for record in test.records:
        reducing = 1 if record.current_a >= 0 else 0
        mode = 2 if record.mode is Mode.CV_CHARGE else 1 if record.mode is not Mode.REST else 3
        asked = record.voltage_v if record.mode is Mode.CV_CHARGE else record.current_a * 1000
        yield (
            f"{mode}\t{reducing}\t0\t{record.step - 1}\t{record.time_s:.7E}\t{asked:.7E}\t{record.voltage_v:.7E}"
            f"\t{record.current_a * 1000:.7E}\t{record.cycle - 1:.7E}"
        )


def _signed_ah(record: Record) -> float:
    return -record.step_ah if record.mode is Mode.CC_DISCHARGE else record.step_ah


def _text(lines: list[str]) -> bytes:
    return ("\r\n".join(lines) + "\r\n").encode("cp1252")
