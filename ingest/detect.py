"""Exactly one reader recognises a file, or a sentence says why not and what to export instead."""

from collections.abc import Sequence
from pathlib import Path

from ingest import workbook
from ingest.declared.mapped import Mapped
from ingest.declared.mapping import NONE, Declarations
from ingest.formats import READERS
from ingest.reader import Head, Reader
from ingest.text import sniff
from schemas.errors import Unreadable

HEAD_BYTES = 65536


def head(path: Path, filename: str) -> Head:
    """What detection sees of the file at `path`, named `filename` by its uploader."""
    with path.open("rb") as file:
        start = file.read(HEAD_BYTES)
    return Head(path=path, filename=filename, size=path.stat().st_size, start=start)


def detect(head: Head, readers: Sequence[Reader] = READERS, columns: Declarations = NONE) -> Reader:
    """The one reader that recognises the file; text that none does is read by the declared columns, if there are any.

    Raises:
        Unreadable: the file is empty, a workbook that cannot be opened, or none or several readers recognise it.
    """
    if not head.start:
        raise Unreadable(f"“{head.filename}” is empty: it has no bytes at all. Export it again.")
    found = [reader for reader in readers if reader.recognises(head)]
    if len(found) == 1:
        return found[0]
    if found:
        names = " and ".join(reader.name for reader in found)
        raise Unreadable(f"“{head.filename}” is claimed by several readers ({names}): please report this file.")
    mapped = Mapped(columns)
    if mapped.recognises(head):
        return mapped
    if workbook.is_workbook(head):
        workbook.sheets(head.path)
    known = ", ".join(sorted({reader.name for reader in readers}))
    raise Unreadable(f"No reader recognises “{head.filename}”: {_advice(head)} Read at present: {known}.")


def _advice(head: Head) -> str:
    lower = head.filename.lower()
    if sniff.encoding(head.start) is not None and sniff.cr_alone(head.start):
        return "its lines end with CR alone, as on old computers. Save it with the line ends of Windows or Unix."
    for magic, suffixes, sentence in _KNOWN_BY_SIGHT:
        if (magic and head.start.startswith(magic)) or lower.endswith(suffixes):
            return sentence
    if sniff.encoding(head.start) is None:
        return "it is no text and no binary format known here. Export it from the cycler's software as text or csv."
    if len(head.start) == HEAD_BYTES and b"\n" not in head.start:
        return "its first line is longer than 64 kB, so it is no table of a test. Check the delimiter of the export."
    return (
        "no line within the first 200 is the header of a known export. Convert it to the Battery Data Format "
        "(a csv with the columns test_time_second, voltage_volt and current_ampere, or frequency_hertz, "
        "real_impedance_ohm and imaginary_impedance_ohm), or declare what its columns hold."
    )


_BDF = "or convert it to the Battery Data Format (csv with test_time_second, voltage_volt, current_ampere)."
_MPT = (
    "no line of this BioLogic text has the headings time/s with Ewe/V or Ecell/V, or freq/Hz with Re(Z)/Ohm. "
    f"Export it again with these columns and their units, {_BDF}"
)
_BOOK = (
    "no sheet of this workbook has the header of a known export within its first 200 rows. Export the records from the "
    f"cycler's software with their headings, {_BDF} Production data go into the platform's own template "
    "(GET /api/v1/templates/production.xlsx), as sheets of an institute name their fields as they like."
)
_KNOWN_BY_SIGHT: tuple[tuple[bytes, tuple[str, ...], str], ...] = (
    (
        b"",
        (".mpr",),
        "it does not begin as BioLogic's binary files do. Upload it as EC-Lab or BT-Lab recorded it, or export it as "
        f"text (.mpt), {_BDF}",
    ),
    (
        b"",
        (".mps", ".mpl"),
        "it holds BioLogic's settings or log and no measurement. Upload the .mpr or .mpt file of the same name.",
    ),
    (b"EC-Lab ASCII FILE", (".mpt",), _MPT),
    (b"BT-Lab ASCII FILE", (), _MPT),
    (b"", (".res",), f"it does not begin as Arbin's database does. Copy it again or export it as csv, {_BDF}"),
    (b"", (".dta",), f"it does not begin as a Gamry file does (EXPLAIN). Upload it as Framework wrote it, {_BDF}"),
    (b"<?xml", (), f"it is XML. If it is a workbook, save it as .xlsx, {_BDF}"),
    (b"<html", (), f"it is a web page. Open it as a workbook and save it as .xlsx, {_BDF}"),
    (b"", (".ods", ".xlsb"), f"of workbooks, .xlsx, .xlsm and .xls are read. Save it as one of these, {_BDF}"),
    (b"", (".cex", ".ccs"), f"it is LANDdt's own format. Export the records as csv or Excel from LANDdt, {_BDF}"),
    (b"", (".xlsx", ".xls", ".xlsm"), _BOOK),
    (
        b"PAR1",
        (".parquet",),
        "it is a Parquet file without the Battery Data Format's columns. Rename them to its terms.",
    ),
)
